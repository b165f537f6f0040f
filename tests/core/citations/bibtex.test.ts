import { describe, expect, it } from 'vitest';
import { bibtexOf } from '../../../src/core/citations/bibtex.ts';
import type { Paper } from '../../../src/core/paper.ts';
import { paperOf } from '../../fakes/fixtures.ts';

const field = (name: string, more: Partial<Paper>, id = '2507.00001'): string | undefined =>
  new RegExp(`^  ${name} = \\{(.*)\\},?$`, 'm').exec(bibtexOf([paperOf(id, more)]))?.[1];
const keysOf = (papers: Paper[]) => [...bibtexOf(papers).matchAll(/^@misc\{(.*),$/gm)].map(([, key]) => key);

describe('BibTeX', () => {
  it('writes every known field', () => {
    const paper = paperOf('2507.00001', {
      title: 'The Sparse Mixture',
      doi: '10.1000/ab_c',
      journalReference: 'J. Test 1 (2025) 1–9',
    });
    expect(bibtexOf([paper])).toBe(
      [
        '@misc{first2025sparse,',
        '  author = {First, Ada and Second, Ben},',
        '  title = {{The Sparse Mixture}},',
        '  year = {2025},',
        '  eprint = {2507.00001},',
        '  archivePrefix = {arXiv},',
        '  primaryClass = {cs.LG},',
        '  doi = {10.1000/ab_c},',
        '  note = {J. Test 1 (2025) 1–9},',
        '  url = {https://arxiv.org/abs/2507.00001}',
        '}',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['2507.00001', '2025'],
    ['0704.0001', '2007'],
    ['hep-th/9108001', '1991'],
    ['math/0309136', '2003'],
  ])('reads the year of %s from the id', (id, year) => {
    expect(field('year', {}, id)).toBe(year);
    expect(field('eprint', {}, id)).toBe(id);
  });

  it.each([
    ['Ada First', 'First, Ada'],
    ['José Nuñez', 'Nuñez, José'],
    ['J. R. Smith', 'Smith, J. R.'],
    ['Ada B. First', 'First, Ada B.'],
    ['Ludwig van Beethoven', 'Ludwig van Beethoven'],
    ['Gabriel García Márquez', 'Gabriel García Márquez'],
    ['Martin King Jr', 'Martin King Jr'],
    ['Sukarno', '{Sukarno}'],
    ['ATLAS Collaboration', '{ATLAS Collaboration}'],
    ['Qwen Team', '{Qwen Team}'],
    ['Smith, Jr., J.', '{Smith, Jr., J.}'],
    ['Food and Drug', '{Food and Drug}'],
    ['A_b {C}', 'A\\_b \\textbraceleft{}C\\textbraceright{}'],
  ])('writes the name %s as %s', (name, expected) => {
    expect(field('author', { authors: [name] })).toBe(expected);
  });

  it.each([
    ['R&D at 50% of $5 #1 a_b', 'R\\&D at 50\\% of \\$5 \\#1 a\\_b'],
    ['A ~ b ^ c \\ d', 'A \\textasciitilde{} b \\textasciicircum{} c \\textbackslash{} d'],
    ['An open { brace', 'An open \\textbraceleft{} brace'],
    ['Bounds of $O(n^2)$ & more', 'Bounds of $O(n^2)$ \\& more'],
    ['Set $\\{x_i$ of one', 'Set \\$\\textbackslash{}\\textbraceleft{}x\\_i\\$ of one'],
  ])('escapes the title %s but not mathematics', (title, written) => {
    expect(field('title', { title })).toBe(`{${written}}`);
  });

  it.each([
    '$\\input{/etc/passwd}$',
    '$x \\include{secret} y$',
    '$\\immediate\\write18{rm -rf /}$',
    '$\\openin5=/etc/passwd \\read5 to\\x \\x$',
    '$\\openout3=x.tex \\write3{y}$',
    '$\\catcode`\\@=0 x$',
    '$\\def\\x{\\x\\x}\\x$',
    '$\\let\\par\\relax$',
    '$\\csname input\\endcsname{x}$',
    '$^^5cinput{x}$',
    '$x^^5e^5cinput{x}$',
    '$\\string\\input x$',
    '$\\directlua{os.execute("x")}$',
    '$\\ShellEscape{x}$',
    '$\\lstinputlisting{x}$',
    '$\\includegraphics{x}$',
    '$\\href{run:x}{y}$',
    '$\\special{x}$',
    '$x#1$',
    '$$\\text{$\\input{x}$}$$',
    '\\[\\input{x}\\]',
    '\\begin{align}\\input{x}\\end{align}',
  ])('lets TeX run nothing of %s in any field', (hostile) => {
    const paper = paperOf('2507.00001', {
      ...{ title: `Bounds ${hostile}`, authors: [hostile, `Ada ${hostile}`], journalReference: hostile },
      ...{ doi: hostile.replace(/\s/g, ''), categories: [hostile] },
    });
    const text = bibtexOf([paper]);
    // Only commands that print a character are left.
    expect(
      text.replace(
        /\\(?:textbackslash|textbraceleft|textbraceright|textasciitilde|textasciicircum)\{\}|\\[&%$#_]/g,
        '',
      ),
    ).not.toMatch(/\\|\^\^|#/);
    expect(text.split('{').length).toBe(text.split('}').length);
  });

  it.each(['$\\mathcal{O}(n \\log n)$', '$\\alpha_{i}^2 \\leq \\frac{1}{\\sqrt{d}}$', '$\\ell_\\infty$', '$50\\%$'])(
    'keeps the formula %s',
    (formula) => {
      expect(field('title', { title: `Bounds ${formula}` })).toBe(`{Bounds ${formula}}`);
    },
  );

  it('has no control characters', () => {
    const hostile = 'a\u0000b\u001b[31mc\u0085d\u009be\u202ef\u2066g\u2028h';
    const text = bibtexOf([paperOf('2507.00001', { title: hostile, authors: [hostile], journalReference: hostile })]);
    expect(text).not.toMatch(/(?!\n)\p{Cc}|[\u2028\u202a-\u202e\u2066-\u2069]/u);
  });

  it('balances braces for any paper', () => {
    const hostile = '}}\n@misc{evil, {{ \\} $}$ %';
    const text = bibtexOf([
      paperOf('2507.00001', { title: hostile, authors: [hostile], doi: '10.1/}', journalReference: hostile }),
    ]);
    expect(text.split('{').length).toBe(text.split('}').length);
    expect(text.match(/^@/gm)).toHaveLength(1);
    expect(text).not.toContain('doi');
  });

  it('gives every paper a unique ASCII key', () => {
    const papers = ['2507.00001', '2507.00002', '2507.00003'].map((id) =>
      paperOf(id, { title: 'On the Łódź $x$ Graphs' }),
    );
    expect(keysOf(papers)).toEqual(['first2025lodz', 'first2025lodza', 'first2025lodzb']);
    expect(keysOf([paperOf('2507.00001', { authors: ['王 伟'], title: '图' })])).toEqual(['paper2025']);
    expect(new Set(keysOf(Array.from({ length: 60 }, () => papers[0] ?? paperOf('1')))).size).toBe(60);
  });
});
