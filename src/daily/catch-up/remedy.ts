import type { Channel } from '../../core/channel.ts';
import { addDays } from '../../core/dates.ts';
import { UserError } from '../../core/errors.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Collected } from '../collect/collect.ts';
import { catchupDays, lastMailingDate, latestMailingDate, mailingDates } from '../collect/mailing.ts';
import { batchNotice, scoreInBatch } from '../draft/batches.ts';
import { withChannelLease } from '../lease.ts';
import { type RunParts, type RunResult, readingReactionsOnce, runCollected } from '../run.ts';

const retryDelaysMs = [5_000, 20_000, 60_000];

/** Date of arXiv's first paper; https://info.arxiv.org/about/index.html. */
const arxivBegan = '1991-08-14';

const maxDays = 366;

/**
 * Mailing dates from `from` to `to`, or to the newest mailing, oldest first.
 * @throws UserError if the range is empty, in the future, or longer than a year.
 */
export const remedyDates = (from: IsoDate, to: IsoDate | undefined, now: Date): IsoDate[] => {
  const latest = lastMailingDate(now);
  const end = to ?? latest;
  for (const date of [from, end])
    if (date > latestMailingDate(now)) throw new UserError(`${date} is in the future. Enter dates up to ${latest}.`);
  if (end < from) throw new UserError(`The range ends before it starts. Enter --from ${end} --to ${from}.`);
  if (from < arxivBegan) throw new UserError(`arXiv started on ${arxivBegan}. Enter a later date for --from.`);
  if (addDays(from, maxDays) < end)
    throw new UserError(`A range can be at most a year long. Enter --from ${from} --to ${addDays(from, maxDays)}.`);
  const dates = mailingDates(from, end);
  if (dates.length === 0)
    throw new UserError(`arXiv announces nothing on weekends, such as ${from} to ${end}. Enter other dates.`);
  return dates;
};

const collect = async (
  channel: Channel,
  date: IsoDate,
  { stores, collector, clock }: RunParts,
  signal: AbortSignal,
): Promise<Collected> => {
  if (await stores.digests.find(channel.name, date)) return { kind: 'complete', date };
  const isShown = date >= addDays(latestMailingDate(clock.now()), -catchupDays);
  return isShown
    ? collector.on(date, channel.categories, signal)
    : collector.submitted(date, channel.categories, signal);
};

/** Digests of so many dates are scored in one batch, so that the first ones are posted before all are scored. */
const datesPerBatch = 10;

/**
 * Whether the papers of missed days may wait for a batch. Not if the newest announcement is among the dates: it is posted after
 * those before it, and has waited long enough.
 */
const mayWait = async (
  channel: Channel,
  dates: readonly IsoDate[],
  { batch, stores, clock }: RunParts,
): Promise<boolean> => {
  if (!batch) return false;
  const newest = lastMailingDate(clock.now());
  return dates.every((date) => date < newest) || (await stores.digests.find(channel.name, newest)) !== undefined;
};

/** Collects and scores what the digests of some dates need, without the channel's lease. */
const prepare = async (
  channel: Channel,
  dates: readonly IsoDate[],
  until: number,
  parts: RunParts,
  signal: AbortSignal,
): Promise<boolean> => {
  const collected: IsoDate[] = [];
  for (const date of dates) if ((await collect(channel, date, parts, signal)).kind === 'complete') collected.push(date);
  return scoreInBatch(channel, collected, until, { ...parts, logger: parts.publishing.logger }, signal);
};

/**
 * Makes the digests of the dates in order. Existing digests do not change. If an announcement is still incomplete after
 * a few attempts, skips later dates, so that digests are posted in order.
 * @param onResult Called after each date.
 * @param isUrgent True if the papers are not scored in batches.
 */
export const remedyChannel = async (
  channel: Channel,
  dates: readonly IsoDate[],
  runParts: RunParts,
  onResult: (result: RunResult) => void,
  signal: AbortSignal,
  isUrgent = false,
): Promise<void> => {
  const parts = readingReactionsOnce(runParts);
  const { batch, clock, publishing } = parts;
  const until = clock.realNow() + (batch?.maxWaitMs ?? 0);
  const isBatched = !isUrgent && (await mayWait(channel, dates, parts));
  let notices = parts.notices ?? [];
  const runDay = (date: IsoDate): Promise<RunResult> =>
    withChannelLease(channel.name, parts, signal, async (held) =>
      runCollected(channel, await collect(channel, date, parts, held), { date }, { ...parts, notices }, held),
    );
  for (const [index, date] of dates.entries()) {
    if (isBatched && index % datesPerBatch === 0) {
      const isFirst = await prepare(channel, dates.slice(index, index + datesPerBatch), until, parts, signal);
      if (isFirst) notices = [...notices, batchNotice];
    }
    let result = await runDay(date);
    for (const wait of retryDelaysMs) {
      if (result.status !== 'incomplete' || result.isFinal) break;
      publishing.logger.warn(
        { channel: channel.name, date, reasons: result.reasons, wait },
        'announcement incomplete, trying again',
      );
      await clock.sleep(wait, signal);
      result = await runDay(date);
    }
    if (result.digest) notices = parts.notices ?? [];
    onResult(result);
    if (result.status === 'incomplete') return;
  }
};
