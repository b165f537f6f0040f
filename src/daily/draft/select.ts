import type { Channel } from '../../core/channel.ts';
import type { AuthorMatch, DigestEntry, PickReason } from '../../core/digest.ts';
import type { Candidate } from '../../core/paper.ts';
import { passes, type Score, totalScore } from '../../core/score.ts';
import type { Nudge } from '../../core/votes.ts';
import { scoreOrder } from '../../digest/best-order.ts';

export type Selection = {
  relevant: number;
  entries: DigestEntry[];
  nearest: DigestEntry[];
};

type Ranked = {
  candidate: Candidate;
  score: Score;
  reason: PickReason | undefined;
  nudge: Nudge | undefined;
  position: number;
};

const reasonFor = (
  score: Score,
  { cutoffs }: Pick<Channel, 'cutoffs'>,
  matches: AuthorMatch[] | undefined,
): PickReason | undefined => {
  if (matches && matches.length > 0) return { kind: 'author', matches };
  return passes(score, cutoffs) ? { kind: 'cutoffs' } : undefined;
};

/**
 * Orders papers: followed authors first, then by score plus votes, then in arXiv's order. Before votes are added, the
 * total scores are assigned to the papers in score order, so that a vote counts the same even if that order is finer
 * than the totals.
 */
const inOrder = (ranked: readonly Ranked[], order: (a: Score, b: Score) => number): Ranked[] => {
  const scored = ranked.toSorted((a, b) => order(a.score, b.score) || a.position - b.position);
  const totals = ranked.map(({ score }) => totalScore(score)).sort((a, b) => b - a);
  const valued = scored.map((one, order) => ({ one, order, value: (totals[order] ?? 0) + (one.nudge?.points ?? 0) }));
  const isByAuthor = ({ reason }: Ranked): number => Number(reason?.kind === 'author');
  return valued
    .sort((a, b) => isByAuthor(b.one) - isByAuthor(a.one) || b.value - a.value || a.order - b.order)
    .map(({ one }) => one);
};

const asEntries = (ranked: readonly Ranked[]): DigestEntry[] =>
  ranked.map(({ candidate, score, reason, nudge }, index) => {
    return {
      rank: index + 1,
      paper: candidate.paper,
      score,
      reason: reason ?? { kind: 'cutoffs' },
      topic: undefined,
      ...(nudge && { nudge }),
    };
  });

/**
 * @param matches By paper id.
 * @param nudges How far votes move papers, by id. Votes reorder picked papers but never pick one.
 */
export const select = (
  candidates: readonly Candidate[],
  scores: ReadonlyMap<string, Score>,
  channel: Pick<Channel, 'cutoffs' | 'top'>,
  matches: ReadonlyMap<string, AuthorMatch[]>,
  nudges: ReadonlyMap<string, Nudge> = new Map(),
): Selection => {
  const judged = candidates.flatMap((candidate, position): Ranked[] => {
    const score = scores.get(candidate.paper.id);
    const reason = score && reasonFor(score, channel, matches.get(candidate.paper.id));
    // Votes move neither papers by followed authors, which come first, nor papers below the cutoffs.
    const nudge = reason?.kind === 'cutoffs' ? nudges.get(candidate.paper.id) : undefined;
    return score ? [{ candidate, score, reason, nudge, position }] : [];
  });
  const ranked = inOrder(judged, scoreOrder([...scores.values()]));
  const passed = ranked.filter(({ reason }) => reason !== undefined);
  // Papers by followed authors are always posted, so `top` does not apply to them.
  const byAuthors = passed.filter(({ reason }) => reason?.kind === 'author').length;
  return {
    relevant: passed.length,
    entries: asEntries(passed.slice(0, Math.max(channel.top, byAuthors))),
    nearest: passed.length > 0 ? [] : asEntries(ranked.slice(0, 3)),
  };
};
