import type { ScorablePaper, Scorer, ScoringTask, Verdict } from '../../../src/core/score.ts';

type TaskParts = {
  day: readonly ScorablePaper[];
  topics: string;
  date?: string;
  papers?: readonly ScorablePaper[];
  recent?: readonly ScorablePaper[];
  signal?: AbortSignal;
};

export const scoringTask = (parts: TaskParts): ScoringTask => ({
  channel: 'team',
  date: parts.date ?? '2025-01-06',
  rubric: { hash: 'x', template: '', topics: parts.topics, criteria: '', language: 'English' },
  papers: parts.papers ?? parts.day,
  day: parts.day,
  recent: parts.recent ?? [],
  cutoffs: { relevance: 8, novelty: 7 },
  signal: parts.signal ?? new AbortController().signal,
});

export const verdictsOf = async <V extends Verdict>(scorer: Scorer<V>, task: ScoringTask): Promise<V[]> => {
  const verdicts: V[] = [];
  for await (const chunk of scorer.score(task)) verdicts.push(...chunk);
  return verdicts;
};

/** A fixed sequence of numbers from 0 to 1 (a linear congruential generator). */
export const createSequence = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const fillers =
  `weather river garden bread lighthouse ferry button marble ladder kettle violin carpet pigeon lantern saddle
  copper meadow pepper window anchor basket candle island jacket needle orange pencil quarry ribbon spider tunnel
  umbrella valley walnut yellow zipper barrel castle dragon engine feather glacier hammer`.split(/\s+/);
const wantedWords = ['pruning', 'quantization', 'sparsity', 'low-rank compression', 'KV cache'];

/** An invented paper. The greater `wanted` (0 to 1), the more of its words are about compression. */
export const inventedPaper = (id: string, wanted: number, next: () => number): ScorablePaper => {
  const pick = (words: readonly string[]): string => words[Math.floor(next() * words.length)] ?? '';
  const words = Array.from({ length: 40 }, () => (next() < wanted ? pick(wantedWords) : pick(fillers)));
  return { id, version: 1, title: words.slice(0, 5).join(' '), abstract: words.join(' '), categories: ['cs.LG'] };
};

export const inventedDay = (prefix: string, count: number, seed: number): ScorablePaper[] => {
  const next = createSequence(seed);
  return Array.from({ length: count }, (_, index) =>
    inventedPaper(`${prefix}.${index}`, index % 3 === 0 ? next() * 0.4 : 0, next),
  );
};
