import type { Pause } from '../../core/clock.ts';
import type { ScorablePaper } from '../../core/score.ts';
import { createLexicon, type Lexicon, phraseBreak } from './lexicon.ts';
import { createNumbers } from './numbers.ts';

/** The tokens of papers in one array. Those of paper p are from `starts[p]` to before `starts[p + 1]`, its title's first. */
export type Tokens = {
  all: Int32Array;
  starts: Uint32Array;
  titleEnds: Uint32Array;
};

export type Reader = {
  lexicon: Lexicon;
  /** Reads only papers that it has not read before. */
  tokensOf(papers: readonly ScorablePaper[], pause: Pause): Promise<Tokens>;
};

const maxCategoryLength = 24;

export const primaryName = (category: string): string => `primary ${category}`;

/**
 * Reads papers and keeps their tokens, so that channels with other topics need not read them again. Reading takes more
 * than half of the time of a ranking.
 */
export const createReader = (): Reader => {
  const lexicon = createLexicon();
  const stream = createNumbers(1 << 12);
  const found = new Map<string, { start: number; titleEnd: number; end: number }>();

  const read = ({ title, abstract, categories }: ScorablePaper) => {
    const tokens: number[] = [];
    lexicon.read(title, tokens);
    const start = stream.length();
    const titleEnd = start + tokens.length;
    lexicon.read(abstract, tokens);
    for (const [at, category] of categories.entries()) {
      if (category.length > maxCategoryLength) continue;
      tokens.push(lexicon.named(category), phraseBreak);
      if (at === 0) tokens.push(lexicon.named(primaryName(category)), phraseBreak);
    }
    for (const token of tokens) stream.push(token);
    return { start, titleEnd, end: stream.length() };
  };

  return {
    lexicon,
    async tokensOf(papers, pause) {
      const places = [];
      let length = 0;
      for (const [row, paper] of papers.entries()) {
        const key = `${paper.id}v${paper.version}`;
        const place = found.get(key) ?? read(paper);
        found.set(key, place);
        places.push(place);
        length += place.end - place.start;
        if (row % 32 === 0) await pause();
      }
      const all = new Int32Array(length);
      const starts = new Uint32Array(papers.length + 1);
      const titleEnds = new Uint32Array(papers.length);
      let at = 0;
      for (const [row, { start, titleEnd, end }] of places.entries()) {
        all.set(stream.view().subarray(start, end), at);
        titleEnds[row] = at + titleEnd - start;
        at += end - start;
        starts[row + 1] = at;
      }
      return { all, starts, titleEnds };
    },
  };
};
