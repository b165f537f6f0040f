import { addDays, arxivTimeZone, dateIn, isIsoDate, longDate } from '../../core/clock.ts';
import {
  type CommandEntry,
  type DateRange,
  isGroup,
  type ListedCommand,
  type Option,
  type Options,
} from '../../core/command.ts';
import { endOfMonth, monthInWords, rangeDays } from '../../core/dates.ts';
import { looksLikePaperId, paperIdOf } from '../../core/paper.ts';
import { dateAttempt } from './date-attempt.ts';

/** Characters that nobody sees and that carry no meaning; they come along when text is copied. */
const unseen = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/** Joiners belong to emoji and to several scripts, so free text keeps them; a name, number or date has none. */
const joiners = /[\u200c\u200d]/g;

const withoutJoiners = (word: string): string => word.replace(joiners, '');

/** What people type before a command on a platform that does not take it away. */
export const prefix = '/arxiv';

/** The words of a text without invisible characters and lone surrogates. Takes linear time. */
const cleanWords = (text: string): string[] =>
  text
    .toWellFormed()
    .replace(unseen, '')
    .split(/[\s\p{Cc}]+/u)
    .filter((word) => withoutJoiners(word) !== '');

/** The words of a command line without the `/arxiv` before them. */
export const wordsOf = (text: string): string[] => {
  const words = cleanWords(text);
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

export type Value = string | number | DateRange | readonly string[];

/** A word has the option's type but is not allowed. `refused` says why, as a sentence about the word as it is shown. */
export type Refusal = { refused: (word: string) => string };

/** A word of another type than the option's gives undefined. */
type Reading = { value: Value } | Refusal | undefined;

const readInteger = (word: string, option: Extract<Option, { type: 'integer' }>): Reading => {
  if (!/^[-+]?\d+$/.test(word)) return undefined;
  const value = Number(word);
  if (value >= option.minimum && value <= option.maximum) return { value };
  const { minimum, maximum } = option;
  return { refused: (shown) => `${shown} is out of range; write a whole number from ${minimum} to ${maximum}.` };
};

const todayOf = (now: Date): string => dateIn(now, arxivTimeZone);

const dateOf = (word: string, now: Date): string | undefined => {
  if (/^today$/i.test(word)) return todayOf(now);
  if (/^yesterday$/i.test(word)) return addDays(todayOf(now), -1);
  return isIsoDate(word) ? word : undefined;
};

const readDate = (word: string, now: Date): Reading => {
  const value = dateOf(word, now);
  if (value !== undefined) return { value };
  if (!/^\d+([-/]\d+){1,2}$|^\d+\.\d+\.\d+$/.test(word)) return undefined;
  return {
    refused: (shown) => `"${shown}" is no date that I know; write it as year-month-day, such as ${todayOf(now)}.`,
  };
};

/** Days that `week` and `month` reach back, today included. */
const spans: Readonly<Record<string, { days: number; words: string }>> = {
  week: { days: rangeDays.week, words: 'the last seven days' },
  month: { days: rangeDays.month, words: 'the last thirty days' },
};

const readDateRange = (word: string, now: Date): Reading => {
  const span = Object.hasOwn(spans, word.toLowerCase()) ? spans[word.toLowerCase()] : undefined;
  const today = todayOf(now);
  if (span) return { value: { from: addDays(today, 1 - span.days), to: today, words: span.words } };
  if (/^\d{4}-\d{2}$/.test(word) && isIsoDate(`${word}-01`)) {
    return { value: { from: `${word}-01`, to: endOfMonth(word), words: monthInWords(word) } };
  }
  const date = dateOf(word, now);
  return date === undefined ? readDate(word, now) : { value: { from: date, to: date, words: longDate(date) } };
};

const readPaper = (word: string): Reading => {
  const value = paperIdOf(word);
  if (value !== undefined) return { value };
  if (!looksLikePaperId(word)) return undefined;
  return { refused: (shown) => `"${shown}" is no arXiv id; write one such as 2503.07639, or a link to the paper.` };
};

const readWord = (typed: string, option: Option, now: Date): Reading => {
  const word = withoutJoiners(typed);
  switch (option.type) {
    case 'integer':
      return readInteger(word, option);
    case 'date':
      return readDate(word, now);
    case 'period':
      return readDateRange(word, now);
    case 'paper':
    case 'papers':
      return readPaper(word);
    case 'word':
      return option.values.includes(word.toLowerCase()) ? { value: word.toLowerCase() } : undefined;
    case 'text':
      return undefined;
  }
};

/** Which option each word of a line went to. */
export type Placement = {
  values: Record<string, Value>;
  /** Options that have no value, in their order. */
  free: readonly (readonly [name: string, option: Option])[];
  /** How many words went to options before the free text, or are read in all where there is none. */
  placed: number;
  /** The first word that no option takes; what follows it was not read. */
  stray?: { word: string } & Partial<Refusal>;
};

const isText = ({ type, keyword }: Option): boolean => type === 'text' && keyword === undefined;

const isValue = (reading: Reading): boolean => reading !== undefined && 'value' in reading;

/** Words in quotes, from one that opens them to the one that closes them; undefined where none opens. */
const quoted = (words: readonly string[], from: number): { text: string; next: number } | undefined => {
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

/** What was meant as the date after a keyword, and is none: the forms that are understood, and the way around. */
const misreadDate = (
  keyword: string | undefined,
  words: readonly string[],
  reading: Refusal | undefined,
  now: Date,
): (Refusal & { word: string }) | undefined => {
  const word = reading ? words[0] : dateAttempt(words);
  if (word === undefined) return undefined;
  return {
    word,
    refused: (shown) =>
      `"${shown}" is no date that I know; after ${keyword} write it as year-month-day, such as ${todayOf(now)}, or today or yesterday. To search for the words, put them in quotes: "${keyword} ${shown}".`,
  };
};

/** Reads what follows a keyword; undefined where that is none of its values, so that the keyword is a word like others. */
const readKeyworded = (
  option: Option,
  words: readonly string[],
  from: number,
  isKeyword: (word: string) => boolean,
  now: Date,
): ({ value: Value; next: number } | (Refusal & { word: string })) | undefined => {
  if (option.type !== 'text') {
    const word = words[from];
    const reading = word === undefined ? undefined : readWord(word, option, now);
    if (option.type === 'date' && !(reading && 'value' in reading))
      return misreadDate(option.keyword, words.slice(from, from + 3), reading, now);
    if (!reading || word === undefined) return undefined;
    return 'value' in reading ? { value: reading.value, next: from + 1 } : { word, ...reading };
  }
  const inQuotes = quoted(words, from);
  if (inQuotes) return { value: inQuotes.text, next: inQuotes.next };
  const end = words.findIndex((word, index) => index > from && isKeyword(word));
  const next = end < 0 ? words.length : end;
  return next > from ? { value: words.slice(from, next).join(' '), next } : undefined;
};

/**
 * Each word goes to the first option that is still free and of its type; what follows a keyword to the option of that
 * keyword; from the first word that is none of these everything else to the free text, in which no keyword is read
 * between quotes.
 */
export const placeWords = (options: Options, words: readonly string[], now: Date): Placement => {
  const values: Record<string, Value> = {};
  const all = Object.entries(options);
  const isFree = ([name, { type }]: readonly [string, Option]): boolean =>
    type === 'papers' || !Object.hasOwn(values, name);
  const result = (placed: number, stray?: Placement['stray']): Placement => {
    const free = all.filter(([name]) => !Object.hasOwn(values, name));
    return { values, free, placed, ...(stray && { stray }) };
  };
  const byKeyword = (word: string) =>
    all
      .filter(isFree)
      .find(([, { keyword }]) => keyword !== undefined && keyword === withoutJoiners(word).toLowerCase());
  const put = ([name, option]: readonly [string, Option], value: Value): void => {
    if (option.type !== 'papers') values[name] = value;
    else values[name] = [...new Set([...((values[name] as readonly string[] | undefined) ?? []), String(value)])];
  };

  const textOption = all.find(([, option]) => isText(option));
  const text: string[] = [];
  let textFrom: number | undefined;
  let mayQuote = true;
  let index = 0;
  while (index < words.length) {
    const word = words[index] ?? '';
    const keyworded = byKeyword(word);
    const read = keyworded && readKeyworded(keyworded[1], words, index + 1, (one) => byKeyword(one) !== undefined, now);
    if (read && 'refused' in read) return result(index, read);
    if (keyworded && read) {
      put(keyworded, read.value);
      index = read.next;
      continue;
    }
    const typed = textFrom === undefined ? all.filter((one) => isFree(one) && one[1].keyword === undefined) : [];
    const [match] = typed.flatMap((one) => {
      const found = readWord(word, one[1], now);
      return found ? [{ option: one, reading: found }] : [];
    });
    const { option, reading } = match ?? {};
    if (reading && 'refused' in reading) return result(index, { word, ...reading });
    if (option && reading) put(option, reading.value);
    else if (textOption) {
      textFrom ??= index;
      const phrase = mayQuote ? quoted(words, index) : undefined;
      // Where no quotes close, none do after it either.
      if (!phrase && /^["“„]/.test(word)) mayQuote = false;
      const next = phrase?.next ?? index + 1;
      for (; index < next; index += 1) text.push(words[index] ?? '');
      continue;
    } else return result(index, { word });
    index += 1;
  }
  // Numbers and times after a free text that may be left out are not part of it: `top pruning 5 week`.
  while (textOption && !('required' in textOption[1] && textOption[1].required) && text.length > 1) {
    const last = text.at(-1) ?? '';
    const typed = all.find(
      (one) =>
        isFree(one) &&
        one[1].keyword === undefined &&
        /^(integer|date|period)$/.test(one[1].type) &&
        isValue(readWord(last, one[1], now)),
    );
    const reading = typed && readWord(last, typed[1], now);
    if (!typed || !reading || !('value' in reading)) break;
    put(typed, reading.value);
    text.pop();
  }
  if (textOption && textFrom !== undefined) values[textOption[0]] = text.join(' ');
  return result(textFrom ?? words.length);
};

const notADate = (now: Date): Refusal => ({
  refused: (shown) => `"${shown}" is not a date; write it as year-month-day, such as ${todayOf(now)}.`,
});

const notAPaper: Refusal = {
  refused: (shown) => `"${shown}" is not an arXiv id; write one such as 2503.07639, or a link to the paper.`,
};

/**
 * Reads the raw value of one option, as a platform with typed options gives it, by the same rules as a word of a line.
 *
 * @returns undefined if nothing was entered.
 */
export const readInput = (
  input: string | number | boolean,
  option: Option,
  now: Date,
): { value: Value } | (Refusal & { word: string }) | undefined => {
  const words = cleanWords(String(input));
  const word = words.join(' ');
  if (word === '') return undefined;
  const as = (text: string, fallback: Refusal): { value: Value } | (Refusal & { word: string }) => {
    const reading = readWord(text, option, now) ?? fallback;
    return 'value' in reading ? reading : { word, ...reading };
  };
  switch (option.type) {
    case 'text': {
      const phrase = option.keyword === undefined ? undefined : quoted(words, 0);
      return { value: phrase?.next === words.length ? phrase.text : word };
    }
    case 'papers': {
      const ids: string[] = [];
      for (const one of word.split(/[\s,;]+/).filter(Boolean)) {
        const reading = readWord(one, option, now) ?? notAPaper;
        if ('refused' in reading) return { word: one, ...reading };
        ids.push(String(reading.value));
      }
      return { value: [...new Set(ids)] };
    }
    case 'paper':
      // "arXiv: 2503.07639" is one id.
      return as(words.join(''), notAPaper);
    case 'date':
    case 'period':
      return as(word, notADate(now));
    case 'integer': {
      const { minimum, maximum } = option;
      const range = `write a whole number from ${minimum} to ${maximum}`;
      return as(word, { refused: (shown) => `"${shown}" is not a whole number; ${range}.` });
    }
    case 'word':
      return as(word, {
        refused: (shown) => `"${shown}" is not one of the choices; write ${option.values.join(', ')}.`,
      });
  }
};
