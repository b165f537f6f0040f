import type { ScorablePaper } from '../../core/score.ts';
import type { Habits } from './habits.ts';

/** Papers of one request. */
export type Batch = readonly ScorablePaper[];

/**
 * A paper is given up after this many answers without its verdict. Only answers with other verdicts, or about this
 * paper alone, count.
 */
const maxAnswersPerPaper = 4;

export type WorkQueue = {
  /** Takes the next batch. While others are in progress, leftovers wait until they fill a batch. */
  take(inProgress: number): Batch | undefined;
  postpone(batch: Batch): void;
  /** Puts the papers of a batch that was too large first, to be cut to the current size. */
  restart(batch: Batch): void;
  /** Requeues a batch in two halves, to be taken next. */
  halve(batch: Batch): void;
  next(papers: Batch): void;
  /** Requeues papers of an answered batch that have no verdict. @returns the papers without further attempts. */
  answered(batch: Batch, missing: ReadonlySet<string>): ScorablePaper[];
};

/**
 * @param size The current number of papers per batch. Waiting batches that are larger are cut.
 * @param isAlone True for papers that must not share a batch with others.
 */
export const createWorkQueue = (
  papers: readonly ScorablePaper[],
  size: () => number,
  isAlone: (paper: ScorablePaper) => boolean = () => false,
): WorkQueue => {
  const { fresh = [], alone = [] } = Object.groupBy(papers, (paper) => (isAlone(paper) ? 'alone' : 'fresh'));
  const queue: Batch[] = [];
  const leftovers: ScorablePaper[] = [];
  const answers = new Map<string, number>();

  const halve = (batch: Batch): void => {
    const middle = Math.ceil(batch.length / 2);
    queue.unshift(...[batch.slice(0, middle), batch.slice(middle)].filter((half) => half.length > 0));
  };

  return {
    take: (inProgress) => {
      const batch = queue.shift();
      if (batch && batch.length > size()) queue.unshift(batch.slice(size()));
      if (batch) return batch.slice(0, size());
      // Equal batches are answered sooner than full ones and a rest, which needs a call anyway.
      if (fresh.length > 0) return fresh.splice(0, Math.ceil(fresh.length / Math.ceil(fresh.length / size())));
      const isEnough = leftovers.length >= size() || (leftovers.length > 0 && inProgress === 0);
      const rest = isEnough ? leftovers.splice(0, size()) : alone.splice(0, 1);
      return rest.length > 0 ? rest : undefined;
    },
    postpone: (batch) => fresh.push(...batch),
    restart: (batch) => fresh.unshift(...batch),
    halve,
    next: (some) => queue.unshift(some),
    answered: (batch, missing) => {
      const without = batch.filter(({ id }) => missing.has(id));
      // One paper can spoil the answer for all, so smaller batches come before the same one again.
      if (without.length === batch.length && batch.length > 1) {
        halve(batch);
        return [];
      }
      for (const { id } of without) answers.set(id, (answers.get(id) ?? 0) + 1);
      const countOf = ({ id }: ScorablePaper): number => answers.get(id) ?? 0;
      const again = without.filter((paper) => countOf(paper) < maxAnswersPerPaper);
      for (const paper of again) (batch.length === 1 || countOf(paper) > 1 ? alone : leftovers).push(paper);
      return without.filter((paper) => !again.includes(paper));
    },
  };
};

type PaceOptions = {
  /** Number of papers of the run. */
  papers: number;
  batchSize: number;
  concurrency: number;
  timeoutMs: number;
  habits: Habits;
  /** True if the server hung in the last run. */
  hasHung: boolean;
  /** Called once more requests may be made at a time. */
  onOpened(): void;
};

/** Refusals come sooner than this, and answers often later. */
const firstCallMs = 5_000;

/** Larger batches are tried if they would take at most this share of the timeout, at the same time per paper. */
const safeShare = 0.9;

/** In milliseconds. Whether a server answers at all about one paper shows soon. */
const maxProbeMs = 60_000;

/** Papers of the first request to a model, for which the others wait. */
const maxFirstBatch = 6;

/** Requests at a time while the server may hang. Each waits for the whole timeout and may be charged. */
const maxProbes = 2;

/**
 * How many papers go into a request, and how many requests are made at a time. Batches get smaller when they run out of
 * time or are too long, and the size that works is kept in the habits. If the server may hang, one paper shows whether
 * it answers at all, because a timeout is long; half of what was too large follows. Until a model has answered once,
 * small requests are made one by one for a few seconds, so that what it refuses is refused once.
 */
export const createPace = (options: PaceOptions) => {
  const { papers: ofRun, batchSize, concurrency, timeoutMs, habits, hasHung, onOpened } = options;
  const known = Math.min(batchSize, habits.current().batchSize ?? batchSize);
  let size = hasHung ? 1 : known;
  let isProbing = hasHung;
  let isSlow = hasHung || (habits.current().isSlow ?? false);
  /** For this run only: one paper may be the reason. */
  let runSize = batchSize;
  let tooLarge = hasHung ? known * 2 : Number.POSITIVE_INFINITY;
  let timeouts = 0;
  let msPerPaper: number | undefined;
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
  /** As many papers as the last answer leaves time for. */
  const inTime = (): number => Math.floor((timeoutMs * safeShare) / (msPerPaper ?? Number.POSITIVE_INFINITY));

  return {
    size: (): number => {
      const current = Math.min(size, runSize);
      return isOpen || ofRun <= current ? current : Math.min(current, maxFirstBatch);
    },
    concurrency: (): number => (isOpen ? Math.max(1, Math.min(concurrency, isProbing ? maxProbes : concurrency)) : 1),
    timeoutMs: (): number => (isProbing ? Math.min(timeoutMs, maxProbeMs) : timeoutMs),
    close: (): void => clearTimeout(opening),
    answered: (papers: number, elapsedMs: number): void => {
      hasAnswered = true;
      open();
      timeouts = 0;
      runSize = Math.max(runSize, papers * 2);
      msPerPaper = Math.max(1, elapsedMs) / papers;
      const larger = Math.max(inTime(), isProbing ? half(tooLarge) : 0);
      if (isSlow && papers >= size) size = Math.max(size, Math.min(larger, tooLarge - 1, batchSize));
      isProbing = false;
      isSlow &&= size < batchSize;
      habits.change({ batchSize: size < batchSize ? size : undefined, isSlow });
    },
    ranOutOfTime: (papers: number): void => {
      tooLarge = Math.min(tooLarge, papers);
      // A batch that was sent before the size was lowered is no new evidence.
      if (papers > size) return;
      timeouts += 1;
      isSlow = true;
      isProbing = msPerPaper === undefined || timeouts > 1;
      size = isProbing ? 1 : Math.max(1, Math.min(inTime(), half(papers)));
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
