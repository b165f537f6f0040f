import { describe, expect, it } from 'vitest';
import { plainText } from '../../src/core/message.ts';
import { authorsLine, countOf, linkedTitle, paperLinks, shorten, shortenSentence } from '../../src/core/paper.ts';
import { paperOf } from '../fakes/fixtures.ts';

describe('a text that is shortened', () => {
  it.each([
    ['short enough', 12, 'short enough'],
    ['one two three four', 12, 'one two…'],
    ['one two, three', 10, 'one two…'],
    ['one two: three', 10, 'one two…'],
    ['', 5, ''],
  ])('%j to %i is %j', (text, maximum, shown) => {
    expect(shorten(text, maximum)).toBe(shown);
  });

  it.each([5, 39, 40, 41, 56, 200])('keeps as much as fits of a word longer than %i', (maximum) => {
    expect(shorten('x'.repeat(500), maximum)).toBe(`${'x'.repeat(maximum - 1)}…`);
  });

  it('cuts a long word rather than going back to a far space', () => {
    expect(shorten(`A ${'x'.repeat(500)}`, 100)).toBe(`A ${'x'.repeat(97)}…`);
  });

  it('never ends in half a character and never exceeds the limit', () => {
    for (const text of ['🔥'.repeat(60), `a${'🔥'.repeat(60)}`, '🔥 '.repeat(60)])
      for (let maximum = 2; maximum < 100; maximum += 1) {
        const shown = shorten(text, maximum);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown.length).toBeLessThanOrEqual(maximum);
      }
  });
});

describe('a sentence that is shortened', () => {
  it.each([
    ['Prunes the attention heads.', 24, 'Prunes the attention heads.'],
    [
      'Prunes heads by Lee et al. Inc. and us. Then trains again, slowly.',
      34,
      'Prunes heads by Lee et al. Inc. and us.',
    ],
    ['Prunes the attention heads, which nobody did before at all.', 30, 'Prunes the attention heads…'],
    ['Prunes, and then trains the remaining heads of a network again.', 30, 'Prunes, and then trains the…'],
  ])('%j to about %i is %j', (text, maximum, shown) => {
    expect(shortenSentence(text, maximum)).toBe(shown);
  });
});

describe('the line of authors', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `A${index + 1}`);

  it('has up to twelve names and counts the rest', () => {
    expect(authorsLine(names(2))).toBe('A1, A2');
    expect(authorsLine(names(12))).toMatch(/, A12$/);
    expect(authorsLine(names(13))).toMatch(/, A12 and 1 more$/);
    expect(authorsLine(names(3000))).toMatch(/, A12 and 2988 more$/);
    expect(authorsLine(names(4), 3)).toBe('A1, A2, A3 and 1 more');
    expect(authorsLine([])).toBe('');
  });
});

describe('the links of a paper', () => {
  it('show the bare id, also an old one, and link to its version', () => {
    const old = paperOf('hep-th/9901001', { version: 3 });
    expect(plainText(paperLinks(old))).toBe('hep-th/9901001 · Abstract · PDF · HTML');
    expect(paperLinks(old).flatMap((part) => (typeof part === 'string' ? [] : [part.url]))).toEqual([
      'https://arxiv.org/abs/hep-th/9901001',
      'https://arxiv.org/pdf/hep-th/9901001',
      'https://arxiv.org/html/hep-th/9901001v3',
    ]);
    expect(linkedTitle(old, true)).toEqual({
      text: 'Title of hep-th/9901001',
      bold: true,
      url: 'https://arxiv.org/abs/hep-th/9901001',
    });
  });

  it('do not exist for an invented paper', () => {
    expect(paperLinks(paperOf('sample.00001'))).toEqual(['sample.00001']);
    expect(linkedTitle(paperOf('sample.00001'))).not.toHaveProperty('url');
  });
});

it.each([
  [0, '0 papers'],
  [1, '1 paper'],
  [1234567, '1,234,567 papers'],
])('a count of %i reads "%s"', (count, read) => {
  expect(countOf(count, 'paper')).toBe(read);
});
