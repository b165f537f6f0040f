import { bareWord, withoutJoiners } from '../../core/folding.ts';

const ones = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen'.split(' ');
const tens = { twenty: 20, thirty: 30, forty: 40, fifty: 50, hundred: 100 } as const;
const spelled: ReadonlyMap<string, number> = new Map([
  ...ones.map((word, index) => [word, index + 1] as const),
  ...Object.entries(tens),
]);

const ordinals = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');

/** Words after which a number is part of a term: "one shot learning", "two stage detection". */
const afterNumber = /^(?:bit|class|dimensional|hop|layer|level|player|shot|sided|stage|step|time|view|way)s?\b/i;

export const isTerm = (next: string): boolean => afterNumber.test(bareWord(next));

/** The number that a word spells, such as "ten", unless the next word makes it part of a term. */
export const spelledNumber = (word: string, next = ''): number | undefined =>
  isTerm(next) ? undefined : spelled.get(bareWord(word).toLowerCase());

/** No list is longer. */
const maxNumber = 999;

/** How a value names a paper by its number in a list until the number is resolved: `#3`. */
const listNumber = (value: number): string => `#${value}`;

export const numberInList = (value: unknown): number | undefined => {
  const [, digits] = typeof value === 'string' ? (/^#(\d+)$/.exec(value) ?? []) : [];
  return digits === undefined ? undefined : Number(digits);
};

/** The number in a list that a word names: "3", "#3", "3.", "3rd", "three", "third". */
export const readListNumber = (word: string, next = ''): string | undefined => {
  const bare = bareWord(word).toLowerCase();
  const [, digits] = /^#?(\d{1,3})(?:st|nd|rd|th)?[.)]?$/.exec(bare) ?? [];
  const ordinal = ordinals.indexOf(bare) + 1;
  const value = digits === undefined ? ordinal || spelledNumber(word, next) : Number(digits);
  return value !== undefined && value > 0 && value <= maxNumber ? listNumber(value) : undefined;
};

/** Words between the numbers of papers: "3 and 5". */
const joining = /^(?:and|or|[,;&+])$/i;

export const joinsPapers = (word: string): boolean => joining.test(withoutJoiners(word));

const maxRange = 50;

/** The numbers of "1-3", "1–3" and, with three words, "1 to 3". */
const rangeIn = (text: string): string[] | undefined => {
  const [, from, to] = /^#?(\d{1,3})(?:-| (?:-|to|through|until) )#?(\d{1,3})$/i.exec(text) ?? [];
  const [first, length] = [Number(from), Number(to) - Number(from) + 1];
  if (from === undefined || first < 1 || length < 1 || length > maxRange) return undefined;
  return Array.from({ length }, (_, index) => String(first + index));
};

/** The same words with each number of several papers as its own word: "2,3", "1-3", "1 to 3". */
export const separateNumbers = (words: readonly string[]): string[] => {
  const separate: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const bare = words.slice(index, index + 3).map(bareWord);
    const three = rangeIn(bare.map((word) => word || '-').join(' '));
    const [word = ''] = bare;
    const parts = /^#?\d{1,3}(?:[,;+&]#?\d{1,3})+$/.test(word) ? word.split(/[,;+&]/) : undefined;
    separate.push(...(three ?? rangeIn(word) ?? parts ?? [words[index] ?? '']));
    if (three) index += 2;
  }
  return separate;
};
