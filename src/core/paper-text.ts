import type { Inline } from './message.ts';
import { abstractUrl, htmlUrl, isSamplePaper, type Paper, pdfUrl } from './paper.ts';

const maxNames = 12;

/** "A. One, B. Two and 3 more". */
export const authorsLine = (authors: readonly string[], max = maxNames): string => {
  if (authors.length <= max) return authors.join(', ');
  return `${authors.slice(0, max).join(', ')} and ${authors.length - max} more`;
};

/** Cuts a text at a word to at most `max` UTF-16 units, the ellipsis included. */
export const shorten = (text: string, max: number): string => {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  const space = cut.lastIndexOf(' ');
  // A long word is cut rather than left out.
  const atWord = space > Math.max(0, max - 40) ? cut.slice(0, space) : cut;
  return `${atWord.replace(/[\s,;:.]+$/, '').replace(/[\uD800-\uDBFF]$/, '')}…`;
};

export const linkedTitle = (paper: Paper, bold = false): Inline => {
  if (isSamplePaper(paper)) return { text: `${paper.title} (invented)`, bold };
  return { text: paper.title, bold, url: abstractUrl(paper) };
};

/** "2507.04742 · Abstract · PDF · HTML". */
export const paperLinks = (paper: Paper): Inline[] => {
  if (isSamplePaper(paper)) return [paper.id];
  const links = { Abstract: abstractUrl(paper), PDF: pdfUrl(paper), HTML: htmlUrl(paper) };
  return [paper.id, ...Object.entries(links).flatMap(([text, url]): Inline[] => [' · ', { text, url }])];
};

/** "1 paper", "646 papers". */
export const countOf = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
