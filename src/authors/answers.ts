import { z } from 'zod';
import type { AuthorCandidate, IndexedAuthor } from '../core/author.ts';
import { countOf } from '../core/paper-text.ts';
import { answerError } from './failure.ts';

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
export const parseBatch = (body: string, asked: number): (IndexedAuthor[] | undefined)[] => {
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
export const parseSearch = (body: string): AuthorCandidate[] =>
  (parse(searchSchema, body).data ?? []).flatMap(({ authorId, name, hIndex, paperCount }) =>
    authorId && name ? [{ authorId, name, hIndex: hIndex ?? undefined, papers: paperCount ?? undefined }] : [],
  );
