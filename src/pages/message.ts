import { html, raw } from 'hono/html';
import type { Block, Inline, Message } from '../core/message.ts';
import { type Html, lines } from './html.ts';
import { typeset } from './mathematics.ts';
import { withoutDirection } from './prose.ts';

/** An address that a reader may follow, as a browser would write it; undefined for any that is not of the web. */
const webAddress = (url: string): string | undefined => {
  const parsed = URL.parse(url);
  return parsed && ['http:', 'https:'].includes(parsed.protocol) ? parsed.href : undefined;
};

const inlineHtml = (part: Inline): Html => {
  if (typeof part === 'string') return typeset(part);
  const { text, bold, italic, code, url } = part;
  // Code is shown as it is typed: nothing in it is a formula or a dash.
  const plain = code ? html`<code>${text}</code>` : typeset(text);
  const slanted = italic ? html`<i>${plain}</i>` : plain;
  const marked = bold ? html`<b>${slanted}</b>` : slanted;
  const address = url === undefined ? undefined : webAddress(url);
  return address === undefined ? marked : html`<a href="${address}" rel="noopener noreferrer">${marked}</a>`;
};

const contentHtml = (content: readonly Inline[]): Html => html`${content.map(inlineHtml)}`;

const blockHtml = (block: Block): Html => {
  switch (block.type) {
    case 'heading':
      // No heading of the page: a reply must not disturb its outline.
      return html`<p class="message-heading"><b>${typeset(block.text)}</b></p>`;
    case 'paragraph':
      return html`<p>${contentHtml(block.content)}</p>`;
    case 'note':
      return html`<p class="small">${contentHtml(block.content)}</p>`;
    case 'list': {
      const items = html`${block.items.map((item) => html`<li>${contentHtml(item)}</li>`)}`;
      return block.ordered ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`;
    }
    case 'code':
      return html`<pre>${block.text}</pre>`;
  }
};

/**
 * A chat message as a piece of a page, a block a line. Everything in it is text: formulas are typeset, only addresses of
 * the web become links, and no character turns the direction of what stands around it.
 */
export const messageHtml = (message: Message): Html =>
  raw(withoutDirection(String(lines(message.blocks.map(blockHtml)))));
