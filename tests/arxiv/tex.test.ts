import { expect, test } from 'vitest';
import { unicodeAbstract, unicodeName, unicodeTitle } from '../../src/arxiv/text.ts';

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
])('reads the name %s as %s', (tex, name) => {
  expect(unicodeName(tex)).toBe(name);
});

test.each([
  [String.raw`Nguy\~{\^e}n`, 'Nguyễn'],
  [
    String.raw`Nguy{\~{\^e}}n Nguy\~{\^{e}}n Nguy\~\^en Nguy\~{{\^e}}n Nguy\~{ê}n`,
    'Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn',
  ],
  [String.raw`Tr\`{\^a}n Tr{\`\^a}n L\^{\'{e}}`, 'Trần Trần Lế'],
  [String.raw`Ph\'{\^a}t C\h{a}nh Th\h{\^e}`, 'Phất Cảnh Thể'],
  [String.raw`B\d{\^o} M\d \^o \d{\u{a}}c \u{\d a}c`, 'Bộ Mộ ặc ặc'],
  [String.raw`L\d{\ohorn}i L\d\ohorn i L\d{\horn{o}}i \OHORN`, 'Lợi Lợi Lợi Ơ'],
  [String.raw`V\~{\uhorn} S\h{\horn{o}}n Ph\uhorn\ohorn ng \DJ\`{\u a}ng`, 'Vữ Sởn Phương Đằng'],
  [String.raw`S\textcommabelow{t}e \textcommabelow{S}tef \textcommabelow tara`, 'Sțe Ștef țara'],
  [String.raw`\'{\o} {\'{\ae}} \={\ae}`, 'ǿ ǽ ǣ'],
  [String.raw`\'{\"{\i}} \'{\"\i} \'\"i`, 'ḯ ḯ ḯ'],
  [String.raw`Ad\'{\d{e}} \'{\d o}`, 'Adẹ\u0301 ọ\u0301'],
  [String.raw`A.~Nguy\~{\^e}n~B and C\~{q} D`, String.raw`A. Nguyễn B and C\~q D`],
])('reads accents on accents, %s, as %s', (tex, name) => {
  expect(unicodeName(tex)).toBe(name);
  expect(unicodeTitle(tex)).toBe(name);
});

test('reads accents on accents in abstracts, and keeps a tie next to them', () => {
  expect(unicodeAbstract(String.raw`See~Nguy\~{\^e}n and S\textcommabelow{t}e, $\~{\^e}$`)).toBe(
    String.raw`See Nguyễn and Sțe, $\~{\^e}$`,
  );
});

test('writes an accented letter as one character if Unicode has it', () => {
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
  [String.raw`\textsc{Q$^\textbf{3}$Net}: a net`, String.raw`Q$^\textbf{3}$Net: a net`],
  [
    String.raw`Rates of \emph{$k$-means} in \textbf{{GPU} $\mathbb{R}^{2}$ time}`,
    String.raw`Rates of $k$-means in GPU $\mathbb{R}^{2}$ time`,
  ],
  [String.raw`On \texorpdfstring{$H^1$}{H1} and \texorpdfstring {\(L_{2}\)} {L2}`, String.raw`On $H^1$ and \(L_{2}\)`],
  [String.raw`A \texorpdfstring{\texttt{D$^2$}}{D2} code`, 'A D$^2$ code'],
  [String.raw`\textcolor{red}{Red $x$} and \MakeUppercase{a}`, 'Red $x$ and a'],
  [String.raw`Decays of \bar{B}^{*0} in {Belle}`, String.raw`Decays of \bar{B}^{*0} in Belle`],
  [String.raw`\frac{a}{b_{c}} of {H}_{2}O`, String.raw`\frac{a}{b_{c}} of H_2O`],
  [String.raw`First part \\ second part`, 'First part second part'],
])('reads the title %s as %s', (tex, title) => {
  expect(unicodeTitle(tex)).toBe(title);
});

test.each([
  [String.raw`Fr\'echet in $\mathbb{R}^{d}$, \textit{really}.`, String.raw`Fréchet in $\mathbb{R}^{d}$, really.`],
  [String.raw`We show \textbf{a $\sqrt{n}$ rate}.`, String.raw`We show a $\sqrt{n}$ rate.`],
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
])('reads the abstract %s as %s', (tex, abstract) => {
  expect(unicodeAbstract(tex)).toBe(abstract);
});
