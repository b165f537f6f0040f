import type { Pause } from '../../core/clock.ts';
import type { Topic, Topics } from '../topics.ts';
import type { Corpus } from './corpus.ts';
import { isGenericText } from './lexicon.ts';
import { type Matrix, timesVector, unit } from './matrix.ts';

/** Weights relative to the cosine to the wanted text. */
const unwantedShare = 0.5;
const keywordShare = 0.2;
const unwantedKeywordShare = 0.3;

/** In an unwanted text, "without new theoretical perspectives" names something wanted. */
export const missing = /\b(?:without|lacking|lack of|with no|not|unless|except)\b[^,.;:()]*/gi;

type Part = { text: string; weight: number };

const weightsOf = (corpus: Corpus, parts: readonly Part[]): Map<number, number> => {
  const counts = new Map<number, { count: number; idf: number }>();
  for (const { text, weight } of parts) {
    for (const { column, idf } of corpus.terms(text)) {
      counts.set(column, { count: (counts.get(column)?.count ?? 0) + weight, idf });
    }
  }
  const weights = new Map<number, number>();
  let square = 0;
  for (const [column, { count, idf }] of counts) {
    const weight = (count < 1 ? count : 1 + Math.log(count)) * idf;
    weights.set(column, weight);
    square += weight * weight;
  }
  for (const [column, weight] of weights) weights.set(column, weight / Math.sqrt(square));
  return weights;
};

const vectorOf = (corpus: Corpus, parts: readonly Part[]): Float32Array => {
  const vector = new Float32Array(corpus.matrix.columns);
  for (const [column, weight] of weightsOf(corpus, parts)) vector[column] = weight;
  return vector;
};

type KeywordPart = { keyword: number; value: number };

const createBest = (columns: number, vectors: readonly Map<number, number>[]): ((matrix: Matrix) => Float32Array) => {
  const partsOf = new Map<number, KeywordPart[]>();
  // Few columns have keywords, and this is the fastest way to skip the others.
  const hasParts = new Uint8Array(columns);
  for (const [keyword, vector] of vectors.entries()) {
    for (const [column, value] of vector) {
      const parts = partsOf.get(column) ?? [];
      parts.push({ keyword, value });
      partsOf.set(column, parts);
      hasParts[column] = 1;
    }
  }
  return ({ rows, starts, indices, values }) => {
    const best = new Float32Array(rows);
    const sums = new Float32Array(vectors.length);
    for (let row = 0; row < rows; row += 1) {
      const end = starts[row + 1] as number;
      let isAny = false;
      for (let at = starts[row] as number; at < end; at += 1) {
        const column = indices[at] as number;
        if (hasParts[column] !== 1) continue;
        if (!isAny) sums.fill(0);
        isAny = true;
        for (const { keyword, value } of partsOf.get(column) ?? [])
          sums[keyword] = (sums[keyword] as number) + value * (values[at] as number);
      }
      if (isAny) for (const sum of sums) if (sum > (best[row] as number)) best[row] = sum;
    }
    return best;
  };
};

const whole = (texts: readonly string[]): Part[] => texts.map((text) => ({ text, weight: 1 }));

/**
 * Includes the topic's name, because the text often does not repeat it, unless the text begins with the name or the
 * name is generic.
 */
const wantedText = ({ name, relevant }: Topic): string =>
  isGenericText(name) || relevant.startsWith(name.replace(/…$/, '')) ? relevant : `${name}\n${relevant}`;

export type Similarity = {
  /** The cosine to all wanted text, minus a share of the cosine to the unwanted text. */
  toAll(matrix: Matrix, pause: Pause): Promise<Float32Array>;
  toEach(matrix: Matrix, pause: Pause): Promise<Float32Array[]>;
};

export const createSimilarity = (corpus: Corpus, { topics, general, keywords }: Topics): Similarity => {
  const alone = (text: string): Float32Array => vectorOf(corpus, whole([text]));
  const weightsAlone = (text: string): Map<number, number> => weightsOf(corpus, whole([text]));
  const wantedTexts = [...topics.map(wantedText), keywords.relevant.join(', ')];
  const unwantedKeywords = [...keywords.irrelevant, ...keywords.application];
  const unwantedTexts = [...topics.map((topic) => topic.irrelevant), general.irrelevant, unwantedKeywords.join(', ')];
  const wanted = vectorOf(corpus, [
    ...whole([...wantedTexts, general.relevant]),
    ...unwantedTexts.flatMap((text) => text.match(missing) ?? []).map((text) => ({ text, weight: 0.5 })),
  ]);
  // Words in any topic's wanted text never count against a paper.
  const unwanted = unit(
    vectorOf(corpus, whole(unwantedTexts.map((text) => text.replace(missing, ' . ')))).map((value, column) =>
      wanted[column] === 0 ? value : 0,
    ),
  );

  const bestWanted = createBest(corpus.matrix.columns, keywords.relevant.map(weightsAlone));
  const bestUnwanted = createBest(corpus.matrix.columns, unwantedKeywords.map(weightsAlone));

  const adjustment = async (matrix: Matrix, pause: Pause): Promise<Float32Array> => {
    await pause();
    const named = bestWanted(matrix);
    await pause();
    const rejected = bestUnwanted(matrix);
    await pause();
    return timesVector(matrix, unwanted).map(
      (value, row) =>
        keywordShare * (named[row] as number) -
        unwantedShare * value -
        unwantedKeywordShare * (rejected[row] as number),
    );
  };

  const adjusted = (cosines: Float32Array, by: Float32Array): Float32Array =>
    cosines.map((value, row) => value + (by[row] as number));

  return {
    toAll: async (matrix, pause) => {
      const by = await adjustment(matrix, pause);
      return adjusted(timesVector(matrix, wanted), by);
    },
    toEach: async (matrix, pause) => {
      const by = await adjustment(matrix, pause);
      const scores: Float32Array[] = [];
      for (const text of wantedTexts) {
        scores.push(adjusted(timesVector(matrix, alone(text)), by));
        await pause();
      }
      return scores;
    },
  };
};
