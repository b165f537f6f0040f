import type { Channel } from '../../src/core/channel.ts';
import type { Score } from '../../src/core/score.ts';
import type { Stores, VoteCount } from '../../src/core/stores.ts';
import { scoreText, votesText } from './paper-lines.ts';

/** What a channel thinks of papers, by paper id. */
export type KnownScores = { scores: ReadonlyMap<string, Score>; votes: ReadonlyMap<string, VoteCount> };

/** The papers' current scores under the channel's topics, and the votes there; nothing in a place of no channel. */
export const knownScores = async (
  stores: Pick<Stores, 'scores' | 'reactions'>,
  channel: Pick<Channel, 'name' | 'rubric'> | undefined,
  ids: readonly string[],
): Promise<KnownScores> =>
  channel
    ? {
        scores: await stores.scores.currentOf(channel.rubric.hash, ids),
        votes: await stores.reactions.votes(channel.name, ids),
      }
    : { scores: new Map(), votes: new Map() };

/** "9 + 8  👍 2"; empty where nothing is known. */
export const knownText = ({ scores, votes }: KnownScores, id: string): string => {
  const score = scores.get(id);
  return `${score ? scoreText(score) : ''}${votesText(votes.get(id))}`.trim();
};
