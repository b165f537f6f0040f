import type { Pause } from '../../core/clock.ts';
import type { ScorablePaper } from '../../core/score.ts';
import { keywordTerms } from '../topic-lines.ts';
import { splitList } from '../topic-rows.ts';
import type { Topics } from '../topics.ts';
import { isGenericText, isTellingWord, phraseBreak } from './lexicon.ts';
import { topValue } from './matrix.ts';
import { createReader } from './reader.ts';
import { missing } from './similarity.ts';

/** Longer entries describe a kind of work, such as "applications in one domain without insight". */
const maxPhraseWords = 4;
/** An abstract often mentions a subject once that the paper is not about. */
const minMentions = 2;
/** Share of all papers that come before any paper about an unwanted subject. A digest takes about the best 4%. */
const shareAbove = { title: 0.2, abstract: 0.08 };
/** Keeps the order above the limit. */
const slope = 1e-3;

const isNameAlone = (words: readonly string[]): boolean =>
  words.length !== 1 || /(?:[^isu]s|\p{Lu}{2})$/u.test(words[0] ?? '');

/**
 * "Drones and UAVs" → both. "Image and video generation" → "image generation" and "video generation". One word beside
 * several counts alone only if it is a plural or an acronym.
 */
const parallels = (entry: string): string[] => {
  const [left = '', right, ...more] = entry.split(/\s+(?:and|or|&)\s+/i);
  if (right === undefined || more.length > 0) return [entry];
  const [first, second] = [left.split(/\s+/), right.split(/\s+/)];
  if (first.length === second.length || (isNameAlone(first) && isNameAlone(second))) return [left, right];
  return first.length < second.length
    ? [[...first, ...second.slice(1)].join(' '), right]
    : [left, [...first.slice(0, -1), ...second].join(' ')];
};

const wordCount = (text: string): number => text.trim().split(/\s+/).length;

/** The entries of a list of short entries; none for a sentence. */
const shortEntries = (line: string): string[] => {
  const isList = splitList(line.replace(/[\s.,;:]+$/, '').replace(/\([^()]*\)/g, ' ')).every(
    (entry) => wordCount(entry) <= maxPhraseWords,
  );
  return isList ? keywordTerms(line.replace(/;\s*$/, '')) : [];
};

/** "Theory of RL" → also "RL Theory". */
const orders = (phrase: string): string[] => {
  const [, head, of] = /^(.+?)\s+of\s+(.+)$/i.exec(phrase) ?? [];
  return head && of ? [phrase, `${of} ${head}`] : [phrase];
};

const isAt = (stems: ArrayLike<number>, start: number, phrase: readonly number[]): boolean =>
  phrase.every((stem, at) => stems[start + at] === stem);

/** `isTelling`: false for a word that abstracts on any subject repeat, such as "benchmarks". It only counts in a title. */
type Phrase = { text: string; stems: readonly number[]; isTelling: boolean };

export type Unwanted = { phrase: string; isInTitle: boolean };

/**
 * The listed subjects that the topics reject. A subject that the wanted text also names is left out, as are those listed as
 * applications, which count by their kind of work.
 */
const phrasesOf = ({ topics, general, keywords }: Topics, read: (text: string) => number[]): Phrase[] => {
  const wanted = read(
    [...topics.flatMap(({ name, relevant }) => [name, relevant]), general.relevant, ...keywords.relevant].join('. '),
  );
  const lines = [...topics.map(({ irrelevant }) => irrelevant), general.irrelevant].flatMap((text) => text.split('\n'));
  const entries = [...lines.flatMap(shortEntries), ...keywords.irrelevant].flatMap(parallels);
  return [...new Set(entries)]
    .filter((text) => wordCount(text) <= maxPhraseWords && !isGenericText(text) && !text.match(missing))
    .flatMap((text) =>
      orders(text).map((order) => {
        const stems = read(order);
        const isTelling = /\s/.test(text) || isTellingWord(text.toLowerCase());
        return { text, stems: stems.slice(0, stems.indexOf(phraseBreak)), isTelling };
      }),
    )
    .filter(({ text, stems }) => {
      // "Use in one domain" keeps one word, which alone says something else.
      const isWhole = stems.length > (/\s/.test(text) ? 1 : 0);
      return isWhole && !wanted.some((_, start) => isAt(wanted, start, stems));
    });
};

/** For each paper, a listed unwanted subject that its title names or its abstract repeats. */
export const findUnwanted = async (
  papers: readonly ScorablePaper[],
  topics: Topics,
  pause: Pause,
  reader = createReader(),
): Promise<(Unwanted | undefined)[]> => {
  const phrases = phrasesOf(topics, (text) => {
    const stems: number[] = [];
    reader.lexicon.read(text, stems);
    return stems;
  });
  const found = new Array<Unwanted | undefined>(papers.length).fill(undefined);
  if (phrases.length === 0) return found;
  const { all, starts, titleEnds } = await reader.tokensOf(papers, pause);
  const byFirstStem = Map.groupBy(phrases, ({ stems }) => stems[0] ?? phraseBreak);
  const isFirst = new Uint8Array(reader.lexicon.size());
  for (const stem of byFirstStem.keys()) isFirst[stem] = 1;

  /** The first phrase of the list that the tokens have at least `mentions` times. */
  const mentioned = (from: number, end: number, mentions: number, counts: (phrase: Phrase) => boolean) => {
    const times = new Map<Phrase, number>();
    for (let at = from; at < end; at += 1) {
      if (isFirst[all[at] as number] !== 1) continue;
      for (const phrase of byFirstStem.get(all[at] as number) ?? [])
        if (counts(phrase) && isAt(all, at, phrase.stems)) times.set(phrase, (times.get(phrase) ?? 0) + 1);
    }
    return times.size === 0 ? undefined : phrases.find((phrase) => (times.get(phrase) ?? 0) >= mentions)?.text;
  };
  for (let row = 0; row < papers.length; row += 1) {
    const [start, titleEnd, end] = [starts[row] as number, titleEnds[row] as number, starts[row + 1] as number];
    const inTitle = mentioned(start, titleEnd, 1, () => true);
    const phrase = inTitle ?? mentioned(titleEnd, end, minMentions, ({ isTelling }) => isTelling);
    if (phrase !== undefined) found[row] = { phrase, isInTitle: inTitle !== undefined };
    if (row % 256 === 0) await pause();
  }
  return found;
};

/** Lowers the values of papers about unwanted subjects, so that a share of all papers comes before them. */
export const limited = (values: Float32Array, unwanted: readonly (Unwanted | undefined)[]): Float32Array => {
  const limits = { title: topValue(values, shareAbove.title), abstract: topValue(values, shareAbove.abstract) };
  return values.map((value, row) => {
    const one = unwanted[row];
    if (!one) return value;
    const limit = one.isInTitle ? limits.title : limits.abstract;
    return value <= limit ? value : limit + slope * (value - limit);
  });
};
