import type { Channel } from '../../core/channel.ts';
import type { AuthorMatch, DigestEntry, PickReason } from '../../core/digest.ts';
import type { Candidate } from '../../core/paper.ts';
import {
  isBuiltIn,
  isByModel,
  type MatchLimits,
  passes,
  roundedMatch,
  type Score,
  totalScore,
} from '../../core/score.ts';
import type { Nudge } from '../../core/votes.ts';
import { bestFirst, topMoves } from '../../digest/best-order.ts';

/** More papers than this share of the days' candidates do not match well, even in a category with few papers. */
const maxShare = 0.3;

/**
 * Papers per day that reach the floor on average, relative to `papersPerDay`: a usual day fills up, and a day with less
 * than two thirds of the usual matches has fewer papers.
 */
const margin = 1.5;

/**
 * @param candidates Candidates of an average day.
 * @param share The built-in scorer's share of the day's scored papers. It picks in proportion, so that a day on which a
 * language model missed a few papers does not fill up with them. Rounded up, so that the best can still be picked.
 */
export const matchLimitsOf = (
  { papersPerDay }: Pick<Channel, 'papersPerDay'>,
  candidates: number,
  share = 1,
): MatchLimits => {
  const above = candidates === 0 ? maxShare : Math.min(maxShare, (margin * papersPerDay) / candidates);
  return { papers: Math.ceil(papersPerDay * share), floor: roundedMatch(100 * (1 - above)) };
};

type Selection = {
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

type Limits = Pick<Channel, 'cutoffs'> & { matchLimits: MatchLimits };

/** True if a score is good enough to be picked. The built-in scorer's best papers are picked. */
export const isGoodEnough = (score: Score, { cutoffs, matchLimits }: Limits): boolean =>
  isBuiltIn(score) ? score.match >= matchLimits.floor : passes(score, cutoffs);

const reasonFor = (score: Score, limits: Limits, matches: AuthorMatch[] | undefined): PickReason | undefined => {
  if (matches && matches.length > 0) return { kind: 'author', matches };
  return isGoodEnough(score, limits) ? { kind: isBuiltIn(score) ? 'match' : 'cutoffs' } : undefined;
};

/**
 * Points of the best and the last of the built-in scorer's papers that reach the floor, so that votes can move them.
 */
const [maxPoints, minPoints] = [20, 13];

/** Points of papers in score order: the totals of a language model, or evenly spaced for the built-in scorer. */
const pointsOf = (ordered: readonly Ranked[]): number[] => {
  const last = ordered.filter(({ reason }) => reason !== undefined).length - 1;
  const step = (maxPoints - minPoints) / Math.max(1, last);
  return ordered.map(({ score }, place) => (isByModel(score) ? totalScore(score) : maxPoints - step * place));
};

/** Orders papers by one engine: by score plus votes, then by score, then as arXiv does. */
const inOrder = (ranked: readonly Ranked[]): Ranked[] => {
  const scored = ranked.toSorted((a, b) => bestFirst(a.score, b.score) || a.position - b.position);
  const points = pointsOf(scored);
  const valued = scored.map((one, order) => ({ one, order, value: (points[order] ?? 0) + (one.nudge?.points ?? 0) }));
  return valued.sort((a, b) => b.value - a.value || a.order - b.order).map(({ one }) => one);
};

/** Votes never remove a paper with this total score from the posted ones, unless others with this score fill them. */
const minStrong = 18;

/** The first `count` papers in order. If some would drop out, papers with a strong score stay in place of others. */
const firstOf = (ranked: readonly Ranked[], count: number): Ranked[] => {
  const isSafe = ({ score, reason }: Ranked): boolean =>
    reason?.kind === 'author' || (isByModel(score) && totalScore(score) >= minStrong);
  const safe = ranked.filter(isSafe);
  const kept = new Set([...safe, ...ranked.filter((one) => !isSafe(one))].slice(0, count));
  return ranked.filter((one) => kept.has(one));
};

/** Only the papers that votes moved most say why. */
const withFewReasons = (entries: readonly DigestEntry[]): DigestEntry[] => {
  const top = topMoves(entries);
  return entries.map((entry) =>
    entry.nudge && !top.has(entry) ? { ...entry, nudge: { ...entry.nudge, words: '' } } : entry,
  );
};

const asEntries = (ranked: readonly Ranked[]): DigestEntry[] =>
  ranked.map(({ candidate, score, reason, nudge }, index) => {
    return {
      rank: index + 1,
      paper: candidate.paper,
      score,
      reason: reason ?? { kind: isBuiltIn(score) ? 'match' : 'cutoffs' },
      topic: undefined,
      ...(nudge && { nudge }),
    };
  });

/**
 * Orders the picked papers: followed authors first, then the language model's by score, then the built-in scorer's by
 * match.
 * @param matches By paper id.
 * @param nudges How far votes move papers, by id. Votes reorder picked papers but never pick one.
 */
export const select = (
  candidates: readonly Candidate[],
  scores: ReadonlyMap<string, Score>,
  channel: Limits & Pick<Channel, 'top'>,
  matches: ReadonlyMap<string, AuthorMatch[]>,
  nudges: ReadonlyMap<string, Nudge> = new Map(),
): Selection => {
  const judged = candidates.flatMap((candidate, position): Ranked[] => {
    const score = scores.get(candidate.paper.id);
    const reason = score && reasonFor(score, channel, matches.get(candidate.paper.id));
    // Votes move neither papers by followed authors, which come first, nor papers that are not picked.
    const nudge = reason && reason.kind !== 'author' ? nudges.get(candidate.paper.id) : undefined;
    return score ? [{ candidate, score, reason, nudge, position }] : [];
  });
  const byModel = inOrder(judged.filter(({ score }) => isByModel(score)));
  const builtIn = inOrder(judged.filter(({ score }) => isBuiltIn(score)));
  const inOrderOfEngines = [...byModel, ...builtIn];
  const of = (some: readonly Ranked[], kind: PickReason['kind']): Ranked[] =>
    some.filter(({ reason }) => reason?.kind === kind);
  const followed = of(inOrderOfEngines, 'author');
  const picked = [...followed, ...of(byModel, 'cutoffs'), ...of(builtIn, 'match').slice(0, channel.matchLimits.papers)];
  return {
    relevant: picked.length,
    // Papers by followed authors are always posted, so `top` does not apply to them.
    entries: withFewReasons(asEntries(firstOf(picked, Math.max(channel.top, followed.length)))),
    nearest: picked.length > 0 ? [] : asEntries(inOrderOfEngines.slice(0, 3)),
  };
};
