import type { Channel } from '../core/channel.ts';
import type { DigestEntry } from '../core/digest.ts';
import type { Score } from '../core/score.ts';
import type { ScoreStore } from '../core/stores.ts';

/** A picked paper with the rubric of the digest that picked it. */
export type PickedUnder = { rubric: string; entry: DigestEntry };

/** Only a model is asked again; the built-in scorer gives other scores on other days without anybody's asking. */
const replaces = (later: Score, earlier: Score): boolean => later.scoreId > earlier.scoreId && later.engine !== 'local';

/**
 * The scores that papers were given after they were picked, by paper id: under the rubric that picked them or under what
 * the channel's is now. A paper that was not scored again is left out.
 */
export const rescoredOf = async (
  channel: Pick<Channel, 'rubric'>,
  picked: readonly PickedUnder[],
  scores: Pick<ScoreStore, 'currentOf'>,
): Promise<Map<string, Score>> => {
  const found = new Map<string, Score>();
  const byPaper = new Map(picked.map(({ entry }) => [entry.paper.id, entry.score]));
  const wanted = new Map<string, Set<string>>([[channel.rubric.hash, new Set(byPaper.keys())]]);
  for (const { rubric, entry } of picked) wanted.set(rubric, (wanted.get(rubric) ?? new Set()).add(entry.paper.id));
  for (const [rubric, ids] of wanted) {
    for (const [id, score] of await scores.currentOf(rubric, [...ids])) {
      const before = found.get(id) ?? byPaper.get(id);
      if (before && replaces(score, before)) found.set(id, score);
    }
  }
  return found;
};
