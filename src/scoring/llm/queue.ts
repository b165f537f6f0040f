import type { ScorablePaper } from '../../core/score.ts';

export type Batch = {
  papers: readonly ScorablePaper[];
  emptyAnswers: number;
  /** True for half of a batch that got no verdicts. It is halved again after its first answer without verdicts. */
  isHalf: boolean;
};

const maxAnswersPerPaper = 8;

/** Halves a batch after this many answers without verdicts, because one paper can spoil the answers for all. */
const maxEmptyAnswers = 2;

export type WorkQueue = {
  /** Takes the next batch. While others are in progress, leftovers wait until they fill a batch. */
  take(inProgress: number): Batch | undefined;
  postpone(batch: Batch): void;
  halve(batch: Batch): void;
  next(papers: readonly ScorablePaper[]): void;
  /** Requeues papers of an answered batch that have no verdict. @returns the papers without further attempts. */
  answered(batch: Batch, missing: ReadonlySet<string>): ScorablePaper[];
};

export const createWorkQueue = (papers: readonly ScorablePaper[], batchSize: number): WorkQueue => {
  const queue: Batch[] = [];
  const leftovers: ScorablePaper[] = [];
  const answers = new Map<string, number>();

  const fresh = (some: readonly ScorablePaper[], isHalf = false): Batch => ({
    papers: some,
    emptyAnswers: 0,
    isHalf,
  });
  for (let at = 0; at < papers.length; at += batchSize) queue.push(fresh(papers.slice(at, at + batchSize)));

  const halve = (batch: Batch) => {
    const middle = Math.ceil(batch.papers.length / 2);
    queue.unshift(fresh(batch.papers.slice(0, middle), true), fresh(batch.papers.slice(middle), true));
  };

  return {
    take: (inProgress) => {
      const batch = queue.shift();
      if (batch) return batch;
      if (leftovers.length === 0 || (leftovers.length < batchSize && inProgress > 0)) return undefined;
      return fresh(leftovers.splice(0, batchSize));
    },
    postpone: (batch) => queue.push(batch),
    halve,
    next: (some) => queue.unshift(fresh(some)),
    answered: (batch, missing) => {
      const without = batch.papers.filter(({ id }) => missing.has(id));
      for (const { id } of without) answers.set(id, (answers.get(id) ?? 0) + 1);
      const isGivenUp = ({ id }: ScorablePaper) => (answers.get(id) ?? 0) >= maxAnswersPerPaper;
      const again = without.filter((paper) => !isGivenUp(paper));
      const isEmpty = without.length === batch.papers.length;
      if (again.length === 0) return without;
      if (!isEmpty) leftovers.push(...again);
      else if (again.length === 1) queue.push(fresh(again));
      else if (batch.isHalf || batch.emptyAnswers + 1 >= maxEmptyAnswers) halve({ ...batch, papers: again });
      else queue.unshift({ ...batch, papers: again, emptyAnswers: batch.emptyAnswers + 1 });
      return without.filter(isGivenUp);
    },
  };
};
