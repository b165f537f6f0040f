import { isNameSuffix } from '../author.ts';
import { splitMathematics } from '../mathematics.ts';
import { abstractUrl, type Paper } from '../paper.ts';
import { doiOf, isUnsplit, plainName, uniqueKeys, yearOf } from './facts.ts';

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

const fieldText = (text: string): string =>
  splitMathematics(text.replace(/\s+/g, ' ').trim())
    .map(({ kind, source }) =>
      kind !== 'text' && isBalanced(source) && !/(?<!\\)%/.test(source) ? source : escaped(source),
    )
    .join('');

/** "Last, First" if the name is unambiguous; a group or a single word goes in braces. */
const authorName = (name: string): string => {
  const text = name.replace(/\s+/g, ' ').trim();
  if (isUnsplit(text) || /,|(?:^|\s)and(?:\s|$)/i.test(text)) return `{${escaped(text)}}`;
  const [, given = '', family = ''] = plainName.exec(text) ?? [];
  return family !== '' && !isNameSuffix(family) ? `${escaped(family)}, ${escaped(given)}` : escaped(text);
};

/** Undefined if it would break the entry. */
const doiFor = (paper: Paper): string | undefined => {
  const doi = doiOf(paper);
  return doi !== undefined && !/[{}\\]/.test(doi) ? doi : undefined;
};

const entryOf = (paper: Paper, key: string): string => {
  const fields: [string, string | undefined][] = [
    ['author', paper.authors.map(authorName).join(' and ') || undefined],
    ['title', `{${fieldText(paper.title)}}`],
    ['year', yearOf(paper.id)],
    ['eprint', paper.id],
    ['archivePrefix', 'arXiv'],
    ['primaryClass', paper.categories[0]],
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
