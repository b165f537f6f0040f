import { buildCorpus, type Corpus } from './built-in/corpus.ts';
import { createLexicon } from './built-in/lexicon.ts';
import { type NamedTopic, termsOfTopics } from './built-in/matches.ts';
import { createPause } from './built-in/pause.ts';
import { parseTopics } from './topics.ts';

export type MatchablePaper = {
  id: string;
  title: string;
  abstract: string;
  /** What the scorer said of it. */
  comment: string;
};

/** Names that a comment lists together have at most so many words between them, stop words not counted. */
const maxGap = 1;

/** Measured on GPT-4o's comments with the topics' names taken out: below this the best topic is right no more than by chance. */
const minScore = 0.4;
/** What that was measured with. */
const titleWeight = 3;

/** Finds which of the names a text ends with: the numbers of those that it lists together, last of all. */
const createNameFinder = (names: readonly string[]): ((text: string) => number[]) => {
  const lexicon = createLexicon();
  const stemsOf = (text: string): number[] => {
    const stems: number[] = [];
    lexicon.read(text, stems);
    return stems.filter((stem) => stem >= 0);
  };
  // "Large Language Models (LLMs)" is called by its long form: its short one stands in comments on anything.
  const wanted = names.map((name) => stemsOf(name.replace(/\([^()]*\)/g, ' ')));
  return (text) => {
    const stems = stemsOf(text);
    const found = wanted
      .flatMap((name, index) => {
        const starts = [...stems.keys()].filter((start) => name.every((stem, at) => stems[start + at] === stem));
        return name.length === 0 ? [] : starts.map((start) => ({ index, start, end: start + name.length }));
      })
      .sort((a, b) => b.end - a.end);
    // A comment first says what a paper does ("quantization of large language models") and ends with what that meets.
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

/** Sum over the terms that a row of the corpus shares with a topic. */
const nearness = ({ matrix }: Corpus, row: number, { terms }: NamedTopic): number => {
  let sum = 0;
  for (let at = matrix.starts[row] as number; at < (matrix.starts[row + 1] as number); at += 1) {
    sum += (matrix.values[at] as number) * (terms.get(matrix.indices[at] as number)?.weight ?? 0);
  }
  return sum;
};

/**
 * The topic that each paper matches best: one that the scorer's comment names, else the one whose terms weigh most in
 * its text and, as much again, in the comment.
 * @param topicsMarkdown the channel's topics file
 * @param papers those of one digest
 * @returns names of topics by the papers' ids; a paper that matches none, or nothing but a keyword that belongs to none,
 *   is left out
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
      ...papers.map(({ id, comment }) => asPaper(id, comment, '')),
    ],
    topicsMarkdown,
    createPause(new AbortController().signal),
    titleWeight,
  );
  const { named, loose } = termsOfTopics(corpus, parseTopics(topicsMarkdown));
  const namesIn = createNameFinder(named.map(({ name }) => name));

  const best = new Map<string, string>();
  for (const [row, { id, comment }] of papers.entries()) {
    const called = namesIn(comment).flatMap((index) => named[index] ?? []);
    const [first] = (called.length > 0 ? called : [...named, loose])
      .map((topic) => ({ topic, score: nearness(corpus, row, topic) + nearness(corpus, papers.length + row, topic) }))
      .sort((a, b) => b.score - a.score);
    if (!first || first.topic === loose) continue;
    if (called.length > 0 || first.score >= minScore) best.set(id, first.topic.name);
  }
  return best;
};
