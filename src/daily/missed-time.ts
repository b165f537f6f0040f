import type { Channel, ChannelRegistry } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import type { Stores } from '../core/stores.ts';
import { lastTime } from './schedule.ts';

type MissedTimeParts = {
  stores: { digests: Pick<Stores['digests'], 'newest'>; outbox: Pick<Stores['outbox'], 'unfinished'> };
  channels: Pick<ChannelRegistry, 'origin'>;
  clock: Pick<Clock, 'now'>;
};

/** True where a channel has no digest yet, or one not wholly sent, or its time passed while the bot was off. */
export const missedItsTime = async (
  { name, schedule, timezone }: Channel,
  { stores, channels, clock }: MissedTimeParts,
): Promise<boolean> => {
  const newest = await stores.digests.newest(name);
  const last = lastTime(schedule, timezone, clock.now());
  // Whoever made a channel in chat was told when its first papers come. Digests from before are of one that was taken away.
  const made = channels.origin(name);
  if (made && (!newest || newest.createdAt < made.at)) return last !== undefined && last > new Date(made.at);
  // A remedial digest says nothing of today's.
  if (!newest || newest.sample || newest.remedial) return true;
  if ((await stores.outbox.unfinished(name, newest.createdAt)).length > 0) return true;
  return last !== undefined && last > new Date(newest.createdAt);
};
