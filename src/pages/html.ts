import { html, raw } from 'hono/html';

/** Markup in which everything that was filled in is escaped, unless it is markup itself. */
export type Html = ReturnType<typeof html>;

const lineEnd = raw('\n');

/** Nothing, where a page has nothing to show. */
export const nothing: Html = raw('');

/** Parts of a page, each on a line of its own. */
export const lines = (parts: readonly Html[]): Html =>
  html`${parts.flatMap((part, index) => (index === 0 ? [part] : [lineEnd, part]))}`;

/** A heading of a level, so that parts can stand at several depths of a page. */
export const heading = (level: 2 | 3 | 4, content: Html | string, id?: string): Html => {
  const named = id === undefined ? '' : html` id="${id}"`;
  return html`${raw(`<h${level}`)}${named}>${content}${raw(`</h${level}>`)}`;
};

/** Words for those who hear the page. */
export const spoken = (words: string): Html => html`<span class="spoken">${words}</span>`;

/** Text with the characters escaped that have a meaning in HTML and XML. */
export const escaped = (text: string): string => String(html`${text}`);
