import type { CallPriority } from '../../core/call-limiter.ts';

/** A remedial call that has waited this long counts as one of a digest, so that it is made even on busy days. */
const maxPatienceMs = 60_000;

export type Waiting = { channel: string; priority: CallPriority; since: number };

/**
 * Calls that wait for a permit: people's first, then those of digests, then remedial ones. Calls of one priority go
 * around by channel, those of one channel in order.
 */
export const createWaitingLine = <W extends Waiting>() => {
  const waiting = new Set<W>();
  /** When each channel last had its turn, as a count. */
  const turns = new Map<string, number>();
  let turn = 0;

  const levelOf = ({ priority, since }: W, now: number): number => {
    if (priority === 'person') return 0;
    return priority === 'digest' || now - since >= maxPatienceMs ? 1 : 2;
  };

  return {
    add: (one: W): void => void waiting.add(one),
    /** @returns false if it does not wait */
    remove: (one: W): boolean => waiting.delete(one),
    size: (): number => waiting.size,
    all: (): readonly W[] => [...waiting],
    /** The next, which stays in the line. */
    first: (now: number): W | undefined => {
      let best: W | undefined;
      const rank = (one: W): [number, number] => [levelOf(one, now), turns.get(one.channel) ?? 0];
      for (const one of waiting) {
        const [level, last] = rank(one);
        const [bestLevel, bestLast] = best ? rank(best) : [Number.POSITIVE_INFINITY, 0];
        if (level < bestLevel || (level === bestLevel && last < bestLast)) best = one;
      }
      return best;
    },
    /** Removes one whose turn has come. */
    take: (one: W): void => {
      waiting.delete(one);
      turn += 1;
      turns.set(one.channel, turn);
    },
  };
};
