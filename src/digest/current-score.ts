import type { Channel } from '../core/channel.ts';
import type { DigestEntry } from '../core/digest.ts';
import type { Score } from '../core/score.ts';
import type { ScoreStore, Stores } from '../core/stores.ts';

/**
 * Scores that papers got after they were picked, by paper id. Papers that were not rescored are left out. The newest
 * later score of any language model counts, under the rubric that picked the paper or under `rubric`, the channel's
 * current one. The built-in scorer never replaces a score, because it also scores papers for previews of other topics.
 */
export const rescoredOf = async (
  picked: readonly Pick<DigestEntry, 'paper' | 'score'>[],
  rubric: string | undefined,
  scores: Pick<ScoreStore, 'currentOf'>,
): Promise<Map<string, Score>> => {
  const idsOf = (some: typeof picked): string[] => some.map(({ paper }) => paper.id);
  const idsByRubric = new Map(
    [...Map.groupBy(picked, ({ score }) => score.rubric)].map(([hash, some]) => [hash, idsOf(some)]),
  );
  if (rubric !== undefined) idsByRubric.set(rubric, idsOf(picked));
  const pickedWith = new Map(picked.map(({ paper, score }) => [paper.id, score]));
  const found = new Map<string, Score>();
  for (const [hash, ids] of idsByRubric)
    for (const [id, score] of await scores.currentOf(hash, ids)) {
      // Compare ids, because times may repeat if the simulated clock starts again.
      const earlier = found.get(id) ?? pickedWith.get(id);
      if (earlier && score.engine !== 'local' && score.scoreId > earlier.scoreId) found.set(id, score);
    }
  return found;
};

/**
 * The scores of papers in a channel, by paper id: for a picked paper, the digest's score or a later one (see
 * `rescoredOf`); for any other paper, the newest score under the channel's topics.
 */
export const currentScores = async (
  ids: readonly string[],
  channel: Pick<Channel, 'name' | 'rubric'>,
  stores: Pick<Stores, 'digests' | 'scores'>,
): Promise<Map<string, Score>> => {
  const found = await Promise.all(
    ids.map(async (id) => (await stores.digests.withPaper(channel.name, id)).slice(0, 1)),
  );
  const picked = found.flat().map(({ entry }) => entry);
  return new Map([
    ...(await stores.scores.currentOf(channel.rubric.hash, ids)),
    ...picked.map(({ paper, score }): [string, Score] => [paper.id, score]),
    ...(await rescoredOf(picked, channel.rubric.hash, stores.scores)),
  ]);
};
