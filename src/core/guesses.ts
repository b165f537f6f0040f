import type { Clock } from './clock.ts';

const maxWrong = 10;
const windowMs = 60_000;

/** Limits the memory that guesses from many addresses may take. */
const maxGuessers = 10_000;

/** Counts wrong guesses at a secret, for each of those who guess. One person's guesses lock nobody else out. */
export type Guesses = {
  /** Seconds until all of these may guess again; 0 if they may guess now. */
  secondsToWait(guessers: readonly string[]): number;
  /** A guess with a name counts only once in a window, because repeating it reveals nothing. */
  wrong(guessers: readonly string[], name?: string): void;
};

export const createGuesses = (clock: Pick<Clock, 'monotonic'>): Guesses => {
  const counted = new Map<string, { at: number; name: string | undefined }[]>();

  const recentOf = (guesser: string) => {
    const now = clock.monotonic();
    return (counted.get(guesser) ?? []).filter(({ at }) => now - at < windowMs);
  };

  const secondsOf = (guesser: string): number => {
    const first = recentOf(guesser).at(-maxWrong);
    return first ? Math.ceil((first.at + windowMs - clock.monotonic()) / 1000) : 0;
  };

  return {
    secondsToWait: (guessers) => Math.max(0, ...guessers.map(secondsOf)),
    wrong(guessers, name) {
      for (const guesser of guessers) {
        const recent = recentOf(guesser);
        if (name !== undefined && recent.some((one) => one.name === name)) continue;
        // Moves it to the end. The first entry is the one that guessed least recently.
        counted.delete(guesser);
        counted.set(guesser, [...recent, { at: clock.monotonic(), name }]);
        const [oldest] = counted.keys();
        if (counted.size > maxGuessers && oldest !== undefined) counted.delete(oldest);
      }
    },
  };
};
