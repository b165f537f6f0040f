/**
 * Categories with two names. Papers have the second as their primary category, and arXiv lists them under both:
 * `CATEGORY_ALIASES` in https://github.com/arXiv/arxiv-base/blob/master/arxiv/taxonomy/definitions.py
 */
const aliases: Readonly<Record<string, string>> = {
  'cs.NA': 'math.NA',
  'cs.SY': 'eess.SY',
  'math.IT': 'cs.IT',
  'math.MP': 'math-ph',
  'q-fin.EC': 'econ.GN',
  'stat.TH': 'math.ST',
};

const mainName = (category: string): string =>
  (Object.hasOwn(aliases, category) ? aliases[category] : undefined) ?? category;

export const isSameCategory = (one: string, other: string): boolean => mainName(one) === mainName(other);

/** Keeps the first of two names of one category. */
export const distinctCategories = (categories: readonly string[]): string[] =>
  categories.filter((one, index) => categories.findIndex((other) => isSameCategory(one, other)) === index);

/** True if a paper's primary category is this one, or in it: `cs` covers `cs.LG`, because a channel may read an archive. */
export const covers = (category: string, primary: string | undefined): boolean =>
  primary !== undefined && (isSameCategory(category, primary) || primary.startsWith(`${category}.`));
