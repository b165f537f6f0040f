import { splitMathematics, type TextPart } from '../../core/mathematics.ts';
import { withoutDirection } from '../math/prose.ts';

/** One line without characters that control a terminal or the direction of writing. */
const oneLine = (text: string): string =>
  withoutDirection(text)
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim();

const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

const escapeProse = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>|~@&$]/g, (character) => entities[character] ?? `\\${character}`);

/** Text on one line in which no character is Markdown or HTML. It is not for the beginning of a line. */
export const escapeText = (text: string): string => escapeProse(oneLine(text));

const areBracketsNested = (text: string): boolean => {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]]/g)) {
    depth += bracket === '[' ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
};

const bracketNames: Readonly<Record<string, string>> = { '[': '\\lbrack ', ']': '\\rbrack ' };

/**
 * Mathematics in dollar signs, which is safe also where a renderer knows no mathematics and takes it as Markdown: there
 * is no HTML, no code span and no link in it, and it closes no bracket that was opened before.
 */
const escapeMathematics = ({ kind, text, source }: TextPart): string => {
  // Dollar signs in dollar signs, as in `\text{if $n$}`, are TeX's alone.
  if (/(?<!\\)\$/.test(text)) return escapeProse(source);
  const safe = text
    .trim()
    .replaceAll('<', '\\lt ')
    .replaceAll('>', '\\gt ')
    .replaceAll('`', '‘')
    .replace(/\](?=\s*[([])/g, ']{}');
  const nested = areBracketsNested(safe) ? safe : safe.replace(/[[\]]/g, (bracket) => bracketNames[bracket] ?? bracket);
  return kind === 'display' ? `$$${nested}$$` : `$${nested.trim()}$`;
};

/** A paper's text on one line: its mathematics in dollar signs, all else escaped. It is not for the beginning of a line. */
export const paperText = (text: string): string =>
  splitMathematics(oneLine(text))
    .map((part) => (part.kind === 'text' ? escapeProse(part.text) : escapeMathematics(part)))
    .join('');

/** A link; `text` is Markdown. What is no address of the web becomes text alone. */
export const link = (text: string, url: string): string => {
  if (!URL.canParse(url) || !/^https?:/i.test(url)) return text;
  const { href } = new URL(url);
  return `[${text}](${href.replace(/[()<>\\`]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)})`;
};

/** A block of code with any text in it: its fence is longer than any that the text has. */
export const fenced = (text: string): string => {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const lines = withoutDirection(text).split(/\r\n?|\n/);
  return `${fence}text\n${lines
    .map((line) => line.replace(/(?!\t)\p{Cc}/gu, ''))
    .join('\n')
    .trimEnd()}\n${fence}`;
};
