import leven from 'leven';
import type { DateRange, Option } from '../../core/command.ts';
import {
  addDays,
  arxivTimeZone,
  dateIn,
  endOfMonth,
  isIsoDate,
  longDate,
  monthInWords,
  rangeDays,
  rangeWords,
} from '../../core/dates.ts';
import { bareWord, withoutJoiners } from '../../core/folding.ts';
import { codeOf } from '../../core/links.ts';
import { looksLikePaperId, paperIdOf } from '../../core/paper.ts';
import { readListNumber, spelledNumber } from './numbers.ts';
import { cleanWords, quoted } from './words.ts';

export type Value = string | number | DateRange | readonly string[];

/** A word that has the option's type but is not allowed. `refused` returns a sentence that says why. */
export type Refusal = { refused: (word: string) => string };

/** Undefined if the word is not of the option's type. */
export type Reading = { value: Value } | Refusal | undefined;

export const isValue = (reading: Reading): reading is { value: Value } => reading !== undefined && 'value' in reading;

const readInteger = (word: string, next: string, option: Extract<Option, { type: 'integer' }>): Reading => {
  const isDigits = /^[-+]?\d+$/.test(word);
  const value = isDigits ? Number(word) : spelledNumber(word, next);
  if (value === undefined) return undefined;
  if (value >= option.minimum && value <= option.maximum) return { value };
  // A number word may be part of a topic.
  if (!isDigits) return undefined;
  const { minimum, maximum } = option;
  return { refused: (shown) => `${shown} is out of range; write a whole number from ${minimum} to ${maximum}.` };
};

const todayOf = (now: Date): string => dateIn(now, arxivTimeZone);

const dateOf = (word: string, now: Date): string | undefined => {
  if (/^today$/i.test(word)) return todayOf(now);
  if (/^yesterday$/i.test(word)) return addDays(todayOf(now), -1);
  return isIsoDate(word) ? word : undefined;
};

const notADate = (now: Date): Refusal => ({
  refused: (shown) => `"${shown}" is not a date; write it as year-month-day, such as ${todayOf(now)}.`,
});

const readDate = (word: string, now: Date): Reading => {
  const value = dateOf(word, now);
  if (value !== undefined) return { value };
  return /^\d+([-/]\d+){1,2}$|^\d+\.\d+\.\d+$/.test(word) ? notADate(now) : undefined;
};

const spans: Readonly<Record<string, { days: number; words: string }>> = {
  week: { days: rangeDays.week, words: rangeWords.week },
  month: { days: rangeDays.month, words: rangeWords.month },
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

const notAPaper: Refusal = {
  refused: (shown) => `"${shown}" is not an arXiv id; use one such as 2503.07639, or a link to the paper.`,
};

/** An id, or the number of a paper in a list as `#3`. */
const readPaper = (word: string, next: string): Reading => {
  const value = paperIdOf(word) ?? readListNumber(word, next);
  if (value !== undefined) return { value };
  return looksLikePaperId(word) ? notAPaper : undefined;
};

const notACode: Refusal = {
  refused: (shown) => `"${shown}" is not a code. Codes look like WDJB-MJHT; type /arxiv link elsewhere to get one.`,
};

const readCode = (word: string): Reading => {
  const value = codeOf(word);
  if (value !== undefined) return { value };
  return /^(?=.*[a-z])[a-z\d]{3,5}-[a-z\d]{3,5}$/i.test(word) ? notACode : undefined;
};

/** @param next The word after it, which may make a number word part of a term. */
export const readWord = (input: string, option: Option, now: Date, next = ''): Reading => {
  const word = bareWord(input);
  switch (option.type) {
    case 'integer':
      return readInteger(word, next, option);
    case 'date':
      return readDate(word, now);
    case 'period':
      return readDateRange(word, now);
    case 'paper':
    case 'papers':
      return readPaper(withoutJoiners(input), next);
    case 'code':
      return readCode(word);
    case 'word':
      return option.values.includes(word.toLowerCase()) ? { value: word.toLowerCase() } : undefined;
    case 'text':
      return undefined;
  }
};

/** Explains that an input is not of its option's type. */
const mistyped = (option: Option, now: Date): Refusal => {
  switch (option.type) {
    case 'date':
    case 'period':
      return notADate(now);
    case 'integer': {
      const range = `write a whole number from ${option.minimum} to ${option.maximum}`;
      return { refused: (shown) => `"${shown}" is not a whole number; ${range}.` };
    }
    case 'word':
      return { refused: (shown) => `"${shown}" is not one of the choices; write ${option.values.join(', ')}.` };
    case 'code':
      return notACode;
    default:
      return notAPaper;
  }
};

/**
 * Reads the raw value of one option from a platform with typed options, by the same rules as words in a command line.
 * @returns undefined if nothing was entered.
 */
export const readInput = (
  input: string | number | boolean,
  option: Option,
  now: Date,
): { value: Value } | (Refusal & { word: string }) | undefined => {
  const words = cleanWords(String(input));
  const text = words.join(' ');
  if (text === '') return undefined;
  if (option.type === 'text') {
    const phrase = option.keyword === undefined ? undefined : quoted(words, 0);
    return { value: phrase?.next === words.length ? phrase.text : text };
  }
  if (option.type === 'papers') {
    const ids: string[] = [];
    for (const word of text.split(/[\s,;，、]+/).filter(Boolean)) {
      const reading = readWord(word, option, now) ?? notAPaper;
      if (!isValue(reading)) return { word, ...reading };
      ids.push(String(reading.value));
    }
    return { value: [...new Set(ids)] };
  }
  // "arXiv: 2503.07639" is one id.
  const word = option.type === 'paper' ? words.join('') : text;
  const reading = readWord(word, option, now) ?? mistyped(option, now);
  return isValue(reading) ? reading : { word: text, ...reading };
};

const months = 'jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec';
const longMonths = 'january|february|march|april|august|september|october|november|december';
// Not "sat" and "sun", which are words in papers.
const weekdays = '(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|wed|thur?s?|fri';
const units = 'days?|weeks?|months?|years?|weekend|fortnight';

/** "2025", "8.7.", "2025-7-8T09:00", "8th"; not "3D". */
const number = /^\d[\d./,:-]*(?:t[\d:.]+z?)?$|^\d{1,2}(?:st|nd|rd|th),?$/i;
const name = new RegExp(
  `^(?:${months}|${longMonths}|${weekdays}|week|month|year|now|tomorrow)[.,]?(?:[-/ ]?\\d[\\d-/]*)?$`,
  'i',
);
const dayThenMonth = new RegExp(`^\\d{1,4}[-/.]?(?:${months}|${longMonths})(?:[-/.]?\\d+)?$`, 'i');
const before = /^(?:last|past|previous|this|the|a|an|one|two|three|few|\d+)$/i;
const unit = new RegExp(`^(?:${units}|${weekdays}|${months}|${longMonths})[.,]?$`, 'i');
/** In UTF-16 units; no date is longer. */
const maxJoinedLength = 40;

const slips = { today: 1, yesterday: 2 };

/**
 * The words that look like an unreadable date: numbers, months, weekdays, "last week", "3 days ago". Undefined for
 * other words, as in "memory since transformers".
 * @param words The words after a keyword that a date follows.
 */
const dateAttempt = (words: readonly string[]): string | undefined => {
  const [first = '', second = '', third = ''] = words;
  if (before.test(first)) {
    if (/^the$/i.test(first) && before.test(second) && unit.test(third)) return `${first} ${second} ${third}`;
    if (unit.test(second)) return /^ago$/i.test(third) ? `${first} ${second} ${third}` : `${first} ${second}`;
    if (/^\d/.test(first)) return first;
    return before.test(second) && unit.test(third) ? `${first} ${second} ${third}` : undefined;
  }
  if (number.test(first) || dayThenMonth.test(first)) return first;
  if (name.test(first)) return /^\d{1,4}(?:st|nd|rd|th)?,?$/.test(second) ? `${first} ${second}` : first;
  // "last-week"
  const joined = first.length < maxJoinedLength ? first.split('-') : [];
  if (joined.length > 1 && dateAttempt(joined) === joined.join(' ')) return first;
  const isSlip = Object.entries(slips).some(([one, wrong]) => {
    return Math.abs(first.length - one.length) <= wrong && leven(first.toLowerCase(), one) <= wrong;
  });
  return isSlip ? first : undefined;
};

/** Refuses an unreadable date after a keyword, and says how to search for the words instead. */
export const misreadDate = (
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
      `"${shown}" is not a date; use a date such as ${todayOf(now)}, today or yesterday. To search for the words, put them in quotes: "${keyword} ${shown}".`,
  };
};
