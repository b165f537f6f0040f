import type { Difference, Field } from './compare.ts';
import type { SeedPage } from './page.ts';
import { usageOf } from './usage.ts';

/** Combining marks of TeX accents. Separate from the program's own list, which is under test here. */
const marks: Readonly<Record<string, string>> = {
  ...{ "'": '\u0301', '`': '\u0300', '^': '\u0302', '"': '\u0308', '~': '\u0303', '=': '\u0304', '.': '\u0307' },
  ...{ c: '\u0327', v: '\u030c', u: '\u0306', H: '\u030b', k: '\u0328', r: '\u030a' },
};
const letters: Readonly<Record<string, string>> = { o: 'ø', O: 'Ø', l: 'ł', L: 'Ł', ss: 'ß', ae: 'æ', aa: 'å', i: 'i' };

const outsideMathematics = (change: (text: string) => string) => (text: string) =>
  text
    .split(/((?<!\\)\$[^$]+\$)/)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('');

export const accents = outsideMathematics((text) =>
  text
    .replace(/\{\\(ss|ae|aa|[oOlLi])\}/g, (_, name: string) => letters[name] ?? '')
    .replace(/\\(ss|ae|aa|[oOlL])(?:\{\}|(?![A-Za-z]) ?)/g, (_, name: string) => letters[name] ?? '')
    .replace(/\{\\(['`^"~=.])\\?([A-Za-z])\}/g, (_, mark: string, letter: string) => letter + marks[mark])
    .replace(/\\(['`^"~=.])\{?\\?([A-Za-z])\}?/g, (_, mark: string, letter: string) => letter + marks[mark])
    .replace(/\\([cvuHkr])\{([A-Za-z])\}/g, (_, mark: string, letter: string) => letter + marks[mark])
    .normalize('NFC'),
);

export const fonts = outsideMathematics((text) => {
  let [before, after] = ['', text];
  while (before !== after) {
    before = after;
    after = after.replace(/\\(?:emph|underline|text[a-z]{2})\{([^{}]*)\}|\{\\(?:bf|it|em|tt) ([^{}]*)\}/g, '$1$2');
  }
  return after;
});

export const escapes = outsideMathematics((text) => text.replace(/\\([%&_#$])/g, '$1'));

export const links = (text: string): string => text.replace(/\\href\{([^{}]*)\}\{([^{}]*)\}/g, '$2 ($1)');

export const ties = outsideMathematics((text) => text.replace(/(?<=\w)~(?=[\w\\])/g, ' '));

export const safeMathematics = (text: string): string =>
  text.replace(/(?<!\\)\$[^$]+\$/g, (formula) => formula.replaceAll('<', '\\lt ').replaceAll('>', '\\gt '));

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

type Explanation = { fields: readonly Field[]; reason: string } & (
  | { holds(difference: Difference, seed: SeedPage): boolean }
  | { rewrite(text: string): string }
);

const texts = ['title', 'authors', 'abstract', 'contents'] as const;

const isByAuthor = ({ paper }: Difference, { papers }: SeedPage): boolean =>
  papers.some(({ id, followed }) => id === paper && followed);

const explanations: readonly Explanation[] = [
  {
    fields: ['prompt'],
    reason: "the program has its own prompt, which contains the seed's topics and criteria",
    // The comparison checks this under 'topics' and 'criteria'.
    holds: () => true,
  },
  {
    fields: ['cached'],
    reason: 'the seed does not show cached tokens; this is the lowest number that matches its cost',
    holds: ({ ours }, seed) => ours === String(usageOf(seed).cached),
  },
  {
    fields: ['comment', 'relevance', 'novelty'],
    reason: "a followed author's paper is scored like any other, and also labeled with the author's name",
    holds: (difference, seed) => isByAuthor(difference, seed) && difference.ours !== 'none',
  },
  { fields: texts, reason: 'TeX accents are Unicode', rewrite: accents },
  { fields: texts, reason: 'font commands are removed', rewrite: fonts },
  { fields: texts, reason: 'escaped characters are unescaped', rewrite: escapes },
  { fields: texts, reason: 'links show their words and address', rewrite: links },
  { fields: texts, reason: 'a tie (~) is a space', rewrite: ties },
  { fields: texts, reason: 'line breaks and runs of spaces are one space', rewrite: oneLine },
  {
    fields: texts,
    reason: 'mathematics has \\lt for <, which looks the same but cannot be HTML',
    rewrite: safeMathematics,
  },
];

export type Verdict = { reasons: string[]; left: Difference | undefined };

export const explain = (difference: Difference, seed: SeedPage): Verdict => {
  const fitting = explanations.filter(({ fields }) => fields.includes(difference.field));
  const plain = fitting.find((one) => 'holds' in one && one.holds(difference, seed));
  if (plain) return { reasons: [plain.reason], left: undefined };
  const reasons: string[] = [];
  let text = difference.seed;
  for (const one of fitting) {
    if (!('rewrite' in one)) continue;
    const changed = one.rewrite(text);
    if (changed !== text) reasons.push(one.reason);
    text = changed;
  }
  if (text === difference.ours) return { reasons, left: undefined };
  return { reasons: [], left: { ...difference, seed: text } };
};
