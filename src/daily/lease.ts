import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Clock } from '../core/clock.ts';
import type { LeaseStore } from '../core/stores.ts';

/** Milliseconds that a lease lasts if its process may still be running. */
const leaseMs = 60_000;
const renewEveryMs = 15_000;
const pollMs = 500;

/** Includes the pid namespace, because process ids are unique only within one. */
const machine = ((): string => {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
})();

type Owner = { machine: string; pid: number; id: string };

const alive = new Set<string>();

/** True if the owner's process ran on this machine and has ended; false if unknown. */
export const isDead = (owner: string): boolean => {
  const { machine: ownerMachine, pid, id } = JSON.parse(owner) as Owner;
  if (ownerMachine !== machine) return false;
  if (pid === process.pid) return !alive.has(id);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
};

type LeaseParts = { leases: LeaseStore; clock: Clock };

/**
 * Waits for the lease, in system time, then does the work. Aborts the signal of the work if another process takes the
 * lease.
 */
export const withLease = async <T>(
  name: string,
  { leases, clock }: LeaseParts,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const id = randomUUID();
  const owner = JSON.stringify({ machine, pid: process.pid, id } satisfies Owner);
  alive.add(id);
  try {
    for (;;) {
      const now = clock.realNow();
      const holder = await leases.acquire({ name, owner, now, expiresAt: now + leaseMs }, isDead);
      if (!holder) break;
      await clock.sleep(pollMs, signal);
    }
    return await workWhileHeld({ name, owner }, { leases, clock }, signal, work);
  } finally {
    await leases.release(name, owner);
    alive.delete(id);
  }
};

/** Waits until no other run works on the channel, then does the work. */
export const withChannelLease = <T>(
  channel: string,
  { stores, clock }: { stores: { leases: LeaseStore }; clock: Clock },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => withLease(`channel ${channel}`, { leases: stores.leases, clock }, signal, work);

const workWhileHeld = async <T>(
  lease: { name: string; owner: string },
  { leases, clock }: LeaseParts,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const lost = new AbortController();
  const renewal = setInterval(async () => {
    const kept = await leases.renew({ ...lease, expiresAt: clock.realNow() + leaseMs }).catch(() => true);
    if (!kept) lost.abort(new Error(`another process took the lease "${lease.name}"`));
  }, renewEveryMs);
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    clearInterval(renewal);
  }
};
