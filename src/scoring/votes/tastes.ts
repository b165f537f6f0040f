import { countOf } from '../../core/paper.ts';
import type { Taste } from '../../core/votes.ts';
import type { Corpus } from '../built-in/corpus.ts';
import { canNameSubject } from '../built-in/lexicon.ts';
import type { Matrix } from '../built-in/matrix.ts';
import { authorKey, type NamedPaper, topicKey } from './features.ts';

type Readable = { title: string; abstract: string };

type Phrase = { column: number; words: string };

const phrasesOf = (corpus: Corpus, { title, abstract }: Readable): Phrase[] => {
  const found = new Map<number, string>();
  for (const text of [title, abstract]) {
    const lower = text.toLowerCase();
    for (const { column, span } of corpus.terms(text)) {
      const words = lower.slice(span.start, span.end).replace(/\s+/g, ' ');
      if (!found.has(column) && canNameSubject(words)) found.set(column, words);
    }
  }
  return [...found].map(([column, words]) => ({ column, words }));
};

const overlaps = (a: string, b: string): boolean => {
  const stems = (words: string): string[] => words.split(/[\s-]+/).map((word) => word.slice(0, 5));
  const [of, others] = [stems(a), stems(b)];
  return of.some((stem) => others.includes(stem));
};

type UsedPaper = { paper: Readable; topic: string | undefined; target: number; votes: readonly unknown[] };

type TasteParts = {
  corpus: Corpus;
  matrix: Matrix;
  used: readonly UsedPaper[];
  learned: Float32Array;
  names: ReadonlyMap<string, number>;
};

type Strong = Phrase & { value: number };

const priorities = { name: 0, pair: 1, word: 2 };
type Reason = Strong & { kind: keyof typeof priorities; isAuthor?: boolean };

const maxPhrasesPerReason = 2;
const minShareOfStrongest = 0.3;
/** A word in only one paper may be there by chance. */
const minPapers = 2;
const maxPhrasesPerSide = 8;

const kindOf = (words: string): 'pair' | 'word' => (/[\s-]/.test(words) ? 'pair' : 'word');

const withoutRepeats = (strong: readonly Strong[], max: number): Strong[] => {
  const kept: Strong[] = [];
  for (const one of strong) {
    if (kept.length === max) break;
    if (!kept.some(({ words }) => overlaps(words, one.words))) kept.push(one);
  }
  return kept;
};

const byValue = (a: Strong, b: Strong): number =>
  Math.abs(b.value) - Math.abs(a.value) || a.words.localeCompare(b.words);

const entriesOf = ({ starts, indices, values }: Matrix, row: number): [number, number][] => {
  const [from, end] = [starts[row] ?? 0, starts[row + 1] ?? 0];
  return Array.from({ length: end - from }, (_, at) => [indices[from + at] ?? 0, values[from + at] ?? 0]);
};

export const createTastes = ({ corpus, matrix, used, learned, names }: TasteParts) => {
  const liked = new Map<number, number>();
  const disliked = new Map<number, number>();
  for (const [row, { target, votes }] of used.entries()) {
    if (votes.length === 0 || target === 0) continue;
    const counts = target > 0 ? liked : disliked;
    for (const [column] of entriesOf(matrix, row)) counts.set(column, (counts.get(column) ?? 0) + 1);
  }

  const topicOf = (topic: string | undefined): Phrase[] => {
    const column = topic === undefined ? undefined : names.get(topicKey(topic));
    return topic === undefined || column === undefined ? [] : [{ column, words: topic }];
  };

  return {
    all(): { liked: Taste[]; disliked: Taste[] } {
      const phrases = new Map<number, Strong>();
      for (const { paper, topic, votes } of used) {
        if (votes.length === 0) continue;
        for (const phrase of [...topicOf(topic), ...phrasesOf(corpus, paper)])
          if (!phrases.has(phrase.column))
            phrases.set(phrase.column, { ...phrase, value: learned[phrase.column] ?? 0 });
      }
      const strong = [...phrases.values()].filter(
        ({ column, value }) => ((value > 0 ? liked : disliked).get(column) ?? 0) >= 2,
      );
      const sides = [strong.filter(({ value }) => value > 0), strong.filter(({ value }) => value < 0)];
      const [up = [], down = []] = sides.map((side) =>
        withoutRepeats(side.sort(byValue), maxPhrasesPerSide).map(({ column, words, value }) => ({
          words,
          strength: value,
          liked: liked.get(column) ?? 0,
          disliked: disliked.get(column) ?? 0,
        })),
      );
      return { liked: up, disliked: down };
    },

    why(paper: Readable & NamedPaper, rows: Matrix, row: number, points: number): string {
      const sign = Math.sign(points);
      const counts = points > 0 ? liked : disliked;
      const verb = points > 0 ? 'liked' : 'disliked';
      const entries = new Map(entriesOf(rows, row));
      const authors = paper.authors.flatMap((name): Phrase[] => {
        const column = names.get(authorKey(name));
        return column === undefined ? [] : [{ column, words: name }];
      });
      const candidates: Omit<Reason, 'value'>[] = [
        ...topicOf(paper.topic).map((phrase) => ({ ...phrase, kind: 'name' as const })),
        ...authors.map((phrase) => {
          const isKnown = (counts.get(phrase.column) ?? 0) >= minPapers;
          return { ...phrase, kind: isKnown ? ('name' as const) : ('word' as const), isAuthor: true };
        }),
        ...phrasesOf(corpus, paper).map((phrase) => ({ ...phrase, kind: kindOf(phrase.words) })),
      ];
      const reasons = candidates
        .map((one): Reason => ({ ...one, value: (entries.get(one.column) ?? 0) * (learned[one.column] ?? 0) }))
        .filter(({ column, value, kind, isAuthor }) => {
          const papers = counts.get(column) ?? 0;
          return sign * value > 0 && papers >= (kind === 'name' || isAuthor ? 1 : minPapers);
        });
      const strongest = Math.max(0, ...reasons.map(({ value }) => Math.abs(value)));
      const named = reasons
        .filter(({ value }) => Math.abs(value) >= minShareOfStrongest * strongest)
        .sort((one, other) => priorities[one.kind] - priorities[other.kind] || byValue(one, other));
      const [first] = named;
      if (!first) return `it is similar to papers you ${verb}`;
      const papers = countOf(counts.get(first.column) ?? 0, 'paper');
      if (first.isAuthor) return `you ${verb} ${papers} by ${first.words}`;
      const [, second] = withoutRepeats(
        named.filter(({ isAuthor }) => !isAuthor),
        maxPhrasesPerReason,
      );
      return `you ${verb} ${papers} on ${first.words}${second ? `, and some on ${second.words}` : ''}`;
    },
  };
};
