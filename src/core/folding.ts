import { stripVTControlCharacters } from 'node:util';

/** Invisible characters without meaning, which are often copied with text. */
const invisible = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/** Joiners are part of emoji and several scripts, so free text keeps them. Names, numbers and dates contain none. */
const joiners = /[\u200c\u200d]/g;

/** Quotation marks that phones, word processors and other languages use, for a character class. */
const singleQuotes = "'`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\ua78c\uff07";
const doubleQuotes = '"\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033\u2036\u300a-\u300f\u301d-\u301f\uff02';

const anySingleQuote = new RegExp(`[${singleQuotes}]`, 'g');
const anyDoubleQuote = new RegExp(`[${doubleQuotes}]`, 'g');
const anyDash = /[\p{Pd}\u2043\u2212]/gu;

/** Letters that Unicode does not decompose into a base and a mark. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ı: 'i',
  ȷ: 'j',
};
const anyLetter = new RegExp(`[${Object.keys(letters).join('')}]`, 'giu');

/** The text with `l` for `ł` and `Ł`, `ss` for `ß` and the like. Everything else is kept, accents too. */
export const withPlainLetters = (text: string): string =>
  // Most texts are ASCII, and normalizing takes time.
  /[^ -~]/.test(text)
    ? text
        .normalize('NFD')
        .replace(anyLetter, (letter) => letters[letter.toLowerCase()] ?? letter)
        .normalize('NFC')
    : text;

export const withoutInvisible = (text: string): string => text.replace(invisible, '');

export const withoutJoiners = (word: string): string => word.replace(joiners, '');

/** The same text with ASCII quotes, apostrophes, dashes and digits. Letters keep their accents and case. */
export const plainSigns = (text: string): string =>
  withoutInvisible(text)
    .replace(anySingleQuote, "'")
    .replace(anyDoubleQuote, '"')
    .replace(anyDash, '-')
    .normalize('NFKC');

/**
 * The form in which two spellings of the same text are equal: lower case, without accents, with plain signs, single
 * spaces, and `l` for `ł`, `ss` for `ß` and the like.
 */
export const fold = (text: string): string =>
  withPlainLetters(withoutJoiners(plainSigns(text)))
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();

const outerDouble = new RegExp(`^[${doubleQuotes}\\s]+|[${doubleQuotes}\\s]+$`, 'g');
/** Marks that count only in pairs: an apostrophe may begin or end a name, and a star may mean "any ending". */
const innerPair = new RegExp(`^(?:[${singleQuotes}]+(.*?)[${singleQuotes}]+|\\*+(.*?)\\*+|_+(.*?)_+|~+(.*?)~+)$`, 's');

/** The text without a pair of quotes of any kind around it. The content is not changed. */
export const withoutQuotes = (text: string): string => {
  const trimmed = text.trim();
  const [first, last] = [plainSigns(trimmed.slice(0, 1)), plainSigns(trimmed.slice(-1))];
  return trimmed.length > 1 && first === last && /^["']$/.test(first) ? trimmed.slice(1, -1).trim() : trimmed;
};

/** The text without quotes, `*`, `_` or `~` around it. Double quotes are removed even if there is only one. */
export const unquoted = (text: string): string => {
  let rest = text.trim();
  for (;;) {
    const bare = rest.replace(outerDouble, '');
    const inner = innerPair.exec(bare);
    const next = inner ? inner.slice(1).join('').trim() : bare;
    if (next === rest) return rest;
    rest = next;
  }
};

/**
 * A name, number, date or id without the punctuation, quotes and formatting around the word, and with
 * plain signs. "*top*", "top:", "“top”" are `top`.
 */
export const bareWord = (word: string): string => {
  const plain = withoutJoiners(plainSigns(word)).replace(/^[,:;!?…]+|[.,:;!?…]+$/g, '');
  const inner = unquoted(plain);
  return inner === plain ? plain.replace(/^[*_~`']+|[*_~`']+$/g, '') : bareWord(inner);
};

/** True for a word that consists of punctuation alone, such as the colon after a mention. */
export const isPunctuation = (word: string): boolean => /^[\p{P}\p{M}`~^´¨]+$/u.test(withoutJoiners(word));

/** All but tabs and line breaks. */
const controls = /[^\P{Cc}\t\n\r]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const anyControl = new RegExp(controls.source, 'u');

/**
 * Removes control characters with the sequences that steer a terminal, and the invisible characters that change the
 * direction of the text and of the text around it.
 */
export const withoutControls = (text: string): string =>
  // Hardly any text has one, and a whole page takes milliseconds to replace.
  anyControl.test(text) ? stripVTControlCharacters(text).replace(controls, '') : text;
