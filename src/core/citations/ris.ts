import { abstractUrl, type Paper } from '../paper.ts';
import { plainMathematics } from '../plain-mathematics.ts';
import { doiOf, oneLine, splitName, uniqueKeys, yearOf } from './facts.ts';

const authorName = (name: string): string => {
  const split = splitName(name);
  if ('literal' in split) return split.literal;
  return [split.family, split.given, split.suffix].filter(Boolean).join(', ');
};

const recordOf = (paper: Paper, key: string): string => {
  const { title, authors, abstract, categories, journalReference, id } = paper;
  const fields: [tag: string, value: string | undefined][] = [
    ['TY', 'UNPB'],
    ['ID', key],
    ...authors.map((name): [string, string] => ['AU', authorName(name)]),
    ['TI', plainMathematics(title)],
    ['PY', yearOf(id)],
    ['AB', plainMathematics(abstract)],
    ...categories.map((category): [string, string] => ['KW', category]),
    ['DO', doiOf(paper)],
    ['N1', journalReference && plainMathematics(journalReference)],
    ['M1', `arXiv:${id}`],
    ['PB', 'arXiv'],
    ['UR', abstractUrl(paper)],
  ];
  const lines = fields.flatMap(([tag, value]) => (value ? [`${tag}  - ${oneLine(value)}`] : []));
  return [...lines, 'ER  - ', ''].join('\r\n');
};

/** RIS records in the given order, with mathematics in Unicode. https://en.wikipedia.org/wiki/RIS_(file_format) */
export const risOf = (papers: readonly Paper[]): string => {
  const keys = uniqueKeys(papers);
  return papers.map((paper, index) => recordOf(paper, keys[index] ?? paper.id)).join('\r\n');
};
