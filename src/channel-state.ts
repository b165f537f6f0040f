import type { Digest } from './core/digest.ts';
import type { Activity, ChannelActivity, PastRun } from './core/run.ts';
import type { Stores } from './core/stores.ts';

export type ChannelStateParts = {
  channels: readonly { name: string; isPaused?: boolean }[];
  stores: Pick<Stores, 'runs' | 'digests'>;
  activity: Activity;
};

/** What a monitoring system is told of a channel. */
export type ChannelState = {
  channel: string;
  activity: ChannelActivity;
  lastRun: PastRun | undefined;
  lastSuccess: PastRun | undefined;
  /** The newest digest; a sample, with its invented papers, is none. */
  digest: Digest | undefined;
};

export const readChannelState = async (
  channel: string,
  { stores, activity }: Pick<ChannelStateParts, 'stores' | 'activity'>,
): Promise<ChannelState> => {
  const lastRun = await stores.runs.newest(channel);
  const lastSuccess = await stores.runs.newestSuccess(channel);
  const newest = await stores.digests.newest(channel);
  return { channel, activity: activity.of(channel), lastRun, lastSuccess, digest: newest?.sample ? undefined : newest };
};
