import { describe, expect, it } from 'vitest';
import { choosePassages } from '../../../src/scoring/llm/ask.ts';
import { parseModelAnswer, verifiedQuotes } from '../../../src/scoring/llm/quotes.ts';

const text = 'We train for 300 steps — on “four” GPUs.\n  The model’s accuracy is $a<b$ in every\u00a0run.';

describe('quotes', () => {
  it.each([
    'We train for 300 steps - on "four" GPUs.',
    "“The model's accuracy is $a&lt;b$ in every run.”",
    'on “four” GPUs. The model’s accuracy',
    '... train for 300 steps …',
  ])('are kept if they occur in the text apart from spaces, quotation marks and dashes (%s)', (quote) => {
    expect(verifiedQuotes([quote], text)).toHaveLength(1);
  });

  it.each([
    'We train for 301 steps',
    'we TRAIN for 300 steps',
    'four GPUs',
    '',
    'accuracy',
    'We train … in every run.',
  ])('are dropped if they do not occur or are too short (%s)', (quote) => {
    expect(verifiedQuotes([quote], text)).toEqual([]);
  });

  it('are returned once each, at most four', () => {
    expect(verifiedQuotes(['We train for 300', 'We  train for 300'], text)).toHaveLength(1);
    const many = [
      'We train for 300',
      'train for 300 steps',
      'for 300 steps',
      'The model’s accuracy',
      'accuracy is $a<b$',
    ];
    expect(verifiedQuotes(many, text)).toHaveLength(4);
  });
});

describe('an answer', () => {
  it.each([
    '{"answer":"Yes.","quotes":["a"],"found":true}',
    '```json\n{"answer":"Yes.","quotes":"a","found":"true"}\n```',
    'Here it is: {"answer":"Yes.","quotes":["a"]}',
    '<think>{"answer":"No.","quotes":[],"found":false}</think>{"answer":"Yes.","quotes":["a"],"found":true}',
    '{"quotes":["a",],"found":True,"answer":"Yes.",}',
    '{"answer":"Yes.","quotes":[{"quote":"a"}],"found":true}',
  ])('is parsed with anything around it (%s)', (text) => {
    expect(parseModelAnswer(text)).toEqual({ answer: 'Yes.', quotes: ['a'], found: true });
  });

  it('keeps TeX with single backslashes', () => {
    const text = '{"answer":"By $\\tau$.","quotes":["It is $\\frac{\\alpha}{2}$."],"found":true}';
    expect(parseModelAnswer(text)).toMatchObject({ answer: 'By $\\tau$.', quotes: ['It is $\\frac{\\alpha}{2}$.'] });
  });

  it('may leave out the text if the paper has no answer', () => {
    expect(parseModelAnswer('{"quotes":[],"found":false}')).toEqual({ answer: '', quotes: [], found: false });
  });

  it.each(['', 'Yes.', '<think>{"answer":"No.","quotes":[]}', '{"answer":', '{"quotes":[]}', '[]'])(
    'is undefined if there is none (%s)',
    (output) => {
      expect(parseModelAnswer(output)).toBeUndefined();
    },
  );
});

describe('the choice of passages', () => {
  const filler = (from: number) =>
    Array.from({ length: 50 }, (_, index) => ({ section: 'Text', text: `Filler number ${from + index} about oil.` }));
  const passages = [...filler(0), { section: 'Training', text: 'We trained on eight GPUs.' }, ...filler(50)];

  it('keeps all of a text that fits', () => {
    expect(choosePassages(passages, 'How long?', 100_000)).toEqual({ chosen: passages, isWhole: true });
  });

  it('takes what shares most with the question and fits, in the order of the text', () => {
    const { chosen, isWhole } = choosePassages(passages, 'Which GPUs did they train on?', 200);
    expect(isWhole).toBe(false);
    expect(chosen).toContain(passages[50]);
    const indices = chosen.map((one) => passages.indexOf(one));
    expect(indices).toEqual(indices.toSorted((a, b) => a - b));
    expect(chosen.reduce((sum, { section, text: own }) => sum + section.length + own.length, 0)).toBeLessThanOrEqual(
      200,
    );
  });
});
