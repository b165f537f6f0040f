import type { Channel } from '../../core/channel.ts';
import { addDays } from '../../core/dates.ts';
import { UserError } from '../../core/errors.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Collected } from '../collect/collect.ts';
import { catchupDays, lastMailingDate, latestMailingDate, mailingDates } from '../collect/mailing.ts';
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

/**
 * Makes the digests of the dates in order. Existing digests do not change. If an announcement is still incomplete after
 * a few attempts, skips later dates, so that digests are posted in order.
 * @param onResult Called after each date.
 */
export const remedyChannel = async (
  channel: Channel,
  dates: readonly IsoDate[],
  runParts: RunParts,
  onResult: (result: RunResult) => void,
  signal: AbortSignal,
): Promise<void> => {
  const parts = readingReactionsOnce(runParts);
  const { clock, publishing } = parts;
  const runDay = (date: IsoDate): Promise<RunResult> =>
    withChannelLease(channel.name, parts, signal, async (held) =>
      runCollected(channel, await collect(channel, date, parts, held), { date }, parts, held),
    );
  for (const date of dates) {
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
    onResult(result);
    if (result.status === 'incomplete') return;
  }
};
