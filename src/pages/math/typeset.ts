import { createRequire } from 'node:module';
import { raw } from 'hono/html';
import type { KatexOptions } from 'katex';
import { splitMathematics, type TextPart } from '../../core/mathematics.ts';
import { escaped, type Html } from '../html.ts';
import { proseOf, smoothProse, withoutDirection } from './prose.ts';

export { plainMathematics } from './plain.ts';

/** What is longer is shown as its source; in UTF-16 units. The longest formula of 20,000 abstracts has 250. */
const longest = 1000;
/** What becomes more than this is shown as its source; in UTF-16 units. */
const maxHtmlLength = 200_000;
/**
 * What is taller or moved further is shown as its source: it would push the rest of its page away. In em; the largest
 * formula of 3,000 abstracts has 5.6. KaTeX's `maxSize` bounds no negative length, and no sum of several.
 */
const farthest = 30;

/**
 * Commands that define others, with which a line of TeX becomes gigabytes, as do thousands of columns, and commands that
 * write to the console. None is of use in a paper's title or abstract.
 */
const forbidden = new RegExp(
  [
    String.raw`\\(?:[egx]?def|global|long|let|futurelet|(?:re)?newcommand|providecommand|(?:err)?message|show)(?![A-Za-z])`,
    String.raw`\\begin\s*\{\s*align(?:ed)?at\*?\s*\}(?!\s*\{\s*\d{1,2}\s*\})`,
    // A name that is not plain letters could become any.
    String.raw`\\begin(?!\s*\{[A-Za-z]+\*?\})`,
  ].join('|'),
);

/** Commands that authors use as if everybody had their packages and definitions: `\cO` and `\bW` are common ones. */
const macros: Readonly<Record<string, string>> = {
  '\\mathds': '\\mathbb{#1}',
  '\\mathbbm': '\\mathbb{#1}',
  '\\ensuremath': '#1',
  '\\emph': '\\textit{#1}',
  '\\textsc': '\\text{#1}',
  '\\textsl': '\\textit{#1}',
  '\\sfrac': '{#1}/{#2}',
  '\\nicefrac': '{#1}/{#2}',
  '\\norm': '\\lVert #1\\rVert',
  '\\abs': '\\lvert #1\\rvert',
  '\\xspace': '',
  '\\eps': '\\varepsilon',
  ...Object.fromEntries(
    [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap((letter) => [
      [`\\c${letter}`, `\\mathcal{${letter}}`],
      [`\\b${letter}`, `\\mathbf{${letter}}`],
    ]),
  ),
};

const options = {
  output: 'htmlAndMathml',
  trust: false,
  strict: 'ignore',
  throwOnError: true,
  /** A page has nothing to define a command with; KaTeX's own need fewer steps. */
  maxExpand: 100,
  /** In em. */
  maxSize: 10,
} satisfies KatexOptions;

const require = createRequire(import.meta.url);

/** KaTeX takes 20 ms and 12 MB to load, which runs and calls that show no formula are spared. */
const loadKatex = (): typeof import('katex').default => require('katex');

const isTooLarge = (typesetFormula: string): boolean =>
  typesetFormula.length > maxHtmlLength ||
  typesetFormula.matchAll(/:(-?[\d.]+(?:e\+\d+)?)em/g).some(([, length]) => Math.abs(Number(length)) > farthest);

const formula = ({ kind, text, source }: TextPart): string => {
  const prose = proseOf(text);
  if (prose !== undefined) return escaped(prose);
  const asSource = `<code class="tex">${escaped(source)}</code>`;
  if (text.length > longest || forbidden.test(text)) return asSource;
  // A text of one line has no comments: a per cent sign means itself.
  const tex = text.replace(/\\[\s\S]|%/g, (found) => (found === '%' ? '\\%' : found));
  try {
    // KaTeX stores what it learns in the object it is given.
    const result = loadKatex().renderToString(tex, {
      ...options,
      macros: { ...macros },
      displayMode: kind === 'display',
    });
    return isTooLarge(result) ? asSource : result;
  } catch {
    return asSource;
  }
};

/**
 * A paper's text as HTML: everything in it escaped, TeX's quotation marks and dashes as such, and its mathematics typeset
 * by KaTeX for `katex.min.css`. What KaTeX refuses is shown as its source in `<code class="tex">`.
 */
export const typeset = (text: string): Html =>
  raw(
    splitMathematics(withoutDirection(text))
      .map((part) => (part.kind === 'text' ? escaped(smoothProse(part.text)) : formula(part)))
      .join(''),
  );
