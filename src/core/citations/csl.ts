import { jsonFile } from '../json.ts';
import { abstractUrl, type Paper } from '../paper.ts';
import { plainMathematics } from '../plain-mathematics.ts';
import { doiOf, splitName, uniqueKeys, yearOf } from './facts.ts';

const itemOf = (paper: Paper, key: string): object => {
  const { title, authors, abstract, categories, journalReference, id } = paper;
  const [year, doi] = [yearOf(id), doiOf(paper)];
  return {
    id: key,
    // The type of preprints since CSL 1.0.2.
    type: 'article',
    title: plainMathematics(title),
    author: authors.map(splitName),
    ...(year && { issued: { 'date-parts': [[Number(year)]] } }),
    abstract: plainMathematics(abstract),
    keyword: categories.join(', '),
    ...(doi && { DOI: doi }),
    ...(journalReference && { note: plainMathematics(journalReference) }),
    number: `arXiv:${id}`,
    publisher: 'arXiv',
    URL: abstractUrl(paper),
  };
};

/** CSL-JSON in the given order, with mathematics in Unicode. https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html */
export const cslJsonOf = (papers: readonly Paper[]): string => {
  const keys = uniqueKeys(papers);
  return jsonFile(papers.map((paper, index) => itemOf(paper, keys[index] ?? paper.id)));
};
