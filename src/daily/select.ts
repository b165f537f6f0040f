import type { Channel } from '../core/channel.ts';
import { type AuthorMatch, type DigestEntry, type PickReason, totalScore } from '../core/digest.ts';
import type { Candidate } from '../core/paper.ts';
import type { Score } from '../core/score.ts';

export type Selection = {
  /** How many papers passed, before `top` cut the list. */
  relevant: number;
  entries: DigestEntry[];
  /** Where nothing passed: the three that came nearest. */
  nearest: DigestEntry[];
};

type Ranked = { candidate: Candidate; score: Score; reason: PickReason | undefined; position: number };

const reasonFor = (
  score: Score,
  { cutoffs }: Pick<Channel, 'cutoffs'>,
  matches: AuthorMatch[] | undefined,
): PickReason | undefined => {
  if (matches && matches.length > 0) return { kind: 'author', matches };
  return score.relevance >= cutoffs.relevance && score.novelty >= cutoffs.novelty ? { kind: 'cutoffs' } : undefined;
};

/** Author matches first, then by total score, then by relevance, then in arXiv's order. */
const better = (a: Ranked, b: Ranked): number =>
  Number(b.reason?.kind === 'author') - Number(a.reason?.kind === 'author') ||
  totalScore(b.score) - totalScore(a.score) ||
  b.score.relevance - a.score.relevance ||
  a.position - b.position;

const asEntries = (ranked: readonly Ranked[]): DigestEntry[] =>
  ranked.map(({ candidate, score, reason }, index) => {
    return { rank: index + 1, paper: candidate.paper, score, reason: reason ?? { kind: 'cutoffs' }, topic: undefined };
  });

/**
 * Ranks a channel's scored papers and picks those that pass the cutoffs or are by a followed author.
 *
 * @param matches Followed authors by paper id.
 */
export const select = (
  candidates: readonly Candidate[],
  scores: ReadonlyMap<string, Score>,
  channel: Pick<Channel, 'cutoffs' | 'top'>,
  matches: ReadonlyMap<string, AuthorMatch[]>,
): Selection => {
  const ranked = candidates
    .flatMap((candidate, position): Ranked[] => {
      const score = scores.get(candidate.paper.id);
      const reason = score && reasonFor(score, channel, matches.get(candidate.paper.id));
      return score ? [{ candidate, score, reason, position }] : [];
    })
    .sort(better);
  const passed = ranked.filter(({ reason }) => reason !== undefined);
  // A followed author's paper always comes, so `top` never cuts into these.
  const byAuthors = passed.filter(({ reason }) => reason?.kind === 'author').length;
  return {
    relevant: passed.length,
    entries: asEntries(passed.slice(0, Math.max(channel.top, byAuthors))),
    nearest: passed.length > 0 ? [] : asEntries(ranked.slice(0, 3)),
  };
};
