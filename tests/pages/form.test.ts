import { describe, expect, it } from 'vitest';
import { type Form, type FormField, maxValueLength, textMessage } from '../../src/core/message.ts';
import { answerHtml } from '../../src/pages/message.ts';
import { attributesOf, parsePage, textOf } from './page.ts';

const desk = { address: '/gears/commands', page: 'index.html' };

const formOf = (fields: FormField[], more: Partial<Form> = {}): Form => ({
  ...{ title: 'Topics', fields, submit: { label: 'Save', command: 'topics save' } },
  ...more,
});

const pageOf = (fields: FormField[], more: Partial<Form> = {}) =>
  parsePage(String(answerHtml({ form: formOf(fields, more) }, desk)));

describe('a form in a page', () => {
  it('sends its command and fields to the channel, with its page', () => {
    const page = pageOf([{ name: 'topics', label: 'Topics', kind: 'line', required: true }], {
      intro: 'What we read.',
    });
    const form = page.querySelector('form.command.fill');
    expect([form?.getAttribute('method'), form?.getAttribute('action')]).toEqual(['post', '/gears/commands']);
    const hidden = page.querySelectorAll('input[type=hidden]');
    expect(hidden.map((one) => [one.getAttribute('name'), one.getAttribute('value')])).toEqual([
      ['page', 'index.html'],
      ['text', 'topics save'],
    ]);
    expect([textOf(page.querySelector('legend')), textOf(page.querySelector('.intro'))]).toEqual([
      'Topics',
      'What we read.',
    ]);
    expect(textOf(page.querySelector('button.primary'))).toBe('Save');
  });

  it('has a control for each kind of field, with value, hint and required mark', () => {
    const page = pageOf([
      { name: 'a', label: 'A line', kind: 'line', value: 'x', hint: 'such as y', required: true },
      { name: 'b', label: 'A text', kind: 'text', value: '\nGears\nTrains', required: false },
      { name: 'c', label: 'A number', kind: 'number', value: '7', hint: '1 to 10', required: false },
      {
        ...{ name: 'd', label: 'A choice', kind: 'choice', value: 'de', required: true },
        options: [
          { label: 'English', value: 'en' },
          { label: 'German', value: 'de' },
        ],
      },
      { name: 'e', label: 'Any', kind: 'choice', required: false, options: [{ label: 'One', value: '1' }] },
    ]);
    expect(page.querySelectorAll('label').map(textOf)).toEqual([
      'A line such as y',
      expect.stringMatching(/^A text optional Gears Trains$/),
      'A number optional; 1 to 10',
      'A choice English German',
      'Any optional One',
    ]);
    expect(page.querySelectorAll('[required]').map((one) => one.getAttribute('name'))).toEqual(['field.a', 'field.d']);
    expect(page.querySelector('textarea')?.rawText).toBe('\n\nGears\nTrains');
    expect(attributesOf(page, '[type=number]', 'value')).toEqual(['7']);
    expect(attributesOf(page, 'option[selected]', 'value')).toEqual(['de']);
    expect(attributesOf(page, '[name="field.e"] option', 'value')).toEqual(['', '1']);
    expect(new Set(attributesOf(page, 'textarea, [type=text]', 'maxlength'))).toEqual(
      new Set([String(maxValueLength)]),
    );
  });

  it('escapes all of its texts, and drops direction marks', () => {
    const evil = '"></textarea></select><script>alert(1)</script>\u202e';
    const shown = String(
      answerHtml(
        {
          form: formOf(
            (['line', 'text', 'number', 'choice'] as const).map((kind) => ({
              ...{ name: evil, label: evil, kind, value: evil, hint: evil, required: false },
              options: [{ label: evil, value: evil }],
            })),
            { title: evil, intro: evil, submit: { label: evil, command: evil } },
          ),
        },
        desk,
      ),
    );
    expect(parsePage(shown).querySelectorAll('script')).toEqual([]);
    expect(shown).not.toMatch(/<script|\u202e/);
  });

  it('shows a message if the answer is one', () => {
    expect(String(answerHtml(textMessage('Saved.'), desk))).toBe('<p>Saved.</p>');
  });
});
