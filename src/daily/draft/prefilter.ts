import { createHash } from 'node:crypto';
import type { Channel } from '../../core/channel.ts';
import type { Logger } from '../../core/logger.ts';
import type { IsoDate, Paper } from '../../core/paper.ts';
import { matchedTopics, type PlanPrefilter, type Prefiltering, type UnlikelyPaper } from '../../core/score.ts';
import type { ScoreQuery, Stores } from '../../core/stores.ts';

export type PrefilterParts = {
  stores: { digests: Pick<Stores['digests'], 'pastDays'> };
  plan: PlanPrefilter;
  targetRecall: number;
  logger: Logger;
};

export type Prefiltered = { prefilter: Prefiltering; unlikely: UnlikelyPaper[] };

export type Prefilter = (
  channel: Channel,
  date: IsoDate,
  papers: readonly Paper[],
  query: ScoreQuery,
  signal: AbortSignal,
) => Promise<Prefiltered>;

const pastDigests = 20;

/** Share of unlikely papers to score as a sample: about six a day. */
const sampleShare = 0.05;

/** Depends only on the id, so that a restarted run, and channels with the same rubric, sample the same papers. */
const isSampled = (paperId: string): boolean =>
  createHash('sha256').update(paperId).digest().readUInt32BE(0) / 2 ** 32 < sampleShare;

/** Trained for each date on the model's verdicts of earlier dates. */
export const createPrefilter =
  ({ stores, plan, targetRecall, logger }: PrefilterParts): Prefilter =>
  async (channel, date, papers, query, signal) => {
    const days = await stores.digests.pastDays(channel, query, date, pastDigests);
    const { cutoffs, rubric, name } = channel;
    const asked = papers.map(({ id, version, title, abstract, categories, authors }) => {
      return { id, version, title, abstract, categories, authors };
    });
    const task = { days, papers: asked, cutoffs, topics: matchedTopics(rubric), targetRecall, sampleShare };
    const outcome = await plan(task, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      // The prefilter only saves tokens, so its failure must not prevent the digest.
      logger.error({ channel: name, date, err: error }, 'prefilter failed');
      return { reason: 'it failed (see the log)' };
    });
    if ('reason' in outcome) {
      logger.info({ channel: name, date, reason: outcome.reason }, 'prefilter not used');
      return { prefilter: outcome, unlikely: [] };
    }
    const { order, read, recall } = outcome;
    const versions = new Map(papers.map(({ id, version }) => [id, version]));
    const unlikely = order.slice(read).map((paperId, at): UnlikelyPaper => {
      return { paperId, version: versions.get(paperId) ?? 1, position: read + at + 1, isSampled: isSampled(paperId) };
    });
    const sampled = unlikely.filter((paper) => paper.isSampled).length;
    const skipped = unlikely.length - sampled;
    logger.info({ channel: name, date, skipped, sampled, recall }, 'prefilter screened out papers');
    return { prefilter: { skipped, sampled, recall, days: outcome.days }, unlikely };
  };

/**
 * Removes papers that must be scored regardless of the random sample, and papers already scored. Keeps sampled papers
 * even if a killed run already scored them.
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
