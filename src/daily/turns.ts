import { aborted } from './duty.ts';
import { type LeaseParts, withLease } from './lease.ts';

/** Turns that all processes on a database share. */
export const createTurns = ({ leases, clock }: Pick<LeaseParts, 'leases' | 'clock'>) => {
  const over = new AbortController();
  const open = new Set<Promise<void>>();

  const hold = async (
    name: string,
    signal: AbortSignal,
    onTaken: (turn: { endAfter(ms: number): void }) => void,
  ): Promise<void> => {
    const ended = Promise.withResolvers<number>();
    await withLease(name, { leases, clock, maxWaitMs: Number.POSITIVE_INFINITY }, signal, async () => {
      onTaken({ endAfter: ended.resolve });
      const ms = await Promise.race([ended.promise, aborted(over.signal).then(() => 0)]);
      await clock.sleep(ms, over.signal).catch(() => {});
    });
  };

  return {
    /** Waits for the turn. It lasts until `endAfter`, and then for so many milliseconds. */
    async take(name: string, signal?: AbortSignal): Promise<{ endAfter(ms: number): void }> {
      const taken = Promise.withResolvers<{ endAfter(ms: number): void }>();
      const until = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
      const holding = hold(name, until, taken.resolve)
        .catch(taken.reject)
        .finally(() => open.delete(holding));
      open.add(holding);
      return taken.promise;
    },
    /** Ends all turns of this process. */
    async end(): Promise<void> {
      over.abort(new Error('the process ends'));
      await Promise.all(open);
    },
  };
};
