import { html, raw } from 'hono/html';
import { withoutControls } from '../core/folding.ts';
import {
  type Answer,
  type Block,
  type Button,
  type Chart,
  type Form,
  type FormField,
  type Inline,
  isForm,
  type Menu,
  type Message,
  type MessageFile,
  maxValueLength,
} from '../core/message.ts';
import { type Html, lines, nothing, webAddress } from './html.ts';
import { typeset } from './math/typeset.ts';

/** Height of a text field in lines: one more than the text, but never the whole window. */
const rowsFor = (value: string): number => Math.min(14, Math.max(4, value.split('\n').length + 1));

const control = ({ name, kind, value = '', required, options = [], range }: FormField): Html => {
  const shared = html` name="field.${name}"${required ? html` required` : nothing}`;
  switch (kind) {
    case 'text':
      // Browsers drop a line break right after the opening tag.
      return html`<textarea${shared} rows="${rowsFor(value)}" maxlength="${maxValueLength}">${raw('\n')}${value}</textarea>`;
    case 'choice':
      return html`<select${shared}>${required ? nothing : html`<option value=""></option>`}${options.map(
        (option) =>
          html`<option value="${option.value}"${option.value === value ? html` selected` : nothing}>${option.label}</option>`,
      )}</select>`;
    case 'number':
      return range
        ? html`<input type="number" min="${range.min}" max="${range.max}"${shared} value="${value}" />`
        : html`<input type="number" step="any"${shared} value="${value}" />`;
    case 'line':
      return html`<input type="text"${shared} maxlength="${maxValueLength}" autocomplete="off" value="${value}" />`;
  }
};

const fieldHtml = (field: FormField): Html => {
  const notes = [field.required ? [] : ['optional'], field.hint ?? []].flat().join('; ');
  return html`<p><label>${field.label}${notes ? html` <small>${notes}</small>` : nothing}${control(field)}</label></p>`;
};

const formHtml = ({ title, intro, fields, submit }: Form, desk: Desk): Html =>
  html`<form class="command fill" method="post" action="${desk.address}">
<fieldset>
<legend>${title}</legend>
${lines([intro === undefined ? nothing : html`<p class="intro">${intro}</p>`, ...fields.map(fieldHtml)])}
${pageField(desk)}<input type="hidden" name="text" value="${submit.command}" />
<button class="primary">${submit.label}</button>
</fieldset>
</form>`;

export const answerHtml = (answer: Answer, desk: Desk): Html =>
  isForm(answer) ? raw(withoutControls(String(formHtml(answer.form, desk)))) : messageHtml(answer, desk);

const inlineHtml = (part: Inline): Html => {
  if (typeof part === 'string') return typeset(part);
  const { text, bold, italic, code, url } = part;
  // Formulas and dashes in code stay as they are.
  const plain = code ? html`<code>${text}</code>` : typeset(text);
  const slanted = italic ? html`<i>${plain}</i>` : plain;
  const marked = bold ? html`<b>${slanted}</b>` : slanted;
  const address = url === undefined ? undefined : webAddress(url);
  return address === undefined ? marked : html`<a href="${address}" rel="noopener noreferrer">${marked}</a>`;
};

const contentHtml = (content: readonly Inline[]): Html => html`${content.map(inlineHtml)}`;

export type Desk = {
  address: string;
  /** Page of the buttons and forms, such as `2025-07-08.html`. Without scripts, the answer links back to it. */
  page: string;
};

export const pageField = ({ page }: Desk): Html => html`<input type="hidden" name="page" value="${page}" />`;

const buttonHtml = ({ label, command, style }: Button): Html =>
  html`<button name="text" value="${command}"${style ? html` class="${style}"` : nothing}>${label}</button>`;

const menuHtml = ({ label, items }: Menu): Html =>
  html`<details class="menu"><summary>${label}</summary><div>${items.map(buttonHtml)}</div></details>`;

export const commandButtons = (buttons: readonly Button[], desk: Desk, name: string, menu?: Menu): Html =>
  html`<form class="command ${name}" method="post" action="${desk.address}">${pageField(desk)}${buttons.map(buttonHtml)}${menu ? menuHtml(menu) : nothing}</form>`;

const maxShortLabel = 14;

const chartHtml = ({ title, bars }: Chart): Html => {
  const max = Math.max(0, ...bars.map(({ value }) => value));
  const share = (value: number): number => (max > 0 ? Math.max(0, Math.round((1000 * value) / max) / 10) : 0);
  const row = ({ label, value, shown }: Chart['bars'][number]): Html =>
    html`<tr><th scope="row">${label}</th><td><i class="bar" style="--share:${share(value)}%"></i></td><td>${shown}</td></tr>`;
  const isShort = bars.every(({ label }) => label.length <= maxShortLabel);
  return html`<table class="chart${isShort ? ' short' : ''}">
<caption>${title}</caption>
<tbody>
${lines(bars.map(row))}
</tbody>
</table>`;
};

export const fileHtml = ({ name, mediaType, text }: MessageFile, label = name): Html =>
  html`<details class="file" data-name="${name}" data-type="${mediaType}"><summary>${label}</summary><pre tabindex="0">${text}</pre></details>`;

const blockHtml = (block: Block, desk: Desk | undefined): Html => {
  switch (block.type) {
    case 'heading':
      // Not a heading element: a reply must not change the outline of the page.
      return html`<p class="message-heading"><b>${typeset(block.text)}</b></p>`;
    case 'paragraph':
      return html`<p>${contentHtml(block.content)}</p>`;
    case 'note':
      return html`<p class="small">${contentHtml(block.content)}</p>`;
    case 'list': {
      const items = html`${block.items.map((item) => html`<li>${contentHtml(item)}</li>`)}`;
      const start = block.start === undefined ? nothing : html` start="${block.start}"`;
      return block.ordered ? html`<ol${start}>${items}</ol>` : html`<ul>${items}</ul>`;
    }
    case 'code':
      return html`<pre>${block.text}</pre>`;
    case 'buttons':
      return desk ? commandButtons(block.buttons, desk, 'buttons', block.menu) : nothing;
    case 'chart':
      return chartHtml(block.chart);
  }
};

/**
 * A chat message as HTML, one line per block. All of its content is text: formulas are typeset, and only HTTP addresses
 * become links.
 * @param desk Receives the commands of buttons. Without one, for readers without rights, there are no buttons.
 */
export const messageHtml = ({ blocks, files = [] }: Message, desk?: Desk): Html => {
  const shown = blocks.filter(({ type }) => type !== 'buttons' || desk);
  const parts = [...shown.map((block) => blockHtml(block, desk)), ...files.map((file) => fileHtml(file))];
  return raw(withoutControls(String(lines(parts))));
};
