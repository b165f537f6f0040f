import { addDays, arxivTimeZone, dateIn, isIsoDate } from '../core/clock.ts';
import { type CommandEntry, isGroup, type ListedCommand, type Option, type Options } from '../core/command.ts';

/** Characters that nobody sees and that carry no meaning; they come along when text is copied. */
const unseen = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/** Joiners belong to emoji and to several scripts, so free text keeps them; a name, number or date has none. */
const joiners = /[\u200c\u200d]/g;

const withoutJoiners = (word: string): string => word.replace(joiners, '');

/** What people type before a command on a platform that does not take it away. */
export const prefix = '/arxiv';

/** The words of a typed line, without those characters and without `/arxiv` before them. Takes linear time. */
export const wordsOf = (text: string): string[] => {
  const words = text
    .replace(unseen, '')
    .split(/[\s\p{Cc}]+/u)
    .filter((word) => withoutJoiners(word) !== '');
  return words[0] !== undefined && withoutJoiners(words[0]).toLowerCase() === prefix ? words.slice(1) : words;
};

/** The one of this name, however its letters are written. */
export const findNamed = <T extends { name: string }>(word: string | undefined, named: readonly T[]): T | undefined => {
  const name = word === undefined ? undefined : withoutJoiners(word).toLowerCase();
  return named.find((one) => one.name === name);
};

/** The command that the first words name, and the words after its name; undefined where they name none. */
export const namedCommand = (
  words: readonly string[],
  commands: readonly CommandEntry[],
): (ListedCommand & { rest: string[] }) | undefined => {
  const entry = findNamed(words[0], commands);
  if (!entry) return undefined;
  if (!isGroup(entry)) return { path: entry.name, command: entry, rest: words.slice(1) };
  const command = findNamed(words[1], entry.commands);
  return command && { path: `${entry.name} ${command.name}`, command, rest: words.slice(2) };
};

export type Value = string | number;

/** A word is of the option's type and yet not allowed; the reason as a sentence about the word as it is to be shown. */
type Refusal = { refused: (word: string) => string };

/** A word of another type than the option's gives undefined. */
type Reading = { value: Value } | Refusal | undefined;

const readInteger = (word: string, option: Extract<Option, { type: 'integer' }>): Reading => {
  if (!/^[-+]?\d+$/.test(word)) return undefined;
  const value = Number(word);
  if (value >= option.minimum && value <= option.maximum) return { value };
  const { minimum, maximum } = option;
  return { refused: (shown) => `${shown} is out of range; write a whole number from ${minimum} to ${maximum}.` };
};

const readDate = (word: string, now: Date): Reading => {
  const today = (): string => dateIn(now, arxivTimeZone);
  if (/^today$/i.test(word)) return { value: today() };
  if (/^yesterday$/i.test(word)) return { value: addDays(today(), -1) };
  if (isIsoDate(word)) return { value: word };
  if (!/^\d+([-/]\d+){1,2}$|^\d+\.\d+\.\d+$/.test(word)) return undefined;
  return {
    refused: (shown) => `"${shown}" is no date that I know; write it as year-month-day, such as ${today()}.`,
  };
};

const readWord = (typed: string, option: Option, now: Date): Reading => {
  const word = withoutJoiners(typed);
  if (option.type === 'integer') return readInteger(word, option);
  if (option.type === 'date') return readDate(word, now);
  if (option.type === 'word')
    return option.values.includes(word.toLowerCase()) ? { value: word.toLowerCase() } : undefined;
  return undefined;
};

/** Which option each word of a line went to. */
export type Placement = {
  values: Record<string, Value>;
  /** Options that have no value, in their order. */
  free: readonly (readonly [name: string, option: Option])[];
  /** How many words went to options other than the free text. */
  placed: number;
  /** The first word that no option takes; what follows it was not read. */
  stray?: { word: string } & Partial<Refusal>;
};

/** Each word goes to the first option that is still free and of its type; what is left goes to the free text. */
export const placeWords = (options: Options, words: readonly string[], now: Date): Placement => {
  const values: Record<string, Value> = {};
  const all = Object.entries(options);
  const free = (): Placement['free'] => all.filter(([name]) => !Object.hasOwn(values, name));
  for (const [placed, word] of words.entries()) {
    const [match] = free().flatMap(([name, option]) => {
      const reading = readWord(word, option, now);
      return reading ? [{ name, reading }] : [];
    });
    const { name, reading } = match ?? {};
    if (reading && 'refused' in reading) return { values, free: free(), placed, stray: { word, ...reading } };
    if (name !== undefined && reading) values[name] = reading.value;
    else {
      const [textName] = all.find(([, option]) => option.type === 'text') ?? [];
      if (textName === undefined) return { values, free: free(), placed, stray: { word } };
      values[textName] = words.slice(placed).join(' ');
      return { values, free: free(), placed };
    }
  }
  return { values, free: free(), placed: words.length };
};
