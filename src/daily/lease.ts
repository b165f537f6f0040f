import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { UserError } from '../core/errors.ts';
import type { Fence, Held, LeaseHolder, LeaseStore } from '../core/lease.ts';
import type { Logger } from '../core/logger.ts';
import { countOf } from '../core/paper.ts';
import type { Rubric } from '../core/score.ts';
import { createOwner, forgetOwner, isOwnProcess, readOwner, stateOf } from './lease-owner.ts';

const pollMs = 500;

/** Whoever waits for longer than this asks less often. */
const shortWaitMs = 10_000;

/** Waiting for less than this is not worth mentioning. */
const noticeAfterMs = 1_000;
/** How long to wait for a process that runs but does not renew its lease, as if it were paused, and for any other. */
const maxSilentMs = 10 * 60_000;
const defaultMaxWaitMs = 3 * 3_600_000;

export type LeaseParts = {
  leases: LeaseStore;
  clock: Pick<Clock, 'monotonic' | 'realNow' | 'sleep'>;
  logger?: Pick<Logger, 'info'> | undefined;
  /** Called with who holds the lease if the wait takes a moment, and with nothing when it is over. */
  onWait?: ((holder: string | undefined) => void) | undefined;
  /** Milliseconds to wait for a process that runs. */
  maxWaitMs?: number | undefined;
};

/** The lease was not free in time. */
export class LeaseTimeout extends UserError {}

export const leaseLost = (name: string): Error => new Error(`another process took the lease "${name}"`);

const leaseUncertain = (name: string): Error => new Error(`the lease "${name}" could not be renewed`);

const describeHolder = (owner: string): string => {
  const known = readOwner(owner);
  if (!known) return 'another Paperboy process';
  return isOwnProcess(known) ? 'another run of this process' : `process ${known.pid} on ${known.host}`;
};

const durationText = (ms: number): string =>
  ms >= 3_600_000 ? countOf(Math.round(ms / 3_600_000), 'hour') : countOf(Math.round(ms / 60_000), 'minute');

const tooLong = (name: string, holder: string, silentMs: number, waitedMs: number): LeaseTimeout => {
  const work = name.replace(/^channel /, '');
  return new LeaseTimeout(
    silentMs >= maxSilentMs
      ? `Paperboy is working on ${work} in ${holder}, which has not responded for ${countOf(maxSilentMs / 60_000, 'minute')}. Resume or end that process, then try again.`
      : `Paperboy has been working on ${work} in ${holder} for ${durationText(waitedMs)}. If it hangs, end it, then try again.`,
  );
};

const isOwn = (owner: string): boolean => {
  const known = readOwner(owner);
  return known !== undefined && isOwnProcess(known);
};

const isSame = (one: LeaseHolder, other: LeaseHolder | undefined): boolean =>
  one.owner === other?.owner && one.token === other.token && one.renewal === other.renewal;

/**
 * Waits until the lease is free or its holder is dead. Reads no clock that another process has written: the waiter
 * watches whether the holder renews the lease.
 * @throws UserError if the wait takes too long.
 */
const takeLease = async (
  name: string,
  owner: string,
  { leases, clock, logger, onWait, maxWaitMs = defaultMaxWaitMs }: LeaseParts,
  signal: AbortSignal,
): Promise<Fence> => {
  const { silentMs, maxPollMs, isTakenFromPaused } = leases.pace;
  const began = clock.monotonic();
  let waitMs = pollMs;
  let polledAt = began;
  let seen: LeaseHolder | undefined;
  let unchangedMs = 0;
  let isGone = false;
  let noticed: string | undefined;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { fence, holder } = await leases.acquire(
        { name, owner, expiresAt: clock.realNow() + silentMs },
        isGone ? seen : undefined,
      );
      if (fence) return fence;
      const now = clock.monotonic();
      // If this process was paused, its machine was perhaps too, and the holder with it.
      unchangedMs = isSame(holder, seen) ? unchangedMs + Math.min(now - polledAt, 2 * waitMs) : 0;
      polledAt = now;
      seen = holder;
      const state = stateOf(holder.owner);
      const wasGone = isGone;
      const mayBeGone = state === 'unknown' || (isTakenFromPaused && !isOwn(holder.owner));
      isGone = state === 'dead' || (mayBeGone && Math.max(unchangedMs, holder.silentMs ?? 0) >= silentMs);
      if (isGone && !wasGone) continue;
      const who = describeHolder(holder.owner);
      if (noticed === undefined && now - began >= noticeAfterMs) {
        noticed = who;
        logger?.info({ lease: name, holder: who }, 'waiting for a lease');
        onWait?.(who);
      }
      if (unchangedMs >= maxSilentMs || now - began >= maxWaitMs) throw tooLong(name, who, unchangedMs, maxWaitMs);
      waitMs = now - began < shortWaitMs ? pollMs : maxPollMs;
      await clock.sleep(waitMs, signal);
    }
  } finally {
    if (noticed !== undefined) onWait?.(undefined);
  }
};

/**
 * Waits for the lease, then does the work. Aborts the signal of the work if another process takes the lease.
 * @throws UserError if the wait takes too long.
 */
export const withLease = async <T>(
  name: string,
  parts: LeaseParts,
  signal: AbortSignal,
  work: (held: Held) => Promise<T>,
): Promise<T> => {
  const id = randomUUID();
  const owner = createOwner(id);
  try {
    const fence = await takeLease(name, owner, parts, signal);
    try {
      return await workWhileHeld(fence, parts, signal, work);
    } finally {
      await parts.leases.release(fence);
    }
  } finally {
    forgetOwner(id);
  }
};

export type ChannelWaits = Pick<LeaseParts, 'logger'> & {
  /** Called with who works on the channel if the wait takes a moment, and without when it is over. */
  onWait?: ((channel: string, holder: string | undefined) => void) | undefined;
};

type ChannelLeaseParts = ChannelWaits & Pick<LeaseParts, 'clock'> & { stores: { leases: LeaseStore } };

/** Waits until no other run works on the channel, then does the work. */
export const withChannelLease = <T>(
  channel: string,
  { stores, clock, logger, onWait }: ChannelLeaseParts,
  signal: AbortSignal,
  work: (held: Held) => Promise<T>,
): Promise<T> => {
  const parts = { leases: stores.leases, clock, logger };
  const onChannelWait = onWait && ((holder: string | undefined) => onWait(channel, holder));
  return withLease(`channel ${channel}`, { ...parts, onWait: onChannelWait }, signal, work);
};

/**
 * Waits until nobody else scores by the rubric, then does the work. Channels with the same rubric share scores, so one of
 * them scores, and the others find what it has stored.
 */
export const withRubricLease = <T>(
  { hash }: Pick<Rubric, 'hash'>,
  { stores, clock, logger }: ChannelLeaseParts,
  signal: AbortSignal,
  work: (held: Held) => Promise<T>,
): Promise<T> => withLease(`rubric ${hash}`, { leases: stores.leases, clock, logger }, signal, work);

/** One timer for all leases of the process with this pace, so that a store can renew them together. */
const createTicks = (everyMs: number) => {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  return {
    /** @returns a function that stops the calls. */
    follow(listener: () => void): () => void {
      listeners.add(listener);
      timer ??= setInterval(() => {
        for (const one of listeners) one();
      }, everyMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
};

const ticks = new Map<number, ReturnType<typeof createTicks>>();

const ticksOf = (everyMs: number): ReturnType<typeof createTicks> => {
  const known = ticks.get(everyMs) ?? createTicks(everyMs);
  ticks.set(everyMs, known);
  return known;
};

const workWhileHeld = async <T>(
  fence: Fence,
  { leases, clock }: LeaseParts,
  signal: AbortSignal,
  work: (held: Held) => Promise<T>,
): Promise<T> => {
  const lost = new AbortController();
  const lose = (reason = leaseLost(fence.name)): void => lost.abort(reason);
  const { silentMs, renewEveryMs, isTakenFromPaused } = leases.pace;
  let failingSince: number | undefined;
  const stopRenewing = ticksOf(renewEveryMs).follow(async () => {
    failingSince ??= clock.monotonic();
    // Whoever waits may see the same silence, and begin.
    const isUncertain = clock.monotonic() - failingSince >= silentMs - renewEveryMs;
    if (isUncertain && isTakenFromPaused) lose(leaseUncertain(fence.name));
    const isKept = await leases.renew(fence, clock.realNow() + silentMs).catch(() => undefined);
    if (isKept === false) lose();
    if (isKept) failingSince = undefined;
  });
  const all = AbortSignal.any([signal, lost.signal]);
  const held: Held = Object.assign(all, {
    fence,
    isLost: async () => lost.signal.aborted || !(await leases.isHeld(fence).catch(() => true)),
    async check() {
      all.throwIfAborted();
      if (!(await leases.isHeld(fence))) lose();
      all.throwIfAborted();
    },
  });
  try {
    return await work(held);
  } finally {
    stopRenewing();
  }
};
