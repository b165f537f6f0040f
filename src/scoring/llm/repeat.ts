import type { Cutoffs, ModelVerdict, Scorer, ScorerStop, ScoringTask } from '../../core/score.ts';

const maxDistance = 1;

/** True if the smaller of the two margins over the cutoffs is close to 0. */
const isNear = ({ relevance, novelty }: ModelVerdict, cutoffs: Cutoffs): boolean =>
  Math.abs(Math.min(relevance - cutoffs.relevance, novelty - cutoffs.novelty)) <= maxDistance;

/** Shuffles items (R. Durstenfeld, "Algorithm 235: Random permutation", 1964). */
const shuffled = <T>(items: readonly T[], random: () => number): T[] => {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
};

/** Rounded down, so that an average reaches a cutoff only if its exact value does. */
const averageOf = (verdicts: readonly ModelVerdict[], of: (verdict: ModelVerdict) => number): number =>
  Math.floor(verdicts.reduce((sum, verdict) => sum + of(verdict), 0) / verdicts.length);

async function* watched(
  scoring: ReturnType<Scorer<ModelVerdict>['score']>,
  onVerdict: (verdict: ModelVerdict) => void,
): AsyncGenerator<ModelVerdict[], ScorerStop | undefined> {
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
 * Rescores papers near the cutoffs `times` times, in a new random order each time, because a model's scores vary from
 * call to call and with the other papers of a batch. Each time it yields a further verdict: the average of all scores
 * so far, with the first comment. If a repeat stops early, the verdicts so far remain valid, and no stop is reported.
 * @param random Returns a number of at least 0 and below 1.
 */
export const withRepeats = (
  scorer: Scorer<ModelVerdict>,
  times: number,
  random: () => number,
): Scorer<ModelVerdict> => {
  async function* score(task: ScoringTask): AsyncGenerator<ModelVerdict[], ScorerStop | undefined> {
    const verdictsOf = new Map<string, ModelVerdict[]>();
    const stop = yield* watched(scorer.score(task), (verdict) => verdictsOf.set(verdict.paperId, [verdict]));
    if (stop) return stop;
    const near = task.papers.filter(({ id }) => verdictsOf.get(id)?.some((verdict) => isNear(verdict, task.cutoffs)));
    for (let time = 0; time < times && near.length > 0; time += 1) {
      const repeat = scorer.score({ ...task, papers: shuffled(near, random) });
      try {
        for (let step = await repeat.next(); ; step = await repeat.next()) {
          if (step.done && step.value) return undefined;
          if (step.done) break;
          yield step.value.flatMap((verdict): ModelVerdict[] => {
            const before = verdictsOf.get(verdict.paperId) ?? [];
            const all = [...before, verdict];
            verdictsOf.set(verdict.paperId, all);
            const relevance = averageOf(all, (one) => one.relevance);
            const novelty = averageOf(all, (one) => one.novelty);
            return [{ ...(before[0] ?? verdict), relevance, novelty }];
          });
        }
      } finally {
        await repeat.return(undefined);
      }
    }
    return undefined;
  }
  return { ...scorer, score };
};
