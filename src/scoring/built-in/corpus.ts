import type { ScorablePaper } from '../../core/score.ts';
import { createLexicon, type Lexicon, type Place, phraseBreak } from './lexicon.ts';
import type { Matrix } from './matrix.ts';
import type { Pause } from './pause.ts';

/** The tokens of all papers, one after the other: paper p has those from `starts[p]` to `starts[p + 1]`. */
type Tokens = {
  all: Int32Array;
  starts: Uint32Array;
  /** Where the tokens of each title end. */
  titleEnds: Uint32Array;
};

/** Longest name of a category that is read as one; arXiv's are shorter. */
const maxCategoryLength = 24;

/** The name under which a lexicon knows a category as a paper's primary one. */
const primaryName = (category: string): string => `primary ${category}`;

/** Numbers in an array that grows, without the boxes of a plain array. */
const createNumbers = (capacity: number) => {
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
const readTokens = async (papers: readonly ScorablePaper[], lexicon: Lexicon, pause: Pause): Promise<Tokens> => {
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
      if (category.length > maxCategoryLength) continue;
      tokens.push(lexicon.named(category), phraseBreak);
      if (at === 0) tokens.push(lexicon.named(primaryName(category)), phraseBreak);
    }
    for (const token of tokens) stream.push(token);
    starts[row + 1] = stream.length();
    if (row % 32 === 0) await pause();
  }
  return { all: stream.view(), starts, titleEnds };
};

const hashOf = (a: number, b: number): number => {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
};

/** Numbers for pairs of stems, in order of arrival. A hash table in typed arrays: a Map takes three times the time. */
const createPairs = () => {
  let capacity = 1 << 16;
  let left = new Int32Array(capacity).fill(-1);
  let right = new Int32Array(capacity);
  let number = new Int32Array(capacity);
  let size = 0;
  const slot = (a: number, b: number): number => {
    let at = hashOf(a, b) & (capacity - 1);
    while (left[at] !== -1 && (left[at] !== a || right[at] !== b)) at = (at + 1) & (capacity - 1);
    return at;
  };
  const grow = (): void => {
    const [oldLeft, oldRight, oldNumber] = [left, right, number];
    capacity *= 2;
    left = new Int32Array(capacity).fill(-1);
    right = new Int32Array(capacity);
    number = new Int32Array(capacity);
    for (let at = 0; at < oldLeft.length; at += 1) {
      const a = oldLeft[at] as number;
      if (a === -1) continue;
      const to = slot(a, oldRight[at] as number);
      left[to] = a;
      right[to] = oldRight[at] as number;
      number[to] = oldNumber[at] as number;
    }
  };
  return {
    find: (a: number, b: number): number => {
      const at = slot(a, b);
      return left[at] === -1 ? -1 : (number[at] as number);
    },
    add: (a: number, b: number): number => {
      const at = slot(a, b);
      if (left[at] !== -1) return number[at] as number;
      left[at] = a;
      right[at] = b;
      number[at] = size;
      size += 1;
      if (size * 2 > capacity) grow();
      return size - 1;
    },
    size: () => size,
  };
};

/** The column of each stem and of each pair, -1 for those left out, and the idf of each column. */
type Columns = { ofStem: Int32Array; ofPair: Int32Array; idf: Float32Array };

/**
 * Rows of weights, each of length 1. Stems and pairs that came after the columns were chosen are left out.
 * @param pairAt the pair that starts at each token, or -1.
 * @param titleWeight a word of the title counts as so many of the abstract.
 */
const weigh = async (
  tokens: Tokens,
  pairAt: Int32Array,
  columns: Columns,
  titleWeight: number,
  pause: Pause,
): Promise<Matrix> => {
  const rows = tokens.titleEnds.length;
  const starts = new Uint32Array(rows + 1);
  // Room for all from the start: to copy while growing takes longer than the event loop should wait.
  const indices = createNumbers(Math.max(1, tokens.all.length));
  let values = new Float32Array(tokens.all.length);
  const frequency = new Float32Array(columns.idf.length);
  const count = (column: number, weight: number): void => {
    if (column < 0) return;
    const before = frequency[column] as number;
    if (before === 0) indices.push(column);
    frequency[column] = before + weight;
  };
  for (let row = 0; row < rows; row += 1) {
    const first = indices.length();
    const end = tokens.starts[row + 1] as number;
    const titleEnd = tokens.titleEnds[row] as number;
    for (let at = tokens.starts[row] as number; at < end; at += 1) {
      const stem = tokens.all[at] as number;
      if (stem < 0) continue;
      const weight = at < titleEnd ? titleWeight : 1;
      count(columns.ofStem[stem] ?? -1, weight);
      const pair = pairAt[at] as number;
      if (pair >= 0) count(columns.ofPair[pair] ?? -1, weight);
    }
    const last = indices.length();
    if (last > values.length) {
      const wider = new Float32Array(last * 2);
      wider.set(values);
      values = wider;
    }
    const used = indices.view();
    let square = 0;
    for (let at = first; at < last; at += 1) {
      const column = used[at] as number;
      const value = (1 + Math.log(frequency[column] as number)) * (columns.idf[column] as number);
      frequency[column] = 0;
      values[at] = value;
      square += value * value;
    }
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let at = first; at < last; at += 1) values[at] = (values[at] as number) * scale;
    starts[row + 1] = last;
    if (row % 32 === 0) await pause();
  }
  const size = indices.length();
  return {
    rows,
    columns: columns.idf.length,
    starts,
    indices: indices.view().slice(),
    values: values.slice(0, size),
  };
};

/** A term of a text that the corpus knows: its column, its idf, and where the text has it. */
type Term = { column: number; idf: number; place: Place };

/**
 * Papers as rows of TF-IDF weights over stems and pairs of neighbouring stems, each row of length 1: logarithmic term
 * frequency, smoothed idf (G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval", 1988).
 */
export type Corpus = {
  matrix: Matrix;
  terms(text: string): Term[];
  /** Columns of the categories that are some paper's primary one. */
  primaries: ReadonlyMap<string, number>;
  /** Other papers as rows of the same columns; what the corpus does not know is left out. */
  rowsOf(papers: readonly ScorablePaper[], pause: Pause): Promise<Matrix>;
};

/** A word of the title counts as so many of the abstract: the best of 2 to 20 for rankings, which differ little from 6 on. */
const defaultTitleWeight = 10;
/** Words and pairs in fewer papers are left out, unless the topics name them. */
const minPapers = { word: 3, pair: 8 };
/** The same in a corpus too small for such counts. */
const minInSmall = { word: 1, pair: 2 };
const smallCorpus = 400;

/** In how many papers each of the `kinds` of numbers in `each` (as long as the tokens, -1 for none) occurs. */
const countPapers = async (each: Int32Array, kinds: number, { starts }: Tokens, pause: Pause): Promise<Int32Array> => {
  const counts = new Int32Array(kinds);
  const lastRow = new Int32Array(kinds).fill(-1);
  for (let row = 0; row + 1 < starts.length; row += 1) {
    const end = starts[row + 1] as number;
    for (let at = starts[row] as number; at < end; at += 1) {
      const kind = each[at] as number;
      if (kind < 0 || lastRow[kind] === row) continue;
      lastRow[kind] = row;
      counts[kind] = (counts[kind] as number) + 1;
    }
    if (row % 256 === 0) await pause();
  }
  return counts;
};

/**
 * Reads papers into a corpus.
 * @param named a text whose terms are kept however rare they are: the topics file.
 * @param titleWeight a word of the title counts as so many of the abstract.
 * @throws the signal's reason when the pause finds it aborted.
 */
export const buildCorpus = async (
  papers: readonly ScorablePaper[],
  named: string,
  pause: Pause,
  titleWeight = defaultTitleWeight,
): Promise<Corpus> => {
  const fewest = papers.length < smallCorpus ? minInSmall : minPapers;
  const lexicon = createLexicon();
  const namedTokens: number[] = [];
  lexicon.read(named, namedTokens);
  const tokens = await readTokens(papers, lexicon, pause);
  const stemPapers = await countPapers(tokens.all, lexicon.size(), tokens, pause);

  const pairs = createPairs();
  const namedStems = new Set(namedTokens);
  for (const [at, left] of namedTokens.entries()) {
    const right = namedTokens[at + 1] ?? phraseBreak;
    if (left >= 0 && right >= 0) pairs.add(left, right);
  }
  const namedPairs = pairs.size();

  const pairAt = new Int32Array(tokens.all.length).fill(-1);
  for (let at = 0; at + 1 < tokens.all.length; at += 1) {
    const left = tokens.all[at] as number;
    const right = tokens.all[at + 1] as number;
    if (left < 0 || right < 0) continue;
    // A pair is at most as common as its words.
    const common = (stemPapers[left] as number) >= fewest.pair && (stemPapers[right] as number) >= fewest.pair;
    pairAt[at] = common ? pairs.add(left, right) : pairs.find(left, right);
    if (at % 16_384 === 0) await pause();
  }
  const pairPapers = await countPapers(pairAt, pairs.size(), tokens, pause);

  const idf: number[] = [];
  const columnsOf = (counts: Int32Array, least: number, isNamed: (kind: number) => boolean): Int32Array =>
    counts.map((count, kind) => {
      if (count === 0 || (count < least && !isNamed(kind))) return -1;
      return idf.push(1 + Math.log((1 + papers.length) / (1 + count))) - 1;
    });
  const ofStem = columnsOf(stemPapers, fewest.word, (stem) => namedStems.has(stem));
  const ofPair = columnsOf(pairPapers, fewest.pair, (pair) => pair < namedPairs);
  const columns: Columns = { ofStem, ofPair, idf: new Float32Array(idf) };
  const matrix = await weigh(tokens, pairAt, columns, titleWeight, pause);

  const terms = (text: string): Term[] => {
    const found: number[] = [];
    const places: Place[] = [];
    lexicon.read(text, found, places);
    return found.flatMap((stem, at) => {
      const place = places[at];
      if (stem < 0 || !place) return [];
      const next = found[at + 1] ?? phraseBreak;
      const pair = next < 0 ? -1 : pairs.find(stem, next);
      const both = { start: place.start, end: places[at + 1]?.end ?? place.end };
      return [
        { column: ofStem[stem] ?? -1, place },
        { column: pair < 0 ? -1 : (ofPair[pair] ?? -1), place: both },
      ].flatMap(({ column, place }) => (column < 0 ? [] : [{ column, place, idf: idf[column] ?? 0 }]));
    });
  };
  const primaries = new Map<string, number>();
  for (const category of new Set(papers.flatMap((paper) => paper.categories.slice(0, 1)))) {
    const column = ofStem[lexicon.named(primaryName(category))] ?? -1;
    if (column >= 0) primaries.set(category, column);
  }

  const rowsOf: Corpus['rowsOf'] = async (others, pause) => {
    const read = await readTokens(others, lexicon, pause);
    const pairsOfRead = new Int32Array(read.all.length).fill(-1);
    for (let at = 0; at + 1 < read.all.length; at += 1) {
      const left = read.all[at] as number;
      const right = read.all[at + 1] as number;
      if (left >= 0 && right >= 0) pairsOfRead[at] = pairs.find(left, right);
    }
    return weigh(read, pairsOfRead, columns, titleWeight, pause);
  };
  return { matrix, terms, primaries, rowsOf };
};
