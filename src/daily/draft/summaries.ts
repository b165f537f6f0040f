import type { Channel } from '../../core/channel.ts';
import type { Clock } from '../../core/clock.ts';
import type { DigestEntry, ModelUsage } from '../../core/digest.ts';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { countOf, type IsoDate } from '../../core/paper.ts';
import type { ScorablePaper } from '../../core/score.ts';
import type { Services } from '../../core/services.ts';
import type { Stores } from '../../core/stores.ts';
import type { Summarizer, Summary } from '../../core/summary.ts';
import { withLease } from '../lease.ts';

/** Milliseconds that a digest waits for its summaries. */
const defaultLimitMs = 60_000;

type SummaryParts = {
  /** Undefined without a language model. */
  summarizer: Summarizer | undefined;
  stores: Pick<Stores, 'summaries' | 'ledger' | 'leases' | 'digests' | 'announcements'>;
  clock: Clock;
  logger: Pick<Logger, 'info' | 'warn'>;
  limitMs?: number;
};

export type Summarized = { entries: DigestEntry[]; models: ModelUsage[]; notices: string[] };

export type Summarize = (
  channel: Channel,
  date: IsoDate,
  entries: readonly DigestEntry[],
  /** Why the model stopped before all papers were scored. It then gets no call for summaries. */
  stopped: string | undefined,
  signal: AbortSignal,
) => Promise<Summarized>;

const noticeOf = (missing: number, total: number, reason: string): string =>
  missing === total
    ? `No summaries: ${reason}.`
    : `${missing} of ${countOf(total, 'paper')} ${missing === 1 ? 'has' : 'have'} no summary: ${reason}.`;

/**
 * Adds the summaries of a digest's papers. Stores each one as it arrives and reuses stored ones, so that none is paid
 * for twice. If the model fails, the budget is spent or the time is up, the other papers have none.
 */
export const createSummarize = (parts: SummaryParts): Summarize => {
  const { summarizer, stores, clock, logger, limitMs = defaultLimitMs } = parts;

  const write = async (
    { name, rubric }: Channel,
    date: IsoDate,
    papers: readonly ScorablePaper[],
    stopped: string | undefined,
    { model, summarize }: Summarizer,
    signal: AbortSignal,
  ): Promise<{ found: ReadonlyMap<string, Summary>; reason: string | undefined }> => {
    const query = { language: rubric.language, model };
    const stored = await stores.summaries.find(query, papers);
    if (papers.every(({ id }) => stored.has(id)) || stopped !== undefined) return { found: stored, reason: stopped };
    const found = new Map(stored);
    const limit = AbortSignal.timeout(limitMs);
    const limited = AbortSignal.any([signal, limit]);
    const ask = async (held: AbortSignal): Promise<string | undefined> => {
      // Another channel may have summarized the same papers in the meantime.
      for (const [id, summary] of await stores.summaries.find(query, papers)) found.set(id, summary);
      const left = papers.filter(({ id }) => !found.has(id));
      if (left.length === 0) return undefined;
      const task = { channel: name, date, rubric, papers: left, signal: held };
      const stop = await summarize(task, async (summaries) => {
        const at = clock.now().toISOString();
        for (const summary of await stores.summaries.add(query, summaries, at)) found.set(summary.paperId, summary);
      });
      return stop?.reason ?? `${model} gave no valid answer`;
    };
    try {
      const lease = `summaries ${model} ${rubric.language}`;
      const reason = await withLease(lease, { leases: stores.leases, clock, logger }, limited, ask);
      return { found, reason };
    } catch (error) {
      signal.throwIfAborted();
      const reason = limit.aborted ? `${model} did not answer within ${limitMs / 1000} seconds` : errorText(error);
      return { found, reason };
    }
  };

  return async (channel, date, entries, stopped, signal) => {
    const none = { entries: [...entries], models: [], notices: [] };
    if (!channel.digestSummary || entries.length === 0) return none;
    if (!summarizer) {
      logger.warn({ channel: channel.name }, 'papers not summarized, because no language model is configured');
      return none;
    }
    const papers = entries.map(({ paper }) => paper);
    const { found, reason } = await write(channel, date, papers, stopped, summarizer, signal);
    const missing = papers.filter(({ id }) => !found.has(id)).length;
    if (missing > 0) logger.warn({ channel: channel.name, papers: missing, reason }, 'papers not summarized');
    const { hash } = summarizer.rubricOf(channel.rubric);
    const calls = (await stores.ledger.models(hash, date)).filter((one) => one.channel === channel.name);
    return {
      entries: entries.map((entry) => {
        const summary = found.get(entry.paper.id);
        return summary ? { ...entry, summary: { summaryId: summary.summaryId, text: summary.text } } : entry;
      }),
      models: calls.map((one): ModelUsage => ({ ...one, purpose: 'summaries' })),
      // The digest has a notice about the scores already if the model stopped.
      notices: missing > 0 && reason && !stopped ? [noticeOf(missing, papers.length, reason)] : [],
    };
  };
};

/** Digests whose papers count for the estimate. */
const estimatedDigests = 20;

/** Estimates the daily cost of a channel's summaries from its newest digests, without a request. */
export const createSummaryCost =
  ({ summarizer, stores }: Pick<SummaryParts, 'summarizer' | 'stores'>): Services['summaryCost'] =>
  async (channel) => {
    if (!summarizer) return undefined;
    const { name, categories, top, rubric } = channel;
    const digests = (await stores.digests.summaries(name)).slice(0, estimatedDigests);
    const posted = digests.map(({ counts }) => Math.min(counts.relevant, top));
    const average = posted.reduce((sum, count) => sum + count, 0) / Math.max(1, posted.length);
    const papers = digests.length === 0 ? top : Math.max(1, Math.round(average));
    const date = await stores.announcements.newestDate(categories);
    const announced = date === undefined ? [] : await stores.announcements.read(date, categories);
    const usage = summarizer.estimate(
      papers,
      announced.map(({ paper }) => paper),
      rubric,
    );
    return { model: summarizer.model, papers, usage, dailyBudgetUsd: summarizer.dailyBudgetUsd };
  };
