import type { Fallback } from '../core/digest.ts';
import type { HealthRecord } from '../core/health.ts';
import type { IsoDate } from '../core/paper.ts';
import type { ChannelActivity, RunOutcome } from '../core/run.ts';
import type { HealthModel } from './health-model.ts';
import { type ChannelState, type ChannelStateParts, readChannelStates } from './status.ts';

export type HealthParts = ChannelStateParts & {
  platforms: ReadonlyMap<string, unknown>;
  connected: ReadonlyMap<string, unknown>;
  outages: ReadonlyMap<string, string>;
  /** Connected platforms that deliver no commands and votes, with the reason. */
  deaf: ReadonlyMap<string, string>;
  health: Pick<HealthModel, 'list'>;
  isStarted: () => boolean;
  version: string;
  now: () => Date;
};

export type ChannelHealth = {
  channel: string;
  paused: boolean;
  phase: ChannelActivity['phase'];
  scored: number;
  toScore: number;
  lastRun: { at: string; status: RunOutcome; date: IsoDate | null; reasons: readonly string[] } | null;
  lastSuccess: { at: string; date: IsoDate | null } | null;
  newestDigest: IsoDate | null;
  /** Set only if the built-in scorer had to score papers of the newest digest because the language model failed. */
  fallback?: Pick<Fallback, 'model' | 'papers' | 'reason'>;
  nextRun: string | null;
};

export type HealthCheck = {
  name: string;
  ok: boolean;
  lastSuccess: string | null;
  lastFailure: string | null;
  since: string | null;
  reason: string | null;
  fix: string | null;
};

/** The response of `/healthz`. Times are simulated times, ISO 8601 in UTC. */
export type Health = {
  status: 'ready' | 'starting';
  version: string;
  time: string;
  channels: ChannelHealth[];
  platforms: { platform: string; connected: boolean; reason?: string }[];
  checks: HealthCheck[];
};

const healthOfFallback = ({ model, papers, reason }: Fallback): ChannelHealth['fallback'] => ({
  model,
  papers,
  reason,
});

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
    ...(digest?.fallback && { fallback: healthOfFallback(digest.fallback) }),
    nextRun: nextRun?.toISOString() ?? null,
  };
};

const checkOf = ({ subject, lastSuccess, lastFailure, failingSince }: HealthRecord): HealthCheck => ({
  name: subject,
  ok: failingSince === undefined,
  lastSuccess: lastSuccess ?? null,
  lastFailure: lastFailure?.at ?? null,
  since: failingSince ?? null,
  reason: lastFailure?.reason ?? null,
  fix: lastFailure?.fix ?? null,
});

/** @throws Any error of a store, because Paperboy is not ready without its database. */
export const readHealth = async (parts: HealthParts): Promise<Health> => {
  const { platforms, connected, outages, deaf, isStarted, version, now } = parts;
  const paused = new Set(parts.channels.flatMap(({ name, isPaused }) => (isPaused ? [name] : [])));
  const names = parts.channels.map(({ name }) => name);
  const channels = (await readChannelStates(names, parts)).map((state) => healthOf(state, paused.has(state.channel)));
  return {
    status: isStarted() ? 'ready' : 'starting',
    version,
    time: now().toISOString(),
    channels,
    platforms: [...platforms.keys()].map((platform) => {
      const isConnected = connected.has(platform) && !deaf.has(platform);
      const reason = isConnected ? undefined : connected.has(platform) ? deaf.get(platform) : outages.get(platform);
      return { platform, connected: isConnected, ...(reason === undefined ? {} : { reason }) };
    }),
    checks: (await parts.health.list()).map(checkOf),
  };
};
