import { parse } from 'node-html-parser';
import type { IsoDate } from '../core/paper.ts';
import { arxivError } from './failure.ts';
import { type ListedPaper, readItem } from './listing-item.ts';

export const sectionKinds = ['new', 'cross', 'replace'] as const;
export type SectionKind = (typeof sectionKinds)[number];

/** What a page shows of one section, with the size that the section has on all pages together. */
export type Section = { kind: SectionKind; total: number; papers: ListedPaper[] };

/** One page of a listing. Its own counts hold: each section has as many papers as its heading says are shown. */
export type ListingPage = {
  date: IsoDate;
  /** Entries of the whole announcement in the category; 0 where there is none. */
  total: number;
  /** Those of which the page shows something. */
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
  if (month === 0) throw arxivError('The listing of arXiv names no date.');
  return `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;
};

const textOf = (html: string): string => parse(html).text.replace(/\s+/g, ' ').trim();

/** Reads a `<dl>`. Entries are read one by one, as the tree of a whole page would take a hundred megabytes. */
const readSection = (list: string): Section | undefined => {
  const entries = list.match(/<dt\b[\s\S]*?<\/dd>/g) ?? [];
  const heading = textOf(/<h3\b[\s\S]*?<\/h3>/.exec(list)?.[0] ?? '');
  const [, word = '', shown, total] = headingForm.exec(heading) ?? [];
  const kind = kinds[word];
  if (!kind) {
    if (heading === '' && entries.length === 0) return undefined;
    throw arxivError(`The listing of arXiv has an unknown section: "${heading.slice(0, 80)}".`);
  }
  const papers = entries.map(readItem).filter((paper) => paper !== undefined);
  if (papers.length !== Number(shown) || papers.length > Number(total)) {
    throw arxivError(`The listing of arXiv says "${heading}" and has ${papers.length}.`);
  }
  return { kind, total: Number(total), papers };
};

/**
 * Reads `/list/CATEGORY/new` or a page of `/catchup/CATEGORY/DATE?abs=True`.
 * @throws ExternalError for a page that is cut, or whose counts contradict each other.
 */
export const parseListing = (html: string): ListingPage => {
  if (!/<\/html>/i.test(html.slice(html.lastIndexOf('</dl>') + 1)))
    throw arxivError('The listing of arXiv was cut off.');
  if (!/id=['"]dlpage['"]/.test(html)) throw arxivError('The page of arXiv is no listing.');
  const listForm = /<dl\b[\s\S]*?<\/dl>/g;
  const lists = html.match(listForm) ?? [];
  const around = textOf(html.replace(listForm, ' '));
  const date = dateOf(around);
  const sections = lists.map(readSection).filter((section) => section !== undefined);
  const said = /total of (\d+) entries/i.exec(around)?.[1];
  const none = /No (?:further )?updates/.test(around);
  if (said === undefined && !none) throw arxivError('The listing of arXiv has no total.');
  const total = Number(said ?? 0);
  const inSections = sections.reduce((sum, section) => sum + section.total, 0);
  if (inSections > total || new Set(sections.map(({ kind }) => kind)).size !== sections.length) {
    throw arxivError(`The listing of arXiv has a total of ${total} and sections of ${inSections} entries.`);
  }
  if (total > 0 && sections.length === 0 && !/No further updates/.test(around)) {
    throw arxivError(`The listing of arXiv has a total of ${total} and shows none.`);
  }
  return { date, total, sections };
};

/** True when the page shows every entry of its announcement. */
export const isWhole = (page: ListingPage): boolean =>
  page.sections.reduce((sum, section) => sum + section.papers.length, 0) === page.total;
