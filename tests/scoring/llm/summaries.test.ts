import { describe, expect, it } from 'vitest';
import { maxSummaryLength } from '../../../src/core/summary.ts';
import { readSummaries } from '../../../src/scoring/llm/summaries.ts';
import { idsOf, papersOf } from './setup.ts';

const batch = papersOf(3);
const [first = '', second = '', third = ''] = idsOf(3);
const read = (answer: unknown) =>
  Object.fromEntries(
    readSummaries(typeof answer === 'string' ? answer : JSON.stringify(answer), batch).map(({ paperId, text }) => [
      paperId,
      text,
    ]),
  );
const textOf = (summary: unknown) => read({ papers: [{ id: first, summary }] })[first];

describe('the summaries of an answer', () => {
  it.each([
    [
      'as the schema wants them',
      {
        papers: [
          { id: first, summary: 'One.' },
          { id: second, summary: 'Two.' },
        ],
      },
    ],
    ['as lines', `{"ARXIVID": "${first}", "SUMMARY": "One."}\n{"ARXIVID": "${second}", "SUMMARY": "Two."}`],
    ['under their ids', { [first]: 'One.', [second]: { summary: 'Two.' } }],
    [
      'in a fence, with a version',
      `\`\`\`json\n[{"id": "${first}v2", "summary": "One."}, {"id": "arXiv:${second}", "tldr": "Two."}]\n\`\`\``,
    ],
    ['after thinking', `<think>{"id": "${third}", "summary": "No."}</think>{"${first}": "One.", "${second}": "Two."}`],
    [
      'cut off',
      `{"papers": [{"id": "${first}", "summary": "One."}, {"id": "${second}", "summary": "Two."}, {"id": "${third}", "summ`,
    ],
  ])('are read %s', (_, answer) => {
    expect(read(answer)).toEqual({ [first]: 'One.', [second]: 'Two.' });
  });

  it('have the version of the paper', () => {
    expect(readSummaries(JSON.stringify({ id: first, summary: 'One.' }), [{ id: first, version: 3 }])).toEqual([
      { paperId: first, version: 3, text: 'One.' },
    ]);
  });

  it('leave out papers that were not asked for, and what is no summary', () => {
    expect(
      read({
        papers: [
          { id: '9999.99999', summary: 'Not in the batch.' },
          { id: first, summary: 7 },
          { id: second, summary: ' \u202e…\u0000 ' },
          { id: third, title: 'A title.' },
        ],
      }),
    ).toEqual({});
    expect(read("I'm sorry, but I cannot help with that.")).toEqual({});
    expect(read('')).toEqual({});
  });

  it('are the last ones that were written', () => {
    expect(read(`{"id": "${first}", "summary": "Draft."} {"id": "${first}", "summary": "Final."}`)).toEqual({
      [first]: 'Final.',
    });
  });

  it('have one line, without control and invisible characters', () => {
    expect(textOf('It\u0007 turns\n\n gears\u2028\u202e faster\u2066\u200b\u{e0041}.\u001b[31m')).toBe(
      'It turns gears faster. [31m',
    );
    // Persian needs its joiner.
    expect(textOf('می\u200cخواهم')).toBe('می\u200cخواهم');
    expect(textOf('Half \ud800 a pair.')).toBe('Half \ufffd a pair.');
  });

  it('keep what a renderer has to escape', () => {
    const hostile = '<!channel> <script>alert(1)</script> **bold** [a](https://evil.example) @everyone';
    expect(textOf(hostile)).toBe(hostile);
  });

  it('are cut between words', () => {
    const text = textOf('gears '.repeat(100)) ?? '';
    expect(text.length).toBeLessThanOrEqual(maxSummaryLength);
    expect(text).toMatch(/gears…$/);
    expect(textOf('字'.repeat(5_000))).toBe(`${'字'.repeat(maxSummaryLength - 1)}…`);
  });
});
