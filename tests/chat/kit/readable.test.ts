import { describe, expect, it } from 'vitest';
import { readableMessage } from '../../../src/chat/kit/readable.ts';
import type { Block } from '../../../src/core/message.ts';

const url = 'https://arxiv.org/abs/2507.00001';
const readable = (...blocks: Block[]): Block[] => readableMessage({ summary: 's', blocks }).blocks;

describe('a message for platforms that cannot typeset', () => {
  it('has mathematics in Unicode in every text', () => {
    expect(readableMessage({ summary: 'An $O(n^2)$ bound', blocks: [] }).summary).toBe('An O(n²) bound');
    expect(
      readable(
        { type: 'heading', text: '$\\ell_1$ norms' },
        { type: 'paragraph', content: [{ text: 'On $x \\in \\mathbb{R}$', bold: true, url }, ' by \\emph{one}'] },
        { type: 'note', content: ['$\\alpha$'] },
        { type: 'list', ordered: true, start: 4, items: [['$2^k$', ' papers']] },
      ),
    ).toEqual([
      { type: 'heading', text: 'ℓ₁ norms' },
      { type: 'paragraph', content: [{ text: 'On x ∈ ℝ', bold: true, url }, ' by \\emph{one}'] },
      { type: 'note', content: ['α'] },
      { type: 'list', ordered: true, start: 4, items: [['2ᵏ', ' papers']] },
    ]);
  });

  it('has no control characters in any text', () => {
    const hostile = 'a\u0000b\u001b[31mc\u0085d\u009be\u202ef\u2066g\u200fh';
    const plain = 'abcdefgh';
    const button = { label: hostile, command: 'show 1' };
    const shown = readableMessage({
      summary: hostile,
      blocks: [
        { type: 'heading', text: hostile },
        { type: 'paragraph', content: [hostile, { text: hostile, url }, { text: hostile, code: true }] },
        { type: 'note', content: [hostile] },
        { type: 'list', ordered: false, items: [[hostile]] },
        { type: 'code', text: hostile },
        { type: 'chart', chart: { title: hostile, bars: [{ label: hostile, value: 1, shown: hostile }] } },
        { type: 'buttons', buttons: [button], menu: { label: 'More', items: [button] } },
      ],
      files: [{ name: hostile, mediaType: 'text/plain', text: hostile }],
    });
    const texts = JSON.stringify(shown);
    expect(texts.split(plain)).toHaveLength(16);
    expect(texts).not.toMatch(/[\u0080-\u009f\u200f\u202e\u2066]|\\u00|\[31m/);
  });

  it('joins a formula that marks cut into parts', () => {
    const content = [
      { text: 'An $O(', url },
      { text: 'n', bold: true, url },
      { text: '^2)$ bound', url },
    ];
    expect(readable({ type: 'paragraph', content })).toEqual([
      { type: 'paragraph', content: [{ text: 'An O(n²) bound', url }] },
    ]);
  });

  it.each([
    '$0.0020 for questions, $0.0104 for rescoring 21 papers',
    '$1.00 of $5.00',
    'C:\\papers\\new',
    'npm run -s paperboy -- doctor prints it',
    'Use --ask `c`',
  ])('leaves %j as it is', (text) => {
    expect(readable({ type: 'paragraph', content: [text] })).toEqual([{ type: 'paragraph', content: [text] }]);
  });

  it.each([
    ['Attention -- a survey of ReLU--GELU nets', 'Attention – a survey of ReLU–GELU nets'],
    ['9 + 8 → 10 + 7', '9\u00a0+\u00a08 → 10\u00a0+\u00a07'],
    ['1st of 1,204 · match 99.7%', '1st\u00a0of\u00a01,204 · match\u00a099.7%'],
    ['Rank 2015 + 8 of 20 matches', 'Rank 2015 + 8 of 20 matches'],
  ])('has real dashes and keeps scores on one line: %j', (text, shown) => {
    expect(readable({ type: 'paragraph', content: [text] })).toEqual([{ type: 'paragraph', content: [shown] }]);
  });

  it('leaves code, files and buttons as they are', () => {
    const blocks: Block[] = [
      { type: 'code', text: '$x^2$' },
      { type: 'paragraph', content: [{ text: '$x^2$', code: true }] },
      { type: 'buttons', buttons: [{ label: '$x^2$', command: 'top' }] },
    ];
    const files = [{ name: 'a.bib', mediaType: 'text/plain', text: 'title = {$x^2$}' }];
    expect(readableMessage({ summary: 's', blocks, files })).toEqual({ summary: 's', blocks, files });
  });
});
