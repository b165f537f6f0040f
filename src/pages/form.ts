import { html, raw } from 'hono/html';
import { type Answer, type Form, type FormField, isForm, longestValue } from '../core/form.ts';
import { type Html, lines, nothing } from './html.ts';
import { type Desk, messageHtml, pageField } from './message.ts';
import { withoutDirection } from './prose.ts';

/** Lines of a field for a text of these lines: room to write on, and not the whole window. */
const rowsFor = (value: string): number => Math.min(14, Math.max(4, value.split('\n').length + 1));

const control = ({ name, kind, value = '', required, options = [] }: FormField): Html => {
  const shared = html` name="field.${name}"${required ? html` required` : nothing}`;
  switch (kind) {
    case 'text':
      // A browser takes the first end of a line for markup's.
      return html`<textarea${shared} rows="${rowsFor(value)}" maxlength="${longestValue}">${raw('\n')}${value}</textarea>`;
    case 'choice':
      return html`<select${shared}>${required ? nothing : html`<option value=""></option>`}${options.map(
        (option) =>
          html`<option value="${option.value}"${option.value === value ? html` selected` : nothing}>${option.label}</option>`,
      )}</select>`;
    case 'number':
      return html`<input type="number" step="any"${shared} value="${value}" />`;
    case 'line':
      return html`<input type="text"${shared} maxlength="${longestValue}" autocomplete="off" value="${value}" />`;
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
