import { HTMLElement, type Node, parse } from 'node-html-parser';
import { ExternalError } from '../core/errors.ts';
import type { Paper, PaperVersion } from '../core/paper.ts';
import { htmlAccept } from './catchup.ts';
import { type ArxivClient, arxivError } from './client.ts';

/** A paragraph of a paper, a row of a table or a caption, as plain text with its mathematics as TeX. */
export type Passage = {
  /** Heading of the section that it stands in; empty before the first. */
  section: string;
  text: string;
};

/** Longer pages are not read: their tree would take too much memory. */
const maxPageLength = 12_000_000;

/** Papers whose text is kept for the next question. */
const kept = 6;

const attributeEntities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", '#10': ' ', amp: '&' };

const unescaped = (text: string): string =>
  text.replace(/&(#10|lt|gt|quot|apos|amp);/g, (_, name: string) => attributeEntities[name] ?? '');

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A formula of a paper as TeX; the markup of formulas is most of a page, so it goes before the page is parsed. */
const formula = (math: string): string => {
  const tex = /\balttext="([^"]*)"/.exec(math)?.[1] ?? '';
  const said = unescaped(tex)
    .replace(/%\s*\n/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return said ? escaped(`$${said}$`) : ' ';
};

const lightened = (html: string): string =>
  html
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(script|style|svg|nav|button)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<math\b[\s\S]*?<\/math\s*>/gi, formula);

const oneLine = (text: string): string =>
  text
    .replace(/[\u00ad\u200b\u2060-\u2064\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim();

/** What is no part of the paper's own text. */
const left = /\bltx_(bibliography|TOC|page_footer|page_header|pagination|authors|dates|ERROR)\b/;

const isHeading = (tag: string): boolean => /^h[1-6]$/.test(tag);
const wholes = new Set(['p', 'figcaption', 'tr', 'pre', 'dt']);

const rowText = (row: HTMLElement): string => {
  const cells = row.querySelectorAll('td, th').map((cell) => oneLine(cell.text));
  return cells.filter(Boolean).join(' | ');
};

const walk = (node: Node, section: string, found: Passage[]): string => {
  if (!(node instanceof HTMLElement)) return section;
  const tag = node.rawTagName?.toLowerCase() ?? '';
  if (left.test(node.getAttribute('class') ?? '')) return section;
  if (isHeading(tag)) return oneLine(node.text).slice(0, 200) || section;
  if (wholes.has(tag)) {
    const text = tag === 'tr' ? rowText(node) : oneLine(node.text);
    if (text.length > 1) found.push({ section, text });
    return section;
  }
  let current = section;
  for (const child of node.childNodes) current = walk(child, current, found);
  return current;
};

/**
 * The passages of a paper in arXiv's HTML, which LaTeXML makes, in their order; without references and contents.
 * @throws ExternalError for a page that is cut.
 */
export const parseFullText = (html: string): Passage[] => {
  if (!/<\/html>\s*$/i.test(html.slice(-2_000))) throw arxivError("arXiv's page of the paper was cut off.");
  if (html.length > maxPageLength) return [];
  const root = parse(lightened(html));
  const found: Passage[] = [];
  walk(root.querySelector('article') ?? root.querySelector('body') ?? root, '', found);
  return found;
};

export type FullTextReader = {
  /**
   * The passages of a paper, undefined where arXiv has no HTML of it.
   * @throws ExternalError where arXiv cannot be asked.
   */
  read(paper: PaperVersion, signal: AbortSignal): Promise<readonly Passage[] | undefined>;
};

/** Reads papers at `/html/ID`; those asked for last are kept in memory. */
export const createFullTextReader = (parts: {
  client: ArxivClient;
  /** Base of the web pages, such as `https://arxiv.org`. */
  webUrl: string;
}): FullTextReader => {
  const base = parts.webUrl.replace(/\/+$/, '');
  const known = new Map<string, readonly Passage[]>();

  const fetched = async (paper: Pick<Paper, 'id'>, signal: AbortSignal): Promise<readonly Passage[]> => {
    try {
      return await parts.client.get(`${base}/html/${paper.id}`, { accept: htmlAccept, signal, parse: parseFullText });
    } catch (error) {
      if (error instanceof ExternalError && error.status === 404) return [];
      throw error;
    }
  };

  return {
    async read(paper, signal) {
      const key = `${paper.id}v${paper.version}`;
      const passages = known.get(key) ?? (await fetched(paper, signal));
      known.delete(key);
      known.set(key, passages);
      for (const oldest of [...known.keys()].slice(0, -kept)) known.delete(oldest);
      return passages.length > 0 ? passages : undefined;
    },
  };
};
