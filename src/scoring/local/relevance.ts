import type { Topics } from '../topics.ts';
import { standardised, timesVector, topValue, unit } from './algebra.ts';
import type { Corpus } from './corpus.ts';
import type { Pause } from './pause.ts';
import { fitLogistic } from './regression.ts';

/** Share of the unwanted text, of the best wanted and of the worst unwanted keyword in the similarity. */
const unwantedShare = 0.5;
const keywordShare = 0.2;
const unwantedKeywordShare = 0.3;
/** Papers taken as examples: the best by similarity to all topics, and the best of each topic. */
const examplesOfAll = 0.05;
const examplesOfEach = 0.015;
/** Weight of the similarity beside what was learned from the examples, both standardised. */
const similarityShare = 0.3;
/** With fewer papers the examples teach nothing. */
const fewestToLearn = 200;

/** "without new theoretical perspectives" in an unwanted text names something wanted. */
const missing = /\b(?:without|lacking|lack of|with no|not)\b[^,.;:()]*/gi;

type Part = { text: string; weight: number };

const vectorOf = (corpus: Corpus, parts: readonly Part[]): Float32Array => {
  const counts = new Map<number, { count: number; idf: number }>();
  for (const { text, weight } of parts) {
    for (const { column, idf } of corpus.terms(text)) {
      counts.set(column, { count: (counts.get(column)?.count ?? 0) + weight, idf });
    }
  }
  const vector = new Float32Array(corpus.matrix.columns);
  for (const [column, { count, idf }] of counts) vector[column] = (count < 1 ? count : 1 + Math.log(count)) * idf;
  return unit(vector);
};

const best = (rows: number, scores: readonly Float32Array[]): Float32Array =>
  new Float32Array(rows).map((_, row) => scores.reduce((most, each) => Math.max(most, each[row] ?? 0), 0));

/**
 * How near each paper of the corpus is to the topics; comparable only within the corpus. The cosine to what is wanted, less
 * that to what is not, picks example papers among those of all days; a classifier learned from these finds the others like
 * them, whatever words they use.
 */
export const rankRelevance = async (corpus: Corpus, wanted: Topics, pause: Pause): Promise<Float32Array> => {
  const { matrix } = corpus;
  const { topics, keywords } = wanted;
  const whole = (texts: readonly string[]): Part[] => texts.map((text) => ({ text, weight: 1 }));
  const near = (parts: readonly Part[]): Float32Array => timesVector(matrix, vectorOf(corpus, parts));
  const nearEach = async (texts: readonly string[]): Promise<Float32Array[]> => {
    const scores: Float32Array[] = [];
    for (const text of texts) {
      scores.push(near(whole([text])));
      await pause();
    }
    return scores;
  };

  const keywordText = keywords.relevant.join(', ');
  const unwantedKeywords = [...keywords.irrelevant, ...keywords.application];
  const unwantedTexts = [...topics.map((topic) => topic.irrelevant), unwantedKeywords.join(', ')];
  const wantedVector = vectorOf(corpus, [
    ...whole([...topics.map((topic) => topic.relevant), keywordText]),
    ...unwantedTexts.flatMap((text) => text.match(missing) ?? []).map((text) => ({ text, weight: 0.5 })),
  ]);
  // What one topic wants is not held against a paper because another text says when it does not count.
  const unwantedVector = unit(
    vectorOf(corpus, whole(unwantedTexts.map((text) => text.replace(missing, ' . ')))).map((value, column) =>
      wantedVector[column] === 0 ? value : 0,
    ),
  );
  await pause();

  const unwanted = timesVector(matrix, unwantedVector);
  const keywordScores = best(matrix.rows, await nearEach(keywords.relevant));
  const unwantedKeywordScores = best(matrix.rows, await nearEach(unwantedKeywords));
  const penalty = unwanted.map(
    (score, row) => unwantedShare * score + unwantedKeywordShare * (unwantedKeywordScores[row] ?? 0),
  );
  const similarity = timesVector(matrix, wantedVector).map(
    (score, row) => score + keywordShare * (keywordScores[row] ?? 0) - (penalty[row] ?? 0),
  );
  if (matrix.rows < fewestToLearn) return similarity;

  const examples = new Uint8Array(matrix.rows);
  const take = (scores: Float32Array, share: number): void => {
    const least = topValue(scores, share);
    scores.forEach((score, row) => {
      if (score >= least && score > 0) examples[row] = 1;
    });
  };
  take(similarity, examplesOfAll);
  for (const scores of await nearEach([...topics.map((topic) => topic.relevant), keywordText])) {
    take(
      scores.map((score, row) => score + keywordShare * (keywordScores[row] ?? 0) - (penalty[row] ?? 0)),
      examplesOfEach,
    );
    await pause();
  }
  const learned = standardised(timesVector(matrix, await fitLogistic(matrix, examples, pause)));
  const seed = standardised(similarity);
  return learned.map((score, row) => score + similarityShare * (seed[row] ?? 0));
};
