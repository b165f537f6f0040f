import type { Cutoffs, Scorer, ScorerStop, ScoringTask, Verdict } from '../../core/score.ts';

/** A paper so many points or fewer above or below being picked is asked about again. */
const within = 1;

/** True where the score that decides lies within a point of its cutoff. */
const isNear = ({ relevance, novelty }: Verdict, cutoffs: Cutoffs): boolean =>
  Math.abs(Math.min(relevance - cutoffs.relevance, novelty - cutoffs.novelty)) <= within;

/** The items in an order by chance (R. Durstenfeld, "Algorithm 235: Random permutation", 1964). */
const shuffled = <T>(items: readonly T[], random: () => number): T[] => {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
};

/** Rounded down: so the average reaches a cutoff exactly where its points do. */
const averageOf = (verdicts: readonly Verdict[], of: (verdict: Verdict) => number): number =>
  Math.floor(verdicts.reduce((sum, verdict) => sum + of(verdict), 0) / verdicts.length);

/** Passes verdicts on as they come, and tells of each. */
async function* watched(
  scoring: ReturnType<Scorer['score']>,
  onVerdict: (verdict: Verdict) => void,
): AsyncGenerator<Verdict[], ScorerStop | undefined> {
  try {
    for (;;) {
      const step = await scoring.next();
      if (step.done) return step.value;
      for (const verdict of step.value) onVerdict(verdict);
      yield step.value;
    }
  } finally {
    await scoring.return(undefined);
  }
}

/**
 * A scorer that asks so many times more about the papers near the cutoffs, each time in other batches, and then yields the
 * average of all that was said as a further verdict on the paper, with the comment that came first. A model asked twice
 * about one paper does not always say the same, and what stands beside a paper matters too. Where it stops during that,
 * what was said before stands, so the stop is none.
 *
 * @param random A number of 0 to below 1, for the order.
 */
export const withRepeats = (scorer: Scorer, times: number, random: () => number): Scorer => {
  async function* score(task: ScoringTask): AsyncGenerator<Verdict[], ScorerStop | undefined> {
    const said = new Map<string, Verdict[]>();
    const stop = yield* watched(scorer.score(task), (verdict) => said.set(verdict.paperId, [verdict]));
    if (stop) return stop;
    const near = task.papers.filter(({ id }) => said.get(id)?.some((verdict) => isNear(verdict, task.cutoffs)));
    for (let time = 0; time < times && near.length > 0; time += 1) {
      const again = scorer.score({ ...task, papers: shuffled(near, random) });
      try {
        for (let step = await again.next(); ; step = await again.next()) {
          if (step.done && step.value) return undefined;
          if (step.done) break;
          yield step.value.flatMap((verdict): Verdict[] => {
            const before = said.get(verdict.paperId) ?? [];
            const all = [...before, verdict];
            said.set(verdict.paperId, all);
            const relevance = averageOf(all, (one) => one.relevance);
            const novelty = averageOf(all, (one) => one.novelty);
            return [{ ...(before[0] ?? verdict), relevance, novelty }];
          });
        }
      } finally {
        await again.return(undefined);
      }
    }
    return undefined;
  }
  return { ...scorer, score };
};
