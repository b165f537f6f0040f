import type { Taste } from '../../core/feedback.ts';
import { countOf } from '../../core/paper-text.ts';
import type { Corpus } from '../local/corpus.ts';
import type { Matrix } from '../local/weighing.ts';
import { authorKey, type NamedPaper, topicKey } from './features.ts';
import { overlaps, type Phrase, phrasesOf, type Readable } from './words.ts';

type UsedPaper = { paper: Readable; topic: string | undefined; target: number; votes: readonly unknown[] };

type TasteParts = {
  corpus: Corpus;
  /** The judged papers' rows. */
  matrix: Matrix;
  used: readonly UsedPaper[];
  learned: Float32Array;
  /** Columns of authors and topics. */
  names: ReadonlyMap<string, number>;
};

type Strong = Phrase & { value: number };

/** Words that name a paper's reason, and no more of them than a line has room for. */
const mostNamed = 2;
/** A second reason is named where it is at least such a part of the first. */
const leastSecond = 0.3;
/** Words that are shown of what was learned, for either side. */
const mostTastes = 8;

const withoutRepeats = (strong: readonly Strong[], most: number): Strong[] => {
  const kept: Strong[] = [];
  for (const one of strong) {
    if (kept.length === most) break;
    if (!kept.some(({ words }) => overlaps(words, one.words))) kept.push(one);
  }
  return kept;
};

const byValue = (a: Strong, b: Strong): number =>
  Math.abs(b.value) - Math.abs(a.value) || a.words.localeCompare(b.words);

/** Columns of a row with their values. */
const entriesOf = ({ starts, indices, values }: Matrix, row: number): [number, number][] => {
  const [from, end] = [starts[row] ?? 0, starts[row + 1] ?? 0];
  return Array.from({ length: end - from }, (_, at) => [indices[from + at] ?? 0, values[from + at] ?? 0]);
};

/** Says in words what was learned. */
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
    /** Every word that some votes made stronger, without those that say another again. */
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
        withoutRepeats(side.sort(byValue), mostTastes).map(({ column, words, value }) => ({
          words,
          strength: value,
          liked: liked.get(column) ?? 0,
          disliked: disliked.get(column) ?? 0,
        })),
      );
      return { liked: up, disliked: down };
    },

    /** Why a paper moves: "you liked 5 papers on quantization". */
    why(paper: Readable & NamedPaper, rows: Matrix, row: number, points: number): string {
      const sign = Math.sign(points);
      const counts = points > 0 ? liked : disliked;
      const verb = points > 0 ? 'liked' : 'disliked';
      const entries = new Map(entriesOf(rows, row));
      const parts = (phrases: readonly Phrase[]): Strong[] =>
        phrases
          .map((phrase) => ({ ...phrase, value: (entries.get(phrase.column) ?? 0) * (learned[phrase.column] ?? 0) }))
          .filter(({ column, value }) => sign * value > 0 && counts.has(column))
          .sort(byValue);
      const words = withoutRepeats(parts([...topicOf(paper.topic), ...phrasesOf(corpus, paper)]), mostNamed);
      const people = parts(
        paper.authors.flatMap((name) => {
          const column = names.get(authorKey(name));
          return column === undefined ? [] : [{ column, words: name }];
        }),
      );
      const [first] = words;
      const [author] = people;
      if (author && (!first || Math.abs(author.value) > Math.abs(first.value)))
        return `you ${verb} ${countOf(counts.get(author.column) ?? 0, 'paper')} by ${author.words}`;
      if (!first) return `it is ${points > 0 ? 'like' : 'unlike'} what you liked`;
      const papers = countOf(counts.get(first.column) ?? 0, 'paper');
      const second = words[1] && Math.abs(words[1].value) >= leastSecond * Math.abs(first.value) ? words[1] : undefined;
      return `you ${verb} ${papers} on ${first.words}${second ? `, and some on ${second.words}` : ''}`;
    },
  };
};
