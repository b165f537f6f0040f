import { isNameSuffix } from '../author.ts';
import { splitMathematics, type TextPart } from '../mathematics.ts';
import { abstractUrl, type Paper } from '../paper.ts';
import { hasOnlyKnownCommands } from '../plain-mathematics.ts';
import { doiOf, isUnsplit, oneLine, plainName, uniqueKeys, yearOf } from './facts.ts';

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  // BibTeX counts braces even after a backslash, so braces are written by name.
  '{': '\\textbraceleft{}',
  '}': '\\textbraceright{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
};

const escaped = (text: string): string => text.replace(/[\\{}~^&%$#_]/g, (sign) => escapes[sign] ?? sign);

const isBalanced = (tex: string): boolean => {
  let depth = 0;
  for (const sign of tex) {
    if (sign === '{') depth += 1;
    if (sign === '}') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
};

/**
 * True if TeX may read a formula: it has only commands that Paperboy knows itself, so none that reads a file, runs a program
 * or redefines something, and no other notation for a backslash, such as `^^5c`.
 */
const isHarmless = ({ text, source }: TextPart): boolean =>
  isBalanced(source) && !/(?<!\\)[%#&]|\^\^/.test(source) && hasOnlyKnownCommands(text);

const fieldText = (text: string): string =>
  splitMathematics(oneLine(text))
    .map((part) => (part.kind !== 'text' && isHarmless(part) ? part.source : escaped(part.source)))
    .join('');

/** "Last, First" if the name is unambiguous; a group or a single word goes in braces. */
const authorName = (name: string): string => {
  const text = oneLine(name);
  if (isUnsplit(text) || /,|(?:^|\s)and(?:\s|$)/i.test(text)) return `{${escaped(text)}}`;
  const [, given = '', family = ''] = plainName.exec(text) ?? [];
  return family !== '' && !isNameSuffix(family) ? `${escaped(family)}, ${escaped(given)}` : escaped(text);
};

/** Undefined if it has a character that could break the entry, because programs need it verbatim. */
const doiFor = (paper: Paper): string | undefined => {
  const doi = doiOf(paper);
  return doi !== undefined && /^[\w./:;()<>+-]+$/.test(doi) ? doi : undefined;
};

const entryOf = (paper: Paper, key: string): string => {
  const fields: [string, string | undefined][] = [
    ['author', paper.authors.map(authorName).join(' and ') || undefined],
    ['title', `{${fieldText(paper.title)}}`],
    ['year', yearOf(paper.id)],
    ['eprint', paper.id],
    ['archivePrefix', 'arXiv'],
    ['primaryClass', paper.categories[0] && escaped(oneLine(paper.categories[0]))],
    ['doi', doiFor(paper)],
    ['note', paper.journalReference && fieldText(paper.journalReference)],
    ['url', abstractUrl(paper)],
  ];
  const lines = fields.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name} = {${value}}`]));
  return `@misc{${key},\n${lines.join(',\n')}\n}\n`;
};

/** UTF-8 entries in the given order, with unique keys made of author, year and a title word. */
export const bibtexOf = (papers: readonly Paper[]): string => {
  const keys = uniqueKeys(papers);
  return papers.map((paper, index) => entryOf(paper, keys[index] ?? paper.id)).join('\n');
};
