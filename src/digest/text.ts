import { longDate } from '../core/clock.ts';
import { dateFormat } from '../core/dates.ts';
import type { AuthorMatch, DigestDraft, DigestEntry } from '../core/digest.ts';
import { countOf } from '../core/paper-text.ts';
import { dollars, totalTokens, type Usage } from '../core/price.ts';
import { totalScore } from '../core/score.ts';

/** "98 %": the share of the picks that a prefilter keeps, never told too high. */
export const recallText = (recall: number): string => `${Math.floor(100 * recall)} %`;

/** "300 were skipped as unlikely, which keeps about 98 % of the picks."; empty where all were read. */
const describeSkipped = ({ prefilter }: Pick<DigestDraft, 'prefilter'>): string => {
  if (!prefilter || 'reason' in prefilter || prefilter.skipped === 0) return '';
  const { skipped, recall } = prefilter;
  const were = skipped === 1 ? 'was' : 'were';
  return `${skipped.toLocaleString('en-US')} ${were} skipped as unlikely, which keeps about ${recallText(recall)} of the picks.`;
};

/**
 * What the prefilter did on a day: "skipped 71 of 185 papers, keeping about 98 % of the picks", or why none; empty where none was at work.
 */
export const describePrefilter = ({ prefilter, counts }: Pick<DigestDraft, 'prefilter' | 'counts'>): string => {
  if (!prefilter) return '';
  const scanned = countOf(counts.scanned, 'paper');
  if ('reason' in prefilter) return `skipped none of ${scanned}: ${prefilter.reason}`;
  const { skipped, recall } = prefilter;
  return skipped === 0
    ? `skipped none of ${scanned}`
    : `skipped ${skipped.toLocaleString('en-US')} of ${scanned}, keeping about ${recallText(recall)} of the picks`;
};

/** "48 papers of 646 passed (relevance 8, novelty 7 or more); 820 were announced." */
export const describeCounts = ({ counts, cutoffs, entries, prefilter }: DigestDraft): string => {
  const { relevant, scanned, announced, unscored } = counts;
  const passed = `${countOf(relevant, 'paper')} of ${scanned.toLocaleString('en-US')} passed`;
  const limits = `relevance ${cutoffs.relevance} and novelty ${cutoffs.novelty} or more`;
  const shown =
    relevant > entries.length ? ` The best ${entries.length === 1 ? 'one is' : `${entries.length} are`} shown.` : '';
  const authors = entries.filter(
    ({ reason }) => reason.kind === 'author' && reason.matches.some(({ basis }) => basis !== 'refuted'),
  ).length;
  const followed = authors > 0 ? `, ${authors} of them by authors you follow` : '';
  const missing = unscored > 0 ? ` ${countOf(unscored, 'paper')} could not be scored.` : '';
  const skipped = describeSkipped({ prefilter });
  const all = `${announced.toLocaleString('en-US')} ${announced === 1 ? 'was' : 'were'} announced`;
  return `${passed} (${limits})${followed}; ${all}.${shown}${skipped && ` ${skipped}`}${missing}`;
};

/** "1 May 2025" or, from one month to another, "30 April to 2 May 2025". */
const dateRange = (from: string, to: string): string => {
  const format = dateFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  const [first, last] = [new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`)];
  return from === to ? format.format(first) : format.formatRange(first, last).replace(/\s*–\s*/, ' to ');
};

/** What a remedial digest is, in a sentence or two; empty for any other. */
export const describeRemedial = ({ date, remedial }: Pick<DigestDraft, 'date' | 'remedial'>): string => {
  if (!remedial) return '';
  const missed = `Remedial run: the announcement of ${longDate(date)}, covering ${dateRange(remedial.from, remedial.to)}, had been missed.`;
  return remedial.approximate
    ? `${missed} arXiv no longer shows it, so these are the papers that were submitted for it: the list is approximate.`
    : missed;
};

/** What the h-index left out, and what it could not judge; empty where there is no limit. */
export const describeAuthorCheck = ({ authorCheck }: Pick<DigestDraft, 'authorCheck'>): string => {
  if (!authorCheck || authorCheck.minHIndex === 0) return '';
  const { minHIndex, below, unknown } = authorCheck;
  return [
    ...(below > 0 ? [`${countOf(below, 'paper')} left out: no author with an h-index of ${minHIndex} or more.`] : []),
    ...(unknown > 0 ? [`Semantic Scholar does not know the authors of ${countOf(unknown, 'paper')} yet.`] : []),
  ].join(' ');
};

const matchLabels = {
  id: 'Author match',
  name: 'Author match (name only)',
  refuted: 'No author match after all, another author of this name',
} satisfies Record<AuthorMatch['basis'], string>;

/** "Author match: Ada Example; Author match (name only): Bo Example"; empty where no followed author was found. */
export const describeMatches = ({ reason }: Pick<DigestEntry, 'reason'>): string =>
  reason.kind === 'author' ? reason.matches.map(({ name, basis }) => `${matchLabels[basis]}: ${name}`).join('; ') : '';

/** Smaller moves are not worth a line. */
const minReported = 0.5;

/** "+0.8: you liked 5 papers on quantization"; empty where votes moved the paper little or not at all. */
export const describeNudge = ({ nudge }: Pick<DigestEntry, 'nudge'>, least = minReported): string => {
  if (!nudge || Math.abs(nudge.points) < least) return '';
  return `${nudge.points > 0 ? '+' : '−'}${Math.abs(nudge.points).toFixed(1)}: ${nudge.words}`;
};

/** Papers that match no topic stand under this name. */
const otherTopics = 'Other';

/** Papers under the topic that each matches best; the topic of the best paper first, those without one last. */
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
  const names = engines.map(({ engine, model, papers }) => {
    const name = engine === 'local' ? 'the built-in scorer' : model;
    return engines.length > 1 ? `${name} (${countOf(papers, 'paper')})` : name;
  });
  return names.length > 0 ? `Scored by ${names.join(' and ')}` : 'Nothing to score';
};

/**
 * Why a paper stands above one with more points, where that is because the built-in scorer ranks more finely than its points
 * tell; empty where the points explain the order, or votes and followed authors do.
 */
export const describeOrder = ({ entries }: Pick<DigestDraft, 'entries'>): string => {
  const byScore = entries.filter(({ reason, nudge }) => reason.kind === 'cutoffs' && !nudge).map(({ score }) => score);
  const isFiner = byScore.every(({ percentile }) => percentile !== undefined);
  const looksOdd = byScore.some((score, at) => totalScore(score) > totalScore(byScore[at - 1] ?? score));
  return isFiner && looksOdd ? 'The order is the built-in scorer’s own ranking, which is finer than its scores.' : '';
};

/** "182,400 tokens, 61 % cached · $0.03"; empty where no model was called. */
export const describeCost = ({ usage }: { usage: Usage }): string => {
  const tokens = totalTokens(usage);
  if (tokens === 0) return '';
  const share = usage.promptTokens === 0 ? 0 : Math.round((100 * usage.cachedTokens) / usage.promptTokens);
  const cached = share > 0 ? `, ${share} % of the prompt cached` : '';
  const cost = usage.costUsd === undefined ? 'cost unknown (no price for this model)' : dollars(usage.costUsd);
  return `${tokens.toLocaleString('en-US')} tokens${cached} · ${cost}`;
};
