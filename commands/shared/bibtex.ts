import { isGroupName, isNameSuffix } from '../../src/core/author.ts';
import { fold } from '../../src/core/folding.ts';
import { splitMathematics } from '../../src/core/mathematics.ts';
import { abstractUrl, type Paper } from '../../src/core/paper.ts';

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

/** A given name, optional initials and a family name, without particles, suffixes or groups. */
const plainName = /^(\p{Lu}[\p{L}\p{M}’'-]+(?: \p{Lu}\.)*|\p{Lu}\.(?:[ -]?\p{Lu}\.)*) (\p{Lu}[\p{L}\p{M}’'-]+)$/u;

/** "Last, First" if the name is unambiguous; a group or a single word goes in braces. */
const authorName = (name: string): string => {
  const text = name.replace(/\s+/g, ' ').trim();
  if (isGroupName(text) || !text.includes(' ') || /,|(?:^|\s)and(?:\s|$)/i.test(text)) return `{${escaped(text)}}`;
  const [, given = '', family = ''] = plainName.exec(text) ?? [];
  return family !== '' && !isNameSuffix(family) ? `${escaped(family)}, ${escaped(given)}` : escaped(text);
};

const yearOf = (id: string): string | undefined => {
  const [, year] = /^(?:[a-z-]+\/)?(\d{2})(?:0[1-9]|1[0-2])/.exec(id) ?? [];
  if (year === undefined) return undefined;
  // arXiv began in 1991.
  return `${id.includes('/') && Number(year) > 90 ? '19' : '20'}${year}`;
};

/** Only a to z and digits, which every BibTeX program accepts in a key. */
const keyPart = (text: string): string => fold(text).replace(/[^a-z0-9]/g, '');

const smallWords = new Set(['a', 'an', 'the', 'on', 'of', 'in', 'for', 'to', 'and', 'with', 'is', 'are', 'at', 'by']);

const keyOf = ({ authors, title, id }: Paper): string => {
  const [first = ''] = authors;
  const words = first.split(' ').filter((word) => !isNameSuffix(word));
  const name = keyPart(isGroupName(first) ? (words[0] ?? '') : (words.at(-1) ?? '')) || 'paper';
  const prose = splitMathematics(title)
    .map(({ kind, text }) => (kind === 'text' ? text : ' '))
    .join('');
  const word = prose
    .split(/[\s\-–—:/]+/)
    .map(keyPart)
    .find((one) => one.length > 1 && !smallWords.has(one));
  return `${name}${yearOf(id) ?? ''}${word ?? ''}`;
};

const letters = (index: number): string =>
  index < 26 ? String.fromCharCode(97 + index) : `${letters(Math.floor(index / 26) - 1)}${letters(index % 26)}`;

const uniqueKeys = (papers: readonly Paper[]): string[] => {
  const keys = papers.map(keyOf);
  const used = new Set<string>();
  return keys.map((key) => {
    let unique = key;
    for (let index = 0; used.has(unique); index += 1) unique = `${key}${letters(index)}`;
    used.add(unique);
    return unique;
  });
};

/** The first DOI, verbatim because programs resolve it. Undefined if it would break the entry. */
const doiOf = ({ doi }: Paper): string | undefined => {
  const [first] = (doi ?? '').trim().split(/[\s,]+/);
  return first && !/[{}\\]/.test(first) ? first : undefined;
};

const entryOf = (paper: Paper, key: string): string => {
  const fields: [string, string | undefined][] = [
    ['author', paper.authors.map(authorName).join(' and ') || undefined],
    ['title', `{${fieldText(paper.title)}}`],
    ['year', yearOf(paper.id)],
    ['eprint', paper.id],
    ['archivePrefix', 'arXiv'],
    ['primaryClass', paper.categories[0]],
    ['doi', doiOf(paper)],
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
