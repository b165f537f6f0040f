import { fold } from '../../src/core/folding.ts';
import type { Paper } from '../../src/core/paper.ts';
import { isContentWord } from './content-words.ts';

/** The words of a text in lower case, without accents. */
export const tokensOf = (text: string): string[] =>
  fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** "models" names the same as "model". */
const singular = (word: string): string => (word.length > 3 ? word.replace(/(?<![su])s$/, '') : word);

const contentOf = (text: string): string[] => tokensOf(text).filter(isContentWord).map(singular);

const contains = (words: readonly string[], run: readonly string[]): boolean =>
  words.some((_, at) => run.every((word, index) => words[at + index] === word));

/** The longest sequences of words that two texts share. */
const sharedRuns = (one: readonly string[], other: readonly string[]): string[][] =>
  one.flatMap((_, from) =>
    other.flatMap((_, at) => {
      if (one[from] !== other[at] || (from > 0 && at > 0 && one[from - 1] === other[at - 1])) return [];
      let length = 1;
      while (from + length < one.length && one[from + length] === other[at + length]) length += 1;
      return [one.slice(from, from + length)];
    }),
  );

/** So many words in sequence name a paper even if each of them is common. */
const minCommonWords = 4;

/** Shorter titles, such as "Data", may be in a question by accident. */
const minTitleWords = 3;

/**
 * The papers whose titles a question names: with the whole title, with words in sequence, or with one rare word, that no other paper of the
 * list has in its title or abstract. Words such as "data" and "language model" name no paper.
 * @param namesSubject True for a phrase that is no general research word.
 */
export const namedByTitle = <T extends Pick<Paper, 'title' | 'abstract'>>(
  question: string,
  papers: readonly T[],
  namesSubject: (phrase: string) => boolean,
): T[] => {
  const asked = contentOf(question);
  const read = papers.map((paper) => {
    const title = contentOf(paper.title);
    return { paper, title, texts: [title, contentOf(paper.abstract)] };
  });
  const hasTitle = ({ title }: T): boolean => {
    const words = tokensOf(title);
    return words.length >= minTitleWords && contains(tokensOf(question), words);
  };
  return read
    .filter(
      (one) =>
        hasTitle(one.paper) ||
        sharedRuns(asked, one.title).some((run) => {
          if (run.length < minCommonWords && !namesSubject(run.join(' '))) return false;
          return read.every((other) => other === one || !other.texts.some((words) => contains(words, run)));
        }),
    )
    .map(({ paper }) => paper);
};
