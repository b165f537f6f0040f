import { createRequire } from 'node:module';
import { raw } from 'hono/html';
import type { KatexOptions } from 'katex';
import QuickLRU from 'quick-lru';
import { withoutControls } from '../../core/folding.ts';
import { splitMathematics, type TextPart } from '../../core/mathematics.ts';
import { proseOf, smoothProse } from '../../core/plain-mathematics.ts';
import { escaped, type Html } from '../html.ts';

// Formulas over these limits are shown as their source.

/** In UTF-16 units; the longest formula in 20,000 abstracts has 250. */
const maxTexLength = 1000;
const maxHtmlLength = 200_000;
const maxKeptLength = 20_000;
/**
 * Largest size or shift, in em; a larger one would push the rest of the page away. The largest in 3,000 abstracts is
 * 5.6. KaTeX's `maxSize` limits neither negative lengths nor sums.
 */
const maxLength = 30;

/**
 * Commands that titles and abstracts never need: definitions and thousands of columns, which turn a line of TeX into
 * gigabytes, and commands that write to the console.
 */
const forbidden = new RegExp(
  [
    String.raw`\\(?:[egx]?def|global|long|let|futurelet|(?:re)?newcommand|providecommand|(?:err)?message|show)(?![A-Za-z])`,
    String.raw`\\begin\s*\{\s*align(?:ed)?at\*?\s*\}(?!\s*\{\s*\d{1,2}\s*\})`,
    // A name with other characters could expand to any environment.
    String.raw`\\begin(?!\s*\{[A-Za-z]+\*?\})`,
  ].join('|'),
);

/** Commands from packages and authors' own definitions that are common in abstracts, such as `\cO` and `\bW`. */
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
  /** Enough for KaTeX's own macros. */
  maxExpand: 100,
  maxSize: 10,
} satisfies KatexOptions;

const require = createRequire(import.meta.url);

/** Loaded on first use, because KaTeX takes 20 ms and 12 MB, and many runs show no formula. */
const loadKatex = (): typeof import('katex').default => require('katex');

const isTooLarge = (typesetFormula: string): boolean =>
  typesetFormula.length > maxHtmlLength ||
  typesetFormula.matchAll(/:(-?[\d.]+(?:e\+\d+)?)em/g).some(([, length]) => Math.abs(Number(length)) > maxLength);

const makeFormula = ({ kind, text, source }: TextPart): string => {
  const prose = proseOf(text);
  if (prose !== undefined) return escaped(prose);
  const asSource = `<code class="tex">${escaped(source)}</code>`;
  if (text.length > maxTexLength || forbidden.test(text)) return asSource;
  // On one line there are no comments: a percent sign is literal.
  const tex = text.replace(/\\[\s\S]|%/g, (found) => (found === '%' ? '\\%' : found));
  try {
    // A copy, because KaTeX stores definitions in this object.
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

/** Formulas on pages that are open take a megabyte or two. */
const maxKept = 1_000;
const kept = new QuickLRU<string, string>({ maxSize: maxKept });

/** Keeps what it made, because readers of the same days see the same formulas, and KaTeX is slow. */
const formula = (part: TextPart): string => {
  const key = `${part.kind} ${part.source}`;
  const found = kept.get(key);
  if (found !== undefined) return found;
  const made = makeFormula(part);
  if (made.length <= maxKeptLength) kept.set(key, made);
  return made;
};

/**
 * A paper's text as HTML: text escaped, with TeX's quotation marks and dashes replaced, and formulas typeset by KaTeX
 * for `katex.min.css`. A formula that KaTeX rejects is shown as its source in `<code class="tex">`.
 */
export const typeset = (text: string): Html =>
  raw(
    splitMathematics(withoutControls(text))
      .map((part) => (part.kind === 'text' ? escaped(smoothProse(part.text)) : formula(part)))
      .join(''),
  );
