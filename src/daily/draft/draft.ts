import type { AuthorIndex } from '../../core/author.ts';
import type { Channel } from '../../core/channel.ts';
import type { DigestEntry, ModelUsage, NewDigest, Remedial } from '../../core/digest.ts';
import type { AnnouncedPaper, IsoDate, Paper } from '../../core/paper.ts';
import { passes, type Score, screenedOutCount, sumUsages, type Usage } from '../../core/score.ts';
import type { Stores } from '../../core/stores.ts';
import type { Nudge } from '../../core/votes.ts';
import { withLease } from '../lease.ts';
import { gate, gateByAuthors } from './gate.ts';
import type { Prefilter } from './prefilter.ts';
import { type ScoreParts, scoreDay } from './score.ts';
import { select } from './select.ts';

export type TopicMatcher = (
  topics: string,
  papers: readonly { id: string; title: string; abstract: string; comment: string }[],
) => ReadonlyMap<string, string> | Promise<ReadonlyMap<string, string>>;

export type Nudger = (
  channel: string,
  papers: readonly (Paper & Pick<DigestEntry, 'topic'>)[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, Nudge>>;

export type DraftParts = {
  stores: Stores;
  scorers: ScoreParts['scorers'];
  authors: AuthorIndex;
  topicsOf: TopicMatcher;
  nudgesOf: Nudger;
  clock: ScoreParts['clock'];
  prefilter?: Prefilter | undefined;
  pickRate?: number | undefined;
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
  return topicsOf(channel.rubric.topics, papers);
};

const withTopics = (entries: readonly DigestEntry[], topics: ReadonlyMap<string, string>): DigestEntry[] =>
  entries.map((entry) => ({ ...entry, topic: topics.get(entry.paper.id) }));

const usageOf = (models: readonly ModelUsage[], channel: string): Usage =>
  sumUsages(models.filter((one) => one.channel === channel).map(({ usage }) => usage));

/** Pays only for papers without a stored score. */
export const draftDigest = async (
  channel: Channel,
  { date, announced, remedial }: DraftDay,
  parts: DraftParts,
  signal: AbortSignal,
): Promise<NewDigest> => {
  const { stores, scorers, authors, topicsOf, nudgesOf, clock, prefilter, pickRate, onProgress } = parts;
  const ids = announced.map(({ paper }) => paper.id);
  const gated = gate(announced, channel, await stores.digests.alreadyPicked(channel.name, date, ids));
  const { candidates, matches, check, notices } = await gateByAuthors(gated.candidates, channel, authors, signal);
  // Channels with the same rubric share scores: one channel scores, the others wait and use the stored scores.
  const scored = await withLease(`rubric ${channel.rubric.hash}`, { leases: stores.leases, clock }, signal, (held) =>
    scoreDay(channel, date, candidates, held, {
      ...{ scorers, stores, clock, pickRate, prefilter },
      mustRead: matches,
      onProgress: onProgress && ((done, total) => onProgress(channel.name, done, total)),
    }),
  );
  const passed = candidates.flatMap(({ paper }) => {
    const score = scored.scores.get(paper.id);
    return score && (matches.has(paper.id) || passes(score, channel.cutoffs)) ? [{ paper, score }] : [];
  });
  const topics = await findTopics(passed, channel, topicsOf);
  const topical = passed.map(({ paper }) => ({ ...paper, topic: topics.get(paper.id) }));
  const nudges = passed.length === 0 ? new Map() : await nudgesOf(channel.name, topical, signal);
  const { relevant, entries, nearest } = select(candidates, scored.scores, channel, matches, nudges);
  const { prefilter: division, unlikely } = scored.prefiltered ?? {};
  const models = await stores.ledger.models(channel.rubric.hash, date);
  return {
    ...{ channel: channel.name, date, remedial, cutoffs: channel.cutoffs, groupByTopic: channel.groupByTopic },
    counts: {
      announced: gated.announced,
      scanned: candidates.length,
      relevant,
      unscored: candidates.length - screenedOutCount(division) - scored.scores.size,
    },
    engines: scored.engines,
    models,
    usage: usageOf(models, channel.name),
    rubric: channel.rubric.hash,
    authorCheck: check,
    ...(division && { prefilter: division, unlikely }),
    ...(scored.fallback && { fallback: scored.fallback }),
    notices: [...(parts.notices ?? []), ...scored.notices, ...notices],
    entries: withTopics(entries, topics),
    nearest: withTopics(nearest, await findTopics(nearest, channel, topicsOf)),
  };
};
