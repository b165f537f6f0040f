import type { Difference, Field } from './compare.ts';
import type { SeedPage } from './page.ts';
import { accents, escapes, fonts, links, oneLine, safeMathematics, ties } from './tex.ts';
import { usageOf } from './usage.ts';

/** Why a difference is as it should be. */
type Explanation = { fields: readonly Field[]; reason: string } & (
  | { holds(difference: Difference, seed: SeedPage): boolean }
  /** Turns the seed's text into ours; several may be needed together. */
  | { rewrite(text: string): string }
);

const texts = ['title', 'authors', 'abstract', 'contents'] as const;

const isByAuthor = ({ paper }: Difference, { papers }: SeedPage): boolean =>
  papers.some(({ id, followed }) => id === paper && followed);

/** Every difference that may be, with its reason. Any other fails the comparison. */
const explanations: readonly Explanation[] = [
  {
    fields: ['prompt'],
    reason: "the prompt is the program's own; the seed's topics and criteria, given to it, are in it line by line",
    // Whether they are is compared by itself.
    holds: () => true,
  },
  {
    fields: ['cached'],
    reason: 'the seed does not show how many tokens were cached; with these, the fewest, its cost comes out',
    holds: ({ ours }, seed) => ours === String(usageOf(seed).cached),
  },
  {
    fields: ['comment', 'relevance', 'novelty'],
    reason: "a followed author's paper is scored like any other, and labelled with the author's name besides",
    holds: (difference, seed) => isByAuthor(difference, seed) && difference.ours !== 'none',
  },
  { fields: texts, reason: 'TeX accents are Unicode', rewrite: accents },
  { fields: texts, reason: 'commands for fonts leave their words', rewrite: fonts },
  { fields: texts, reason: 'signs that TeX escapes stand for themselves', rewrite: escapes },
  { fields: texts, reason: 'links show their words and address', rewrite: links },
  { fields: texts, reason: 'a tie (~) is a space', rewrite: ties },
  { fields: texts, reason: 'line breaks and runs of spaces are one space', rewrite: oneLine },
  {
    fields: texts,
    reason: 'mathematics says \\lt for <, which looks the same and cannot be taken for HTML',
    rewrite: safeMathematics,
  },
];

/** What is known of a difference: the reasons that together account for it, or what they leave of it. */
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
