import type { Pause } from '../../core/clock.ts';
import type { ScorablePaper } from '../../core/score.ts';
import { countTerms, withNamedPairs } from './counts.ts';
import { phraseBreak, type Span } from './lexicon.ts';
import type { Matrix } from './matrix.ts';
import { createNumbers } from './numbers.ts';
import { createReader, primaryName, type Reader, type Tokens } from './reader.ts';

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

/** Logarithms of the most frequent numbers of words, because computing them takes longer than anything else here. */
const logs = Float64Array.from({ length: 256 }, (_, number) => Math.log(number));

const logOf = (number: number): number => logs[number] ?? Math.log(number);

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
      const value = (1 + logOf(titleWeight * title + body)) * idf;
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
  const counted = await countTerms(papers, reader, minimum.pair, pause);
  const { tokens, stemPapers } = counted;
  const { pairAt, pairPapers, findPair, named: namedPairs } = withNamedPairs(counted, namedTokens, lexicon.size());

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
  const ofStem = columnsOf(stemPapers, minimum.word, new Set(namedTokens));
  const ofPair = columnsOf(pairPapers, minimum.pair, namedPairs);
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
      const pair = next < 0 ? -1 : findPair(stem, next);
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
      if (left >= 0 && right >= 0) pairsOfRead[at] = findPair(left, right);
    }
    return weigh(read, pairsOfRead, columns, titleWeight, pause);
  };
  return { matrix, terms, primaries, rowsOf };
};
