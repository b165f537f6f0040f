import type { Pause } from '../../core/clock.ts';
import type { ScorablePaper } from '../../core/score.ts';
import { phraseBreak } from './lexicon.ts';
import type { Reader, Tokens } from './reader.ts';

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

/** Stems and pairs of papers, without regard to any topics. */
type Counted = {
  tokens: Tokens;
  /** The number of papers that have each stem. */
  stemPapers: Int32Array;
  /** The pairs of words that are both in at least as many papers as a pair must be. */
  pairs: Pick<ReturnType<typeof createPairs>, 'find' | 'size'>;
  /** The pair that starts at each token, or -1. */
  pairAt: Int32Array;
  pairPapers: Int32Array;
};

const count = async (tokens: Tokens, stems: number, minPapers: number, pause: Pause): Promise<Counted> => {
  const stemPapers = await countPapers(tokens.all, stems, tokens, pause);
  const pairs = createPairs();
  const pairAt = new Int32Array(tokens.all.length).fill(-1);
  for (let at = 0; at + 1 < tokens.all.length; at += 1) {
    const left = tokens.all[at] as number;
    const right = tokens.all[at + 1] as number;
    if (left < 0 || right < 0) continue;
    // A pair is at most as common as each of its words.
    const isCommon = (stemPapers[left] as number) >= minPapers && (stemPapers[right] as number) >= minPapers;
    if (isCommon) pairAt[at] = pairs.add(left, right);
    if (at % 16_384 === 0) await pause();
  }
  return { tokens, stemPapers, pairs, pairAt, pairPapers: await countPapers(pairAt, pairs.size(), tokens, pause) };
};

const lastOf = new WeakMap<Reader, { key: string; counted: Counted }>();

/** Counts the papers that a reader was last asked about only once, because channels usually have the same ones. */
export const countTerms = async (
  papers: readonly ScorablePaper[],
  reader: Reader,
  minPapers: number,
  pause: Pause,
): Promise<Counted> => {
  const key = JSON.stringify([minPapers, papers.map(({ id, version }) => `${id}v${version}`)]);
  const last = lastOf.get(reader);
  if (last?.key === key) return last.counted;
  const tokens = await reader.tokensOf(papers, pause);
  const counted = await count(tokens, reader.lexicon.size(), minPapers, pause);
  lastOf.set(reader, { key, counted });
  return counted;
};

type WithNamed = Pick<Counted, 'pairAt' | 'pairPapers'> & {
  /** The numbers of the named pairs. */
  named: readonly number[];
  findPair(left: number, right: number): number;
};

/**
 * Adds the pairs that topics name, which count even if their words are rare.
 * @param stems The number of stems known.
 */
export const withNamedPairs = (
  { tokens, pairs, pairAt, pairPapers }: Counted,
  namedTokens: readonly number[],
  stems: number,
): WithNamed => {
  const rare = createPairs();
  const named: number[] = [];
  const isLeft = new Uint8Array(stems);
  for (const [at, left] of namedTokens.entries()) {
    const right = namedTokens[at + 1] ?? phraseBreak;
    if (left < 0 || right < 0) continue;
    const pair = pairs.find(left, right);
    if (pair < 0) isLeft[left] = 1;
    named.push(pair < 0 ? pairs.size() + rare.add(left, right) : pair);
  }
  const findPair = (left: number, right: number): number => {
    const pair = pairs.find(left, right);
    const among = pair < 0 ? rare.find(left, right) : -1;
    return among < 0 ? pair : pairs.size() + among;
  };
  if (rare.size() === 0) return { pairAt, pairPapers, named, findPair };

  const ownPairAt = pairAt.slice();
  const ownPapers = new Int32Array(pairs.size() + rare.size());
  ownPapers.set(pairPapers);
  const lastRow = new Int32Array(rare.size()).fill(-1);
  const { all, starts } = tokens;
  for (let row = 0; row + 1 < starts.length; row += 1) {
    const end = starts[row + 1] as number;
    for (let at = starts[row] as number; at + 1 < end; at += 1) {
      if (isLeft[all[at] as number] !== 1 || (all[at + 1] as number) < 0) continue;
      const among = rare.find(all[at] as number, all[at + 1] as number);
      if (among < 0) continue;
      const pair = pairs.size() + among;
      ownPairAt[at] = pair;
      if (lastRow[among] !== row) ownPapers[pair] = (ownPapers[pair] as number) + 1;
      lastRow[among] = row;
    }
  }
  return { pairAt: ownPairAt, pairPapers: ownPapers, named, findPair };
};
