import { createHash } from 'node:crypto';
import { platformOf } from '../../core/addresses.ts';
import { paperboyItself } from '../../core/changes.ts';
import type { Channel, RecapSpan } from '../../core/channel.ts';
import type { Clock } from '../../core/clock.ts';
import { addDays, arxivTimeZone, dateIn, weekdayOf } from '../../core/dates.ts';
import { ExternalError, UserError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Platform } from '../../core/platform.ts';
import type { Stores } from '../../core/stores.ts';
import { readRecap, recapMessage } from '../../digest/recap.ts';
import { withChannelLease } from '../lease.ts';
import { findMessage } from './find.ts';

type RecapParts = {
  stores: Stores;
  platforms: ReadonlyMap<string, Platform>;
  clock: Clock;
  logger: Logger;
};

const lookBackMs = 7 * 86_400_000;

/** The last day of a recap that is due today: the last Sunday, or the last day of the previous month. */
export const recapEnd = (span: RecapSpan, today: IsoDate): IsoDate => {
  if (span === 'month') return addDays(`${today.slice(0, 7)}-01`, -1);
  return addDays(today, -weekdayOf(today));
};

const keyOf = (channel: string, destination: string, to: IsoDate): string =>
  `recap-${to}-${createHash('sha256').update(`${channel} ${destination}`).digest('hex').slice(0, 16)}`;

/**
 * Posts the recap of the previous week or month once to every destination of a channel with recaps. The next call
 * retries failed destinations. Posts nothing if there are no digests.
 * @returns true if something was posted.
 */
export const postRecap = (channel: Channel, parts: RecapParts, signal: AbortSignal): Promise<boolean> => {
  const { stores, platforms, clock, logger } = parts;
  const { name, recap: span } = channel;
  if (span === undefined || channel.isPaused) return Promise.resolve(false);
  const to = recapEnd(span, dateIn(clock.now(), arxivTimeZone));
  return withChannelLease(name, parts, signal, async (held) => {
    const isDone = (await stores.changes.list(name, 'recap')).some(
      ({ value }) => value.span === span && value.to === to,
    );
    const recap = isDone ? undefined : await readRecap(stores, channel, span, to);
    if (!recap || recap.digests.length === 0) return false;
    const message = recapMessage(recap);
    let missing = 0;
    for (const written of channel.post) {
      try {
        const platform = platforms.get(platformOf(written));
        if (!platform) throw new ExternalError({ service: written, message: 'not connected' });
        const destination = await platform.resolve(written);
        const key = keyOf(name, destination, to);
        const since = clock.realNow() - lookBackMs;
        if (!findMessage(await platform.sent({ destination, since }), key))
          await platform.send({ destination, message, key, ready: held.check });
      } catch (error) {
        if (!(error instanceof ExternalError || error instanceof UserError)) throw error;
        missing += 1;
        logger.warn({ channel: name, destination: written, reason: error.message }, 'recap not posted');
      }
    }
    if (missing === 0)
      await stores.changes.add({
        at: clock.now().toISOString(),
        person: paperboyItself,
        channel: name,
        action: 'recap',
        value: { span, to },
      });
    return missing < channel.post.length;
  });
};
