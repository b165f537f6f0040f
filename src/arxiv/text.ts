import { isNameSuffix } from '../core/author.ts';
import { splitMathematics } from '../core/mathematics.ts';

const signAccents: Readonly<Record<string, string>> = {
  "'": '\u0301',
  '`': '\u0300',
  '^': '\u0302',
  '"': '\u0308',
  '~': '\u0303',
  '=': '\u0304',
  '.': '\u0307',
};

const namedAccents: Readonly<Record<string, string>> = {
  u: '\u0306',
  v: '\u030c',
  H: '\u030b',
  c: '\u0327',
  k: '\u0328',
  r: '\u030a',
  b: '\u0331',
  d: '\u0323',
  t: '\u0361',
  h: '\u0309',
  horn: '\u031b',
  textcommabelow: '\u0326',
};

const symbols: Readonly<Record<string, string>> = {
  o: 'ø',
  O: 'Ø',
  l: 'ł',
  L: 'Ł',
  ss: 'ß',
  ae: 'æ',
  AE: 'Æ',
  oe: 'œ',
  OE: 'Œ',
  aa: 'å',
  AA: 'Å',
  i: 'ı',
  j: 'ȷ',
  dh: 'ð',
  DH: 'Ð',
  th: 'þ',
  TH: 'Þ',
  dj: 'đ',
  DJ: 'Đ',
  ng: 'ŋ',
  NG: 'Ŋ',
  ohorn: 'ơ',
  OHORN: 'Ơ',
  uhorn: 'ư',
  UHORN: 'Ư',
};

const accented = String.raw`\p{L}\p{M}*`;
const letter = String.raw`(?:\\[ij](?![A-Za-z])|${accented})`;
/** As in `Garc\'\i a`: TeX swallows the space after a command. */
const dotless = String.raw`(\\[ij])(?![A-Za-z])(?:\{\}|\s+(?=\p{Ll}))?`;
const signAccent = new RegExp(
  String.raw`\\(['\x60^"~=.])(?:\s*\{\s*(${letter})\s*\}|\s*\{\s*\{\s*(${letter})\s*\}\s*\}|${dotless}|(${accented}))`,
  'gu',
);
const namedAccent = new RegExp(
  String.raw`\\(textcommabelow|horn|[uvHckrbdth])(?:\s*\{\s*(${letter}|\p{L}\p{L})\s*\}|\s*${dotless}|(?:\s+|(?![A-Za-z]))(${accented}))`,
  'gu',
);
const symbol =
  /\\([ou]horn|[OU]HORN|ss|ae|AE|oe|OE|aa|AA|dh|DH|th|TH|dj|DJ|ng|NG|[oOlLij])(?![A-Za-z])(?:\{\}|\s+(?=\p{L}))?/gu;

const group = String.raw`(\{(?:[^{}]|\{[^{}]*\})*\})`;
/** Commands whose only argument is the text itself. */
const fontCommand = new RegExp(
  String.raw`\\(?:emph|text(?:bf|it|tt|sc|rm|sf|sl|up|md|normal|superscript|subscript)?|underline|uline|sout|[mhf]box|url|mathrm|ce|(?:Make)?(?:upper|lower|Upper|Lower)case)\s*${group}`,
  'g',
);
/** Commands with two arguments. The text is the first one of `\texorpdfstring`, or the second one, after a color. */
const firstOfTwo = new RegExp(String.raw`\\texorpdfstring\s*${group}\s*${group}`, 'g');
const secondOfTwo = new RegExp(String.raw`\\(?:textcolor|colorbox)\s*${group}\s*${group}`, 'g');
const fontSwitch = /\{\s*\\(?:em|bf|it|tt|sc|rm|sf|sl|bfseries|itshape|ttfamily|scshape)(?![A-Za-z])\s*/g;

/** Placeholders for braces in the text, while grouping braces are removed. */
const shownBraces: Readonly<Record<string, string>> = { '{': '\ue000', '}': '\ue001' };

/** The letter under an accent. Unicode accents remove the dot themselves, so `\i` and `ı` become `i`. */
const plain = (base: string): string => base.replace('\\', '').replace('ı', 'i').replace('ȷ', 'j');

/**
 * A letter with its mark as one character; undefined if Unicode has none. For two marks above a letter, Unicode has
 * only one order (`ế`), but authors use both.
 */
const composed = (base: string, mark: string): string | undefined => {
  const [first = '', ...marks] = [...plain(base).normalize('NFD')];
  const orders = [`${plain(base)}${mark}`, `${first}${mark}${marks.join('')}`];
  return orders.map((text) => text.normalize('NFC')).find((text) => [...text].length === 1);
};

const signed = (whole: string, sign: string, ...bases: (string | undefined)[]): string => {
  const [braced, twiceBraced, dotless, bare] = bases;
  const inBraces = braced ?? twiceBraced;
  const mark = signAccents[sign] ?? '';
  const one = composed(inBraces ?? dotless ?? bare ?? '', mark);
  if (one !== undefined) return one;
  // If Unicode has no such character, it was not an accent (`\"The end\"`), unless the base is an accent in braces.
  return inBraces && /^[^\0-\x7f]/.test(inBraces) ? `${plain(inBraces)}${mark}`.normalize('NFC') : whole;
};

const innermostAccents = (text: string): string =>
  text
    .replace(signAccent, signed)
    .replace(namedAccent, (whole: string, command: string, braced?: string, dotless?: string, bare?: string) => {
      const mark = namedAccents[command] ?? '';
      const base = plain(braced ?? dotless ?? bare ?? '');
      const [first = '', second, ...more] = base.match(/\p{L}\p{M}*/gu) ?? [];
      if (command === 't') return second === undefined || more.length > 0 ? whole : `${first}${mark}${second}`;
      if (second !== undefined) return whole;
      return composed(base, mark) ?? (braced ? `${first}${mark}`.normalize('NFC') : whole);
    })
    .replace(symbol, (_whole, name: string) => symbols[name] ?? name);

const maxAccents = 4;

const accents = (text: string): string => {
  let result = text;
  // From the inside out, because the letter under an accent may be accented itself: `\~{\^e}`.
  for (let depth = 0; depth < maxAccents && result.includes('\\'); depth += 1) {
    const before = result;
    result = innermostAccents(result);
    if (result === before) break;
  }
  // `{\"o}` is now one character in braces.
  return result.replace(/\{([\p{L}\p{M}]{1,2})\}/gu, (whole: string, inner: string) =>
    /[^\0-\x7f]/.test(inner) ? inner : whole,
  );
};

const commands = (text: string): string => {
  let result = text.replace(/\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, '$2 ($1)');
  // From the inside out, because commands may be nested.
  for (let depth = 0; depth < 4 && result.includes('\\'); depth += 1) {
    const before = result;
    result = result
      .replace(firstOfTwo, (_whole, shown: string) => shown.slice(1, -1))
      .replace(secondOfTwo, (_whole, _color, shown: string) => shown.slice(1, -1))
      .replace(fontCommand, (_whole, shown: string) => shown.slice(1, -1))
      .replace(/\{\s*\\(?:em|bf|it|tt|sc|rm|sf|sl)(?![A-Za-z])\s*([^{}]*)\}/g, '$1');
    if (result === before) break;
  }
  return (
    result
      .replace(/\\([{}])/g, (_whole, brace: string) => shownBraces[brace] ?? brace)
      .replace(/\\([&%#_$])/g, '$1')
      .replace(/\\ /g, ' ')
      // Replaces a tie between words, but not the tilde in "~5 %" or in a home page's address.
      .replace(/(?<=[\p{L}.,)])~(?=[\p{L}\d([\\])/gu, ' ')
  );
};

const showBraces = (text: string): string => text.replaceAll('\ue000', '{').replaceAll('\ue001', '}');

const collapse = (text: string): string => text.replace(/\s{2,}|[^\S ]/g, ' ').trim();

/** Stands for a formula while the text around it changes, because the group of a command may contain formulas. */
const formulaMark = /\ue002(\d+)\ue003/g;

const outsideMathematics = (text: string, change: (text: string) => string): string => {
  const formulas: string[] = [];
  const marked = splitMathematics(text.replace(/[\ue000-\ue003]/g, ''))
    .map(({ kind, source }) => (kind === 'text' ? source : `\ue002${formulas.push(source) - 1}\ue003`))
    .join('');
  return change(marked).replace(formulaMark, (_whole, index: string) => formulas[Number(index)] ?? '');
};

/**
 * Removes braces that only group. Keeps the braces of unknown commands, their other arguments and a following index:
 * `\bar{D}^{*0}`.
 */
const withoutGrouping = (text: string): string => {
  let result = '';
  const kept: boolean[] = [];
  for (const [piece] of text.matchAll(/[{}]|[^{}]+/g)) {
    if (piece === '{') kept.push(kept.at(-1) === true || /(?:\\[A-Za-z]+\*?\s*|\}\s*[_^]?)$/.test(result));
    const isShown = piece === '}' ? kept.pop() : piece !== '{' || kept.at(-1);
    if (isShown) result += piece;
  }
  return result;
};

export const unicodeName = (name: string): string => {
  if (!/[\\{}~]/.test(name)) return collapse(name);
  return collapse(showBraces(commands(accents(name)).replace(/[{}]/g, '')).replace(/(?<!\\)~/g, ' '));
};

/** Turns TeX accents into Unicode and removes grouping braces. Leaves mathematics unchanged. */
export const unicodeTitle = (title: string): string => {
  if (!/[\\{}~]/.test(title)) return collapse(title);
  const change = (text: string) =>
    showBraces(withoutGrouping(commands(accents(text.replace(/\s\\\\\s/g, ' '))).replace(fontSwitch, '')));
  return collapse(outsideMathematics(title, change));
};

/** Turns TeX accents into Unicode and joins lines. Leaves mathematics and other braces unchanged. */
export const unicodeAbstract = (abstract: string): string => {
  if (!/[\\~]/.test(abstract)) return collapse(abstract);
  return collapse(outsideMathematics(abstract, (text) => showBraces(commands(accents(text)))));
};

const opens = new Set(['(', '[', '{']);
const closes = new Set([')', ']', '}']);

const splitOutsideBrackets = (text: string): string[] => {
  if (!/[([{]/.test(text)) return text.split(',');
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (opens.has(character)) depth += 1;
    else if (closes.has(character)) depth -= 1;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
    if (depth < 0) return text.split(',');
  }
  return depth === 0 ? [...parts, text.slice(start)] : text.split(',');
};

/** Removes affiliations, which follow a name in parentheses or brackets: "Ada Moe (Univ. A (Dept. B), Lab C)". */
const withoutAffiliations = (name: string): string => {
  let rest = name.trim();
  while (rest.endsWith(')') || rest.endsWith(']')) {
    let depth = 0;
    let index = rest.length - 1;
    for (; index >= 0; index -= 1) {
      const character = rest.charAt(index);
      if (character === ')' || character === ']') depth += 1;
      else if (character === '(' || character === '[') depth -= 1;
      if (depth === 0) break;
    }
    if (index <= 0) break;
    rest = rest.slice(0, index).trimEnd();
  }
  return rest;
};

/**
 * The names in one entry of an author list, as Unicode. arXiv lists the colon after a collaboration's name as an
 * author, or keeps it with the name.
 */
export const namesIn = (entry: string): string[] =>
  entry
    .split(/[:\uff1a](?=\s|$)/)
    .map((name) => unicodeName(name).replace(/^[\s,;:]+|[\s,;:]+$/g, ''))
    .filter((name) => /\p{L}/u.test(name));

/**
 * The names in an author line such as `Ada Moe (Univ. A, Lab B), Bo Ek, and Cy D\'ia`, as Unicode, without
 * affiliations.
 */
export const splitAuthors = (line: string): string[] => {
  const names: string[] = [];
  for (const part of splitOutsideBrackets(line.replace(/\s+/g, ' '))) {
    for (const name of namesIn(withoutAffiliations(part).replace(/^(?:and|&)\s+/i, ''))) {
      const previous = names.at(-1);
      if (previous !== undefined && isNameSuffix(name)) names[names.length - 1] = `${previous}, ${name}`;
      else if (!/^et al\.?$/i.test(name)) names.push(name);
    }
  }
  return names;
};
