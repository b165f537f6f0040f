import { type CommandEntry, isGroup, type ListedCommand } from '../../core/command.ts';

/** Invisible characters without meaning, which are often copied with text. */
const invisible = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/** Joiners are part of emoji and several scripts, so free text keeps them. Names, numbers and dates contain none. */
const joiners = /[\u200c\u200d]/g;

export const withoutJoiners = (word: string): string => word.replace(joiners, '');

/** Precedes a command, unless the platform removes it. */
export const prefix = '/arxiv';

/** The words of a text, without invisible characters and lone surrogates. Takes linear time. */
export const cleanWords = (text: string): string[] =>
  text
    .toWellFormed()
    .replace(invisible, '')
    .split(/[\s\p{Cc}]+/u)
    .filter((word) => withoutJoiners(word) !== '');

export const wordsOf = (text: string): string[] => {
  const words = cleanWords(text);
  return words[0] !== undefined && withoutJoiners(words[0]).toLowerCase() === prefix ? words.slice(1) : words;
};

export const findNamed = <T extends { name: string }>(word: string | undefined, named: readonly T[]): T | undefined => {
  const name = word === undefined ? undefined : withoutJoiners(word).toLowerCase();
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

/** Text in quotes that starts at a word; undefined if no quotes open there, or if they do not close. */
export const quoted = (words: readonly string[], from: number): { text: string; next: number } | undefined => {
  if (!/^["“„]/.test(words[from] ?? '')) return undefined;
  const isEnd = (word: string, index: number): boolean => /["”“]$/.test(word) && (index > from || word.length > 1);
  let end = from;
  while (end < words.length && !isEnd(words[end] ?? '', end)) end += 1;
  if (end === words.length) return undefined;
  return {
    text: words
      .slice(from, end + 1)
      .join(' ')
      .replace(/^["“„]|["”“]$/g, ''),
    next: end + 1,
  };
};
