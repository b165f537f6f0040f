import type { Channel } from '../../src/core/channel.ts';
import type { Inline } from '../../src/core/message.ts';
import { authorsLine, linkedTitle, type Paper } from '../../src/core/paper.ts';
import { type Score, scoreText } from '../../src/core/score.ts';
import type { Stores } from '../../src/core/stores.ts';
import { type VoteCount, votesText } from '../../src/core/votes.ts';
import { currentScores } from '../../src/digest/current-score.ts';

/** Where a list of papers begins. */
export const fromOption = {
  type: 'integer',
  keyword: 'from',
  minimum: 1,
  maximum: 100_000,
  description: 'position of the first paper to show',
} as const;

export const paperLine = (paper: Paper, facts: string): Inline[] => [
  linkedTitle(paper),
  ...(facts === '' ? [] : [`  ${facts}`]),
  { text: `  ${authorsLine(paper.authors, 3)} · ${paper.id}`, italic: true },
];

export type KnownScores = { scores: ReadonlyMap<string, Score>; votes: ReadonlyMap<string, VoteCount> };

export const knownScores = async (
  stores: Pick<Stores, 'digests' | 'scores' | 'reactions'>,
  channel: Pick<Channel, 'name' | 'rubric'> | undefined,
  ids: readonly string[],
): Promise<KnownScores> => {
  if (!channel) return { scores: new Map(), votes: new Map() };
  const scores = await currentScores(ids, channel, stores);
  return { scores, votes: await stores.reactions.votes(channel.name, ids) };
};

export const knownText = ({ scores, votes }: KnownScores, id: string): string => {
  const score = scores.get(id);
  return `${score ? scoreText(score) : ''}${votesText(votes.get(id))}`.trim();
};
