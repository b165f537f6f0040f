import type { Clock } from '../core/clock.ts';
import { dateIn } from '../core/dates.ts';
import type { IsoDate } from '../core/paper.ts';

/** Hour of the night at which work is due, in the config's time zone. Few channels post then. */
const dueHour = 3;
/** After the start, runs that are due come first. */
const firstMs = 30 * 60_000;
const checkEveryMs = 10 * 60_000;
const retryAfterMs = 60 * 60_000;

/**
 * Does the work once a night, or later if the bot was off, until the signal is aborted.
 * @param work Gets the date whose night it is. Returns false to be called again in an hour.
 */
export const everyNight = async (
  { timezone, clock }: { timezone: string; clock: Clock },
  work: (night: IsoDate) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> => {
  let notBefore = clock.monotonic() + firstMs;
  let done: IsoDate | undefined;
  while (!signal.aborted) {
    await clock.sleep(checkEveryMs, signal).catch(() => {});
    if (signal.aborted || clock.monotonic() < notBefore) continue;
    const night = dateIn(new Date(clock.now().getTime() - dueHour * 3_600_000), timezone);
    if (night === done) continue;
    if (await work(night)) done = night;
    else notBefore = clock.monotonic() + retryAfterMs;
  }
};
