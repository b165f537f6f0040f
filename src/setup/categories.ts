import { stemmer } from 'stemmer';
import { categories, categoryFault } from '../../config/category.ts';
import { categoryNames } from '../../config/category-names.ts';
import { isSameCategory } from '../core/category.ts';
import { ExternalError } from '../core/errors.ts';
import type { Paper } from '../core/paper.ts';
import { isGenericText } from '../scoring/built-in/lexicon.ts';
import { splitList } from '../scoring/topic-rows.ts';
import { parseTopics, topicSides } from '../scoring/topics.ts';
import type { Interests } from './interests.ts';

export type SuggestedCategories = {
  /** Best first. */
  categories: readonly string[];
  /** What they come from; `names` if arXiv could not be asked. */
  basis: 'liked papers' | 'papers on arXiv' | 'names';
};

const maxSuggested = 3;
const maxTerms = 10;

/** Weight of a cross-list next to the primary category. */
const crossWeight = 0.3;

/** Share of the best category's weight below which a category is left out. */
const minShare = 0.25;

/** The searchable phrases of wanted topics, such as "speculative decoding". */
export const termsOf = (words: string): string[] => {
  const phrases = topicSides(parseTopics(words))
    .wanted.flatMap((text) => text.split(/[:.;()]/).flatMap(splitList))
    .flatMap((text) => text.split(/\b(?:and|or|of|for|in|with|on|to|by|from|using|via|on|about)\b/i))
    .map((text) =>
      text
        .replace(/^\s*(?:i|we|my|our|the|a|an|work|research|study|read|interested|everything|anything)\b/gi, '')
        .trim(),
    )
    .filter((text) => /\p{L}{2}/u.test(text) && text.split(/\s+/).length <= 4 && !isGenericText(text));
  return [...new Set(phrases.map((text) => text.toLowerCase()))].slice(0, maxTerms);
};

const ranked = (papers: readonly Pick<Paper, 'categories'>[]): string[] => {
  const weights = new Map<string, number>();
  const add = (category: string, weight: number): void => {
    if (!categories.has(category)) return;
    const key = [...weights.keys()].find((known) => isSameCategory(known, category)) ?? category;
    weights.set(key, (weights.get(key) ?? 0) + weight);
  };
  for (const paper of papers)
    for (const [index, category] of paper.categories.entries()) add(category, index === 0 ? 1 : crossWeight);
  const best = [...weights].sort((a, b) => b[1] - a[1]);
  const limit = minShare * (best[0]?.[1] ?? 0);
  return best
    .filter(([, weight]) => weight >= limit)
    .slice(0, maxSuggested)
    .map(([category]) => category);
};

const functionWords = new Set(['and', 'the', 'for', 'with', 'not', 'other', 'general']);

const stemsOf = (text: string): Set<string> =>
  new Set((text.toLowerCase().match(/\p{L}{3,}/gu) ?? []).filter((word) => !functionWords.has(word)).map(stemmer));

/** By the words that a category's name shares with a text. A word that few names have counts more. */
export const categoriesByName = (text: string): string[] => {
  const wanted = stemsOf(text);
  const names = Object.entries(categoryNames).map(([category, name]) => ({ category, stems: [...stemsOf(name)] }));
  const holders = Map.groupBy(
    names.flatMap(({ stems }) => stems),
    (stem) => stem,
  );
  return names
    .map(({ category, stems }) => {
      const shared = stems.filter((stem) => wanted.has(stem));
      const weight = shared.reduce((sum, stem) => sum + 1 / (holders.get(stem)?.length ?? 1), 0);
      return { category, weight: weight + (shared.length / stems.length) * weight };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ category }) => category)
    .filter((one, index, all) => all.findIndex((other) => isSameCategory(one, other)) === index)
    .slice(0, maxSuggested);
};

type Search = (terms: readonly string[], signal: AbortSignal) => Promise<Paper[]>;

/** From the liked papers; else from what arXiv finds for the words; else, without a network, from the words alone. */
export const suggestCategories = async (
  { words, liked }: Pick<Interests, 'words' | 'liked'>,
  search: Search,
  signal: AbortSignal,
): Promise<SuggestedCategories> => {
  const ofLiked = ranked(liked);
  if (ofLiked.length > 0) return { categories: ofLiked, basis: 'liked papers' };
  const terms = termsOf(words);
  try {
    const found = terms.length === 0 ? [] : ranked(await search(terms, signal));
    if (found.length > 0) return { categories: found, basis: 'papers on arXiv' };
  } catch (error) {
    if (!(error instanceof ExternalError)) throw error;
  }
  return { categories: categoriesByName(words), basis: 'names' };
};

export const splitCategories = (written: string): string[] => [
  ...new Set(written.split(/[\s,;[\]"']+/).filter(Boolean)),
];

/** What is wrong with invalid categories, as sentences with the nearest that exist; undefined if all are valid. */
export const categoriesFault = (written: readonly string[]): string | undefined => {
  if (written.length === 0) return 'Enter at least one arXiv category, such as cs.LG.';
  const faults = written.flatMap((one) => categoryFault(one, categoriesByName(one)) ?? []);
  return faults.length > 0 ? faults.map((fault) => (/[.?!]$/.test(fault) ? fault : `${fault}.`)).join(' ') : undefined;
};

export const nameOfCategory = (category: string): string => categoryNames[category] ?? category;
