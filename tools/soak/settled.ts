import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';

/** Kinds of work in `process.getActiveResourcesInfo` that end without the clock. A thread at work has a `MessagePort`. */
const kinds = new Set(['Immediate', 'FSReqCallback', 'FSReqPromise', 'MessagePort', 'TCPConnectWrap', 'ZLIB']);

const atWork = (): number => process.getActiveResourcesInfo().filter((kind) => kinds.has(kind)).length;

/** What a finished request still has to do takes a few turns of the event loop. */
const quietTurns = 3;
const patienceMs = 120_000;
const sampleMs = 25;

/**
 * Finds out when a process waits for nothing but the clock: no request is open, and no file, thread or promise is at
 * work. A process that also serves its remotes cannot be stopped from outside, so this looks at the event loop.
 * @param onSample Called every few milliseconds, also during work.
 */
export const createSettled = (onSample: () => void) => {
  const open = new Set<unknown>();
  const began = (message: unknown): void => void open.add((message as { request: unknown }).request);
  const ended = (message: unknown): void => void open.delete((message as { request: unknown }).request);
  // Node's fetch reports its requests there.
  const channels = [
    ['undici:request:create', began],
    ['undici:request:trailers', ended],
    ['undici:request:error', ended],
  ] as const;
  for (const [name, listener] of channels) subscribe(name, listener);
  // The test runner has ports of its own.
  const others = atWork();
  let sampledAt = 0;

  return {
    async settled(): Promise<void> {
      const since = performance.now();
      for (let quiet = 0; quiet < quietTurns; ) {
        await turn();
        quiet = open.size === 0 && atWork() <= others ? quiet + 1 : 0;
        const now = performance.now();
        if (now - sampledAt > sampleMs) {
          sampledAt = now;
          onSample();
        }
        if (now - since > patienceMs)
          throw new Error(`still at work after ${patienceMs / 1_000} s: ${open.size} requests, ${atWork()} others`);
      }
    },
    close(): void {
      for (const [name, listener] of channels) unsubscribe(name, listener);
    },
  };
};
