import { describe, expect, it } from 'vitest';
import { splitMathematics } from '../../src/core/mathematics.ts';
import { growth, linear } from '../computing.ts';

/** What is mathematics in a text, without its delimiters. */
const found = (text: string): string[] =>
  splitMathematics(text)
    .filter(({ kind }) => kind !== 'text')
    .map((part) => part.text);

describe('mathematics in a text', () => {
  it('is found with its kind, its TeX and its source', () => {
    expect(splitMathematics('A $x$ and \\[y\\].')).toEqual([
      { kind: 'text', text: 'A ', source: 'A ' },
      { kind: 'inline', text: 'x', source: '$x$' },
      { kind: 'text', text: ' and ', source: ' and ' },
      { kind: 'display', text: 'y', source: '\\[y\\]' },
      { kind: 'text', text: '.', source: '.' },
    ]);
    expect(splitMathematics('')).toEqual([]);
  });

  it.each([
    ['$x$', ['x']],
    ['$a$$b$', ['a', 'b']],
    ['$$a + b$$', ['a + b']],
    ['\\(a\\) \\[b\\]', ['a', 'b']],
    ['\\begin{align*}a&b\\end{align*}', ['\\begin{align*}a&b\\end{align*}']],
    ['$O(n \\log n)$', ['O(n \\log n)']],
    ['$x_{\\text{for $n$ steps}}$ and $y$', ['x_{\\text{for $n$ steps}}', 'y']],
    ['$\\$5$', ['\\$5']],
    ['$ x_i $', [' x_i ']],
    ['$ n $ and $ f(S)/|S| $', [' n ', ' f(S)/|S| ']],
    ['$\\tilde{O}(\\sqrt{T}) $', ['\\tilde{O}(\\sqrt{T}) ']],
    ['$\\sim$10, 3$\\times$4 and $>$5', ['\\sim', '\\times', '>']],
    ['$5$ of $100$K', ['5', '100']],
    ['$(1 - 1/e)$ and $[0, 1)$', ['(1 - 1/e)', '[0, 1)']],
    ['$$\\sim$$5', ['\\sim']],
  ])('%s has %j', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it.each([
    'costs $5 and $10',
    'costs $5-$10',
    'raised $1M',
    'from $0.01-$3.59 a call',
    'US$ 5 and US$ 10',
    'The AI ($0.08) also reduced costs by 98.1% compared to the average ($4.2).',
    '($500 vs. others)',
    'between $6000 and $60000, or $5, $6 and $7.',
    'costs $5 for \\METHOD and $10 for \\OTHER',
    'a\\$b\\$',
    'a line\\\\(break) and $',
    '$$ $$',
    '\\( \\)',
    'a \\begin{itemize}b\\end{itemize}',
    '\\begin{align}never closed',
    '\\[never closed',
    'Improved $R^2 = 0.78 over the range ($',
  ])('%s has none', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('is found after money', () => {
    expect(found('costs $500 vs. $\\geq$ $100,000 for $n$ and $5 for $m$')).toEqual(['\\geq', 'n', 'm']);
    expect(found('only $\\sim$$$1.3$B')).toEqual(['\\sim', '1.3']);
  });

  it('and prose together are the whole text', () => {
    for (const text of ['$', '\\', '$$$', '$$$$$', '\\$\\(', '\\(\\)\\', '$\\text{$', '{$}$}', '\\begin{align}$x$'])
      expect(
        splitMathematics(text)
          .map(({ source }) => source)
          .join(''),
      ).toBe(text);
  });

  it.each(['$a ', '\\(', '\\[', '\\begin{align}', '$\\text{', '$$ '])(
    'is found in time proportional to a text that opens it over and over: %j',
    async (piece) => {
      expect(await growth((times) => found(piece.repeat(times)), 10_000)).toBeLessThan(linear);
    },
  );
});
