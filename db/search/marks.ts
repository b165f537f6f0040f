import type { Marked } from '../../src/core/stores.ts';
import type { Hit } from './rank.ts';

/** UTF-16 units, without the ellipses. */
const passageLength = 200;
/** Maximum distance that a cut moves to fall between two words. */
const maxWordLength = 40;
/** Weight of a repeated hit of a term, relative to the first. */
const repeatWeight = 0.1;

type Range = { start: number; end: number };

/** Hits as ranges that do not overlap. The space or hyphen between two words of a phrase is part of the range. */
const rangesOf = (text: string, hits: readonly Range[]): Range[] => {
  const ranges: Range[] = [];
  for (const hit of hits.toSorted((a, b) => a.start - b.start)) {
    const last = ranges.at(-1);
    if (last && (hit.start <= last.end || /^[\s-]$/.test(text.slice(last.end, hit.start))))
      last.end = Math.max(last.end, hit.end);
    else ranges.push({ start: hit.start, end: hit.end });
  }
  return ranges;
};

export const mark = (text: string, hits: readonly Range[], part: Range = { start: 0, end: text.length }): Marked[] => {
  const parts: Marked[] = [];
  const add = (start: number, end: number, isHit: boolean): void => {
    if (start < end) parts.push({ text: text.slice(start, end), isHit });
  };
  let position = part.start;
  const inside = hits.filter((hit) => hit.start >= part.start && hit.end <= part.end);
  for (const { start, end } of rangesOf(text, inside)) {
    add(position, start, false);
    add(start, end, true);
    position = end;
  }
  add(position, part.end, false);
  return parts;
};

/** The range of `passageLength` with the highest sum of weights; the first one if several are equal. */
const densest = (hits: readonly Hit[], weights: readonly number[]): Range | undefined => {
  let best: (Range & { weight: number }) | undefined;
  for (const [index, from] of hits.entries()) {
    const inside = hits.slice(index, index + 60).filter((hit) => hit.end - from.start <= passageLength);
    const seen = new Set<number>();
    let weight = 0;
    for (const { term } of inside) {
      weight += (weights[term] ?? 1) * (seen.has(term) ? repeatWeight : 1);
      seen.add(term);
    }
    // A phrase may be longer than a passage.
    const end = Math.max(from.start, ...inside.map((hit) => hit.end));
    if (inside.length > 0 && (!best || weight > best.weight)) best = { start: from.start, end, weight };
  }
  return best;
};

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The last word boundary at or before `position`; if there is none, the last grapheme boundary. */
const cutBefore = (text: string, position: number, min: number): number => {
  if (position >= text.length) return text.length;
  for (let at = position; at >= Math.max(min, position - maxWordLength); at -= 1)
    if (/\s/.test(text[at] ?? '')) return at;
  const from = Math.max(0, position - maxWordLength);
  // `from` may be inside a grapheme, but then only the first segment is wrong.
  const segments = [...graphemes.segment(text.slice(from, position + maxWordLength))];
  const cut = segments.findLast(({ index }) => from + index <= position);
  return Math.max(min, from + (cut?.index ?? 0));
};

const startOf = (text: string, position: number): number => {
  if (position <= 0) return 0;
  const sentence = /[.!?]\s+(?=\S)/g;
  sentence.lastIndex = Math.max(0, position - maxWordLength);
  const match = sentence.exec(text);
  // Prefer the start of a sentence near the cut.
  if (match && Math.abs(sentence.lastIndex - position) <= maxWordLength) return sentence.lastIndex;
  const space = /\s+/g;
  space.lastIndex = position;
  const found = space.exec(text);
  return found && found.index - position <= maxWordLength ? space.lastIndex : cutBefore(text, position, 0);
};

/**
 * About 200 characters around the densest hits, or from the beginning. Ellipses mark omissions.
 * @param weights By term.
 */
export const passageOf = (text: string, hits: readonly Hit[], weights: readonly number[]): Marked[] => {
  if (text.length <= passageLength) return mark(text, hits);
  const core = densest(hits, weights);
  const room = Math.max(0, passageLength - (core ? core.end - core.start : 0));
  const wanted = core ? Math.min(core.start - Math.floor(room / 3), text.length - passageLength) : 0;
  const start = Math.min(startOf(text, wanted), core?.start ?? 0);
  const min = core?.end ?? start;
  const end = cutBefore(text, Math.max(min, start + passageLength), min);
  const parts = mark(text, hits, { start, end });
  if (start > 0) parts.unshift({ text: '…', isHit: false });
  if (end < text.length) parts.push({ text: '…', isHit: false });
  return parts;
};
