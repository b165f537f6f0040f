import type { ScorablePaper } from '../../core/score.ts';
import { type Lexicon, phraseBreak } from './lexicon.ts';
import type { Pause } from './pause.ts';

/** The tokens of all papers, one after the other: paper p has those from `starts[p]` to `starts[p + 1]`. */
export type Tokens = {
  all: Int32Array;
  starts: Uint32Array;
  /** Where the tokens of each title end. */
  titleEnds: Uint32Array;
};

/** Longest name of a category that is read as one; arXiv's are shorter. */
const longestCategory = 24;

/** The name under which a lexicon knows a category as a paper's primary one. */
export const primaryName = (category: string): string => `primary ${category}`;

/** Numbers in an array that grows, without the boxes of a plain array. */
export const createNumbers = (capacity: number) => {
  let data = new Int32Array(capacity);
  let length = 0;
  return {
    push: (value: number): void => {
      if (length === data.length) {
        const wider = new Int32Array(length * 2);
        wider.set(data);
        data = wider;
      }
      data[length] = value;
      length += 1;
    },
    length: () => length,
    /** The numbers so far; stale after the next push. */
    view: (): Int32Array => data.subarray(0, length),
  };
};

/** Reads title, abstract and categories of every paper. */
export const readTokens = async (papers: readonly ScorablePaper[], lexicon: Lexicon, pause: Pause): Promise<Tokens> => {
  const stream = createNumbers(1 << 16);
  const starts = new Uint32Array(papers.length + 1);
  const titleEnds = new Uint32Array(papers.length);
  const tokens: number[] = [];
  for (const [row, paper] of papers.entries()) {
    tokens.length = 0;
    lexicon.read(paper.title, tokens);
    titleEnds[row] = stream.length() + tokens.length;
    lexicon.read(paper.abstract, tokens);
    for (const [at, category] of paper.categories.entries()) {
      if (category.length > longestCategory) continue;
      tokens.push(lexicon.named(category), phraseBreak);
      if (at === 0) tokens.push(lexicon.named(primaryName(category)), phraseBreak);
    }
    for (const token of tokens) stream.push(token);
    starts[row + 1] = stream.length();
    if (row % 32 === 0) await pause();
  }
  return { all: stream.view(), starts, titleEnds };
};
