import { html, raw } from 'hono/html';
import type { RichPart, SlackBlock } from '../../src/chat/slack/blocks.ts';
import type { SlackMessage } from '../../src/chat/slack/render.ts';

type Html = ReturnType<typeof html>;

/**
 * Sizes in CSS pixels, measured in Slack's web client: 15 px Lato with lines of 22 px, 12 px for context blocks, 36 px
 * avatars, and buttons of 28 px (36 px on a phone) with gaps of 8 px.
 */
const style = `
* { box-sizing: border-box; margin: 0; }
body { font: 15px/22px Lato, "Noto Sans", "DejaVu Sans", sans-serif; color: #1d1c1d; background: #fff; }
.message { display: grid; grid-template-columns: 36px 1fr; gap: 0 8px; padding: 8px 16px; }
.avatar { width: 36px; height: 36px; border-radius: 8px; background: #4a154b; }
.name { font-weight: 900; }
.block { margin-top: 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; line-height: 24px; margin-top: 8px; }
a { color: #1264a3; text-decoration: none; }
.context { font-size: 12px; line-height: 16px; color: #616061; }
ul, ol { padding-left: 28px; }
pre { font: 12px/18px monospace; white-space: pre-wrap; border: 1px solid #ddd; border-radius: 4px; padding: 8px; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; }
.button { border: 1px solid #bbb; border-radius: 4px; padding: 0 12px; font-weight: 700; line-height: 34px; }
.primary { background: #007a5a; color: #fff; }
.danger { color: #e01e5a; border-color: #e01e5a; }
`;

type Section = Extract<RichPart, { type: 'rich_text_section' }>;

const textHtml = (element: Section['elements'][number]): Html => {
  const { bold, italic, code } = element.style ?? {};
  const lines = html`${element.text.split('\n').flatMap((line, index) => (index === 0 ? [line] : [raw('<br>'), line]))}`;
  const coded = code ? html`<code>${lines}</code>` : lines;
  const slanted = italic ? html`<i>${coded}</i>` : coded;
  const marked = bold ? html`<b>${slanted}</b>` : slanted;
  return element.type === 'link' ? html`<a href="${element.url}">${marked}</a>` : marked;
};

const sectionHtml = ({ elements }: Section): Html => html`${elements.map(textHtml)}`;

const partHtml = (part: RichPart): Html => {
  switch (part.type) {
    case 'rich_text_section':
      return html`<div>${sectionHtml(part)}</div>`;
    case 'rich_text_preformatted':
      return html`<pre>${part.elements.map(({ text }) => text)}</pre>`;
    case 'rich_text_list': {
      const items = part.elements.map((item) => html`<li>${sectionHtml(item)}</li>`);
      return part.style === 'ordered'
        ? html`<ol start="${(part.offset ?? 0) + 1}">${items}</ol>`
        : html`<ul>${items}</ul>`;
    }
  }
};

const blockHtml = (block: SlackBlock): Html => {
  switch (block.type) {
    case 'header':
      return html`<h2 class="block">${block.text.text}</h2>`;
    case 'context':
      return html`<div class="block context">${block.elements.map(({ text }) => text)}</div>`;
    case 'rich_text':
      return html`<div class="block">${block.elements.map(partHtml)}</div>`;
    case 'actions':
      return html`<div class="block actions">${block.elements.map((element) =>
        element.type === 'overflow'
          ? html`<span class="button">⋯</span>`
          : html`<span class="button ${element.style ?? ''}">${element.text.text}</span>`,
      )}</div>`;
  }
};

const messageHtml = ({ blocks }: SlackMessage): Html =>
  html`<article class="message"><div class="avatar"></div><div><div class="name">Paperboy</div>${blocks.map(blockHtml)}</div></article>`;

/** Messages as Slack lays them out, as a page. An approximation: Slack's own client is not open. */
export const slackPage = (messages: readonly SlackMessage[]): string =>
  String(
    html`<!doctype html><html lang="en"><meta charset="utf-8"><title>Slack</title><style>${raw(style)}</style>${messages.map(messageHtml)}</html>`,
  );
