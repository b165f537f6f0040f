import { setTimeout as delay } from 'node:timers/promises';

/**
 * How long a test waits before it gives up, in milliseconds. It is no promise of speed, only an end for what hangs, so
 * it is long enough for a machine with eight times the work.
 */
export const patienceMs = 120_000;

/** Asks every few milliseconds until there is an answer; undefined if there is none in `patienceMs`. */
export const eventually = async <T>(
  look: () => T | undefined | Promise<T | undefined>,
  intervalMs = 10,
): Promise<T | undefined> => {
  for (const end = performance.now() + patienceMs; performance.now() < end; await delay(intervalMs)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  return undefined;
};
