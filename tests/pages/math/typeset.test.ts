import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { plainMathematics } from '../../../src/core/plain-mathematics.ts';
import { typeset } from '../../../src/pages/math/typeset.ts';

const shown = (text: string): string => typeset(text).toString();
const asSource = (tex: string): string => `<code class="tex">${tex}</code>`;

describe('a typeset text', () => {
  it('has mathematics as HTML and, for screen readers, as MathML with its TeX', () => {
    const html = shown('Sorts in $O(n^2)$ & more');
    expect(html).toMatch(/^Sorts in <span class="katex">.*<\/span> &amp; more$/s);
    expect(html).toContain('<annotation encoding="application/x-tex">O(n^2)</annotation>');
    expect(html).toContain('class="katex-html" aria-hidden="true"');
  });

  it('sets display formulas as displays', () => {
    for (const text of ['$$x$$', '\\[x\\]', '\\begin{align}x&=1\\end{align}'])
      expect(shown(text)).toContain('katex-display');
    expect(shown('\\(x\\)')).not.toContain('katex-display');
  });

  it('is escaped in text and in mathematics', () => {
    expect(shown('<b>"a" & \'b\'</b>')).toBe('&lt;b&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/b&gt;');
    expect(shown('$<script>alert(1)</script>$')).not.toMatch(/<\/?script/);
    expect(shown('$\\unknown<img src=x>$')).toBe(asSource('$\\unknown&lt;img src=x&gt;$'));
  });

  it.each([
    ['$\\mathds{1}$', '\\mathds{1}'],
    ['$\\mathbbm{1}_A$', '\\mathbbm{1}_A'],
    ['$\\ensuremath{x}$', '\\ensuremath{x}'],
    ['$\\bm{x}$ and $\\boldsymbol x$', '\\bm{x}'],
    ['$\\textbf{so $x$}$', '\\textbf{so $x$}'],
    ['$T^{\\sfrac{1}{4}}$', '\\sfrac{1}{4}'],
    ['$\\cO(\\bW)$', '\\cO(\\bW)'],
    ['$\\textbf{77.51%}$', '77.51\\%'],
    ['$50\\%$', '50\\%'],
    ['$\\norm{x} + \\abs{y}$', '\\norm{x}'],
  ])('supports commands that authors use: %s', (text, tex) => {
    expect(shown(text)).toContain(tex.replaceAll('&', '&amp;'));
    expect(shown(text)).not.toContain('class="tex"');
  });

  it.each(['$\\unknown$', '$x_1_2$', '$\\frac{1}$', '\\(\\left( x\\)'])(
    'shows the source of %s, which KaTeX refuses',
    (text) => {
      expect(shown(text)).toBe(asSource(text));
    },
  );

  it('shows links and character codes as text, not mathematics', () => {
    expect(shown('at $\\href{https://example.org/a_b}{\\text{this https URL}}$')).toBe(
      'at this https URL (https://example.org/a_b)',
    );
    expect(shown('$\\href{https://example.org}{here}$')).toBe('here (https://example.org)');
    expect(shown('$\\href{https://example.org}{https://example.org}$')).toBe('https://example.org');
    expect(shown('a$\\unicode{x2014}$b')).toBe('a—b');
    expect(shown('$\\href{javascript:alert(1)}{x}$')).not.toContain('href=');
  });

  it('drops direction marks', () => {
    expect(shown('a\u202eb $x\u2066$')).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });

  it.each([
    ["``so'' and `so'", '“so” and ‘so’'],
    ["it's `code` and ``open", 'it&#39;s `code` and “open'],
    ['a -- b, a--b, a---b', 'a – b, a–b, a—b'],
    ['run --help or ----', 'run --help or ----'],
    ['360{\\deg} at 5{\\mu}m, \\b{eta}-VAE, 8\\times faster', '360° at 5μm, β-VAE, 8× faster'],
    ['as in~\\citep[p. 5]{a, b} (\\cite{c})', 'as in [a, b] ([c])'],
    ['here\\footnote{Not there.}, \\eg this', 'here (Not there), e.g. this'],
    ['R\\textsuperscript{2} in \\textcolor{red}{red}', 'R² in red'],
    ['about ~5 of 3~GB', 'about ~5 of 3 GB'],
    ['the token \\n and our \\method', 'the token \\n and our \\method'],
  ])('turns %s into %s', (text, smooth) => {
    expect(shown(text)).toBe(smooth);
  });

  it.each([
    ['\\cite', 9, 'a [b]'],
    ['\\footnote', 9, 'a (b)'],
  ])('limits the spaces that it reads before %s', (name, read, end) => {
    const many = 50_000;
    expect(shown(`a${' '.repeat(many)}${name}{b}`)).toBe(`a${' '.repeat(many - read)}${end.slice(1)}`);
  });

  it('ignores citation keys far from their command', () => {
    const text = `a \\cite${' '.repeat(50_000)}{b}`;
    expect(shown(text)).toBe(text);
  });

  it('keeps dashes between formulas', () => {
    expect(shown('$a$--$b$')).toMatch(/<\/span>–<span/);
  });
});

describe('hostile mathematics', () => {
  beforeEach(() => {
    for (const method of ['log', 'warn', 'error'] as const) vi.spyOn(console, method);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    ['definitions', `$\\def\\a{${'x'.repeat(500)}}${'\\a'.repeat(90)}$`],
    ['definitions by another name', '$\\newcommand{\\a}{x}\\a$'],
    ['a million columns', '$\\begin{alignat}{1000000}a&b\\end{alignat}$'],
    ['a million columns, spelt another way', '$\\begin{alig\\xspace nat}{1e6}a&b\\end{alignat}$'],
    ['very long formulas', `$${'x+'.repeat(600)}x$`],
    ['deep nesting', `$${'{'.repeat(450)}${'}'.repeat(450)}\\unknown$`],
    ['words on the console', '$\\message{x}\\errmessage{y}$'],
    ['the console of a developer', '$\\show\\alpha$'],
  ])('with %s is shown as source', (_what, text) => {
    expect(shown(text)).toMatch(/^<code class="tex">/);
    for (const method of ['log', 'warn', 'error'] as const) expect(console[method]).not.toHaveBeenCalled();
  });

  it.each([
    '$\\href{javascript:alert(1)}{x}y$',
    '$\\includegraphics{https://evil.example/a.png}$',
    '$\\htmlStyle{position:fixed}{x}$',
  ])('loads nothing: %s', (text) => {
    expect(shown(text)).not.toMatch(/href=|src=|<img|style="position/);
  });

  it('is bounded in size', () => {
    expect(shown('$\\rule{1em}{9000em}$')).toContain('height:10em');
  });

  it.each([
    '$\\raisebox{-9000em}{x}$',
    '$\\raisebox{-99999999999999999999999999em}{x}$',
    '$a\\kern-9000em b$',
    '$a\\hspace{-9000em}b$',
    `$${'\\rule{1em}{9em}\\\\'.repeat(20)}x$`,
    `$\\begin{matrix}${'\\rule{1em}{9em}\\\\'.repeat(20)}\\end{matrix}$`,
  ])('does not affect the layout around it: %s', (text) => {
    const lengths = [...shown(text).matchAll(/style="([^"]*)"/g)].flatMap(([, style = '']) => [
      ...style.matchAll(/(-?[\d.]+(?:e\+\d+)?)em/g),
    ]);
    for (const [, length] of lengths) expect(Math.abs(Number(length))).toBeLessThanOrEqual(30);
  });

  it('in one formula does not change the next', () => {
    shown('$\\gdef\\alpha{x}\\global\\let\\beta\\gamma$');
    expect(shown('$\\alpha$')).toContain('α');
  });
});

describe('a text in plain characters', () => {
  it.each([
    ['$\\alpha$-stable', 'α-stable'],
    ['scE$^2$TM', 'scE²TM'],
    ['$n^2$, $x_{i+1}$, $x_i^{-1}$', 'n², xᵢ₊₁, xᵢ⁻¹'],
    ['$O(n \\log n)$ or $\\tilde{O}(n\\log n)$', 'O(n log n) or Õ(n log n)'],
    ['$f = {\\cal O}(\\frac{1}{T^{\\sfrac{1}{4}}})$', 'f = O(1/(T^(1/4)))'],
    ['$T^{\\nicefrac{1}{4}}$', 'T^(1/4)'],
    ['the class {\\cal F} of {\\em smooth} maps', 'the class F of smooth maps'],
    ['$\\mathcal{O}\\left(\\sqrt{n} / \\epsilon^2\\right)$', 'O(√n / ε²)'],
    ['$\\frac{1}{2}$ and $\\frac{a+b}{2n}$', '1/2 and (a+b)/(2n)'],
    ['$\\mathbb{R}^d$, $\\mathbb E[X]$', 'ℝᵈ, 𝔼[X]'],
    ['$d+1$ and $5\\times 5$', 'd+1 and 5×5'],
    ['$\\{0, 1\\}$ and $95\\%$', '{0, 1} and 95%'],
    ['$\\textit{Very} \\textbf{bold}$', 'Very bold'],
    ['$q_\\theta(z|x)$', 'q_θ(z|x)'],
    ['$n^{1/4}$', 'n^(1/4)'],
    ['$\\hat x$ and $\\bar{y}$', 'x̂ and ȳ'],
    ['a$\\unicode{x2013}$b', 'a–b'],
    ['$\\href{https://example.org}{\\text{code}}$', 'code (https://example.org)'],
    ['costs $5 or $10', 'costs $5 or $10'],
    ["``so''", '“so”'],
  ])('of %s is %s', (text, plain) => {
    expect(plainMathematics(text)).toBe(plain);
  });

  it.each(['\\begin{matrix}a\\end{matrix}', '\\underbrace{x}_{y}', '\\unknown{x}'])(
    'keeps the TeX of what has no plain form: %s',
    (tex) => {
      expect(plainMathematics(`$${tex}$`)).toBe(tex);
    },
  );
});
