import { acknowledgement } from '../../core/arxiv.ts';
import { dateIn } from '../../core/dates.ts';
import type { AuthorCheck, DigestEntry } from '../../core/digest.ts';
import { abstractUrl, htmlUrl, isSamplePaper, type Paper, pdfUrl } from '../../core/paper.ts';
import { isBuiltIn, type MatchLimits, type Score, totalScore, type Usage } from '../../core/score.ts';
import type { Prefiltering } from '../../core/screening.ts';
import { isReported } from '../../digest/best-order.ts';
import { byTopic } from '../../digest/text.ts';
import { monthOf } from '../dates.ts';
import { type Charge, chargesOf } from '../day/cost.ts';
import type { Day } from '../day/day.ts';

const orNull = <T>(value: T | undefined): T | null => value ?? null;

/** Removes rounding errors of floating-point sums. Nothing costs less than a billionth of a dollar. */
const usdOrNull = (usd: number | undefined): number | null => (usd === undefined ? null : Number(usd.toFixed(9)));

const usageOf = ({ promptTokens, cachedTokens, completionTokens, costUsd }: Usage) => ({
  promptTokens,
  cachedTokens,
  completionTokens,
  costUsd: usdOrNull(costUsd),
});

const modelOf = ({ purpose, model, channel, calls, usage, price, cost }: Charge) => ({
  purpose: purpose ?? 'scores',
  model,
  channel,
  calls: orNull(calls),
  ...usageOf(usage),
  promptCostUsd: usdOrNull(cost?.prompt),
  cachedCostUsd: usdOrNull(cost?.cached),
  completionCostUsd: usdOrNull(cost?.completion),
  price: price
    ? {
        promptUsdPerMillion: price.prompt,
        cachedPromptUsdPerMillion: price.cachedPrompt,
        completionUsdPerMillion: price.completion,
        source: price.source,
        date: price.date,
        batch: price.isBatch === true,
      }
    : null,
});

const linksOf = (paper: Paper) =>
  isSamplePaper(paper) ? null : { abstract: abstractUrl(paper), pdf: pdfUrl(paper), html: htmlUrl(paper) };

/** Null for moves too small to show in the other formats. */
const movedOf = ({ nudge }: DigestEntry) =>
  nudge && isReported({ nudge }) ? { points: nudge.points, why: nudge.words } : null;

const judgedOf = (score: Score) =>
  isBuiltIn(score)
    ? {
        ...{ relevance: null, novelty: null, score: null },
        ...{ position: score.position, of: score.of, match: score.match },
      }
    : {
        ...{ relevance: score.relevance, novelty: score.novelty, score: totalScore(score) },
        ...{ position: null, of: null, match: null },
      };

const paperOf = (entry: DigestEntry, votes: Day['votes']) => {
  const { rank, paper, score, reason, topic, summary } = entry;
  return {
    rank,
    id: paper.id,
    version: paper.version,
    title: paper.title,
    authors: paper.authors,
    abstract: paper.abstract,
    categories: paper.categories,
    authorsComment: orNull(paper.comments),
    doi: orNull(paper.doi),
    journalReference: orNull(paper.journalReference),
    license: orNull(paper.license),
    links: linksOf(paper),
    summary: orNull(summary?.text),
    comment: score.comment,
    ...judgedOf(score),
    engine: score.engine,
    model: score.model,
    scoredAt: score.createdAt,
    reason:
      reason.kind === 'author'
        ? { kind: reason.kind, matches: reason.matches.map(({ name, basis }) => ({ name, basis })) }
        : { kind: reason.kind, matches: [] },
    topic: orNull(topic),
    moved: movedOf(entry),
    votes: votes.get(paper.id) ?? { up: 0, down: 0 },
  };
};

/** Without the positions that the next lines are learned from. */
const prefilterOf = (prefilter: Prefiltering | undefined) => {
  if (!prefilter) return null;
  if ('reason' in prefilter) return { reason: prefilter.reason };
  const { skipped, sampled, recall, low, high, days } = prefilter;
  return { skipped, sampled, recall: orNull(recall), low: orNull(low), high: orNull(high), days };
};

const authorCheckOf = ({ minHIndex, below, unknown, notLookedUp }: AuthorCheck) => ({
  minHIndex,
  below,
  unknown,
  notLookedUp,
});

const matchLimitsOf = ({ papers, floor }: MatchLimits) => ({ papers, floor });

/**
 * The page of a day as JSON; docs/pages.md describes it. New names may be added to version 1, but none may be removed.
 * @param prompt empty if unknown
 */
export const dayAsJson = (day: Day, prompt: string) => {
  const { channel, digest, previous, next, votes } = day;
  const { remedial, authorCheck, prefilter } = digest;
  return {
    version: 1,
    channel: digest.channel,
    timezone: channel.timezone,
    date: digest.date,
    sample: [...digest.entries, ...digest.nearest].some(({ paper }) => isSamplePaper(paper)),
    createdAt: digest.createdAt,
    navigation: { previous: orNull(previous), month: monthOf(digest.date), next: orNull(next) },
    remedial: remedial
      ? {
          from: remedial.from,
          to: remedial.to,
          approximate: remedial.approximate,
          generatedOn: dateIn(new Date(digest.createdAt), channel.timezone),
        }
      : null,
    notices: digest.notices,
    counts: { ...digest.counts, muted: digest.counts.muted ?? 0, shown: digest.entries.length },
    authorCheck: authorCheck ? authorCheckOf(authorCheck) : null,
    prefilter: prefilterOf(prefilter),
    cutoffs: digest.cutoffs,
    matchLimits: digest.matchLimits ? matchLimitsOf(digest.matchLimits) : null,
    engines: digest.engines.map(({ engine, model, papers }) => ({ engine, model, papers })),
    usage: usageOf(digest.usage),
    models: chargesOf(day).map(modelOf),
    groupByTopic: digest.groupByTopic,
    topics: byTopic(digest.entries).map(({ topic, entries }) => ({ name: topic, papers: entries.length })),
    papers: digest.entries.map((entry) => paperOf(entry, votes)),
    nearest: digest.nearest.map((entry) => paperOf(entry, votes)),
    rubric: digest.rubric,
    prompt: prompt === '' ? null : prompt,
    acknowledgement,
  };
};
