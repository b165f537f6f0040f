import { z } from 'zod';
import type { AuthorCandidate, IndexedAuthor } from '../core/author.ts';
import { countOf } from '../core/paper-text.ts';
import { answerError, type ConnectionOptions, createConnection, type Patience } from './connection.ts';

const count = z.number().nonnegative().nullish().catch(null);

const paperSchema = z.object({
  authors: z.array(z.object({ authorId: z.string().nullish(), name: z.string().nullish(), hIndex: count })).nullish(),
});

const batchSchema = z.array(paperSchema.nullable());

const searchSchema = z
  .object({
    total: z.number().nullish(),
    data: z
      .array(z.object({ authorId: z.string().nullish(), name: z.string().nullish(), hIndex: count, paperCount: count }))
      .nullish(),
  })
  .refine(({ total, data }) => data || total === 0, 'no data');

const parse = <T>(schema: z.ZodType<T>, body: string): T => {
  try {
    return schema.parse(JSON.parse(body));
  } catch (error) {
    throw answerError('sent an answer that cannot be read', error);
  }
};

/**
 * Reads the answer of `/paper/batch`, which has the order and the length of the request.
 *
 * @param asked how many papers were asked for
 * @returns the authors of each paper; undefined for a paper that is not known. One without authors is not known either:
 *   the record is made before its authors are.
 * @throws ExternalError where the answer cannot be read or is not as long as the request.
 */
const parseBatch = (body: string, asked: number): (IndexedAuthor[] | undefined)[] => {
  const papers = parse(batchSchema, body);
  if (papers.length !== asked) throw answerError(`answered for ${countOf(papers.length, 'paper')} instead of ${asked}`);
  return papers.map((paper) => {
    if (!paper?.authors?.length) return undefined;
    return paper.authors.map(({ authorId, name, hIndex }) => ({
      authorId: authorId || undefined,
      // An author without a name still counts as one whose h-index is not known.
      name: name ?? '',
      hIndex: hIndex ?? undefined,
    }));
  });
};

/** Reads the answer of `/author/search`; those without an id or a name are left out. @throws ExternalError */
const parseSearch = (body: string): AuthorCandidate[] =>
  (parse(searchSchema, body).data ?? []).flatMap(({ authorId, name, hIndex, paperCount }) =>
    authorId && name ? [{ authorId, name, hIndex: hIndex ?? undefined, papers: paperCount ?? undefined }] : [],
  );

/** Ids in one call of `/paper/batch`, https://api.semanticscholar.org/api-docs/graph. */
export const batchSize = 500;

/** Semantic Scholar's Academic Graph, as far as authors go. Each call may lose as much time as it is given patience. */
export type ScholarClient = {
  /**
   * @param paperIds at most 500 bare arXiv ids
   * @returns the authors of each paper in the order of the ids, undefined where it is not known
   * @throws ExternalError when no sound answer could be had; the reason of `signal` when aborted.
   */
  authorsOf(
    paperIds: readonly string[],
    patience: Patience,
    signal?: AbortSignal,
  ): Promise<(readonly IndexedAuthor[] | undefined)[]>;
  /**
   * The hundred likeliest that a name may mean.
   * @throws ExternalError when no sound answer could be had; the reason of `signal` when aborted.
   */
  search(name: string, patience: Patience, signal?: AbortSignal): Promise<AuthorCandidate[]>;
};

/** Make one a process: it keeps the distance between requests. @throws UserError where the key cannot be sent. */
export const createScholarClient = (options: ConnectionOptions): ScholarClient => {
  const connection = createConnection(options);

  const searchFor = (query: string, patience: Patience, signal?: AbortSignal) =>
    connection.ask({
      path: `/graph/v1/author/search?query=${encodeURIComponent(query)}&fields=name,hIndex,paperCount`,
      parse: parseSearch,
      ...{ patience, signal },
    });

  return {
    authorsOf: (paperIds, patience, signal) =>
      connection.ask({
        path: '/graph/v1/paper/batch?fields=authors.name,authors.hIndex',
        body: { ids: paperIds.map((id) => `ARXIV:${id}`) },
        parse: (body) => parseBatch(body, paperIds.length),
        // So it answers where it knows none of the papers, as on the morning of their announcement.
        parseRefusal: (status, body) =>
          status === 400 && /no valid paper ids/i.test(body) ? paperIds.map(() => undefined) : undefined,
        ...{ patience, signal },
      }),

    search: async (name, patience, signal) => {
      const found = await searchFor(name, patience, signal);
      // "Hyphenated query terms yield no matches (replace it with space to find matches)", say its API docs.
      const spaced = name.replaceAll(/\p{Pd}/gu, ' ');
      return found.length > 0 || spaced === name ? found : searchFor(spaced, patience, signal);
    },
  };
};
