import { describe, expect, it } from 'vitest';
import { replaceBetween, splitBetween } from '../../src/arxiv/elements.ts';

describe('splitting a text', () => {
  it('gives the parts from each opening to the next closing, and the rest', () => {
    const text = 'a<item x>1</item>b<item><item>2</item></item><items>c';
    expect(splitBetween(text, /<item\b/g, /<\/item>/g)).toEqual({
      parts: ['<item x>1</item>', '<item><item>2</item>'],
      rest: 'a b </item><items>c',
    });
  });

  it('leaves an opening without closing in place', () => {
    expect(splitBetween('a<item>b', /<item\b/g, /<\/item>/g)).toEqual({ parts: [], rest: 'a<item>b' });
  });

  it('agrees with a lazy regular expression on random markup', () => {
    const tokens = ['<item>', '<item ', '</item>', 'x', ' ', '<items>', '</item', '>'];
    let seed = 1;
    const next = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed;
    };
    for (let time = 0; time < 500; time += 1) {
      const text = Array.from({ length: 30 }, () => tokens[next() % tokens.length]).join('');
      const { parts, rest } = splitBetween(text, /<item\b/g, /<\/item>/g);
      expect(parts).toEqual(text.match(/<item\b[\s\S]*?<\/item>/g) ?? []);
      expect(rest).toBe(text.replace(/<item\b[\s\S]*?<\/item>/g, ' '));
    }
  });

  it('takes linear time', () => {
    const text = '<item '.repeat(400_000);
    const { parts, rest } = splitBetween(text, /<item\b/g, /<\/item>/g);
    expect(parts).toEqual([]);
    // A lazy regular expression would take minutes, and the test run out of time.
    expect(rest).toBe(text);
  });
});

describe('replacing', () => {
  it('closes each opening by its own tag', () => {
    const text = '<script><style></style></script>a<style>b</style >c<script>d';
    const closingOf = ([, name]: RegExpExecArray): RegExp => new RegExp(`</${name}\\s*>`, 'g');
    expect(replaceBetween(text, /<(script|style)\b/g, closingOf, () => '|')).toBe('|a|c<script>d');
  });
});
