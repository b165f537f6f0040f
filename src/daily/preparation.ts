import type { BatchScorer } from '../core/batch.ts';
import type { Channel } from '../core/channel.ts';
import { addDays, arxivTimeZone, dateIn } from '../core/dates.ts';
import { resendDays } from '../core/run.ts';
import { collectMissed } from './catch-up/missed.ts';
import { lastMailingDate } from './collect/mailing.ts';
import { scoreInBatch } from './draft/batches.ts';
import type { RunParts } from './run.ts';

/** A batch is given up so long before the scheduled time, in milliseconds. Cancelling one takes up to ten minutes. */
const marginMs = 15 * 60_000;

/** Enough to collect the announcement of some categories, in milliseconds. */
const collectMs = 5 * 60_000;

/** How long before a scheduled time its preparation begins, in milliseconds. */
export const leadMs = ({ maxWaitMs }: Pick<BatchScorer, 'maxWaitMs'>): number => maxWaitMs + marginMs + collectMs;

type Prepared = {
  /** False if the newest announcement is not out yet. */
  isReady: boolean;
  /** True if this was the first batch that the server has answered. */
  isFirst: boolean;
};

const nothingToDo: Prepared = { isReady: true, isFirst: false };

/**
 * Scores in a batch what the run at a scheduled time will post, if the announcement is out before. Holds no lease of the
 * channel.
 * @param onlyMissed Does nothing unless there are missed days, and nothing is waiting to be sent.
 */
export const prepareRun = async (
  channel: Channel,
  time: Date,
  parts: RunParts,
  signal: AbortSignal,
  { onlyMissed = false } = {},
): Promise<Prepared> => {
  const { stores, collector, clock, publishing } = parts;
  const since = addDays(dateIn(clock.now(), arxivTimeZone), -resendDays);
  if (onlyMissed && (await stores.outbox.unfinished(channel.name, since)).length > 0) return nothingToDo;
  const newest = await collector.newest(channel.categories, signal);
  if (newest.kind !== 'complete' || newest.date < lastMailingDate(clock.now()))
    return { ...nothingToDo, isReady: false };
  const { dates } = await collectMissed(channel, newest.date, parts, signal);
  if (onlyMissed && dates.length === 0) return nothingToDo;
  const until = clock.realNow() + time.getTime() - clock.now().getTime() - marginMs;
  const batchParts = { ...parts, logger: publishing.logger };
  return { isReady: true, isFirst: await scoreInBatch(channel, [...dates, newest.date], until, batchParts, signal) };
};
