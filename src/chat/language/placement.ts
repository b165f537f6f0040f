import type { Option, Options } from '../../core/command.ts';
import { bareWord, isPunctuation } from '../../core/folding.ts';
import { paperIdOf } from '../../core/paper.ts';
import { joinsPapers } from './numbers.ts';
import { isValue, misreadDate, type Refusal, readWord, type Value } from './values.ts';
import { keywordIn, opensQuote, quoted } from './words.ts';

export type Placement = {
  values: Record<string, Value>;
  free: readonly (readonly [name: string, option: Option])[];
  /** Number of words before the free text, or of all words read if there is none. */
  placed: number;
  /** The first word that no option accepts. The words after it are unread. */
  stray?: { word: string } & Partial<Refusal>;
};

const fillers = new Set(
  `a all an any anything are arxiv at days for from in is it list me my no nr number of on one ones only paper papers past
  last please previous the that there these this those to us what which with`.split(/\s+/),
);

/** A word that says nothing in a command without free text, as in "save the paper number 3". */
export const isFiller = (word: string): boolean => fillers.has(bareWord(word).toLowerCase());

/** A word that stands for a paper which the text does not name. */
export const isReferring = (word: string): boolean => /^(?:it|one|paper|that|this)$/i.test(bareWord(word));

const kindOfPapers = /^(?:papers|articles|preprints|results|ones)$/i;
const leadsToTopic = /^(?:on|about|for|of|in|from|regarding)$/i;
const startsTopic = /^(?:on|about|for|regarding)$/i;
const leadsToDay = /^(?:of|from|for|in|on|the|this|last|past)$/i;

/** In words; longer texts are noise. */
const maxLinked = 60;

/** Leaves out the words between typed values: "top 10 papers of this week", "top 5 papers on pruning". */
export const withoutLinks = (options: Options, words: readonly string[], now: Date): string[] => {
  const all = Object.values(options).filter(({ keyword }) => keyword === undefined);
  const period = all.find(({ type }) => type === 'period');
  if (!period || words.length > maxLinked) return [...words];
  const isTyped = (word = ''): boolean =>
    all.some((option) => /^(?:integer|period)$/.test(option.type) && isValue(readWord(word, option, now)));
  const kept: string[] = [];
  for (let index = 0; index < words.length; ) {
    const before = index === 0 || isTyped(words[index - 1]);
    if (before && kindOfPapers.test(words[index] ?? '')) {
      index += leadsToTopic.test(words[index + 1] ?? '') ? 2 : 1;
      continue;
    }
    let end = index;
    while (leadsToDay.test(words[end] ?? '')) end += 1;
    // The words before a day mean nothing without it.
    if (end > index && end < words.length && isValue(readWord(words[end] ?? '', period, now))) {
      index = end;
      continue;
    }
    // "top 5 on pruning"
    if (before && index > 0 && startsTopic.test(words[index] ?? '') && index + 1 < words.length) {
      index += 1;
      continue;
    }
    kept.push(words[index] ?? '');
    index += 1;
  }
  const last = kept.at(-1);
  // "top pruning?" asks about pruning.
  return last === undefined || opensQuote(last) ? kept : [...kept.slice(0, -1), last.replace(/[?!.,;…]+$/, '')];
};

const isFreeText = ({ type, keyword }: Option): boolean => type === 'text' && keyword === undefined;

/** Reads the value after a keyword. Undefined if there is none, which makes the keyword an ordinary word. */
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
 * Each word goes to the first free option of its type, and the words after a keyword to that keyword's option.
 * Everything from the first word that fits neither is free text. Keywords in quotes do not count.
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
    all.filter(isFree).find(([, { keyword }]) => keyword !== undefined && keyword === keywordIn(word));
  const put = ([name, option]: readonly [string, Option], value: Value): void => {
    if (option.type !== 'papers') values[name] = value;
    else values[name] = [...new Set([...((values[name] as readonly string[] | undefined) ?? []), String(value)])];
  };

  // In `similar 20 2503.07639`, 20 counts papers, and is not a number in a list.
  const hasId = words.some((word) => paperIdOf(word) !== undefined);
  const isCount = (word: string, { type }: Option): boolean =>
    hasId && type === 'paper' && all.some(([, option]) => option.type === 'integer') && paperIdOf(word) === undefined;
  const takesSeveral = all.some(([, { type }]) => type === 'papers');
  const textOption = all.find(([, option]) => isFreeText(option));
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
    const isText = textOption !== undefined && (textFrom !== undefined || opensQuote(word));
    const open = !isText ? all.filter((one) => isFree(one) && one[1].keyword === undefined) : [];
    const [match] = open.flatMap((one) => {
      const found = isCount(word, one[1]) ? undefined : readWord(word, one[1], now, words[index + 1]);
      return found ? [{ option: one, reading: found }] : [];
    });
    const { option, reading } = match ?? {};
    if (reading && 'refused' in reading) return result(index, { word, ...reading });
    const isPaperNext = (): boolean =>
      open.some((one) => one[1].type === 'paper' && isValue(readWord(words[index + 1] ?? '', one[1], now)));
    if (option && reading) put(option, reading.value);
    else if (textOption && isFiller(word) && isPaperNext()) {
      // "ask number 3 what data?"
      index += 1;
      continue;
    } else if (textOption) {
      textFrom ??= index;
      const phrase = mayQuote ? quoted(words, index) : undefined;
      // If these quotes do not close, no later ones do.
      if (!phrase && opensQuote(word)) mayQuote = false;
      const next = phrase?.next ?? index + 1;
      for (; index < next; index += 1) text.push(words[index] ?? '');
      continue;
    } else if (!isPunctuation(word) && !isFiller(word) && !(takesSeveral && joinsPapers(word)))
      return result(index, { word });
    index += 1;
  }
  // Numbers and dates after an optional free text belong to other options: `top pruning 5 week`.
  while (textOption && !('required' in textOption[1] && textOption[1].required) && text.length > 1) {
    const last = text.at(-1) ?? '';
    const taker = all.find(
      (one) =>
        isFree(one) &&
        one[1].keyword === undefined &&
        /^(integer|date|period)$/.test(one[1].type) &&
        // A number word may end a title.
        (one[1].type !== 'integer' || /\d/.test(last)) &&
        isValue(readWord(last, one[1], now)),
    );
    const reading = taker && readWord(last, taker[1], now);
    if (!taker || !reading || !('value' in reading)) break;
    put(taker, reading.value);
    text.pop();
  }
  if (textOption && textFrom !== undefined) values[textOption[0]] = text.join(' ');
  return result(textFrom ?? words.length);
};
