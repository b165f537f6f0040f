import type { Digest, NewDigest } from '../../src/core/digest.ts';
import type { Paper } from '../../src/core/paper.ts';
import type { Stores } from '../../src/core/stores.ts';
import { digestOf, entryOf, rubricOf } from './fixtures.ts';

/** Stores a digest with these papers in order; with `entries: []` they are its nearest. */
export const saveDigest = async (
  stores: Stores,
  papers: readonly Paper[],
  more: Partial<NewDigest> = {},
  commentOn: (id: string) => string = (id) => `Comment on ${id}.`,
): Promise<Digest> => {
  const at = '2025-07-08T13:00:00.000Z';
  await stores.announcements.savePapers(papers);
  await stores.scores.saveRubric(rubricOf());
  const verdicts = papers.map(({ id, version }) => {
    return { paperId: id, version, relevance: 9, novelty: 8, comment: commentOn(id) };
  });
  const scores = await stores.scores.add({ rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' }, verdicts, at);
  const entries = papers.flatMap((paper, index) => {
    const score = scores[index];
    return score ? [entryOf(index + 1, paper, score)] : [];
  });
  return stores.digests.create(digestOf(entries, more.entries ? { nearest: entries, ...more } : more), at, []);
};
