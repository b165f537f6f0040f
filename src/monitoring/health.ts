import type { IsoDate } from '../core/paper.ts';
import type { ChannelActivity, RunOutcome } from '../core/run.ts';
import { type ChannelState, type ChannelStateParts, readChannelState } from './status.ts';

export type HealthParts = ChannelStateParts & {
  /** The platforms that channels post to, by name. */
  platforms: ReadonlyMap<string, unknown>;
  connected: ReadonlyMap<string, unknown>;
  /** Why a platform is not connected. */
  outages: ReadonlyMap<string, string>;
  /** True once the bot keeps its schedules. */
  isStarted: () => boolean;
  version: string;
  /** Told time. */
  now: () => Date;
};

export type ChannelHealth = {
  channel: string;
  /** True where somebody paused it in chat: it has no next run until it is resumed. */
  paused: boolean;
  phase: ChannelActivity['phase'];
  /** Papers scored so far, of so many; 0 of 0 outside of `scoring`. */
  scored: number;
  toScore: number;
  /** `at` is when it ended; `date` the announcement that it was about. */
  lastRun: { at: string; status: RunOutcome; date: IsoDate | null; reasons: readonly string[] } | null;
  /** The last run that left nothing to do. */
  lastSuccess: { at: string; date: IsoDate | null } | null;
  newestDigest: IsoDate | null;
  /** Null while it runs, and where nothing is planned, as for a paused channel. */
  nextRun: string | null;
};

/** What `/healthz` answers. Times are told times, ISO 8601 in UTC. */
export type Health = {
  /** `ready` once started, with a database that can be read. */
  status: 'ready' | 'starting';
  version: string;
  time: string;
  channels: ChannelHealth[];
  platforms: { platform: string; connected: boolean; reason?: string }[];
};

const healthOf = (
  { channel, activity, lastRun, lastSuccess, digest }: ChannelState,
  paused: boolean,
): ChannelHealth => {
  const { phase, scored, toScore, nextRun } = activity;
  return {
    ...{ channel, paused, phase, scored, toScore },
    lastRun: lastRun
      ? { at: lastRun.endedAt, status: lastRun.status, date: lastRun.date ?? null, reasons: lastRun.reasons }
      : null,
    lastSuccess: lastSuccess ? { at: lastSuccess.endedAt, date: lastSuccess.date ?? null } : null,
    newestDigest: digest?.date ?? null,
    nextRun: nextRun?.toISOString() ?? null,
  };
};

/**
 * How Paperboy is, for a monitoring system.
 *
 * @throws What a store throws: then it is not ready, whatever else works.
 */
export const readHealth = async (parts: HealthParts): Promise<Health> => {
  const { platforms, connected, outages, isStarted, version, now } = parts;
  const channels: ChannelHealth[] = [];
  for (const { name, isPaused = false } of parts.channels)
    channels.push(healthOf(await readChannelState(name, parts), isPaused));
  return {
    status: isStarted() ? 'ready' : 'starting',
    version,
    time: now().toISOString(),
    channels,
    platforms: [...platforms.keys()].map((platform) => {
      const reason = connected.has(platform) ? undefined : outages.get(platform);
      return { platform, connected: connected.has(platform), ...(reason === undefined ? {} : { reason }) };
    }),
  };
};
