import leven from 'leven';
import type { Channel } from '../../src/core/channel.ts';
import type { Inline } from '../../src/core/message.ts';
import type { Paper } from '../../src/core/paper.ts';
import { authorsLine, linkedTitle } from '../../src/core/paper-text.ts';
import type { Score } from '../../src/core/score.ts';
import type { Stores } from '../../src/core/stores.ts';
import type { VoteCount } from '../../src/core/votes.ts';
import { currentScores } from '../../src/digest/current-score.ts';

/** The value that was most likely meant by what was typed; undefined where none is near. */
export const nearestOf = (typed: string, values: readonly string[]): string | undefined => {
  const word = typed.toLowerCase();
  return values
    .map((value) => ({ value, distance: leven(word, value.toLowerCase()) }))
    .filter(({ value, distance }) => distance <= Math.max(2, Math.floor(value.length / 3)) && distance < value.length)
    .sort((a, b) => a.distance - b.distance)[0]?.value;
};

/** "9 + 8": relevance and novelty. */
export const scoreText = ({ relevance, novelty }: Pick<Score, 'relevance' | 'novelty'>): string =>
  `${relevance} + ${novelty}`;

/** "  👍 2  👎 1", with the space before it; empty where nobody voted. */
export const votesText = (votes: VoteCount | undefined): string => {
  const up = votes?.up ? `  👍 ${votes.up}` : '';
  const down = votes?.down ? `  👎 ${votes.down}` : '';
  return `${up}${down}`;
};

/** A paper in a line of a list: title, what is known of it, then authors and id. */
export const paperLine = (paper: Paper, known: string): Inline[] => [
  linkedTitle(paper),
  ...(known === '' ? [] : [`  ${known}`]),
  { text: `  ${authorsLine(paper.authors, 3)} · ${paper.id}`, italic: true },
];

/** What a channel thinks of papers, by paper id. */
export type KnownScores = { scores: ReadonlyMap<string, Score>; votes: ReadonlyMap<string, VoteCount> };

/** The papers' current scores and votes in a channel; nothing without a channel. */
export const knownScores = async (
  stores: Pick<Stores, 'digests' | 'scores' | 'reactions'>,
  channel: Pick<Channel, 'name' | 'rubric'> | undefined,
  ids: readonly string[],
): Promise<KnownScores> => {
  if (!channel) return { scores: new Map(), votes: new Map() };
  const scores = await currentScores(ids, channel, stores);
  return { scores, votes: await stores.reactions.votes(channel.name, ids) };
};

/** "9 + 8  👍 2"; empty where nothing is known. */
export const knownText = ({ scores, votes }: KnownScores, id: string): string => {
  const score = scores.get(id);
  return `${score ? scoreText(score) : ''}${votesText(votes.get(id))}`.trim();
};
