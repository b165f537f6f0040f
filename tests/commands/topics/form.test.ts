import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { topicsForm, topicsOfForm } from '../../../commands/topics/form.ts';
import { UserError } from '../../../src/core/errors.ts';
import { maxFields, maxValueLength } from '../../../src/core/message.ts';

const limits = { cutoffs: '7 6', papersPerDay: '10', top: 20, model: 'gpt-test' };

const filled = (text: string, change: (value: string) => string = (value) => value) =>
  Object.fromEntries(
    topicsForm(text, limits, 'topics check').fields.map(({ name, value = '' }) => [name, change(value)]),
  );

const section = (name: string, length: number): string =>
  `## ${name}\n\n- Relevant: ${'some words '
    .repeat(Math.ceil(length / 11))
    .slice(0, length)
    .trim()}\n\n`;
const example = readFileSync(new URL('../../../config/topics/foundations.md', import.meta.url), 'utf8');

const texts = {
  'the example': example,
  'one line': '1. Strings',
  'blank lines around it': '\n\n# A\n\n\n\n- b  \n\n\n',
  'no heading': 'word '.repeat(1_500),
  'long lines without a paragraph': Array.from({ length: 60 }, (_, at) => `- ${at} ${'x '.repeat(80)}`).join('\n'),
  'many sections': Array.from({ length: 12 }, (_, at) => section(`Part ${at}`, 800)).join(''),
  'indented lists': `${section('A', 2_500)}  - deep\n    - deeper\n${section('B', 2_900)}`,
  'nearly all that fits': Array.from({ length: 4 }, (_, at) => section(`Part ${at}`, 2_900)).join(''),
};

describe('the form of the topics', () => {
  it.each(Object.entries(texts))('gives %s back byte for byte', (_, text) => {
    const { fields } = topicsForm(text, limits, 'topics check');
    expect(fields.length).toBeLessThanOrEqual(maxFields);
    expect(Math.max(...fields.map(({ value = '' }) => value.length))).toBeLessThanOrEqual(maxValueLength);
    expect(Math.max(...fields.map(({ label }) => label.length))).toBeLessThanOrEqual(45);
    expect(topicsOfForm(filled(text), text)).toBe(text);
  });

  it('gives a text back even if a platform trims fields and changes line ends', () => {
    const crlf = example.replaceAll('\n', '\r\n');
    expect(
      topicsOfForm(
        filled(crlf, (value) => `\r\n${value.replaceAll('\n', '\r\n')}  \r\n`),
        crlf,
      ),
    ).toBe(example);
  });

  it('cuts at headings, with room to write more in each field', () => {
    const { fields } = topicsForm(example, limits, 'topics check');
    const values = fields.slice(0, -2).map(({ value = '' }) => value);
    expect(values.length).toBe(2);
    for (const value of values) expect(value).toMatch(/^#/);
    expect(Math.max(...values.map((value) => value.length))).toBeLessThanOrEqual(2_000);
    expect(fields.slice(-2)).toMatchObject([
      { name: 'cutoffs', kind: 'line', value: '7 6' },
      { name: 'papersPerDay', kind: 'number', value: '10', range: { min: 1, max: 20 } },
    ]);
  });

  it('has no cutoffs without a language model, and no papers per day if the topics need the room', () => {
    const names = (text: string, model?: string) =>
      topicsForm(text, { ...limits, model }, 'topics check').fields.map(({ name }) => name);
    expect(names('1. Strings')).toEqual(['topics1', 'papersPerDay']);
    const long = texts['nearly all that fits'];
    expect(names(long, 'gpt-test').slice(-2)).toEqual(['topics4', 'cutoffs']);
    expect(names(long).slice(-2)).toEqual(['topics4', 'papersPerDay']);
  });

  it('leaves out an emptied field and separates the others', () => {
    const text = Array.from({ length: 3 }, (_, at) => section(`Part ${at}`, 1_900))
      .join('')
      .trimEnd();
    const fields = filled(text);
    expect(Object.keys(fields)).toEqual(['topics1', 'topics2', 'topics3', 'cutoffs', 'papersPerDay']);
    expect(topicsOfForm({ ...fields, topics2: '  ' }, text)).toBe(`${fields.topics1}\n\n${fields.topics3}`);
    expect(topicsOfForm({ ...fields, topics1: '', topics2: '', topics3: '\n' }, text)).toBe('');
  });

  it('separates fields by an empty line if the text changed since', () => {
    expect(topicsOfForm({ topics1: '# A', topics2: '# B', cutoffs: '7 6' }, 'other')).toBe('# A\n\n# B\n');
  });

  it.each([
    ['too long', section('A', 2_900).repeat(5)],
    ['impossible to cut', 'x'.repeat(3_001)],
  ])('says what to do with topics that are %s', (_, text) => {
    expect(() => topicsForm(text, limits, 'topics check')).toThrow(UserError);
    expect(() => topicsForm(text, limits, 'topics check')).toThrow(/topics file; \/arxiv topics show attaches it/);
  });
});
