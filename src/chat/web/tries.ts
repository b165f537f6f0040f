import type { Clock } from '../../core/clock.ts';

/** Wrong tries in a window, over which no more are taken. */
const maxWrong = 10;
const windowMs = 60_000;

/** Counts wrong guesses at a secret, whoever makes them. */
export type Tries = {
  /** Whole seconds until the next guess may be looked at; 0 for now. */
  secondsToWait(): number;
  /** Counts a wrong guess. One that is named counts once within the window: repeating it finds nothing out. */
  wrong(name?: string): void;
};

export const createTries = (clock: Pick<Clock, 'monotonic'>): Tries => {
  let counted: { at: number; name: string | undefined }[] = [];
  const recent = () => {
    const now = clock.monotonic();
    counted = counted.filter(({ at }) => now - at < windowMs);
    return counted;
  };
  return {
    secondsToWait: () => {
      const first = recent().at(-maxWrong);
      return first ? Math.ceil((first.at + windowMs - clock.monotonic()) / 1000) : 0;
    },
    wrong: (name) => {
      if (name !== undefined && recent().some((one) => one.name === name)) return;
      counted.push({ at: clock.monotonic(), name });
    },
  };
};
