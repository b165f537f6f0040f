import type { ScorablePaper } from '../../core/score.ts';
import { createLexicon, type Place, phraseBreak } from './lexicon.ts';
import { createPairs } from './pairs.ts';
import type { Pause } from './pause.ts';
import { createNumbers, readTokens, type Tokens } from './tokens.ts';

/** A sparse matrix by rows: row r has the columns and values from `starts[r]` to `starts[r + 1]`. */
export type Matrix = {
  rows: number;
  columns: number;
  starts: Uint32Array;
  indices: Int32Array;
  values: Float32Array;
};

/** A term of a text that the corpus knows: its column, its idf, and where the text has it. */
export type Term = { column: number; idf: number; place: Place };

/**
 * Papers as rows of TF-IDF weights over stems and pairs of neighbouring stems, each row of length 1: logarithmic term
 * frequency, smoothed idf (G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval", 1988).
 */
export type Corpus = { matrix: Matrix; terms(text: string): Term[] };

/** A word of the title counts as so many of the abstract. */
const titleWeight = 3;
/** Words and pairs in fewer papers are left out, unless the topics name them. */
const fewestPapers = { word: 3, pair: 8 };
/** The same in a corpus too small for such counts. */
const fewestInSmall = { word: 1, pair: 2 };
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

type Columns = { ofStem: Int32Array; ofPair: Int32Array; idf: Float32Array };

/** Rows of weights, each of length 1. `pairAt` has the pair that starts at each token, or -1. */
const weigh = async (tokens: Tokens, pairAt: Int32Array, columns: Columns, pause: Pause): Promise<Matrix> => {
  const rows = tokens.titleEnds.length;
  const starts = new Uint32Array(rows + 1);
  const indices = createNumbers(1 << 16);
  let values = new Float32Array(1 << 16);
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
      count(columns.ofStem[stem] as number, weight);
      const pair = pairAt[at] as number;
      if (pair >= 0) count(columns.ofPair[pair] as number, weight);
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
    if (row % 64 === 0) await pause();
  }
  return { rows, columns: columns.idf.length, starts, indices: indices.view(), values };
};

/**
 * Reads papers into a corpus.
 * @param named a text whose terms are kept however rare they are: the topics file.
 * @throws the signal's reason when the pause finds it aborted.
 */
export const buildCorpus = async (papers: readonly ScorablePaper[], named: string, pause: Pause): Promise<Corpus> => {
  const fewest = papers.length < smallCorpus ? fewestInSmall : fewestPapers;
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
  const columns = { ofStem, ofPair, idf: new Float32Array(idf) };
  const matrix = await weigh(tokens, pairAt, columns, pause);

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
  return { matrix, terms };
};
