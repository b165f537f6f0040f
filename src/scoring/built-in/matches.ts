import { createPause } from '../../core/clock.ts';
import { parseTopics, type Topics } from '../topics.ts';
import { buildCorpus, type Corpus } from './corpus.ts';
import { canNameSubject, createLexicon, isGenericText, isTellingWord } from './lexicon.ts';

/** `topic` is empty if the paper matches text without a heading. `terms` may be empty if every term is too general. */
export type Match = { topic: string; terms: string[] };

/**
 * @property isMeant False for a word that says little, such as "theoretical", or little without its neighbors, such as
 *   "error" of "error correction".
 */
type NamedTerm = { shown: string; weight: number; isPair: boolean; isMeant: boolean };

/** A topic and its terms, by their columns in the corpus. The weight of a term is its idf. */
type NamedTopic = { name: string; hasOwnName: boolean; terms: Map<number, NamedTerm> };

const maxTerms = 4;
/** Relative to the best term's share. Terms below this are not named. */
const minShare = 0.1;

export const shownForm = (text: string): string =>
  /^\p{Lu}[^\p{Lu}]*$/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text.replace(/\s+/g, ' ');

const entriesOf = (text: string): string[] =>
  text.split(/[,;:.()\n，；：。]|\s+(?:and|or)\s+/iu).map((entry) => entry.trim());

const isAcronym = (word: string): boolean => /^\p{Lu}[\p{Lu}\p{N}]+s?$/u.test(word);

const addTerms = (topic: NamedTopic, corpus: Corpus, text: string): void => {
  for (const entry of entriesOf(text)) {
    const terms = corpus.terms(entry).map((term) => ({ ...term, text: entry.slice(term.span.start, term.span.end) }));
    // A term that is a whole entry counts even if it sounds generic: "Foundation Model".
    const named = terms.filter((term) => !isGenericText(term.text) || term.text === entry);
    const words = entry.split(/[\s-]+/).filter((word) => word !== '' && !isGenericText(word));
    const singles = named.filter((term) => !/[\s-]/.test(term.text));
    // Words that no paper has are the rarest.
    const rarest = singles.length < words.length ? Number.NaN : Math.max(...singles.map(({ idf }) => idf));
    for (const { column, idf, text: term } of named) {
      const isPair = /[\s-]/.test(term);
      const isDistinct = idf === rarest && (isAcronym(term) || canNameSubject(term.toLowerCase()));
      const isOnlyWord = words.length <= 1 && (isAcronym(term) || isTellingWord(term.toLowerCase()));
      const isMeant = isPair || isOnlyWord || isDistinct;
      const known = topic.terms.get(column);
      if (known) known.isMeant ||= isMeant;
      else topic.terms.set(column, { shown: shownForm(term), weight: idf, isPair, isMeant });
    }
  }
};

const overlap = (one: readonly string[], other: readonly string[]): string[] | undefined => {
  if (one.at(-1) === other[0]) return [...one, ...other.slice(1)];
  return other.at(-1) === one[0] ? [...other, ...one.slice(1)] : undefined;
};

/** Joins overlapping pairs: "quantum error" and "error correction". */
const joinPhrases = (terms: readonly string[]): string[] => {
  const joined: string[] = [];
  for (const term of terms) {
    const words = term.split(' ');
    const at = joined.findIndex(
      (before) => before.includes(' ') && words.length > 1 && overlap(before.split(' '), words),
    );
    if (at < 0) joined.push(term);
    else joined[at] = (overlap((joined[at] as string).split(' '), words) ?? words).join(' ');
  }
  return joined;
};

const shares = (topic: NamedTopic, corpus: Corpus, keyword: string): boolean =>
  corpus.terms(keyword).some(({ column }) => topic.terms.has(column));

/** `named`: terms of each topic, including keywords that share a term with it. `loose`: all other text. */
const termsOfTopics = (
  corpus: Corpus,
  { topics, general, keywords }: Topics,
): { named: NamedTopic[]; loose: NamedTopic } => {
  const named = topics.map((topic): NamedTopic => {
    const hasOwnName = topic.name !== '' && !topic.relevant.startsWith(topic.name.replace(/…$/, ''));
    const result: NamedTopic = { name: topic.name, hasOwnName, terms: new Map() };
    addTerms(result, corpus, topic.relevant);
    addTerms(result, corpus, topic.name);
    return result;
  });
  const loose: NamedTopic = { name: '', hasOwnName: false, terms: new Map() };
  addTerms(loose, corpus, general.relevant);
  for (const keyword of keywords.relevant) {
    const owners = named.filter((topic) => shares(topic, corpus, keyword));
    for (const owner of owners.length > 0 ? owners : [loose]) addTerms(owner, corpus, keyword);
  }
  return { named, loose };
};

export const createMatcher = (corpus: Corpus, topics: Topics): ((row: number) => Match | undefined) => {
  const { named, loose } = termsOfTopics(corpus, topics);
  const all = [...named, loose];

  const { starts, indices, values } = corpus.matrix;
  return (row) => {
    let match: { score: number; topic: NamedTopic; terms: (NamedTerm & { share: number })[] } | undefined;
    for (const topic of all) {
      let score = 0;
      const terms: (NamedTerm & { share: number })[] = [];
      for (let at = starts[row] as number; at < (starts[row + 1] as number); at += 1) {
        const term = topic.terms.get(indices[at] as number);
        if (!term) continue;
        const share = (values[at] as number) * term.weight;
        score += share;
        terms.push({ ...term, share });
      }
      if (score > (match?.score ?? 0)) match = { score, topic, terms };
    }
    if (!match) return undefined;
    const ordered = match.terms
      .filter(({ isMeant }) => isMeant)
      .sort((a, b) => b.share - a.share || (a.shown < b.shown ? -1 : 1));
    const min = (ordered[0]?.share ?? 0) * minShare;
    const shown: string[] = [];
    // Phrases first, so that their words are not named again.
    for (const term of [...ordered.filter((each) => each.isPair), ...ordered.filter((each) => !each.isPair)]) {
      if (shown.length === maxTerms) break;
      const lower = term.shown.toLowerCase();
      if (term.share >= min && !shown.some((other) => other.toLowerCase().includes(lower))) shown.push(term.shown);
    }
    return { topic: match.topic.hasOwnName ? match.topic.name : '', terms: joinPhrases(shown) };
  };
};

export type MatchablePaper = {
  id: string;
  title: string;
  abstract: string;
  comment: string;
};

const maxGap = 1;

/**
 * Below this score, the best topic is right only by chance. Measured on GPT-4o's comments without the names of topics.
 */
const minScore = 0.4;
const titleWeight = 3;

/** The returned function finds the last list of names in a text, as indices of `names`. */
const createNameFinder = (names: readonly string[]): ((text: string) => number[]) => {
  const lexicon = createLexicon();
  const stemsOf = (text: string): number[] => {
    const stems: number[] = [];
    lexicon.read(text, stems);
    return stems.filter((stem) => stem >= 0);
  };
  // Only the long form of "Large Language Models (LLMs)" counts: the short one occurs in comments on any topic.
  const wanted = names.map((name) => stemsOf(name.replace(/\([^()]*\)/g, ' ')));
  return (text) => {
    const stems = stemsOf(text);
    const found = wanted
      .flatMap((name, index) => {
        const starts = [...stems.keys()].filter((start) => name.every((stem, at) => stems[start + at] === stem));
        return name.length === 0 ? [] : starts.map((start) => ({ index, start, end: start + name.length }));
      })
      .sort((a, b) => b.end - a.end);
    // A comment begins with what the paper does ("quantization of large language models") and ends with the matching
    // topic.
    const last: number[] = [];
    let from = stems.length;
    for (const { index, start, end } of found) {
      if (last.length > 0 && from - end > maxGap) break;
      last.push(index);
      from = start;
    }
    return last;
  };
};

const nearness = ({ matrix }: Corpus, row: number, { terms }: NamedTopic): number => {
  let sum = 0;
  for (let at = matrix.starts[row] as number; at < (matrix.starts[row + 1] as number); at += 1) {
    sum += (matrix.values[at] as number) * (terms.get(matrix.indices[at] as number)?.weight ?? 0);
  }
  return sum;
};

/**
 * The best topic of each paper: a topic named in the scorer's comment; otherwise the topic whose terms weigh most in
 * the paper's text and the comment.
 * @param topicsMarkdown Text of the topics file.
 * @param papers All papers of one digest.
 * @returns Names of topics by paper id, without papers that match no topic.
 */
export const bestTopics = async (
  topicsMarkdown: string,
  papers: readonly MatchablePaper[],
): Promise<Map<string, string>> => {
  const asPaper = (id: string, title: string, abstract: string) => ({
    id,
    version: 1,
    title,
    abstract,
    categories: [],
  });
  const corpus = await buildCorpus(
    [
      ...papers.map(({ id, title, abstract }) => asPaper(id, title, abstract)),
      ...papers.map(({ id, comment }) => asPaper(`comment on ${id}`, comment, '')),
    ],
    topicsMarkdown,
    createPause(new AbortController().signal),
    { titleWeight },
  );
  const { named, loose } = termsOfTopics(corpus, parseTopics(topicsMarkdown));
  const namesIn = createNameFinder(named.map(({ name }) => name));

  const best = new Map<string, string>();
  for (const [row, { id, comment }] of papers.entries()) {
    const inComment = namesIn(comment).flatMap((index) => named[index] ?? []);
    const [first] = (inComment.length > 0 ? inComment : [...named, loose])
      .map((topic) => ({ topic, score: nearness(corpus, row, topic) + nearness(corpus, papers.length + row, topic) }))
      .sort((a, b) => b.score - a.score);
    if (!first?.topic.name) continue;
    if (inComment.length > 0 || first.score >= minScore) best.set(id, first.topic.name);
  }
  return best;
};
