import { describe, expect, it } from 'vitest';
import { excerptOf } from '../../../src/scoring/llm/excerpt.ts';

const sentence = (word: string, length: number): string => `${word} ${'gear '.repeat(length / 5)}`.trim().concat('.');

describe('an excerpt', () => {
  it('is the whole text if it fits', () => {
    expect(excerptOf('One. Two.', 9)).toBe('One. Two.');
  });

  it('has the first sentences and the last one', () => {
    const [first, second, third] = [sentence('First', 200), sentence('Second', 200), sentence('Third', 300)];
    const last = sentence('Last', 100);
    expect(excerptOf([first, second, third, last].join(' '), 600)).toBe([first, second, last].join(' '));
  });

  it('leaves out a long last sentence', () => {
    const text = [sentence('First', 300), sentence('Second', 300), sentence('Last', 400)].join(' ');
    expect(excerptOf(text, 700)).toBe([sentence('First', 300), sentence('Second', 300)].join(' '));
  });

  it('is cut after a word if a sentence is too long', () => {
    const cut = excerptOf(sentence('Only', 2_000), 100);
    expect(cut).toMatch(/ gear…$/);
    expect(cut.length).toBeLessThanOrEqual(100);
  });

  it.each(['x'.repeat(5_000), '机器学习。'.repeat(400), 'A. '.repeat(2_000), ` ${'word '.repeat(900)}`])(
    'is never longer than its limit',
    (text) => {
      const cut = excerptOf(text, 900);
      expect(cut.length).toBeLessThanOrEqual(900);
      expect(cut.length).toBeGreaterThan(400);
    },
  );
});
