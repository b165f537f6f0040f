import type { Inline } from './message.ts';
import { abstractUrl, htmlUrl, type Paper, pdfUrl } from './paper.ts';

const maximumNames = 12;

/** The authors in one line, such as "A. One, B. Two and 3 more". */
export const authorsLine = (authors: readonly string[], maximum = maximumNames): string => {
  if (authors.length <= maximum) return authors.join(', ');
  return `${authors.slice(0, maximum).join(', ')} and ${authors.length - maximum} more`;
};

/** The start of a text that is too long, cut at a word, with an ellipsis; at most `maximum` UTF-16 units. */
export const shorten = (text: string, maximum: number): string => {
  if (text.length <= maximum) return text;
  const cut = text.slice(0, maximum - 1);
  const space = cut.lastIndexOf(' ');
  // A long word is cut rather than left out.
  const atWord = space > Math.max(0, maximum - 40) ? cut.slice(0, space) : cut;
  return `${atWord.replace(/[\s,;:.]+$/, '').replace(/[\uD800-\uDBFF]$/, '')}…`;
};

/** True for an invented paper of the built-in sample: there is nothing to link to. */
export const isSamplePaper = (paper: Pick<Paper, 'id'>): boolean => paper.id.startsWith('sample.');

/** A paper's title, linked to its abstract page; an invented paper is marked as such. */
export const linkedTitle = (paper: Paper, bold = false): Inline => {
  if (isSamplePaper(paper)) return { text: `${paper.title} (invented)`, bold };
  return { text: paper.title, bold, url: abstractUrl(paper) };
};

/** Bare id and links: "2507.04742 · Abstract · PDF · HTML". */
export const paperLinks = (paper: Paper): Inline[] => {
  if (isSamplePaper(paper)) return [paper.id];
  const links = { Abstract: abstractUrl(paper), PDF: pdfUrl(paper), HTML: htmlUrl(paper) };
  return [paper.id, ...Object.entries(links).flatMap(([text, url]): Inline[] => [' · ', { text, url }])];
};

/** "1 paper", "646 papers". */
export const countOf = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
