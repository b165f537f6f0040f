import { describe, expect, test } from 'vitest';
import { parseAnswer, parseComments } from '../../../src/scoring/llm/verdicts.ts';

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

  test.each([
    8,
    '8',
    ' 8 ',
    '8.0',
    7.5,
    '8.4',
    '7,6',
    '8/10',
    '8.2 / 10',
    '8 out of 10',
    '**8**',
    '8 (high)',
    'Score: 8',
    { score: 8 },
  ])('with the number %j', (relevance) => {
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

  test.each([0, 0.6, 10.4, 11, -3, '', 'high', '80%', '8/100', '4/5', '7-8 or so, 80', null, undefined, true, [8]])(
    'with the number %j',
    (novelty) => {
      const { verdicts, missing, rejected } = parse(row('2401.00001', { novelty }));
      expect(verdicts).toEqual([]);
      expect(missing).toContain('2401.00001');
      expect(rejected).toEqual([{ id: '2401.00001', reason: 'no valid novelty' }]);
    },
  );

  test('for a paper outside the batch, while others are accepted', () => {
    const { verdicts, rejected } = parse(row('9999.99999'), row('2401.00001'), row(undefined));
    expect(verdicts).toHaveLength(1);
    expect(rejected.map(({ reason }) => reason)).toEqual(['not in the batch', 'not in the batch']);
  });
});

describe('of several verdicts on a paper', () => {
  test('the last valid one counts', () => {
    const items = [row('2401.00001'), row('2401.00001v2', { relevance: 1 }), row('2401.00001', { relevance: 99 })];
    expect(parseAnswer(JSON.stringify(items), batch).verdicts).toMatchObject([{ relevance: 1 }]);
  });

  const draft = JSON.stringify(row('2401.00001', { relevance: 2 }));
  const final = JSON.stringify(row('2401.00001', { relevance: 9 }));

  test.each([
    ['<think>', '</think>'],
    ['<thinking>', '</thinking>'],
    ['<thought>', '</thought>'],
    ['[THINK]', '[/THINK]'],
    ['◁think▷', '◁/think▷'],
    ['<|channel|>analysis<|message|>', '<|end|><|start|>assistant<|channel|>final<|message|>'],
    ['', '</think>'],
  ])('none in a thinking block counts (%s … %s)', (start, end) => {
    expect(parseAnswer(`${start}\nMaybe ${draft}. A { and a "?\n${end}\n${final}`, batch).verdicts).toMatchObject([
      { relevance: 9 },
    ]);
    expect(parseAnswer(`${start}\nMaybe ${draft}\n${end}`, batch).verdicts).toEqual([]);
  });

  test('none in an unclosed thinking block counts', () => {
    expect(parseAnswer(`<think>Maybe ${draft}`, batch).verdicts).toEqual([]);
    expect(parseAnswer(`${final}\n<think>Or ${draft}`, batch).verdicts).toMatchObject([{ relevance: 9 }]);
  });

  test('thinking tags inside a comment are text', () => {
    const comment = 'Trains on <think> and </think> tokens.';
    expect(parseAnswer(JSON.stringify([row('2401.00001', { comment })]), batch).verdicts[0]?.comment).toBe(comment);
  });
});

describe('an answer that is nearly right is repaired', () => {
  const parse = (text: string) => parseAnswer(text, batch);
  const fields = '"relevance": 8, "novelty": 7, "comment": "Gears."';

  test.each([
    ['commas at the end', `{"papers": [{"id": "2401.00001", ${fields},},]}`],
    ['an id as a number', `{"papers": [{"id": 2401.00001, ${fields}}]}`],
    ['a link as id', `[{"id": "https://arxiv.org/abs/2401.00001v1", ${fields}}]`],
    ['an id with its category', `[{"id": "arXiv:2401.00001v1 [cs.LG]", ${fields}}]`],
    ['objects under their ids', `{"papers": {"2401.00001": {${fields}}}}`],
    ['objects under links', `{"https://arxiv.org/abs/2401.00001": {${fields}}}`],
    [
      'scores in an object of their own',
      `[{"id": "2401.00001", "comment": "Gears.", "scores": {"relevance": 8, "novelty": 7}}]`,
    ],
    [
      'longer field names',
      '[{"arXiv ID": "2401.00001", "Relevance Score": 8, "novelty_score": 7, "comment": "Gears."}]',
    ],
    ['unquoted names and single quotes', "[{id: '2401.00001', relevance: 8, novelty: 7, comment: 'Gears.'}]"],
    ['a fraction without quotes', '[{"id": "2401.00001", "relevance": 8/10, "novelty": 7/10, "comment": "Gears."}]'],
    ['a string with the whole answer', JSON.stringify(`{"papers": [{"id": "2401.00001", ${fields}}]}`)],
    ['a list that was cut off', `{"papers": [{"id": "2401.00001", ${fields},}, {"id": "2401.00002", "rel`],
    ['objects under ids that were cut off', `{"2401.00001": {${fields}}, "2401.00002": {"relevance": 1`],
  ])('%s', (_, text) => {
    expect(parse(text).verdicts).toEqual([
      { paperId: '2401.00001', version: 1, relevance: 8, novelty: 7, comment: 'Gears.' },
    ]);
  });

  test('an id whose zeros at the end are lost', () => {
    const text = '[{"id": 2401.0123, "relevance": 8, "novelty": 7}]';
    expect(
      parseAnswer(text, [
        { id: '2401.01230', version: 2 },
        { id: '2401.00123', version: 1 },
      ]).verdicts,
    ).toMatchObject([{ paperId: '2401.01230' }]);
  });

  test('a missing id if there is only one paper', () => {
    const text = `{${fields}}`;
    expect(parseAnswer(text, batch.slice(0, 1)).verdicts).toHaveLength(1);
    expect(parse(text).verdicts).toEqual([]);
  });

  test.each([undefined, null, '', '  ', 5])('a comment that is %j is empty', (comment) => {
    expect(parse(JSON.stringify([row('2401.00001', { comment })])).verdicts).toMatchObject([{ comment: '' }]);
  });

  test('quotation marks and line breaks in a comment', () => {
    const text =
      '{"papers": [{"id": "2401.00001", "comment": "They call it "gears"\nhere.", "relevance": 8, "novelty": 7}]}';
    expect(parse(text).verdicts[0]?.comment).toBe('They call it "gears" here.');
  });

  test.each([
    ['$\\frac{1}{n}$', '$\\frac{1}{n}$'],
    ['$\\beta\\nabla\\rho$ \\times $\\tau_1$', '$\\beta\\nabla\\rho$ \\times $\\tau_1$'],
    ['$\\alpha$, \\underline{x}, \\$5', '$\\alpha$, \\underline{x}, \\$5'],
    ['$\\nu \\ne \\mu$', '$\\nu \\ne \\mu$'],
    ['$\\\\frac{1}{2}$', '$\\frac{1}{2}$'],
    ['caff\\u00e8\\ne latte\\tThe end\\n', 'caffè e latte The end'],
    ['A \\"gear\\" and a \\/', 'A "gear" and a /'],
  ])('TeX with single backslashes: %s', (comment, expected) => {
    const text = `{"papers": [{"id": "2401.00001", "comment": "${comment}", "relevance": 8, "novelty": 7}]}`;
    expect(parse(text).verdicts[0]?.comment).toBe(expected);
  });

  test('an apostrophe in single quotes, and an accent in double ones', () => {
    const single = "{'papers': [{'id': '2401.00001', 'comment': 'It\\'s gears.', 'relevance': 8, 'novelty': 7}]}";
    expect(parse(single).verdicts[0]?.comment).toBe("It's gears.");
    const accent = `{"papers": [{"id": "2401.00001", "comment": "By Andr\\'e.", "relevance": 8, "novelty": 7}]}`;
    expect(parse(accent).verdicts[0]?.comment).toBe("By Andr\\'e.");
  });

  test('deep or huge nonsense ends quickly and gives nothing', () => {
    for (const text of ['{'.repeat(200_000), '[{"a":'.repeat(50_000), '{}'.repeat(100_000), '"'.repeat(200_000)])
      expect(parse(text).verdicts).toEqual([]);
  });
});

describe('comments', () => {
  const batch = ['2401.00001', '2401.00002'].map((id) => ({ id, version: 1 }));
  const commentsIn = (text: string) => parseComments(text, batch).map(({ paperId, comment }) => [paperId, comment]);

  test.each([
    ['a list', '{"papers": [{"id": "2401.00001", "comment": "One."}, {"id": "2401.00002", "comment": "Two."}]}'],
    ['lines', '{"ARXIVID": "2401.00001", "COMMENT": "One."}\n{"ARXIVID": "2401.00002", "COMMENT": "Two."}'],
    ['objects under their ids', '{"2401.00001": {"comment": "One."}, "2401.00002": {"comment": "Two."}}'],
    [
      'thoughts before the answer',
      '<think>{"id": "2401.00001", "comment": "Hm."}</think>[{"id": "2401.00001", "comment": "One."}, {"id": 2401.00002, "comment": "Two."}]',
    ],
  ])('are read from %s', (_, text) => {
    expect(commentsIn(text)).toEqual([
      ['2401.00001', 'One.'],
      ['2401.00002', 'Two.'],
    ]);
  });

  test('without a paper of the batch or without words are left out', () => {
    expect(
      commentsIn('[{"id": "2401.00003", "comment": "x"}, {"id": "2401.00001", "comment": " "}, {"id": "2401.00002"}]'),
    ).toEqual([]);
    expect(commentsIn('I cannot help with that.')).toEqual([]);
  });
});
