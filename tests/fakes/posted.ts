import type { Digest, DigestEntry, NewDigest } from '../../src/core/digest.ts';
import type { Paper } from '../../src/core/paper.ts';
import type { Score, Verdict } from '../../src/core/score.ts';
import type { Stores } from '../../src/core/stores.ts';
import { digestOf, entryOf, matchedAt, paperOf, rubricOf } from './fixtures.ts';

/** A posted paper; everything but the id has a default. */
export type Posted = {
  id: string;
  relevance?: number;
  novelty?: number;
  /** Makes it a paper of the built-in scorer, with its place in the list as position. */
  match?: number;
  topic?: string;
  paper?: Partial<Paper>;
};

export const postedAt = '2025-07-08T13:00:00.000Z';
export const scoredBy = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
export const builtInBy = { rubric: 'rubric-1', engine: 'local', model: 'local-1' } as const;
const destination = 'slack:T1:C1';

export const verdictOf = (id: string, relevance: number, novelty: number): Verdict => ({
  ...{ paperId: id, version: 1, relevance, novelty, comment: `Comment on ${id}.` },
});

/** Stores a digest with these papers in order and its sent messages; the message of rank 2 is `2025-07-08-2`. */
export const savePosted = async (
  stores: Stores,
  date: string,
  posted: readonly Posted[],
  more: Partial<NewDigest> = {},
): Promise<Digest> => {
  const papers = posted.map(({ id, paper }) => paperOf(id, paper));
  await stores.announcements.savePapers(papers);
  await stores.scores.saveRubric(rubricOf());
  const scores: Score[] = [];
  for (const [index, { id, relevance = 9, novelty = 8, match }] of posted.entries())
    scores.push(
      ...(match === undefined
        ? await stores.scores.add(scoredBy, [verdictOf(id, relevance, novelty)], postedAt)
        : await stores.scores.add(builtInBy, [matchedAt(id, index + 1, match)], postedAt)),
    );
  const entries = posted.flatMap(({ topic }, index): DigestEntry[] => {
    const [paper, score] = [papers[index], scores[index]];
    return paper && score ? [{ ...entryOf(index + 1, paper, score), topic }] : [];
  });
  const digest = await stores.digests.create(digestOf(entries, { date, ...more }), postedAt, []);
  await stores.outbox.enqueue(digest, [destination]);
  for (const { deliveryId, rank } of await stores.outbox.list(digest.digestId, destination))
    await stores.outbox.sent(deliveryId, { destination, messageId: `${date}-${rank}` }, 1);
  return digest;
};

/** Stores a reaction to a paper of `savePosted`. */
export const voteOn = (stores: Stores, date: string, rank: number, person: string, emoji = '+1'): Promise<void> =>
  stores.reactions.add({ message: { destination, messageId: `${date}-${rank}` }, person, emoji }, postedAt);
