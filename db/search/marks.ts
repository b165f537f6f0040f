import type { Marked } from '../../src/core/stores.ts';
import type { Hit } from './rank.ts';

/** Length of a passage in UTF-16 units, without the ellipses. */
const passageLength = 200;
/** How far a cut moves to stand between two words. */
const maxWordLength = 40;
/** What a further hit of a term that is there already counts, against 1 for a new one. */
const again = 0.1;

type Range = { start: number; end: number };

/** Hits as ranges that do not overlap; what stands between two words of a found phrase is marked with them. */
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

/** A text, or a part of it, in pieces that are hits or not. */
export const mark = (text: string, hits: readonly Range[], part: Range = { start: 0, end: text.length }): Marked[] => {
  const pieces: Marked[] = [];
  const add = (start: number, end: number, isHit: boolean): void => {
    if (start < end) pieces.push({ text: text.slice(start, end), isHit });
  };
  let place = part.start;
  const inside = hits.filter((hit) => hit.start >= part.start && hit.end <= part.end);
  for (const { start, end } of rangesOf(text, inside)) {
    add(place, start, false);
    add(start, end, true);
    place = end;
  }
  add(place, part.end, false);
  return pieces;
};

/** Where the hits of most terms stand together; of equals the first. */
const densest = (hits: readonly Hit[], weights: readonly number[]): Range | undefined => {
  let best: (Range & { weight: number }) | undefined;
  for (const [index, from] of hits.entries()) {
    const inside = hits.slice(index, index + 60).filter((hit) => hit.end - from.start <= passageLength);
    const seen = new Set<number>();
    let weight = 0;
    for (const { term } of inside) {
      weight += (weights[term] ?? 1) * (seen.has(term) ? again : 1);
      seen.add(term);
    }
    // A phrase may be longer than a passage.
    const end = Math.max(from.start, ...inside.map((hit) => hit.end));
    if (inside.length > 0 && (!best || weight > best.weight)) best = { start: from.start, end, weight };
  }
  return best;
};

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The nearest place at or before another where a text may be cut: between words, else between graphemes. */
const cutBefore = (text: string, place: number, least: number): number => {
  if (place >= text.length) return text.length;
  for (let at = place; at >= Math.max(least, place - maxWordLength); at -= 1) if (/\s/.test(text[at] ?? '')) return at;
  const from = Math.max(0, place - maxWordLength);
  // Segments are only sure from a place where one begins; a wrong start can at most cost the first of them.
  const segments = [...graphemes.segment(text.slice(from, place + maxWordLength))];
  const cut = segments.findLast(({ index }) => from + index <= place);
  return Math.max(least, from + (cut?.index ?? 0));
};

const startOf = (text: string, place: number): number => {
  if (place <= 0) return 0;
  const sentence = /[.!?]\s+(?=\S)/g;
  sentence.lastIndex = Math.max(0, place - maxWordLength);
  const match = sentence.exec(text);
  // A sentence that begins near the cut is shown from its beginning.
  if (match && Math.abs(sentence.lastIndex - place) <= maxWordLength) return sentence.lastIndex;
  const space = /\s+/g;
  space.lastIndex = place;
  const found = space.exec(text);
  return found && found.index - place <= maxWordLength ? space.lastIndex : cutBefore(text, place, 0);
};

/**
 * About 200 characters of a text around the place where most is found, or its beginning; an ellipsis stands for what is
 * left out. `weights` are those of the terms.
 */
export const passageOf = (text: string, hits: readonly Hit[], weights: readonly number[]): Marked[] => {
  if (text.length <= passageLength) return mark(text, hits);
  const core = densest(hits, weights);
  const room = Math.max(0, passageLength - (core ? core.end - core.start : 0));
  const wanted = core ? Math.min(core.start - Math.floor(room / 3), text.length - passageLength) : 0;
  const start = Math.min(startOf(text, wanted), core?.start ?? 0);
  const least = core?.end ?? start;
  const end = cutBefore(text, Math.max(least, start + passageLength), least);
  const pieces = mark(text, hits, { start, end });
  if (start > 0) pieces.unshift({ text: '…', isHit: false });
  if (end < text.length) pieces.push({ text: '…', isHit: false });
  return pieces;
};
