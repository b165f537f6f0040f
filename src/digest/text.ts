import { dateFormat, dayText, instantOf, longDate } from '../core/dates.ts';
import { type AuthorMatch, type DigestDraft, type DigestEntry, isModelUsed, isOnlyBuiltIn } from '../core/digest.ts';
import { fold } from '../core/folding.ts';
import { countOf, grouped } from '../core/paper.ts';
import {
  cutoffsText,
  dollars,
  isBuiltIn,
  isByModel,
  matchText,
  type Score,
  scorerName,
  totalTokens,
  type Usage,
} from '../core/score.ts';
import { type Prefiltering, screenedOutCount } from '../core/screening.ts';
import type { SummaryCost } from '../core/summary.ts';
import { isReported } from './best-order.ts';

const roundedDown = (share: number): number => Math.floor(100 * share);

/** "about 98% of picks kept (96–99%), measured on 14 days"; digests of earlier versions have no interval. */
export const describeRecall = (prefilter: Prefiltering | undefined): string => {
  if (!prefilter || 'reason' in prefilter || prefilter.recall === undefined)
    return 'the share of picks kept is not measured yet';
  const { recall, low, high, days } = prefilter;
  const interval = low === undefined || high === undefined ? '' : ` (${roundedDown(low)}–${Math.ceil(100 * high)}%)`;
  return `about ${roundedDown(recall)}% of picks kept${interval}, measured on ${countOf(days, 'day')}`;
};

/**
 * "screened out 71 of 185 papers; about 98% of picks kept (96–99%), measured on 14 days", or why it screened out nothing;
 * empty without a prefilter.
 */
export const describePrefilter = ({ prefilter, counts }: Pick<DigestDraft, 'prefilter' | 'counts'>): string => {
  if (!prefilter) return '';
  const candidates = countOf(counts.scanned, 'paper');
  if ('reason' in prefilter) return `screened out none of ${candidates}: ${prefilter.reason}`;
  const { skipped } = prefilter;
  return skipped === 0
    ? `screened out none of ${candidates}`
    : `screened out ${grouped(skipped)} of ${candidates}; ${describeRecall(prefilter)}`;
};

/** As a sentence; empty if nothing was screened out. */
const describeScreenedOut = (digest: Pick<DigestDraft, 'prefilter' | 'counts'>): string =>
  screenedOutCount(digest.prefilter) === 0 ? '' : `S${describePrefilter(digest).slice(1)}.`;

export const describePicked = ({ counts }: Pick<DigestDraft, 'counts'>): string =>
  `${grouped(counts.relevant)} of ${countOf(counts.scanned, 'paper')} picked`;

/**
 * "relevance 8 and novelty 7 or higher", "at most 10, match 96% or higher", or both if both engines scored; empty
 * for a digest that the built-in scorer made without limits.
 */
export const describeLimits = (digest: Pick<DigestDraft, 'cutoffs' | 'matchLimits' | 'engines'>): string => {
  const { cutoffs, matchLimits } = digest;
  const points = cutoffsText(cutoffs);
  const match = matchLimits && `at most ${matchLimits.papers}, match ${matchText(matchLimits.floor)} or higher`;
  if (isOnlyBuiltIn(digest)) return match ?? '';
  return match ? `${points}; by the built-in scorer, ${match}` : points;
};

/** "48 of 646 papers picked (relevance 8 and novelty 7 or higher). 820 were announced." */
export const describeCounts = (digest: DigestDraft): string => {
  const { counts, entries } = digest;
  const { relevant, announced, unscored, muted = 0 } = counts;
  const followed = entries.filter(
    ({ reason }) => reason.kind === 'author' && reason.matches.some(({ basis }) => basis !== 'refuted'),
  ).length;
  const limits = describeLimits(digest);
  const picked = `${describePicked(digest)}${limits && ` (${limits})`}`;
  return [
    `${picked}${followed > 0 ? `, ${followed} by followed authors` : ''}.`,
    `${grouped(announced)} ${announced === 1 ? 'was' : 'were'} announced.`,
    relevant > entries.length && `The best ${entries.length === 1 ? 'one is' : `${entries.length} are`} shown.`,
    describeScreenedOut(digest),
    muted > 0 && `${grouped(muted)} muted.`,
    unscored > 0 && `${countOf(unscored, 'paper')} could not be scored.`,
  ]
    .filter(Boolean)
    .join(' ');
};

/** "1 May 2025" or, from one month to another, "30 April to 2 May 2025". */
const dateRange = (from: string, to: string): string => {
  if (from === to) return dayText(from);
  const format = dateFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return format.formatRange(instantOf(from), instantOf(to)).replace(/\s*–\s*/, ' to ');
};

/**
 * "Remedial run for the missed announcement of Friday, 2 May 2025, covering 1 May 2025."; empty for any other digest.
 */
export const describeRemedial = ({ date, remedial }: Pick<DigestDraft, 'date' | 'remedial'>): string => {
  if (!remedial) return '';
  const missed = `Remedial run for the missed announcement of ${longDate(date)}, covering ${dateRange(remedial.from, remedial.to)}.`;
  return remedial.approximate
    ? `${missed} arXiv no longer lists it, so the papers are those submitted for it: the list is approximate.`
    : missed;
};

/** Counts the papers that the minimum h-index screened out and those it could not judge; empty without a minimum. */
export const describeAuthorCheck = ({ authorCheck }: Pick<DigestDraft, 'authorCheck'>): string => {
  if (!authorCheck || authorCheck.minHIndex === 0) return '';
  const { minHIndex, below, unknown } = authorCheck;
  return [
    below > 0 && `${countOf(below, 'paper')} left out: no author has an h-index of ${minHIndex} or higher.`,
    unknown > 0 && `Semantic Scholar does not list the authors of ${countOf(unknown, 'paper')} yet.`,
  ]
    .filter(Boolean)
    .join(' ');
};

const comparable = (text: string): string =>
  fold(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Why a paper was picked; empty if its summary says the same. */
export const reasonOf = ({ score, summary }: Pick<DigestEntry, 'score' | 'summary'>): string =>
  summary && comparable(summary.text) === comparable(score.comment) ? '' : score.comment;

/** `reasonOf`, after "Why: " if there is also a summary. */
export const describeReason = (entry: Pick<DigestEntry, 'score' | 'summary'>): string => {
  const reason = reasonOf(entry);
  return entry.summary && reason ? `Why: ${reason}` : reason;
};

const matchLabels = {
  id: 'Followed author',
  name: 'Followed author (by name only)',
  refuted: 'Another author with the same name',
} satisfies Record<AuthorMatch['basis'], string>;

/** "Followed author: Ada Example; Followed author (by name only): Bo Example"; empty without a match. */
export const describeMatches = ({ reason }: Pick<DigestEntry, 'reason'>): string =>
  reason.kind === 'author' ? reason.matches.map(({ name, basis }) => `${matchLabels[basis]}: ${name}`).join('; ') : '';

/**
 * "+0.8 points: you liked 5 papers on quantization", with the chance of a 👍 if known; empty if votes moved the paper little, or
 * if others were moved more.
 */
export const describeNudge = ({ nudge }: Pick<DigestEntry, 'nudge'>): string => {
  if (!nudge || !isReported({ nudge }) || nudge.words === '') return '';
  const moved = `${nudge.points > 0 ? '+' : '−'}${Math.abs(nudge.points).toFixed(1)} points: ${nudge.words}`;
  return nudge.chance === undefined ? moved : `${moved} (chance of a 👍: ${Math.round(100 * nudge.chance)}%)`;
};

const otherTopics = 'Other';

/** Papers grouped by best matching topic. The topic of the best paper comes first, papers without a topic last. */
export const byTopic = (entries: readonly DigestEntry[]): { topic: string; entries: DigestEntry[] }[] => {
  const groups = new Map<string, DigestEntry[]>();
  for (const entry of entries) {
    const topic = entry.topic ?? otherTopics;
    groups.set(topic, [...(groups.get(topic) ?? []), entry]);
  }
  return [...groups]
    .map(([topic, entries]) => ({ topic, entries }))
    .sort((a, b) => Number(a.topic === otherTopics) - Number(b.topic === otherTopics));
};

/** "Scored by gpt-4o-mini (640 papers) and the built-in scorer (6 papers)". */
export const describeEngines = ({ engines }: DigestDraft): string => {
  const names = engines.map((share) => {
    const name = scorerName(share);
    return engines.length > 1 ? `${name} (${countOf(share.papers, 'paper')})` : name;
  });
  return names.length > 0 ? `Scored by ${names.join(' and ')}` : 'Nothing to score';
};

/** What the numbers beside papers mean: "Scores are relevance + novelty, each from 1 to 10." */
export const describeScale = (scores: readonly Score[]): string =>
  [
    scores.some(isByModel) && 'Scores are relevance + novelty, each from 1 to 10.',
    scores.some(isBuiltIn) &&
      'The built-in scorer only ranks papers: match 96% means closer to your topics than 96% of recent papers.',
  ]
    .filter(Boolean)
    .join(' ');

export const apartTitle = 'Ranked by the built-in scorer';

/**
 * Papers of a digest in two parts. If a language model scored others of that day, the built-in scorer's papers are
 * apart, because their scores cannot be compared.
 */
export const inParts = (
  entries: readonly DigestEntry[],
  digest: Pick<DigestDraft, 'engines'>,
): { together: DigestEntry[]; apart: DigestEntry[] } => {
  const isMixed = isModelUsed(digest);
  const isApart = ({ score, reason }: DigestEntry): boolean => isMixed && isBuiltIn(score) && reason.kind === 'match';
  return { together: entries.filter((entry) => !isApart(entry)), apart: entries.filter(isApart) };
};

/** "182,400 tokens, 61% cached · $0.03"; empty if no model was called. */
export const describeCost = ({ usage }: { usage: Usage }): string => {
  const tokens = totalTokens(usage);
  if (tokens === 0) return '';
  const share = usage.promptTokens === 0 ? 0 : Math.round((100 * usage.cachedTokens) / usage.promptTokens);
  const cached = share > 0 ? `, ${share}% of the prompt cached` : '';
  const cost = usage.costUsd === undefined ? 'cost unknown (no price for this model)' : dollars(usage.costUsd);
  return `${grouped(tokens)} tokens${cached} · ${cost}`;
};

/** What to do if a feature needs a language model and there is none, as a sentence. */
export const addModelText =
  'Ask your Paperboy admin to add one, with Change the set-up on the web page or with OPENAI_API_KEY or OPENAI_BASE_URL.';

/**
 * "about $0.0019 a day for 20 papers (9,125 tokens of gpt-4o-mini). It counts toward the daily budget of $1.00."
 */
export const describeSummaryCost = ({ model, papers, usage, dailyBudgetUsd }: SummaryCost): string => {
  const tokens = `${grouped(totalTokens(usage))} tokens`;
  const day = `a day for ${countOf(papers, 'paper')}`;
  return usage.costUsd === undefined
    ? `about ${tokens} ${day}. The price of ${model} is unknown, so the daily budget does not limit it.`
    : `about ${dollars(usage.costUsd)} ${day} (${tokens} of ${model}). It counts toward the daily budget of ${dollars(dailyBudgetUsd)}.`;
};
