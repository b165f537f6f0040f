import { html, raw } from 'hono/html';

/** Markup. Interpolated values are escaped, unless they are markup. */
export type Html = ReturnType<typeof html>;

const lineEnd = raw('\n');

export const nothing: Html = raw('');

export const lines = (parts: readonly Html[]): Html =>
  html`${parts.flatMap((part, index) => (index === 0 ? [part] : [lineEnd, part]))}`;

export const heading = (level: 2 | 3 | 4, content: Html | string, id?: string): Html => {
  const named = id === undefined ? '' : html` id="${id}"`;
  return html`${raw(`<h${level}`)}${named}>${content}${raw(`</h${level}>`)}`;
};

export const spoken = (words: string): Html => html`<span class="spoken">${words}</span>`;

export const escaped = (text: string): string => String(html`${text}`);

/** A URL as a browser would write it; undefined unless it is HTTP or HTTPS. */
export const webAddress = (url: string): string | undefined => {
  const parsed = URL.parse(url);
  return parsed && ['http:', 'https:'].includes(parsed.protocol) ? parsed.href : undefined;
};
