import type { Corpus } from '../local/corpus.ts';
import { isTelling } from './telling.ts';

export type Readable = { title: string; abstract: string };

/** A column as people read it: a word or a phrase of the text. */
export type Phrase = { column: number; words: string };

/** The words and phrases of a paper that the corpus knows and that can name what it is on, once each, as they are first written. */
export const phrasesOf = (corpus: Corpus, { title, abstract }: Readable): Phrase[] => {
  const found = new Map<number, string>();
  for (const text of [title, abstract]) {
    const lower = text.toLowerCase();
    for (const { column, place } of corpus.terms(text)) {
      const words = lower.slice(place.start, place.end).replace(/\s+/g, ' ');
      if (!found.has(column) && isTelling(words)) found.set(column, words);
    }
  }
  return [...found].map(([column, words]) => ({ column, words }));
};

/** Whether one says the other again: "quantization" after "weight quantization", "quantized" after "quantization". */
export const overlaps = (a: string, b: string): boolean => {
  const stems = (words: string): string[] => words.split(/[\s-]+/).map((word) => word.slice(0, 5));
  const [of, others] = [stems(a), stems(b)];
  return of.some((stem) => others.includes(stem));
};
