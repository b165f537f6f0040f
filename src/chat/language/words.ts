import { type CommandEntry, isGroup, type ListedCommand } from '../../core/command.ts';
import { bareWord, isPunctuation, plainSigns, withoutInvisible, withoutJoiners } from '../../core/folding.ts';

/** Precedes a command, unless the platform removes it. */
export const prefix = '/arxiv';

/** The words of a text, without invisible characters and lone surrogates. Takes linear time. */
export const cleanWords = (text: string): string[] =>
  withoutInvisible(text.toWellFormed())
    .split(/[\s\p{Cc}]+/u)
    .filter((word) => withoutJoiners(word) !== '');

/** Words before a command that are ignored, as in "Hey, top 2". */
const greetings = new Set(
  `hey hi hello hiya dear ok okay please pls thanks thx greetings morning afternoon evening paperboy @paperboy`.split(
    ' ',
  ),
);

const timesOfDay = /^(?:morning|afternoon|evening|day)$/i;

export const isGreeting = (word: string): boolean => greetings.has(bareWord(word).toLowerCase());

const gratitude = new Set(['thanks', 'thank', 'thx', 'ty', 'cheers', 'great', 'nice', 'cool', 'perfect', 'awesome']);
const withGratitude = new Set(
  'you u a lot so very much many again for all that this it work bot paperboy ok okay'.split(' '),
);

/** True for thanks and praise without anything else, also as emoji. */
export const isThanks = (words: readonly string[]): boolean => {
  const said = words.map((word) => bareWord(word).toLowerCase()).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (said.length === 0) return words.some((word) => /\p{Extended_Pictographic}/u.test(word));
  return (
    said.some((word) => gratitude.has(word)) && said.every((word) => gratitude.has(word) || withGratitude.has(word))
  );
};

/**
 * The words of a command line, without `/arxiv`, and without greetings and punctuation before the command, such as the
 * colon after a mention.
 */
export const wordsOf = (text: string): string[] => {
  const words = cleanWords(text);
  const isCommand = (word: string, index: number): boolean =>
    !isPunctuation(word) &&
    (index === words.length - 1 ||
      !(isGreeting(word) || (/^good$/i.test(bareWord(word)) && timesOfDay.test(bareWord(words[index + 1] ?? '')))));
  const start = words.findIndex(isCommand);
  const from = start < 0 ? words.length : start;
  return bareWord(words[from] ?? '').toLowerCase() === prefix ? words.slice(from + 1) : words.slice(from);
};

export const findNamed = <T extends { name: string }>(word: string | undefined, named: readonly T[]): T | undefined => {
  const name = word === undefined ? undefined : bareWord(word).toLowerCase();
  return named.find((one) => one.name === name);
};

export type NamedCommand = ListedCommand & { rest: string[] };

export const namedCommand = (words: readonly string[], commands: readonly CommandEntry[]): NamedCommand | undefined => {
  const entry = findNamed(words[0], commands);
  if (!entry) return undefined;
  if (!isGroup(entry)) return { path: entry.name, command: entry, rest: words.slice(1) };
  const command = findNamed(words[1], entry.commands);
  return command && { path: `${entry.name} ${command.name}`, command, rest: words.slice(2) };
};

/**
 * True if a word begins with any kind of double quotes. The words inside are text, even if they look like an option.
 */
export const opensQuote = (word: string): boolean => plainSigns(word).startsWith('"');

/** A keyword such as `by`, also as "by:" or "*by*". In quotes it is text. */
export const keywordIn = (word: string): string =>
  opensQuote(word)
    ? ''
    : withoutJoiners(word)
        .replace(/^[*_~`]+|[*_~`:]+$/g, '')
        .toLowerCase();

/** Text in quotes that starts at a word; undefined if no quotes open there, or if they do not close. */
export const quoted = (words: readonly string[], from: number): { text: string; next: number } | undefined => {
  if (!opensQuote(words[from] ?? '')) return undefined;
  const isEnd = (word: string, index: number): boolean =>
    plainSigns(word).endsWith('"') && (index > from || word.length > 1);
  let end = from;
  while (end < words.length && !isEnd(words[end] ?? '', end)) end += 1;
  if (end === words.length) return undefined;
  return {
    text: words
      .slice(from, end + 1)
      .join(' ')
      .slice(1, -1)
      .trim(),
    next: end + 1,
  };
};
