import type { DayPage, PagePaper, SeedPage } from './page.ts';

export type Field =
  | 'date'
  | 'announced'
  | 'scanned'
  | 'relevant'
  | 'model'
  | 'tokens'
  | 'cached'
  | 'cost'
  | 'remedial'
  | 'navigation'
  | 'contents'
  | 'papers'
  | 'prompt'
  | 'topics'
  | 'criteria'
  | Exclude<keyof PagePaper, 'id'>;

export type Difference = {
  field: Field;
  paper: string | undefined;
  seed: string;
  ours: string;
};

const shown = (value: string | number | boolean | undefined): string => (value === undefined ? 'none' : String(value));

const remedialOf = ({ remedial }: DayPage): string =>
  remedial ? `${remedial.from} to ${remedial.to}, made on ${remedial.made}` : 'none';

const navigationOf = ({ previous, month, next }: DayPage): string =>
  `previous ${shown(previous)}, month ${shown(month)}, next ${shown(next)}`;

const sharesOf = ({ prompt, completion, total }: DayPage['tokens']): string => `${prompt} + ${completion} = ${total}`;

const words = (text: string): string => text.replace(/\s+/g, ' ').trim();

const missingLines = (part: string, whole: string): string[] => {
  const text = words(whole);
  return part.split('\n').filter((line) => !text.includes(words(line)));
};

const fields = ['title', 'authors', 'abstract', 'comment', 'relevance', 'novelty', 'followed'] as const;

const papersOf = (seed: SeedPage, ours: DayPage): Difference[] => {
  const [before, after] = [seed.papers, ours.papers].map((papers) => papers.map(({ id }) => id));
  const order: Difference[] =
    before?.join() === after?.join()
      ? []
      : [{ field: 'papers', paper: undefined, seed: before?.join(' ') ?? '', ours: after?.join(' ') ?? '' }];
  const texts = seed.papers.flatMap((paper): Difference[] => {
    const same = ours.papers.find(({ id }) => id === paper.id);
    if (!same) return [];
    return fields
      .filter((field) => paper[field] !== same[field])
      .map((field) => ({ field, paper: paper.id, seed: shown(paper[field]), ours: shown(same[field]) }));
  });
  return [...order, ...texts];
};

const contentsOf = (seed: SeedPage, ours: DayPage): Difference[] =>
  seed.contents.flatMap(({ title, authors }, index): Difference[] => {
    const here = ours.contents[index];
    const paper = seed.papers[index]?.id;
    const item = { seed: `${title} by ${authors}`, ours: here ? `${here.title} by ${here.authors}` : 'none' };
    return item.seed === item.ours ? [] : [{ field: 'contents', paper, ...item }];
  });

/**
 * US dollars. A seed is rounded to cents, our page to tenths of a cent, so they differ by at most half a unit of each.
 */
const maxDistance = 0.0055;

const agrees = (seed: DayPage['cost'], ours: DayPage['cost']): boolean =>
  (['prompt', 'completion', 'total'] as const).every((share) => Math.abs(seed[share] - ours[share]) <= maxDistance);

/** Compares only what the seed shows. Additions on our page, such as links, do not count as differences. */
export const compare = (seed: SeedPage, ours: DayPage): Difference[] => {
  const rows: [Field, string, string][] = [
    ['date', seed.date, ours.date],
    ['announced', shown(seed.counts.announced), shown(ours.counts.announced)],
    ['scanned', shown(seed.counts.scanned), shown(ours.counts.scanned)],
    ['relevant', shown(seed.counts.relevant), shown(ours.counts.relevant)],
    ['model', seed.model, ours.model],
    ['tokens', sharesOf(seed.tokens), sharesOf(ours.tokens)],
    // Seeds do not show cached tokens, so every cached token is a difference to explain.
    ['cached', shown(seed.cached ?? 0), shown(ours.cached)],
    ['cost', sharesOf(seed.cost), sharesOf(agrees(seed.cost, ours.cost) ? seed.cost : ours.cost)],
    ['remedial', remedialOf(seed), remedialOf(ours)],
    // The first generation has no links to other pages.
    ...(seed.month ? [['navigation', navigationOf(seed), navigationOf(ours)] satisfies [Field, string, string]] : []),
    ['prompt', words(seed.prompt), words(ours.prompt)],
    ['topics', '', missingLines(seed.topics, ours.prompt).join('\n')],
    ['criteria', '', missingLines(seed.criteria, ours.prompt).join('\n')],
  ];
  const whole = rows.map(([field, seed, ours]): Difference => ({ field, paper: undefined, seed, ours }));
  return [...whole.filter(({ seed, ours }) => seed !== ours), ...contentsOf(seed, ours), ...papersOf(seed, ours)];
};
