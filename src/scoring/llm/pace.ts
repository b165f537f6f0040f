import type { Habits } from './habits.ts';

type PaceOptions = {
  batchSize: number;
  concurrency: number;
  timeoutMs: number;
  habits: Habits;
  /** Called once more requests may be made at a time. */
  onOpened(): void;
};

/** Refusals come sooner than this, and answers often later. */
const firstCallMs = 5_000;

/** Larger batches are tried if they would take at most this share of the timeout, at the same time per paper. */
const safeShare = 0.9;

/** Without any answer, sizes fall faster after this many batches ran out of time, because the server may hang. */
const maxTimeouts = 2;

/**
 * How many papers go into a request, and how many requests are made at a time. Batches get smaller when they run out of
 * time or are too long, and the size that works is kept in the habits. Until a model has answered once, requests are
 * made one by one for a few seconds, so that what it refuses is refused once.
 */
export const createPace = ({ batchSize, concurrency, timeoutMs, habits, onOpened }: PaceOptions) => {
  let size = Math.min(batchSize, habits.current().batchSize ?? batchSize);
  let isSlow = habits.current().isSlow ?? false;
  /** For this run only: one paper may be the reason. */
  let runSize = batchSize;
  let tooLarge = Number.POSITIVE_INFINITY;
  let timeouts = 0;
  let hasAnswered = false;
  let isOpen = concurrency === 1 || habits.current().isProven === true;
  const open = (): void => {
    clearTimeout(opening);
    if (isOpen) return;
    isOpen = true;
    onOpened();
  };
  const opening = isOpen ? undefined : setTimeout(open, firstCallMs);
  const half = (papers: number): number => Math.max(1, Math.ceil(papers / 2));

  return {
    size: (): number => Math.min(size, runSize),
    concurrency: (): number => (isOpen ? Math.max(1, concurrency) : 1),
    close: (): void => clearTimeout(opening),
    answered: (papers: number, elapsedMs: number): void => {
      hasAnswered = true;
      open();
      timeouts = 0;
      runSize = Math.max(runSize, papers * 2);
      const inTime = Math.floor((papers * timeoutMs * safeShare) / Math.max(1, elapsedMs));
      if (isSlow && papers >= size) size = Math.max(size, Math.min(inTime, tooLarge - 1, batchSize));
      isSlow &&= size < batchSize;
      habits.change({ isProven: true, batchSize: size < batchSize ? size : undefined, isSlow });
    },
    ranOutOfTime: (papers: number): void => {
      tooLarge = Math.min(tooLarge, papers);
      // A batch that was sent before the size was lowered is no new evidence.
      if (papers > size) return;
      timeouts += 1;
      isSlow = true;
      size = !hasAnswered && timeouts >= maxTimeouts ? Math.max(1, Math.floor(papers / 3)) : half(papers);
    },
    wasTooLong: (papers: number): void => {
      size = Math.min(size, half(papers));
    },
    /** The model came to the end of its context after so many papers. */
    hadRoomFor: (papers: number): void => {
      size = Math.min(size, papers);
    },
    failed: (papers: number): void => {
      if (!hasAnswered) runSize = Math.min(runSize, half(papers));
    },
  };
};
