import { z } from 'zod';
import type { AuthorCandidate, IndexedAuthor } from '../core/author.ts';
import { plainSigns } from '../core/folding.ts';
import { countOf } from '../core/paper.ts';
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
 * Reads the response from `/paper/batch`, which has one entry for each requested paper, in the same order.
 * @returns The authors of each paper; undefined for unknown papers. A paper without authors counts as unknown: Semantic
 *   Scholar adds a paper before its authors.
 * @throws ExternalError if the response is unreadable or its length differs from the request's.
 */
const parseBatch = (body: string, requested: number): (IndexedAuthor[] | undefined)[] => {
  const papers = parse(batchSchema, body);
  if (papers.length !== requested)
    throw answerError(`answered for ${countOf(papers.length, 'paper')} instead of ${requested}`);
  return papers.map((paper) => {
    if (!paper?.authors?.length) return undefined;
    return paper.authors.map(({ authorId, name, hIndex }) => ({
      authorId: authorId || undefined,
      // An author without a name still counts as one with an unknown h-index.
      name: name ?? '',
      hIndex: hIndex ?? undefined,
    }));
  });
};

const parseSearch = (body: string): AuthorCandidate[] =>
  (parse(searchSchema, body).data ?? []).flatMap(({ authorId, name, hIndex, paperCount }) =>
    authorId && name ? [{ authorId, name, hIndex: hIndex ?? undefined, papers: paperCount ?? undefined }] : [],
  );

/** Maximum number of ids in one call of `/paper/batch`: https://api.semanticscholar.org/api-docs/graph. */
export const batchSize = 500;

/** Authors in Semantic Scholar's Academic Graph. Both calls throw an ExternalError, or the reason of `signal`. */
export type ScholarClient = {
  /**
   * @param paperIds At most 500 bare arXiv ids. @returns The authors of each paper in the order of the ids; undefined
   * for unknown papers.
   */
  authorsOf(
    paperIds: readonly string[],
    patience: Patience,
    signal?: AbortSignal,
  ): Promise<(readonly IndexedAuthor[] | undefined)[]>;
  search(name: string, patience: Patience, signal?: AbortSignal): Promise<AuthorCandidate[]>;
};

/**
 * Create only one per process, because it keeps a gap between requests. @throws UserError if the key cannot be sent.
 */
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
        // Semantic Scholar's response if it has none of the papers, as on the morning of their announcement.
        parseRefusal: (status, body) =>
          status === 400 && /no valid paper ids/i.test(body) ? paperIds.map(() => undefined) : undefined,
        ...{ patience, signal },
      }),

    search: async (written, patience, signal) => {
      const name = plainSigns(written);
      const found = await searchFor(name, patience, signal);
      // Its API docs: "Hyphenated query terms yield no matches (replace it with space to find matches)".
      const spaced = name.replaceAll(/\p{Pd}/gu, ' ');
      return found.length > 0 || spaced === name ? found : searchFor(spaced, patience, signal);
    },
  };
};
