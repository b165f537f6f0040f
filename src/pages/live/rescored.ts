import type { Digest, DigestEntry } from '../../core/digest.ts';
import type { Score } from '../../core/score.ts';
import type { ScoreQuery, Stores } from '../../core/stores.ts';

/**
 * The scores that a language model gave a digest's papers after the digest was made, the newest by paper; none where
 * nobody asked it again.
 *
 * @param query the channel's rubric and model as they are now; the topics may have been others on the digest's day
 */
export const readRescored = async (
  { rubric, createdAt, entries, nearest }: Digest,
  stores: Pick<Stores, 'scores'>,
  query: ScoreQuery | undefined,
): Promise<ReadonlyMap<string, Score>> => {
  const found = new Map<string, Score>();
  if (!query) return found;
  const papers = [...entries, ...nearest].map(({ paper }) => paper);
  const asked = await Promise.all(
    [...new Set([rubric, query.rubric])].map((hash) => stores.scores.current({ ...query, rubric: hash }, papers)),
  );
  for (const score of asked.flat().filter((one) => one.createdAt > createdAt)) {
    const other = found.get(score.paperId);
    if (!other || score.createdAt >= other.createdAt) found.set(score.paperId, score);
  }
  return found;
};

/** A digest with what its papers were scored since; the papers stay in their places. */
export const withScores = (digest: Digest, rescored: ReadonlyMap<string, Score>): Digest => {
  const current = (entry: DigestEntry): DigestEntry => ({
    ...entry,
    score: rescored.get(entry.paper.id) ?? entry.score,
  });
  return { ...digest, entries: digest.entries.map(current), nearest: digest.nearest.map(current) };
};
