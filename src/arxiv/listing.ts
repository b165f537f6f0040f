import { HTMLElement } from 'node-html-parser';
import type { IsoDate, Paper } from '../core/paper.ts';
import { arxivError } from './client.ts';
import { splitBetween } from './elements.ts';
import { parseHtml } from './html.ts';
import { namesIn, splitAuthors, unicodeAbstract, unicodeTitle } from './text.ts';

/** The version is known only if the listing links to an HTML version. */
export type ListedPaper = Omit<Paper, 'version'> & { version: number | undefined };

const idForm = /\/abs\/([\w.-]+\/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?/;
const versionForm = /\/html\/[^\s"'>]+v(\d+)/;
const categoryForm = /\(([a-z]+(?:-[a-z]+)*(?:\.[A-Za-z-]+)?)\)\s*$/;

const elementsIn = (element: HTMLElement): HTMLElement[] =>
  element.childNodes.filter((node): node is HTMLElement => node instanceof HTMLElement);

const ofTag = (element: HTMLElement, tag: string): HTMLElement[] =>
  elementsIn(element).flatMap((inner) => (inner.rawTagName === tag ? [inner] : ofTag(inner, tag)));

/** Text of a field without its label, such as "Title:". Restores addresses, which arXiv shows as "this https URL". */
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
  const names = ofTag(field, 'a').flatMap((link) => namesIn(link.text));
  const shown = names.filter((name) => !/authors not shown/.test(name));
  if (shown.length > 0) return shown;
  const text = fieldText(field).replace(/^\s*Authors?:/, '');
  return /unavailable/.test(text) ? [] : splitAuthors(text);
};

const categoriesOf = (field: HTMLElement | undefined): string[] => {
  if (!field) return [];
  const marked = ofTag(field, 'span').find((span) => span.getAttribute('class') === 'primary-subject');
  const primary = marked && categoryForm.exec(marked.text)?.[1];
  const all = fieldText(field)
    .split(';')
    .map((subject) => categoryForm.exec(subject)?.[1]);
  return [...new Set([primary, ...all])].filter((category) => category !== undefined);
};

const fieldsOf = (entry: string): Map<string, HTMLElement> => {
  const fields = new Map<string, HTMLElement>();
  for (const meta of ofTag(parseHtml(entry), 'div').filter((div) => div.getAttribute('class') === 'meta')) {
    for (const part of elementsIn(meta)) {
      const name = part.rawTagName === 'p' ? 'p' : (part.getAttribute('class') ?? '').split(' ', 1)[0];
      if (name && !fields.has(name)) fields.set(name, part);
    }
  }
  return fields;
};

/**
 * @param entry HTML from `<dt>` to `</dd>`.
 * @returns undefined if the entry names no paper; missing fields are empty.
 */
const readItem = (entry: string): ListedPaper | undefined => {
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

export const sectionKinds = ['new', 'cross', 'replace'] as const;
export type SectionKind = (typeof sectionKinds)[number];

export type Section = { kind: SectionKind; total: number; papers: ListedPaper[] };

export type ListingPage = {
  date: IsoDate;
  /** Number of entries in the category's whole announcement; 0 if there is none. */
  total: number;
  sections: Section[];
};

const kinds: Readonly<Record<string, SectionKind>> = { New: 'new', Cross: 'cross', Replacement: 'replace' };

const headingForm =
  /^(New|Cross|Replacement)\s+submissions\b.*\((?:continued,\s*)?showing\s+(?:first\s+|last\s+)?(\d+)\s+of\s+(\d+)\s+entries\s*\)$/i;
const datesForm =
  /(?:Showing new listings for|New submissions for|Catchup results for .*? on)\s+\w+,\s+(\d{1,2}) (\w{3})\w* (\d{4})/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const dateOf = (text: string): IsoDate => {
  const [, day = '', name = '', year = ''] = datesForm.exec(text) ?? [];
  const month = months.indexOf(name) + 1;
  if (month === 0) throw arxivError("arXiv's listing has no date.");
  return `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;
};

const textOf = (html: string): string => parseHtml(html).text.replace(/\s+/g, ' ').trim();

/** Reads a `<dl>` entry by entry, because the DOM of a whole page takes a hundred megabytes. */
const readSection = (list: string): Section | undefined => {
  const { parts: entries } = splitBetween(list, /<dt\b/g, /<\/dd>/g);
  const heading = textOf(splitBetween(list, /<h3\b/g, /<\/h3>/g).parts[0] ?? '');
  const [, word = '', shown, total] = headingForm.exec(heading) ?? [];
  const kind = kinds[word];
  if (!kind) {
    if (heading === '' && entries.length === 0) return undefined;
    throw arxivError(`arXiv's listing has an unknown section: "${heading.slice(0, 80)}".`);
  }
  const papers = entries.map(readItem).filter((paper) => paper !== undefined);
  if (papers.length !== Number(shown) || papers.length > Number(total)) {
    throw arxivError(`arXiv's listing says "${heading}" but has ${papers.length}.`);
  }
  return { kind, total: Number(total), papers };
};

/**
 * Reads `/list/CATEGORY/new` or a page of `/catchup/CATEGORY/DATE?abs=True`.
 * @throws ExternalError if the page is truncated or its counts contradict each other.
 */
export const parseListing = (html: string): ListingPage => {
  if (!/<\/html>/i.test(html.slice(html.lastIndexOf('</dl>') + 1))) throw arxivError("arXiv's listing was cut off.");
  if (!/id=['"]dlpage['"]/.test(html)) throw arxivError("arXiv's page is not a listing.");
  const { parts: lists, rest } = splitBetween(html, /<dl\b/g, /<\/dl>/g);
  const around = textOf(rest);
  const date = dateOf(around);
  const sections = lists.map(readSection).filter((section) => section !== undefined);
  const shownTotal = /total of (\d+) entries/i.exec(around)?.[1];
  const none = /No (?:further )?updates/.test(around);
  if (shownTotal === undefined && !none) throw arxivError("arXiv's listing has no total.");
  const total = Number(shownTotal ?? 0);
  const inSections = sections.reduce((sum, section) => sum + section.total, 0);
  if (inSections > total || new Set(sections.map(({ kind }) => kind)).size !== sections.length) {
    throw arxivError(`arXiv's listing has a total of ${total}, but its sections have ${inSections} entries.`);
  }
  if (total > 0 && sections.length === 0 && !/No further updates/.test(around)) {
    throw arxivError(`arXiv's listing has a total of ${total} but shows none.`);
  }
  return { date, total, sections };
};

export const isWhole = (page: ListingPage): boolean =>
  page.sections.reduce((sum, section) => sum + section.papers.length, 0) === page.total;
