import type { AuthorIndex } from '../../core/author.ts';
import type { BatchNotice, BatchScorer } from '../../core/batch.ts';
import type { Channel } from '../../core/channel.ts';
import { type DigestEntry, isModelUsed, type ModelUsage, type NewDigest, type Remedial } from '../../core/digest.ts';
import { hasInjection } from '../../core/injection.ts';
import { type AnnouncedPaper, countOf, type IsoDate, type Paper } from '../../core/paper.ts';
import { isBuiltIn, type MatchLimits, matchedTopics, type Score, sumUsages, type Usage } from '../../core/score.ts';
import { type Prefilter, type Prefiltering, screenedOutCount } from '../../core/screening.ts';
import type { UnderstoodTopics } from '../../core/services.ts';
import type { Stores } from '../../core/stores.ts';
import type { Nudge } from '../../core/votes.ts';
import { type ChannelWaits, withRubricLease } from '../lease.ts';
import { gate, gateByAuthors, notMuted } from './gate.ts';
import type { HeadStart } from './head-start.ts';
import { type ScoreParts, scoreDay } from './score.ts';
import { isGoodEnough, matchLimitsOf, select } from './select.ts';
import type { Summarize } from './summaries.ts';

export type TopicMatcher = (
  topics: string,
  papers: readonly { id: string; title: string; abstract: string; comment: string }[],
) => ReadonlyMap<string, string> | Promise<ReadonlyMap<string, string>>;

export type Nudger = (
  channel: string,
  papers: readonly (Paper & Pick<DigestEntry, 'topic'>)[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, Nudge>>;

export type DraftParts = ChannelWaits & {
  stores: Stores;
  scorers: ScoreParts['scorers'];
  authors: AuthorIndex;
  /** Expands the topics before their first use. */
  expand?: ((channel: Channel, signal: AbortSignal) => Promise<Channel>) | undefined;
  topicsOf: TopicMatcher;
  problemOf?: ((channel: Channel) => Promise<UnderstoodTopics['problem']>) | undefined;
  nudgesOf: Nudger;
  /** Ids of the papers most similar to those that the channel voted up. The prefilter screens out none of them. */
  likedOf: (...of: Parameters<Nudger>) => Promise<ReadonlySet<string>>;
  clock: ScoreParts['clock'];
  prefilter?: Prefilter | undefined;
  headStart?: Pick<HeadStart, 'stop' | 'end'> | undefined;
  /** Scores papers ahead of a run, at half price. */
  batch?: BatchScorer | undefined;
  onBatch?: ((channel: string, notice: BatchNotice) => void) | undefined;
  summarize?: Summarize | undefined;
  notices?: readonly string[] | undefined;
  onProgress?: ((channel: string, done: number, total: number) => void) | undefined;
};

export type DraftDay = {
  date: IsoDate;
  announced: readonly AnnouncedPaper[];
  remedial: Remedial | undefined;
};

const findTopics = async (
  scored: readonly { paper: Paper; score: Score }[],
  channel: Channel,
  topicsOf: TopicMatcher,
): Promise<ReadonlyMap<string, string>> => {
  if (scored.length === 0) return new Map();
  const papers = scored.map(({ paper, score }) => {
    return { id: paper.id, title: paper.title, abstract: paper.abstract, comment: score.comment };
  });
  return topicsOf(matchedTopics(channel.rubric), papers);
};

const withTopics = (entries: readonly DigestEntry[], topics: ReadonlyMap<string, string>): DigestEntry[] =>
  entries.map((entry) => ({ ...entry, topic: topics.get(entry.paper.id) }));

const usageOf = (models: readonly ModelUsage[], channel: string): Usage =>
  sumUsages(models.filter((one) => one.channel === channel).map(({ usage }) => usage));

const historyDigests = 20;

/** The built-in scorer's limits for a channel whose days have as many candidates as this one and those before it. */
const limitsOf = async (
  channel: Channel,
  date: IsoDate,
  candidates: number,
  scores: ReadonlyMap<string, Score>,
  digests: Stores['digests'],
): Promise<MatchLimits> => {
  const earlier = await digests.scannedBefore(channel.name, date, historyDigests);
  const days = [candidates, ...earlier];
  const share = scores.size === 0 ? 0 : [...scores.values()].filter(isBuiltIn).length / scores.size;
  return matchLimitsOf(channel, days.reduce((sum, count) => sum + count, 0) / days.length, share);
};

/** Explains the built-in scorer's limit once to a channel whose last digest was made without it. */
const changedLimit = async ({ name, papersPerDay }: Channel, digests: Stores['digests']): Promise<string[]> => {
  const last = await digests.newest(name);
  if (!last || last.matchLimits || !last.engines.some(({ engine }) => engine === 'local')) return [];
  return [
    `From now on, the built-in scorer picks at most ${countOf(papersPerDay, 'paper')} a day instead of about 8%. To change this, set papersPerDay.`,
  ];
};

/** Explains the compact style once to a channel whose last digest was made before there was one. */
const changedStyle = async ({ name, digestStyle }: Channel, digests: Stores['digests']): Promise<string[]> => {
  const last = digestStyle === 'compact' ? await digests.newest(name) : undefined;
  if (!last || last.style) return [];
  return [
    'From now on, abstracts are behind a button. To show them in the messages again, set digest: { style: full } for the channel.',
  ];
};

/** Explains the prefilter once to a channel whose last digest the language model scored without it. */
const changedScreening = async ({ name }: Channel, prefilter: Prefiltering | undefined, digests: Stores['digests']) => {
  const last = prefilter && (await digests.newest(name));
  if (!last || last.prefilter || !isModelUsed(last)) return [];
  return [
    'From now on, the language model reads only the papers that it may pick, which saves about half of the tokens. To let it read all papers again, set scorer: { prefilter: off }.',
  ];
};

/** Warns in the digest itself, because its readers see neither `doctor` nor the log. */
const topicsWarning = async (channel: Channel, problemOf: DraftParts['problemOf']): Promise<string[]> => {
  const problem = await problemOf?.(channel);
  return problem?.isFatal ? [`${problem.text} ${problem.fix}`] : [];
};

const list = new Intl.ListFormat('en');

/** The language model read such a paper alone, so that it could not change the scores of others. */
const injectionNotice = (entries: readonly { paper: Paper }[]): string[] => {
  const ids = entries.flatMap(({ paper }) => (hasInjection(paper) ? [paper.id] : []));
  if (ids.length === 0) return [];
  const subject = ids.length === 1 ? `The text of ${ids[0]} addresses` : `The texts of ${list.format(ids)} address`;
  return [`${subject} language models. Read ${ids.length === 1 ? 'it' : 'them'} before you trust the scores.`];
};

/** What the channel may pick of a day, and which of it must be read: papers by followed authors and those like liked ones. */
export const candidatesOf = async (
  channel: Channel,
  { date, announced }: Pick<DraftDay, 'date' | 'announced'>,
  { stores, authors, prefilter, likedOf }: Pick<DraftParts, 'stores' | 'authors' | 'prefilter' | 'likedOf'>,
  signal: AbortSignal,
) => {
  const ids = announced.map(({ paper }) => paper.id);
  const gated = gate(announced, channel, await stores.digests.alreadyPicked(channel.name, date, ids));
  const byAuthors = await gateByAuthors(gated.candidates, channel, authors, signal);
  const candidates = notMuted(byAuthors.candidates, channel, byAuthors.matches);
  const papers = candidates.map(({ paper }) => ({ ...paper, topic: undefined }));
  const liked = prefilter ? await likedOf(channel.name, papers, signal) : new Set<string>();
  const muted = byAuthors.candidates.length - candidates.length;
  return { ...byAuthors, candidates, muted, liked, announcedCount: gated.announced };
};

/** Ranks the day while the requests of the head start end. */
const rankedAhead = async (
  channel: Channel,
  { date, papers }: { date: IsoDate; papers: Paper[] },
  { prefilter, headStart, scorers: [scorer] }: Pick<DraftParts, 'prefilter' | 'headStart' | 'scorers'>,
  signal: AbortSignal,
): Promise<Prefilter | undefined> => {
  if (!prefilter || !headStart || !scorer || scorer.engine === 'local') return prefilter;
  const { rubric } = channel;
  const query = { rubric: rubric.hash, engine: scorer.engine, model: scorer.model(rubric) };
  const screening = prefilter(channel, date, papers, query, signal);
  // Who asks for the screening gets the error.
  screening.catch(() => {});
  await headStart.end();
  return () => screening;
};

/** Pays only for papers without a stored score. */
export const draftDigest = async (
  given: Channel,
  { date, announced, remedial }: DraftDay,
  parts: DraftParts,
  signal: AbortSignal,
): Promise<NewDigest> => {
  const { stores, scorers, expand, topicsOf, nudgesOf, clock, logger } = parts;
  const { onProgress, summarize } = parts;
  const channel = expand ? await expand(given, signal) : given;
  const { candidates, matches, muted, check, notices, liked, announcedCount } = await candidatesOf(
    channel,
    { date, announced },
    parts,
    signal,
  );
  const day = { date, papers: candidates.map(({ paper }) => paper) };
  const prefilter = await rankedAhead(channel, day, parts, signal);
  const scored = await withRubricLease(channel.rubric, { stores, clock, logger }, signal, (held) =>
    scoreDay(channel, date, candidates, held, {
      ...{ scorers, stores, clock, prefilter },
      priority: remedial ? 'remedial' : 'digest',
      mustRead: matches,
      liked,
      onProgress: onProgress && ((done, total) => onProgress(channel.name, done, total)),
    }),
  );
  const matchLimits = await limitsOf(channel, date, candidates.length, scored.scores, stores.digests);
  const limits = { cutoffs: channel.cutoffs, matchLimits, top: channel.top };
  const passed = candidates.flatMap(({ paper }) => {
    const score = scored.scores.get(paper.id);
    return score && (matches.has(paper.id) || isGoodEnough(score, limits)) ? [{ paper, score }] : [];
  });
  const topics = await findTopics(passed, channel, topicsOf);
  const labelled = passed.map(({ paper }) => ({ ...paper, topic: topics.get(paper.id) }));
  const nudges = passed.length === 0 ? new Map() : await nudgesOf(channel.name, labelled, signal);
  const { relevant, entries, nearest } = select(candidates, scored.scores, limits, matches, nudges);
  const { prefilter: division, unlikely } = scored.prefiltered ?? {};
  const hasBuiltIn = [...scored.scores.values()].some(isBuiltIn);
  const topical = withTopics(entries, topics);
  const summarized = await summarize?.(channel, date, topical, scored.fallback?.reason, signal);
  const models = [...(await stores.ledger.models(channel.rubric.hash, date)), ...(summarized?.models ?? [])];
  return {
    ...{ channel: channel.name, date, remedial, cutoffs: channel.cutoffs, groupByTopic: channel.groupByTopic },
    style: channel.digestStyle,
    counts: {
      announced: announcedCount,
      scanned: candidates.length,
      relevant,
      unscored: candidates.length - screenedOutCount(division) - scored.scores.size,
      ...(muted > 0 && { muted }),
    },
    ...(hasBuiltIn && { matchLimits }),
    engines: scored.engines,
    models,
    usage: usageOf(models, channel.name),
    rubric: channel.rubric.hash,
    authorCheck: check,
    ...(division && { prefilter: division, unlikely }),
    ...(scored.fallback && { fallback: scored.fallback }),
    notices: [
      ...(parts.notices ?? []),
      ...scored.notices,
      ...notices,
      ...injectionNotice(entries),
      ...(summarized?.notices ?? []),
      ...(hasBuiltIn ? await topicsWarning(channel, parts.problemOf) : []),
      ...(hasBuiltIn ? await changedLimit(channel, stores.digests) : []),
      ...(await changedStyle(channel, stores.digests)),
      ...(await changedScreening(channel, division, stores.digests)),
    ],
    entries: summarized?.entries ?? topical,
    nearest: withTopics(nearest, await findTopics(nearest, channel, topicsOf)),
  };
};
