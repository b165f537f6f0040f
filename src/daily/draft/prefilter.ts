import { createHash } from 'node:crypto';
import type { Channel } from '../../core/channel.ts';
import type { Logger } from '../../core/logger.ts';
import type { IsoDate, Paper } from '../../core/paper.ts';
import type { PlanPrefilter, Prefiltering, UnlikelyPaper } from '../../core/prefilter.ts';
import type { ScoreQuery, Stores } from '../../core/stores.ts';

export type PrefilterParts = {
  stores: { digests: Pick<Stores['digests'], 'pastDays'> };
  plan: PlanPrefilter;
  /** Share of the picks that are to be kept. */
  targetRecall: number;
  logger: Logger;
};

/** What became of a day's papers; those that are not named are read. */
export type Prefiltered = { prefilter: Prefiltering; unlikely: UnlikelyPaper[] };

/** Divides a channel's candidates of a date before the model of the query reads them. */
export type Prefilter = (
  channel: Channel,
  date: IsoDate,
  papers: readonly Paper[],
  query: ScoreQuery,
  signal: AbortSignal,
) => Promise<Prefiltered>;

/** It learns from so many digests: from more the ranking gains next to nothing. */
const pastDigests = 20;

/** Of the unlikely papers, so many are read all the same: some six of a usual day. */
const sampleShare = 0.05;

/** By the id alone, so that a run that was killed goes on with the same papers, and channels of one rubric share them. */
const isSampled = (paperId: string): boolean =>
  createHash('sha256').update(paperId).digest().readUInt32BE(0) / 2 ** 32 < sampleShare;

/** A prefilter that learns anew for each day from what the model said on the days before it. */
export const createPrefilter =
  ({ stores, plan, targetRecall, logger }: PrefilterParts): Prefilter =>
  async (channel, date, papers, query, signal) => {
    const days = await stores.digests.pastDays(channel, query, date, pastDigests);
    const { cutoffs, rubric, name } = channel;
    const asked = papers.map(({ id, version, title, abstract, categories, authors }) => {
      return { id, version, title, abstract, categories, authors };
    });
    const task = { days, papers: asked, cutoffs, topics: rubric.topics, targetRecall, sampleShare };
    const outcome = await plan(task, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      // It only saves tokens: a day is not lost for that.
      logger.error({ channel: name, date, err: error }, 'the prefilter failed');
      return { reason: 'it failed, and the log says why' };
    });
    if ('reason' in outcome) {
      logger.info({ channel: name, date, reason: outcome.reason }, 'the prefilter waits');
      return { prefilter: outcome, unlikely: [] };
    }
    const { order, read, recall } = outcome;
    const versions = new Map(papers.map(({ id, version }) => [id, version]));
    const unlikely = order.slice(read).map((paperId, at): UnlikelyPaper => {
      return { paperId, version: versions.get(paperId) ?? 1, position: read + at + 1, isSampled: isSampled(paperId) };
    });
    const sampled = unlikely.filter((paper) => paper.isSampled).length;
    const skipped = unlikely.length - sampled;
    logger.info({ channel: name, date, skipped, sampled, recall }, 'the prefilter spares the model papers');
    return { prefilter: { skipped, sampled, recall, days: outcome.days }, unlikely };
  };

/**
 * Papers that must be read are left out, also of the sample: chance does not decide about them, so they stand for no others.
 * Papers that are read already are not skipped; those of the sample may have been read by a run that was killed.
 */
export const keeping = (
  { prefilter, unlikely }: Prefiltered,
  papers: { mustRead(paperId: string): boolean; isRead(paperId: string): boolean },
): Prefiltered => {
  if ('reason' in prefilter) return { prefilter, unlikely };
  const left = unlikely.filter(
    ({ paperId, isSampled }) => !papers.mustRead(paperId) && (isSampled || !papers.isRead(paperId)),
  );
  const sampled = left.filter(({ isSampled }) => isSampled).length;
  return { prefilter: { ...prefilter, skipped: left.length - sampled, sampled }, unlikely: left };
};
