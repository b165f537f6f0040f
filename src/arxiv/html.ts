import { type HTMLElement, parse } from 'node-html-parser';
import { arxivError } from './client.ts';
import { replaceBetween } from './elements.ts';

/** More than any page of arXiv has; 600,000 take 5 seconds and half a gigabyte. */
const maxTags = 150_000;

/** The parser takes quadratic time for elements without an end: two minutes for 70,000. */
const maxOpen = 2_000;

const tags = /<(\/?)([a-z][a-z0-9]*)/gi;
const voidTags = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr']);

const isTooMuch = (html: string): boolean => {
  const open = new Map<string, number>();
  let count = 0;
  for (const [, closing, tag = ''] of html.matchAll(tags)) {
    count += 1;
    if (count > maxTags) return true;
    const name = tag.toLowerCase();
    if (!voidTags.has(name)) open.set(name, Math.max(0, (open.get(name) ?? 0) + (closing ? -1 : 1)));
  }
  return [...open.values()].some((left) => left > maxOpen);
};

/** Also without the openings of comments that have no end, for which the parser takes quadratic time. */
export const withoutComments = (html: string): string =>
  replaceBetween(
    html,
    /<!--/g,
    () => /-->/g,
    () => '',
  ).replaceAll('<!--', '');

/** @throws ExternalError if there is too much markup */
export const parseHtml = (html: string): HTMLElement => {
  const plain = withoutComments(html);
  if (isTooMuch(plain)) throw arxivError("arXiv's page has too many tags, or tags without an end.");
  return parse(plain);
};
