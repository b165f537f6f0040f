import type { Channel } from '../../core/channel.ts';
import { addDays } from '../../core/clock.ts';
import { UserError } from '../../core/errors.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Collected } from '../collect/collect.ts';
import { catchupDays, lastMailingDate, latestMailingDate, mailingDates } from '../collect/mailing.ts';
import { withLease } from '../lease.ts';
import { type RunParts, type RunResult, readingReactionsOnce, runCollected } from '../run.ts';

/** A day that arXiv does not give in full is asked for again after so many milliseconds. */
const patienceMs = [5_000, 20_000, 60_000];

/** Its first paper; https://info.arxiv.org/about/index.html. */
const arxivBegan = '1991-08-14';

/** A range of more days than this is a slip of the keyboard. */
const maxDays = 366;

/**
 * The dates that a remedy of a range is about, oldest first; without an end up to the newest mailing.
 *
 * @throws UserError for a range that is empty, in the future, or of more than a year.
 */
export const remedyDates = (from: IsoDate, to: IsoDate | undefined, now: Date): IsoDate[] => {
  const latest = lastMailingDate(now);
  const end = to ?? latest;
  for (const date of [from, end])
    if (date > latestMailingDate(now)) throw new UserError(`${date} is yet to come: write dates up to ${latest}.`);
  if (end < from) throw new UserError(`The range ends before it begins: write --from ${end} --to ${from}.`);
  if (from < arxivBegan) throw new UserError(`arXiv began on ${arxivBegan}: write --from with a later date.`);
  if (addDays(from, maxDays) < end)
    throw new UserError(
      `A remedy takes at most a year at a time: write --from ${from} --to ${addDays(from, maxDays)}.`,
    );
  const dates = mailingDates(from, end);
  if (dates.length === 0)
    throw new UserError(`arXiv announces nothing on weekends, and ${from} to ${end} is one: write other dates.`);
  return dates;
};

/** From the announcement itself, or where arXiv no longer shows it from what was submitted for it. */
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
 * Makes up for a range of a channel's days, oldest first, one digest a day. A day that has its digest is left as it is. A
 * day that cannot be had in full is asked for a few times more; if that does not help, the days after it are not made
 * either, so that they come in order.
 *
 * @param onResult Called as each day ends.
 */
export const remedyChannel = async (
  channel: Channel,
  dates: readonly IsoDate[],
  runParts: RunParts,
  onResult: (result: RunResult) => void,
  signal: AbortSignal,
): Promise<void> => {
  const parts = readingReactionsOnce(runParts);
  const { stores, clock, publishing } = parts;
  const runDay = (date: IsoDate): Promise<RunResult> =>
    withLease(`channel ${channel.name}`, { leases: stores.leases, clock }, signal, async (held) =>
      runCollected(channel, await collect(channel, date, parts, held), { date }, parts, held),
    );
  for (const date of dates) {
    let result = await runDay(date);
    for (const wait of patienceMs) {
      if (result.status !== 'incomplete' || result.isFinal) break;
      publishing.logger.warn(
        { channel: channel.name, date, reasons: result.reasons, wait },
        'day not complete, trying again',
      );
      await clock.sleep(wait, signal);
      result = await runDay(date);
    }
    onResult(result);
    if (result.status === 'incomplete') return;
  }
};
