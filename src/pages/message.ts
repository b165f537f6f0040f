import { html, raw } from 'hono/html';
import { type Answer, type Form, type FormField, isForm, maxValueLength } from '../core/form.ts';
import type { Block, Button, Chart, Inline, Message, MessageFile } from '../core/message.ts';
import { type Html, lines, nothing } from './html.ts';
import { withoutDirection } from './math/prose.ts';
import { typeset } from './math/typeset.ts';

/** Lines of a field for a text of these lines: room to write on, and not the whole window. */
const rowsFor = (value: string): number => Math.min(14, Math.max(4, value.split('\n').length + 1));

const control = ({ name, kind, value = '', required, options = [] }: FormField): Html => {
  const shared = html` name="field.${name}"${required ? html` required` : nothing}`;
  switch (kind) {
    case 'text':
      // A browser takes the first end of a line for markup's.
      return html`<textarea${shared} rows="${rowsFor(value)}" maxlength="${maxValueLength}">${raw('\n')}${value}</textarea>`;
    case 'choice':
      return html`<select${shared}>${required ? nothing : html`<option value=""></option>`}${options.map(
        (option) =>
          html`<option value="${option.value}"${option.value === value ? html` selected` : nothing}>${option.label}</option>`,
      )}</select>`;
    case 'number':
      return html`<input type="number" step="any"${shared} value="${value}" />`;
    case 'line':
      return html`<input type="text"${shared} maxlength="${maxValueLength}" autocomplete="off" value="${value}" />`;
  }
};

const fieldHtml = (field: FormField): Html => {
  const told = [field.required ? [] : ['optional'], field.hint ?? []].flat().join('; ');
  return html`<p><label>${field.label}${told ? html` <small>${told}</small>` : nothing}${control(field)}</label></p>`;
};

/** Something to fill in, which is sent with the command that takes it. Everything in it is text. */
const formHtml = ({ title, intro, fields, submit }: Form, desk: Desk): Html =>
  html`<form class="command fill" method="post" action="${desk.address}">
<fieldset>
<legend>${title}</legend>
${lines([intro === undefined ? nothing : html`<p class="intro">${intro}</p>`, ...fields.map(fieldHtml)])}
${pageField(desk)}<input type="hidden" name="text" value="${submit.command}" />
<button class="primary">${submit.label}</button>
</fieldset>
</form>`;

/** What a command answers, as a piece of a page. */
export const answerHtml = (answer: Answer, desk: Desk): Html =>
  isForm(answer) ? raw(withoutDirection(String(formHtml(answer.form, desk)))) : messageHtml(answer, desk);

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

/** Where what is pressed or filled in on a page goes. */
export type Desk = {
  /** Address that takes commands. */
  address: string;
  /** The page that it stands on, such as `2025-07-08.html`, for the way back without a script. */
  page: string;
};

/** The hidden field that says where the way back leads. */
export const pageField = ({ page }: Desk): Html => html`<input type="hidden" name="page" value="${page}" />`;

/** Buttons that say commands, as a form that works without a script too. */
export const commandButtons = (buttons: readonly Button[], desk: Desk, name: string): Html =>
  html`<form class="command ${name}" method="post" action="${desk.address}">${pageField(desk)}${buttons.map(
    ({ label, command, style }) =>
      html`<button name="text" value="${command}"${style ? html` class="${style}"` : nothing}>${label}</button>`,
  )}</form>`;

/** Labels of at most so many characters, such as days, stand on one line each. */
const shortLabel = 14;

/** A picture of bars that is a table to those who hear it. */
const chartHtml = ({ title, bars }: Chart): Html => {
  const most = Math.max(0, ...bars.map(({ value }) => value));
  const share = (value: number): number => (most > 0 ? Math.max(0, Math.round((1000 * value) / most) / 10) : 0);
  const row = ({ label, value, shown }: Chart['bars'][number]): Html =>
    html`<tr><th scope="row">${label}</th><td><i class="bar" style="--share:${share(value)}%"></i></td><td>${shown}</td></tr>`;
  const isShort = bars.every(({ label }) => label.length <= shortLabel);
  return html`<table class="chart${isShort ? ' short' : ''}">
<caption>${title}</caption>
<tbody>
${lines(bars.map(row))}
</tbody>
</table>`;
};

/** A file as its text, folded; the page's script adds the button that saves it. */
const fileHtml = ({ name, mediaType, text }: MessageFile): Html =>
  html`<details class="file" data-name="${name}" data-type="${mediaType}"><summary>${name}</summary><pre tabindex="0">${text}</pre></details>`;

const blockHtml = (block: Block, desk: Desk | undefined): Html => {
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
    case 'buttons':
      return desk ? commandButtons(block.buttons, desk, 'buttons') : nothing;
    case 'chart':
      return chartHtml(block.chart);
  }
};

/**
 * A chat message as a piece of a page, a block a line. Everything in it is text: formulas are typeset, only addresses of
 * the web become links, and no character turns the direction of what stands around it.
 *
 * @param desk where its buttons lead; without one, for a reader who may only look, it has none
 */
export const messageHtml = ({ blocks, files = [] }: Message, desk?: Desk): Html => {
  const shown = blocks.filter(({ type }) => type !== 'buttons' || desk);
  const parts = [...shown.map((block) => blockHtml(block, desk)), ...files.map(fileHtml)];
  return raw(withoutDirection(String(lines(parts))));
};
