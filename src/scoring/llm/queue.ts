import type { ScorablePaper } from '../../core/score.ts';

/** Papers that are asked about in one call. */
export type Batch = {
  papers: readonly ScorablePaper[];
  /** Answers about exactly these papers without one valid verdict. */
  fruitless: number;
  /** Half of a batch that was fruitless: it is halved at once when it is fruitless too. */
  half: boolean;
};

/** How often a paper is asked about before it is left without a verdict. */
const asksPerPaper = 8;

/** After so many fruitless answers a batch is halved: one bad paper must not sink those beside it. */
const fruitlessBeforeHalving = 2;

export type WorkQueue = {
  /** The next batch. While others are at work, leftovers wait until they fill a batch; then undefined. */
  take(atWork: number): Batch | undefined;
  /** A batch that nobody answered, to be tried after the others. */
  postpone(batch: Batch): void;
  /** A batch in two halves, both to be asked next. */
  halve(batch: Batch): void;
  /** Papers to be asked next as they are: a batch that became too dear in one piece. */
  next(papers: readonly ScorablePaper[]): void;
  /** Notes an answer: the papers without a verdict are asked again. @returns those given up. */
  answered(batch: Batch, missing: ReadonlySet<string>): ScorablePaper[];
};

/** The order in which papers are asked about: batch by batch, then what was left over, pooled. */
export const createWorkQueue = (papers: readonly ScorablePaper[], batchSize: number): WorkQueue => {
  const queue: Batch[] = [];
  const leftovers: ScorablePaper[] = [];
  const asks = new Map<string, number>();

  const fresh = (some: readonly ScorablePaper[], half = false): Batch => ({ papers: some, fruitless: 0, half });
  for (let at = 0; at < papers.length; at += batchSize) queue.push(fresh(papers.slice(at, at + batchSize)));

  const halve = (batch: Batch) => {
    const middle = Math.ceil(batch.papers.length / 2);
    queue.unshift(fresh(batch.papers.slice(0, middle), true), fresh(batch.papers.slice(middle), true));
  };

  return {
    take: (atWork) => {
      const batch = queue.shift();
      if (batch) return batch;
      if (leftovers.length === 0 || (leftovers.length < batchSize && atWork > 0)) return undefined;
      return fresh(leftovers.splice(0, batchSize));
    },
    postpone: (batch) => queue.push(batch),
    halve,
    next: (some) => queue.unshift(fresh(some)),
    answered: (batch, missing) => {
      const without = batch.papers.filter(({ id }) => missing.has(id));
      for (const { id } of without) asks.set(id, (asks.get(id) ?? 0) + 1);
      const spent = ({ id }: ScorablePaper) => (asks.get(id) ?? 0) >= asksPerPaper;
      const again = without.filter((paper) => !spent(paper));
      const isFruitless = without.length === batch.papers.length;
      if (again.length === 0) return without;
      if (!isFruitless) leftovers.push(...again);
      else if (again.length === 1) queue.push(fresh(again));
      else if (batch.half || batch.fruitless + 1 >= fruitlessBeforeHalving) halve({ ...batch, papers: again });
      else queue.unshift({ ...batch, papers: again, fruitless: batch.fruitless + 1 });
      return without.filter(spent);
    },
  };
};
