import type { Pause } from '../../core/clock.ts';
import type { ScorablePaper } from '../../core/score.ts';
import { phraseBreak, type Span } from './lexicon.ts';
import type { Matrix } from './matrix.ts';
import { createNumbers } from './numbers.ts';
import { createReader, primaryName, type Reader, type Tokens } from './reader.ts';

const hashOf = (a: number, b: number): number => {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
};

/**
 * Assigns numbers to pairs of stems in order of arrival, using a hash table in typed arrays. A Map is three times
 * slower.
 */
const createPairs = () => {
  let capacity = 1 << 12;
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

/**
 * `values` gives frequent words and title words much more weight, which is better for similarity. `saturated` gives
 * them hardly more, which is better for classifiers (S. Robertson and H. Zaragoza, "The Probabilistic Relevance
 * Framework: BM25 and Beyond", 2009).
 */
export type TextMatrix = Matrix & { saturated: Float32Array };

export const saturatedOf = (matrix: TextMatrix): Matrix => ({ ...matrix, values: matrix.saturated });

/** The mean of both weights. */
export const mixedOf = (matrix: TextMatrix): Matrix => ({
  ...matrix,
  values: matrix.values.map((value, at) => (value + (matrix.saturated[at] as number)) / 2),
});

const saturation = 1.2;
const saturatedTitleWeight = 2;

const grown = (values: Float32Array<ArrayBuffer>, size: number): Float32Array<ArrayBuffer> => {
  if (size <= values.length) return values;
  const wider = new Float32Array(size * 2);
  wider.set(values);
  return wider;
};

type Columns = { ofStem: Int32Array; ofPair: Int32Array; idf: Float32Array };

/**
 * Omits stems and pairs that are newer than the columns.
 * @param pairAt The pair that starts at each token, or -1.
 * @returns Rows of length 1.
 */
const weigh = async (
  tokens: Tokens,
  pairAt: Int32Array,
  columns: Columns,
  titleWeight: number,
  pause: Pause,
): Promise<TextMatrix> => {
  const rows = tokens.titleEnds.length;
  const starts = new Uint32Array(rows + 1);
  // Large enough from the start, because copying while growing would block the event loop for too long.
  const indices = createNumbers(Math.max(1, tokens.all.length));
  let values = new Float32Array(tokens.all.length);
  let saturated = new Float32Array(tokens.all.length);
  const inTitle = new Float32Array(columns.idf.length);
  const inBody = new Float32Array(columns.idf.length);
  const count = (column: number, counts: Float32Array): void => {
    if (column < 0) return;
    if (inTitle[column] === 0 && inBody[column] === 0) indices.push(column);
    counts[column] = (counts[column] as number) + 1;
  };
  for (let row = 0; row < rows; row += 1) {
    const first = indices.length();
    const end = tokens.starts[row + 1] as number;
    const titleEnd = tokens.titleEnds[row] as number;
    for (let at = tokens.starts[row] as number; at < end; at += 1) {
      const stem = tokens.all[at] as number;
      if (stem < 0) continue;
      const counts = at < titleEnd ? inTitle : inBody;
      count(columns.ofStem[stem] ?? -1, counts);
      const pair = pairAt[at] as number;
      if (pair >= 0) count(columns.ofPair[pair] ?? -1, counts);
    }
    const last = indices.length();
    values = grown(values, last);
    saturated = grown(saturated, last);
    const used = indices.view();
    let square = 0;
    let saturatedSquare = 0;
    for (let at = first; at < last; at += 1) {
      const column = used[at] as number;
      const [title, body] = [inTitle[column] as number, inBody[column] as number];
      const idf = columns.idf[column] as number;
      const value = (1 + Math.log(titleWeight * title + body)) * idf;
      const frequency = saturatedTitleWeight * title + body;
      const flat = (frequency / (frequency + saturation)) * idf;
      inTitle[column] = 0;
      inBody[column] = 0;
      values[at] = value;
      saturated[at] = flat;
      square += value * value;
      saturatedSquare += flat * flat;
    }
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    const saturatedScale = square > 0 ? 1 / Math.sqrt(saturatedSquare) : 0;
    for (let at = first; at < last; at += 1) {
      values[at] = (values[at] as number) * scale;
      saturated[at] = (saturated[at] as number) * saturatedScale;
    }
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
    saturated: saturated.slice(0, size),
  };
};

type Term = { column: number; idf: number; span: Span };

/**
 * Papers as rows of TF-IDF weights of stems and pairs of neighboring stems. Each row has length 1. The term frequency
 * is logarithmic, the idf smoothed (G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval",
 * 1988).
 */
export type Corpus = {
  matrix: TextMatrix;
  terms(text: string): Term[];
  primaries: ReadonlyMap<string, number>;
  rowsOf(papers: readonly ScorablePaper[], pause: Pause): Promise<TextMatrix>;
};

/**
 * How many words of the abstract one word of the title counts for. Of the values from 2 to 20, this one ranks best;
 * those above 6 differ little.
 */
const defaultTitleWeight = 10;
/** Terms in fewer papers are left out, unless the topics contain them. */
const minPapers = { word: 3, pair: 8 };
const minInSmallCorpus = { word: 1, pair: 2 };
const smallCorpusSize = 400;

/** For each number below `kinds`, counts the papers that have it. `each` holds one number per token, or -1. */
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

type CorpusOptions = { reader?: Reader; titleWeight?: number | undefined };

/**
 * @param named Text of the topics file. Its terms are kept even if they are rare.
 * @param reader Tells papers apart by id and version.
 * @param titleWeight How many words of the abstract one word of the title counts for.
 * @throws The signal's reason if it is aborted.
 */
export const buildCorpus = async (
  papers: readonly ScorablePaper[],
  named: string,
  pause: Pause,
  { reader = createReader(), titleWeight = defaultTitleWeight }: CorpusOptions = {},
): Promise<Corpus> => {
  const minimum = papers.length < smallCorpusSize ? minInSmallCorpus : minPapers;
  const { lexicon } = reader;
  const namedTokens: number[] = [];
  lexicon.read(named, namedTokens);
  const tokens = await reader.tokensOf(papers, pause);
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
    // A pair is at most as common as each of its words.
    const common = (stemPapers[left] as number) >= minimum.pair && (stemPapers[right] as number) >= minimum.pair;
    pairAt[at] = common ? pairs.add(left, right) : pairs.find(left, right);
    if (at % 16_384 === 0) await pause();
  }
  const pairPapers = await countPapers(pairAt, pairs.size(), tokens, pause);

  const idf: number[] = [];
  /** The columns of named terms come first, so that their order does not depend on what the reader has read before. */
  const columnsOf = (counts: Int32Array, min: number, named: Iterable<number>): Int32Array => {
    const columns = new Int32Array(counts.length).fill(-1);
    const add = (kind: number, count: number): void => {
      columns[kind] = idf.push(1 + Math.log((1 + papers.length) / (1 + count))) - 1;
    };
    for (const kind of named) if (kind >= 0 && (counts[kind] ?? 0) > 0) add(kind, counts[kind] as number);
    for (const [kind, count] of counts.entries())
      if (count > 0 && count >= min && columns[kind] === -1) add(kind, count);
    return columns;
  };
  const ofStem = columnsOf(stemPapers, minimum.word, namedStems);
  const ofPair = columnsOf(
    pairPapers,
    minimum.pair,
    Array.from({ length: namedPairs }, (_, pair) => pair),
  );
  const columns: Columns = { ofStem, ofPair, idf: new Float32Array(idf) };
  const matrix = await weigh(tokens, pairAt, columns, titleWeight, pause);

  const terms = (text: string): Term[] => {
    const found: number[] = [];
    const spans: Span[] = [];
    lexicon.read(text, found, spans);
    return found.flatMap((stem, at) => {
      const span = spans[at];
      if (stem < 0 || !span) return [];
      const next = found[at + 1] ?? phraseBreak;
      const pair = next < 0 ? -1 : pairs.find(stem, next);
      const both = { start: span.start, end: spans[at + 1]?.end ?? span.end };
      return [
        { column: ofStem[stem] ?? -1, span },
        { column: pair < 0 ? -1 : (ofPair[pair] ?? -1), span: both },
      ].flatMap(({ column, span }) => (column < 0 ? [] : [{ column, span, idf: idf[column] ?? 0 }]));
    });
  };
  const primaries = new Map<string, number>();
  for (const category of new Set(papers.flatMap((paper) => paper.categories.slice(0, 1)))) {
    const column = ofStem[lexicon.named(primaryName(category))] ?? -1;
    if (column >= 0) primaries.set(category, column);
  }

  const rowsOf: Corpus['rowsOf'] = async (others, pause) => {
    const read = await reader.tokensOf(others, pause);
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
