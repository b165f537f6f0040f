import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { SharedMemory } from './shared-memory.ts';

const maxWrong = 10;
const windowMs = 60_000;

/** Limits the memory that guesses from many addresses may take. */
const maxGuessers = 10_000;

/** Counts wrong guesses at a secret, for each of those who guess. One person's guesses lock nobody else out. */
export type Guesses = {
  /** Seconds until all of these may guess again at this process; 0 if they may guess now. */
  secondsToWait(guessers: readonly string[]): number;
  /** The same, with their guesses at other processes. */
  secondsToWaitAnywhere(guessers: readonly string[]): Promise<number>;
  /** A guess with a name counts only once in a window, because repeating it reveals nothing. */
  wrong(guessers: readonly string[], name?: string): void;
};

/** Who guesses, without the address: what is shared may be read by whoever can read the database. */
const sharedKey = (guesser: string): string => `${createHash('sha256').update(guesser).digest('hex').slice(0, 32)} `;

/**
 * @param shared Where processes count together; `kind` is that of `SharedMemory`. Without it, each process counts its own.
 */
export const createGuesses = (
  clock: Pick<Clock, 'monotonic'>,
  shared?: { memory: Pick<SharedMemory, 'put' | 'list'>; kind: string },
): Guesses => {
  const counted = new Map<string, { at: number; name: string | undefined }[]>();

  const recentOf = (guesser: string) => {
    const now = clock.monotonic();
    return (counted.get(guesser) ?? []).filter(({ at }) => now - at < windowMs);
  };

  const secondsOf = (guesser: string): number => {
    const first = recentOf(guesser).at(-maxWrong);
    return first ? Math.ceil((first.at + windowMs - clock.monotonic()) / 1000) : 0;
  };

  const secondsToWait = (guessers: readonly string[]): number => Math.max(0, ...guessers.map(secondsOf));

  const sharedSecondsOf = async (guesser: string): Promise<number> => {
    const guesses = (await shared?.memory.list(shared.kind, sharedKey(guesser))) ?? [];
    const lefts = guesses.map(({ left }) => left).sort((a, b) => b - a);
    return Math.ceil((lefts[maxWrong - 1] ?? 0) / 1000);
  };

  return {
    secondsToWait,
    async secondsToWaitAnywhere(guessers) {
      const elsewhere = await Promise.all(guessers.map(sharedSecondsOf)).catch(() => []);
      // Last, so that nothing happens between this look and the guess.
      return Math.max(secondsToWait(guessers), ...elsewhere);
    },
    wrong(guessers, name) {
      for (const guesser of guessers) {
        const recent = recentOf(guesser);
        if (name !== undefined && recent.some((one) => one.name === name)) continue;
        // Moves it to the end. The first entry is the one that guessed least recently.
        counted.delete(guesser);
        counted.set(guesser, [...recent, { at: clock.monotonic(), name }]);
        const [oldest] = counted.keys();
        if (counted.size > maxGuessers && oldest !== undefined) counted.delete(oldest);
        // Without the database, this process still counts.
        void shared?.memory
          .put(shared.kind, `${sharedKey(guesser)}${randomUUID()}`, true, windowMs)
          .catch(() => undefined);
      }
    },
  };
};
