/** A piece of a paper's text, with the heading of its section. */
export type TextPassage = { section: string; text: string };

const stopWords = new Set(
  'a an and are as at be by can did do does for from has have how i in is it its of on or that the their them they this to was we were what when where which who why will with you your paper papers author authors'.split(
    ' ',
  ),
);

/** Words without their commonest endings, so that "trained" finds "training". */
const wordsOf = (text: string): string[] =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    .filter((word) => word.length > 1 && !stopWords.has(word))
    .map((word) => (word.length > 4 ? word.replace(/(ings?|ed|es|s)$/, '') : word));

/**
 * The passages that fit a length in characters, in their order. Where not all do, those that share most with the question
 * are taken: each of its words counts by how few passages have it (as in tf-idf), and one passage either side of a good
 * one comes along for what it refers to.
 */
export const choosePassages = (
  passages: readonly TextPassage[],
  question: string,
  length: number,
): { chosen: TextPassage[]; isWhole: boolean } => {
  const size = ({ section, text }: TextPassage): number => section.length + text.length + 2;
  if (passages.reduce((sum, one) => sum + size(one), 0) <= length) return { chosen: [...passages], isWhole: true };

  const asked = new Set(wordsOf(question));
  const words = passages.map(({ section, text }) => new Set(wordsOf(`${section} ${text}`)));
  const weight = new Map(
    [...asked].map((word) => {
      const having = words.filter((some) => some.has(word)).length;
      return [word, Math.log(1 + passages.length / (1 + having))] as const;
    }),
  );
  const overlap = words.map((some) =>
    [...asked].reduce((sum, word) => sum + (some.has(word) ? (weight.get(word) ?? 0) : 0), 0),
  );
  const scores = overlap.map((own, at) => own + 0.3 * Math.max(overlap[at - 1] ?? 0, overlap[at + 1] ?? 0));
  const best = passages.map((_, at) => at).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);

  const taken = new Set<number>();
  let left = length;
  for (const at of best) {
    const passage = passages[at];
    if (!passage || size(passage) > left) continue;
    taken.add(at);
    left -= size(passage);
  }
  return { chosen: passages.filter((_, at) => taken.has(at)), isWhole: false };
};
