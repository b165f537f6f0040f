import type { ScorablePaper } from '../../core/score.ts';

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
  /** Requeues a batch in two halves. */
  halve(batch: Batch): void;
  next(papers: Batch): void;
  /** Requeues papers of an answered batch that have no verdict. @returns the papers without further attempts. */
  answered(batch: Batch, missing: ReadonlySet<string>): ScorablePaper[];
};

/** @param size The current number of papers per batch. Waiting batches that are larger are cut. */
export const createWorkQueue = (papers: readonly ScorablePaper[], size: () => number): WorkQueue => {
  const fresh = [...papers];
  const queue: Batch[] = [];
  const leftovers: ScorablePaper[] = [];
  /** Taken last, one by one. */
  const alone: ScorablePaper[] = [];
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
      if (fresh.length > 0) return fresh.splice(0, size());
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
