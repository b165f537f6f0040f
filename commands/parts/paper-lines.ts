import type { Inline } from '../../src/core/message.ts';
import type { Paper } from '../../src/core/paper.ts';
import { authorsLine, linkedTitle } from '../../src/core/paper-text.ts';
import type { Score } from '../../src/core/score.ts';
import type { VoteCount } from '../../src/core/stores.ts';

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
