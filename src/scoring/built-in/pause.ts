import { setImmediate as turn } from 'node:timers/promises';

/** Yields to the event loop if enough time has passed. @throws The signal's reason if it is aborted. */
export type Pause = () => Promise<void> | undefined;

/** With the longest step between two pauses, about 20 ms for 30 days of papers, the event loop is blocked for less than 50 ms. */
const sliceMs = 15;

export const createPause = (signal: AbortSignal): Pause => {
  let since = performance.now();
  return () => {
    signal.throwIfAborted();
    if (performance.now() - since < sliceMs) return undefined;
    return turn().then(() => {
      since = performance.now();
      signal.throwIfAborted();
    });
  };
};
