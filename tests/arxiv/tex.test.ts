import { expect, test } from 'vitest';
import { unicodeAbstract, unicodeName, unicodeTitle } from '../../src/arxiv/tex.ts';

test.each([
  [String.raw`Andr\'e`, 'André'],
  [String.raw`Andr\'{e} {\'E}lan`, 'André Élan'],
  [String.raw`Ku{\"o}nn M\"{u}st {\"{a}}`, 'Kuönn Müst ä'],
  [String.raw`Mar{\'\i}a D\'{\i}az L\'\i o`, 'María Díaz Lío'],
  [String.raw`Se\~nor \^Ile \`A \=a \.Zelk`, 'Señor Île À ā Żelk'],
  [
    String.raw`Kov\'a\v{c} \v Sim \u{g}a \H{o}r \c{C}el \c caf \k{a} \r{u}b \d{t}a \b{d}e`,
    'Kováč Šim ğa őr Çel çaf ą ůb ṭa ḏe',
  ],
  [String.raw`S{\o}ren \O{}st \o rsted {\L}uk \l{}ys`, 'Søren Øst ørsted Łuk łys'],
  [
    String.raw`Gro{\ss} \ss{} \ae ther \AE \oe uvre \OE \aa r \AA s \dh{}a \th{}or`,
    'Groß ß æther Æ œuvre Œ år Ås ða þor',
  ],
  [String.raw`\t{oo}`, 'o\u0361o'],
  ['A.~B.~Moe', 'A. B. Moe'],
  [String.raw`J.\ Ek {van der} Moe`, 'J. Ek van der Moe'],
  [String.raw`Moe \& Ek`, 'Moe & Ek'],
  ['Plain  Name ', 'Plain Name'],
])('the name %s reads %s', (tex, name) => {
  expect(unicodeName(tex)).toBe(name);
});

test('accents come out as one character where Unicode has it', () => {
  expect(unicodeName(String.raw`\'e`)).toHaveLength(1);
});

test.each([
  [String.raw`Schr\"odinger {GPT} and \emph{so \textbf{on}}`, 'Schrödinger GPT and so on'],
  [String.raw`The {\em best} of {\bf both}`, 'The best of both'],
  [
    String.raw`Maths $\tilde{O}(n^{2})$ stays, {This} does not`,
    String.raw`Maths $\tilde{O}(n^{2})$ stays, This does not`,
  ],
  [String.raw`\(\'e\{x\}\) and \[\"o\] and $$\v{s}$$`, String.raw`\(\'e\{x\}\) and \[\"o\] and $$\v{s}$$`],
  [String.raw`Costs \$5 and \$6 for {A}`, 'Costs $5 and $6 for A'],
  [String.raw`A set \{1, 2\} \& 5\% of a\_b`, 'A set {1, 2} & 5% of a_b'],
  ['Two\n  lines', 'Two lines'],
  [String.raw`First part \\ second part`, 'First part second part'],
])('the title %s reads %s', (tex, title) => {
  expect(unicodeTitle(tex)).toBe(title);
});

test.each([
  [String.raw`Fr\'echet in $\mathbb{R}^{d}$, \textit{really}.`, String.raw`Fréchet in $\mathbb{R}^{d}$, really.`],
  ['Braces {0, 1} of a text stay', 'Braces {0, 1} of a text stay'],
  [String.raw`Isstr{\o}m`, 'Isstrøm'],
  [String.raw`See~\href{https://example.org/a}{our page}`, 'See our page (https://example.org/a)'],
  ['About ~5 % of https://example.org/~moe', 'About ~5 % of https://example.org/~moe'],
  [String.raw`As in Fig.~1 and \url{https://example.org}`, 'As in Fig. 1 and https://example.org'],
  [
    String.raw`\begin{equation}\'e\end{equation} \unknown{x}`,
    String.raw`\begin{equation}\'e\end{equation} \unknown{x}`,
  ],
  [String.raw`He said \"The end\" here`, String.raw`He said \"The end\" here`],
  [' One\n  text\twith   gaps ', 'One text with gaps'],
])('the abstract %s reads %s', (tex, abstract) => {
  expect(unicodeAbstract(tex)).toBe(abstract);
});
