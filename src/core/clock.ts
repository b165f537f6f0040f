import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';

/**
 * Simulated time (`PAPERBOY_NOW` plus the time since the start) is for dates and schedules; system time is for
 * everything else.
 */
export type Clock = {
  now(): Date;
  /** System time, milliseconds since 1970; for values that other processes read. */
  realNow(): number;
  monotonic(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const createClock = (simulatedStart?: Date): Clock => {
  const shift = simulatedStart ? simulatedStart.getTime() - Date.now() : 0;
  return {
    now: () => new Date(Date.now() + shift),
    realNow: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms, signal) =>
      delay(ms, undefined, { signal }).catch((error: unknown) => {
        // Node's own error says only that the operation was aborted; people need the reason.
        throw signal?.aborted ? signal.reason : error;
      }),
  };
};

/**
 * Waits for work, but for at most `ms` milliseconds. The work may continue afterward, but does not keep the process
 * alive.
 */
export const atMost = async (ms: number, work: Promise<unknown>, clock: Pick<Clock, 'sleep'>): Promise<void> => {
  const done = new AbortController();
  await Promise.race([work, clock.sleep(ms, done.signal)]);
  done.abort();
};

/** Yields to the event loop if enough time has passed. @throws The signal's reason if it is aborted. */
export type Pause = () => Promise<void> | undefined;

/**
 * The longest step between two pauses takes about 20 ms for 30 days of papers, so the event loop is blocked for less
 * than 50 ms.
 */
const sliceMs = 8;

/** All work that pauses shares each turn of the event loop, so that much work at once blocks it no longer than one. */
const paused: (() => void)[] = [];
let sliceStart = 0;

const resumeOne = (): void => {
  const resume = paused.shift();
  if (paused.length > 0) void turn().then(resumeOne);
  sliceStart = performance.now();
  resume?.();
};

const nextSlice = (): Promise<void> =>
  new Promise((resolve) => {
    paused.push(resolve);
    if (paused.length === 1) void turn().then(resumeOne);
  });

export const createPause =
  (signal: AbortSignal): Pause =>
  () => {
    signal.throwIfAborted();
    if (performance.now() - sliceStart < sliceMs) return undefined;
    return nextSlice().then(() => signal.throwIfAborted());
  };
