import { buildCorpus, type Corpus } from './built-in/corpus.ts';
import { createLexicon } from './built-in/lexicon.ts';
import { type NamedTopic, termsOfTopics } from './built-in/matches.ts';
import { createPause } from './built-in/pause.ts';
import { parseTopics } from './topics.ts';

export type MatchablePaper = {
  id: string;
  title: string;
  abstract: string;
  comment: string;
};

/** Words between names of one list, without stop words. */
const maxGap = 1;

/** Below this, the best topic is right only by chance. Measured on GPT-4o's comments without the names of topics. */
const minScore = 0.4;
const titleWeight = 3;

/** Returns a function that finds the last list of names in a text, as indices of `names`. */
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
    // A comment begins with what the paper does ("quantization of large language models") and ends with the matching topic.
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
 * The best topic of each paper: one that the scorer's comment names, or else the one whose terms weigh most in the paper's text
 * and the comment.
 * @param topicsMarkdown Text of the topics file.
 * @param papers All papers of one digest.
 * @returns Names of topics by paper id. Papers without a matching topic are left out.
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
    const inComment = namesIn(comment).flatMap((index) => named[index] ?? []);
    const [first] = (inComment.length > 0 ? inComment : [...named, loose])
      .map((topic) => ({ topic, score: nearness(corpus, row, topic) + nearness(corpus, papers.length + row, topic) }))
      .sort((a, b) => b.score - a.score);
    if (!first || first.topic === loose) continue;
    if (inComment.length > 0 || first.score >= minScore) best.set(id, first.topic.name);
  }
  return best;
};
