import { createHash, randomUUID } from 'node:crypto';
import type { SharedMemory } from '../../core/shared-memory.ts';

/** Milliseconds between the reports of a process that makes calls, and until one that does not report counts as gone. */
const reportMs = 1_000;
const goneMs = 5_000;

const kind = 'model calls';

/** What this process may use of the limits of an API key that several processes share. */
export type CallShare = {
  /** Above 0, at most 1. */
  fraction(): number;
  /** Reports how many calls this process makes and waits for; the shares follow within two seconds. */
  want(calls: number): void;
  /** Resolves once the share is known: at once, if this process has been making calls. */
  known(): Promise<void>;
};

/** The same for all processes with the key, without revealing it. */
export const shareKeyOf = (server: string, apiKey: string | undefined): string =>
  createHash('sha256')
    .update(`${server} ${apiKey ?? ''}`)
    .digest('hex')
    .slice(0, 16);

/** @param onChange Called when the share has changed. */
export const createCallShare = (
  key: string,
  memory: Pick<SharedMemory, 'put' | 'list' | 'remove'>,
  onChange: () => void,
): CallShare => {
  const own = `${key} ${randomUUID()}`;
  let wanted = 0;
  let fraction = 1;
  let reporting: { timer: NodeJS.Timeout; first: Promise<void> } | undefined;

  const report = async (): Promise<void> => {
    await memory.put(kind, own, wanted, goneMs);
    const others = (await memory.list(kind, `${key} `)).filter((one) => one.key !== own);
    const theirs = others.reduce((sum, { value }) => sum + (typeof value === 'number' ? value : 0), 0);
    const before = fraction;
    fraction = wanted === 0 ? 1 : wanted / (wanted + theirs);
    if (fraction !== before) onChange();
  };
  // Without the database, the last share stays.
  const tryReport = (): Promise<void> => report().catch(() => undefined);

  const tick = (): void => {
    if (wanted > 0) return void tryReport();
    clearInterval(reporting?.timer);
    reporting = undefined;
    void memory.remove(kind, own).catch(() => undefined);
  };

  return {
    fraction: () => fraction,
    want(calls) {
      wanted = calls;
      if (calls === 0 || reporting) return;
      const timer = setInterval(tick, reportMs);
      timer.unref();
      reporting = { timer, first: tryReport() };
    },
    known: async () => reporting?.first,
  };
};
