import { HTMLElement, type Node } from 'node-html-parser';
import { ExternalError } from '../core/errors.ts';
import type { Paper, PaperVersion } from '../core/paper.ts';
import { htmlAccept } from './catchup.ts';
import { type ArxivClient, arxivError } from './client.ts';
import { replaceBetween } from './elements.ts';
import { parseHtml, withoutComments } from './html.ts';

export type Passage = {
  /** Heading of its section; empty before the first. */
  section: string;
  text: string;
};

/** In characters. The DOM of a longer page would take too much memory. */
const maxPageLength = 12_000_000;

const maxKeptPapers = 6;

const attributeEntities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", '#10': ' ', amp: '&' };

const unescaped = (text: string): string =>
  text.replace(/&(#10|lt|gt|quot|apos|amp);/g, (_, name: string) => attributeEntities[name] ?? '');

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Converts a formula to TeX before the page is parsed, because formulas are most of a page's markup. */
const formula = (math: string): string => {
  const tex = /\balttext="([^"]*)"/.exec(math)?.[1] ?? '';
  const source = unescaped(tex)
    .replace(/%\s*\n/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return source ? escaped(`$${source}$`) : ' ';
};

const closingTag = ([, name]: RegExpExecArray): RegExp => new RegExp(`</${name?.toLowerCase()}\\s*>`, 'gi');

const lightened = (html: string): string => {
  const paper = replaceBetween(withoutComments(html), /<(script|style|svg|nav|button)\b/gi, closingTag, () => ' ');
  return replaceBetween(paper, /<(math)\b/gi, closingTag, formula);
};

const oneLine = (text: string): string =>
  text
    .replace(/[\u00ad\u200b\u2060-\u2064\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim();

const notPaperText = /\bltx_(bibliography|TOC|page_footer|page_header|pagination|authors|dates|ERROR)\b/;

const isHeading = (tag: string): boolean => /^h[1-6]$/.test(tag);
const wholes = new Set(['p', 'figcaption', 'tr', 'pre', 'dt']);

const rowText = (row: HTMLElement): string => {
  const cells = row.querySelectorAll('td, th').map((cell) => oneLine(cell.text));
  return cells.filter(Boolean).join(' | ');
};

const walk = (node: Node, section: string, found: Passage[]): string => {
  if (!(node instanceof HTMLElement)) return section;
  const tag = node.rawTagName?.toLowerCase() ?? '';
  if (notPaperText.test(node.getAttribute('class') ?? '')) return section;
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
 * Reads a paper from arXiv's HTML (made by LaTeXML), without the references and the table of contents.
 * @throws ExternalError if the page is truncated.
 */
export const parseFullText = (html: string): Passage[] => {
  if (!/<\/html>\s*$/i.test(html.slice(-2_000))) throw arxivError("arXiv's page for the paper was cut off.");
  if (html.length > maxPageLength) return [];
  const root = parseHtml(lightened(html));
  const found: Passage[] = [];
  walk(root.querySelector('article') ?? root.querySelector('body') ?? root, '', found);
  return found;
};

export type FullTextReader = {
  /**
   * @returns undefined if arXiv has no HTML version.
   * @throws ExternalError if arXiv does not respond.
   */
  read(paper: PaperVersion, signal: AbortSignal): Promise<readonly Passage[] | undefined>;
};

export const createFullTextReader = (parts: { client: ArxivClient; webUrl: string }): FullTextReader => {
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
      for (const oldest of [...known.keys()].slice(0, -maxKeptPapers)) known.delete(oldest);
      return passages.length > 0 ? passages : undefined;
    },
  };
};
