import { createPause, type Pause } from '../../src/core/clock.ts';
import { buildCorpus, type Corpus, mixedOf } from '../../src/scoring/built-in/corpus.ts';
import { timesVector } from '../../src/scoring/built-in/matrix.ts';
import { learn, nearestExamples, sharesFor } from '../../src/scoring/built-in/relevance.ts';
import { createSimilarity } from '../../src/scoring/built-in/similarity.ts';
import { parseTopics } from '../../src/scoring/topics.ts';
import { papersWithin, pickRateBefore, type Ranker, type RankingTask } from '../evaluation/rankers.ts';

// Simple rankings that the built-in scorer must beat.

type CorpusRanking = (corpus: Corpus, task: RankingTask, pause: Pause) => Promise<Float32Array> | Float32Array;

const onCorpus =
  (topics: string, titleWeight: number | undefined, rank: CorpusRanking): Ranker =>
  async (task) => {
    const pause = createPause(task.signal);
    const corpus = await buildCorpus(papersWithin(task), topics, pause, { titleWeight });
    return (await rank(corpus, task, pause)).subarray(0, task.papers.length);
  };

/** TF-IDF cosine to the whole topics file. A word of the title counts like one of the abstract. */
export const createCosineRanker = (topics: string): Ranker =>
  onCorpus(topics, 1, (corpus) => {
    const counts = new Map<number, { count: number; idf: number }>();
    for (const { column, idf } of corpus.terms(topics))
      counts.set(column, { count: (counts.get(column)?.count ?? 0) + 1, idf });
    const query = new Float32Array(corpus.matrix.columns);
    for (const [column, { count, idf }] of counts) query[column] = (1 + Math.log(count)) * idf;
    return timesVector(corpus.matrix, query);
  });

/** The first classifier of the built-in scorer alone, with examples chosen without kinds of work. */
export const createSelfTrainingRanker = (topics: string): Ranker =>
  onCorpus(topics, undefined, async (corpus, { history }, pause) => {
    const similarity = createSimilarity(corpus, parseTopics(topics));
    const mixed = mixedOf(corpus.matrix);
    const near = await similarity.toAll(mixed, pause);
    const toEach = await similarity.toEach(mixed, pause);
    const shares = sharesFor(pickRateBefore(history), toEach.length);
    const examples = nearestExamples(near, toEach, new Float32Array(near.length), shares);
    return (await learn(corpus, examples, pause))(corpus.matrix);
  });
