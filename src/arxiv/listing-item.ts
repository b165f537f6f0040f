import { HTMLElement, parse } from 'node-html-parser';
import type { Paper } from '../core/paper.ts';
import { splitAuthors } from './authors.ts';
import { unicodeAbstract, unicodeName, unicodeTitle } from './tex.ts';

/** A paper as a listing shows it. It names a version only where it links to an HTML version. */
export type ListedPaper = Omit<Paper, 'version'> & { version: number | undefined };

const idForm = /\/abs\/([\w.-]+\/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?/;
const versionForm = /\/html\/[^\s"'>]+v(\d+)/;
const categoryForm = /\(([a-z]+(?:-[a-z]+)*(?:\.[A-Za-z-]+)?)\)\s*$/;

const elementsIn = (element: HTMLElement): HTMLElement[] =>
  element.childNodes.filter((node): node is HTMLElement => node instanceof HTMLElement);

/** Every element of a tag, however deep, in the order of the page. */
const ofTag = (element: HTMLElement, tag: string): HTMLElement[] =>
  elementsIn(element).flatMap((inner) => (inner.rawTagName === tag ? [inner] : ofTag(inner, tag)));

/**
 * Text of a field without its label, such as "Title:". arXiv shows an address as "this https URL"; the address is put
 * back in its place.
 */
const fieldText = (element: HTMLElement | undefined): string => {
  let text = '';
  for (const node of element?.childNodes ?? []) {
    if (!(node instanceof HTMLElement)) text += node.text;
    else if (node.rawTagName === 'br') text += ' ';
    else if (node.getAttribute('class') !== 'descriptor') {
      const inner = fieldText(node);
      text += (/^\s*this (?:https?|ftp) URL\s*$/i.test(inner) ? node.getAttribute('href') : undefined) ?? inner;
    }
  }
  return text;
};

const authorsOf = (field: HTMLElement | undefined): string[] => {
  if (!field) return [];
  const names = ofTag(field, 'a').map((link) => unicodeName(link.text));
  const shown = names.filter((name) => name !== '' && !/authors not shown/.test(name));
  if (shown.length > 0) return shown;
  const text = fieldText(field).replace(/^\s*Authors?:/, '');
  return /unavailable/.test(text) ? [] : splitAuthors(text);
};

/** "Machine Learning (cs.LG); Optimization and Control (math.OC)", the primary one first. */
const categoriesOf = (field: HTMLElement | undefined): string[] => {
  if (!field) return [];
  const marked = ofTag(field, 'span').find((span) => span.getAttribute('class') === 'primary-subject');
  const primary = marked && categoryForm.exec(marked.text)?.[1];
  const all = fieldText(field)
    .split(';')
    .map((subject) => categoryForm.exec(subject)?.[1]);
  return [...new Set([primary, ...all])].filter((category) => category !== undefined);
};

/** The parts of an entry by the first word of their class, its paragraph as `p`. */
const fieldsOf = (entry: string): Map<string, HTMLElement> => {
  const fields = new Map<string, HTMLElement>();
  for (const meta of ofTag(parse(entry), 'div').filter((div) => div.getAttribute('class') === 'meta')) {
    for (const part of elementsIn(meta)) {
      const name = part.rawTagName === 'p' ? 'p' : (part.getAttribute('class') ?? '').split(' ', 1)[0];
      if (name && !fields.has(name)) fields.set(name, part);
    }
  }
  return fields;
};

/**
 * Reads one entry of a listing, the HTML from its `<dt>` to its `</dd>`.
 * @returns undefined where the entry names no paper; fields that the entry lacks are empty.
 */
export const readItem = (entry: string): ListedPaper | undefined => {
  const middle = entry.indexOf('<dd');
  const head = middle < 0 ? entry : entry.slice(0, middle);
  const id = idForm.exec(head)?.[1];
  if (!id) return undefined;
  const version = versionForm.exec(head)?.[1];
  const fields = fieldsOf(middle < 0 ? '' : entry.slice(middle));
  const comments = unicodeAbstract(fieldText(fields.get('list-comments')));
  const journalReference = unicodeTitle(fieldText(fields.get('list-journal-ref')));
  const doi = fieldText(fields.get('list-doi'))
    .trim()
    .replace(/^https?:\/\/(?:dx\.)?doi\.org\//, '');
  return {
    id,
    version: version ? Number(version) : undefined,
    title: unicodeTitle(fieldText(fields.get('list-title'))),
    authors: authorsOf(fields.get('list-authors')),
    abstract: unicodeAbstract(fieldText(fields.get('p'))),
    categories: categoriesOf(fields.get('list-subjects')),
    ...(comments ? { comments } : {}),
    ...(doi ? { doi } : {}),
    ...(journalReference ? { journalReference } : {}),
  };
};
