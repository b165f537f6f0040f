import { describe, expect, test } from 'vitest';
import { parseAnswer } from '../../../src/scoring/llm/prompt.ts';

const batch = [
  { id: '2401.00001', version: 1 },
  { id: '2401.00002', version: 3 },
  { id: 'hep-th/9901001', version: 1 },
];
const row = (id: unknown, more: object = {}) => ({ id, relevance: 8, novelty: 7, comment: 'Gears.', ...more });
const shout = ({ id, relevance, novelty, comment }: ReturnType<typeof row>) =>
  JSON.stringify({ ARXIVID: id, COMMENT: comment, RELEVANCE: relevance, NOVELTY: novelty });
const rows = batch.map(({ id }) => row(id));
const lines = rows.map((one) => JSON.stringify(one)).join('\n');
const whole = JSON.stringify({ papers: rows });

describe('an answer is parsed', () => {
  test.each([
    ['an object with a list', whole],
    ['an object with a list by another name, indented', JSON.stringify({ note: 'here', results: rows }, null, 2)],
    ['a bare list', JSON.stringify(rows)],
    ['JSON lines', lines],
    ['JSON lines in capitals', rows.map(shout).join('\n')],
    ['JSON lines in a code fence', `Here you are:\n\`\`\`jsonl\n${lines}\n\`\`\`\nDone.`],
    ['an object in a code fence', `\`\`\`json\n${whole}\n\`\`\``],
    ['lines with commas after them', rows.map((one) => `${JSON.stringify(one)},`).join('\r\n')],
    ['objects after prose with a stray quote', `The "answer is:\n${lines}`],
    ['objects after thoughts with braces', `<think>{relevance?} or {} hm</think>\n${lines}`],
  ])('from %s', (_, text) => {
    const { verdicts, missing } = parseAnswer(text, batch);
    expect(missing).toEqual([]);
    expect(verdicts.map(({ paperId, version }) => `${paperId}v${version}`)).toEqual([
      '2401.00001v1',
      '2401.00002v3',
      'hep-th/9901001v1',
    ]);
  });

  test('from a single object without a list', () => {
    expect(parseAnswer(JSON.stringify(rows[0]), batch).verdicts).toHaveLength(1);
  });

  test('up to the point of a cut', () => {
    for (const text of [whole, lines]) {
      for (let end = 0; end <= text.length; end += 1) {
        const cut = text.slice(0, end);
        const complete = rows.filter((one) => cut.includes(JSON.stringify(one))).length;
        expect(parseAnswer(cut, batch).verdicts).toHaveLength(complete);
      }
    }
  });

  test('with braces and quotes in its comments', () => {
    const comment = 'A set {x} and a "quote" \\ and } more {';
    const text = `${JSON.stringify({ papers: [row('2401.00001', { comment })] }).slice(0, -2)}`;
    expect(parseAnswer(text, batch).verdicts[0]?.comment).toBe(comment);
  });

  test.each([
    '',
    'I cannot help with that.',
    '{',
    'null',
    '[]',
    '{"papers": null}',
    '"2401.00001"',
    '[1, null, "x", []]',
  ])('as empty if it has no verdicts: %s', (text) => {
    const { verdicts, missing } = parseAnswer(text, batch);
    expect(verdicts).toEqual([]);
    expect(missing).toEqual(batch.map(({ id }) => id));
  });
});

describe('a verdict is accepted', () => {
  const parse = (...items: object[]) => parseAnswer(JSON.stringify({ papers: items }), batch);

  test.each(['arXiv:2401.00002', '2401.00002v3', ' ARXIV: 2401.00002v12 '])('for an id written as %s', (id) => {
    expect(parse(row(id)).verdicts).toMatchObject([{ paperId: '2401.00002', version: 3 }]);
  });

  test.each([8, '8', ' 8 ', 8.0, '8.0'])('with the number %j', (relevance) => {
    expect(parse(row('2401.00001', { relevance })).verdicts).toMatchObject([{ relevance: 8 }]);
  });

  test('with its comment on one line and cut to the limit', () => {
    const [verdict] = parse(row('2401.00001', { comment: `  Gears\n turn. ${'x'.repeat(5000)}` })).verdicts;
    expect(verdict?.comment).toMatch(/^Gears turn\. x+$/);
    expect(verdict?.comment.length).toBeLessThanOrEqual(600);
  });
});

describe('a verdict is rejected', () => {
  const parse = (...items: object[]) => parseAnswer(JSON.stringify({ papers: items }), batch);

  test.each([7.5, 0, 11, -3, '7.5', '', 'high', null, undefined, true, [8]])('with the number %j', (novelty) => {
    const { verdicts, missing, rejected } = parse(row('2401.00001', { novelty }));
    expect(verdicts).toEqual([]);
    expect(missing).toContain('2401.00001');
    expect(rejected).toEqual([{ id: '2401.00001', reason: 'no valid novelty' }]);
  });

  test.each(['', '  \n', null, 5, undefined])('with the comment %j', (comment) => {
    expect(parse(row('2401.00001', { comment })).rejected).toEqual([{ id: '2401.00001', reason: 'no valid comment' }]);
  });

  test('for a paper outside the batch, while others are accepted', () => {
    const { verdicts, rejected } = parse(row('9999.99999'), row('2401.00001'), row(undefined));
    expect(verdicts).toHaveLength(1);
    expect(rejected.map(({ reason }) => reason)).toEqual(['not in the batch', 'not in the batch']);
  });

  test('if the paper has one already', () => {
    const { verdicts, rejected } = parse(row('2401.00001'), row('2401.00001v2', { relevance: 1 }));
    expect(verdicts).toMatchObject([{ relevance: 8 }]);
    expect(rejected).toEqual([{ id: '2401.00001', reason: 'given twice' }]);
  });
});
