import type { DayPage, PagePaper, SeedPage } from './page.ts';

/** What a page tells, by name. */
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
  /** Id of the paper that it is about; undefined for the whole page. */
  paper: string | undefined;
  seed: string;
  ours: string;
};

const said = (value: string | number | boolean | undefined): string => (value === undefined ? 'none' : String(value));

const remedialOf = ({ remedial }: DayPage): string =>
  remedial ? `${remedial.from} to ${remedial.to}, made on ${remedial.made}` : 'none';

const navigationOf = ({ previous, month, next }: DayPage): string =>
  `previous ${said(previous)}, month ${said(month)}, next ${said(next)}`;

const sharesOf = ({ prompt, completion, total }: DayPage['tokens']): string => `${prompt} + ${completion} = ${total}`;

const words = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The lines of a text that another does not have, white space and Markdown's escapes aside. */
const missingLines = (part: string, whole: string): string[] => {
  const hay = words(whole);
  return part.split('\n').filter((line) => !hay.includes(words(line)));
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
      .map((field) => ({ field, paper: paper.id, seed: said(paper[field]), ours: said(same[field]) }));
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

/** A seed shows whole cents, our page a rounded amount of more digits: half a unit of the last digit of both apart at most. */
const maxDistance = 0.0055;

const agrees = (seed: DayPage['cost'], ours: DayPage['cost']): boolean =>
  (['prompt', 'completion', 'total'] as const).every((share) => Math.abs(seed[share] - ours[share]) <= maxDistance);

/** Everything in which a page differs from the seed. What ours tells besides, such as links, is no difference. */
export const compare = (seed: SeedPage, ours: DayPage): Difference[] => {
  const rows: [Field, string, string][] = [
    ['date', seed.date, ours.date],
    ['announced', said(seed.counts.announced), said(ours.counts.announced)],
    ['scanned', said(seed.counts.scanned), said(ours.counts.scanned)],
    ['relevant', said(seed.counts.relevant), said(ours.counts.relevant)],
    ['model', seed.model, ours.model],
    ['tokens', sharesOf(seed.tokens), sharesOf(ours.tokens)],
    // What the seed does not show is a difference all the same, where it has to be made up.
    ['cached', said(seed.cached ?? 0), said(ours.cached)],
    ['cost', sharesOf(seed.cost), sharesOf(agrees(seed.cost, ours.cost) ? seed.cost : ours.cost)],
    ['remedial', remedialOf(seed), remedialOf(ours)],
    // The first pages link to no others.
    ...(seed.month ? [['navigation', navigationOf(seed), navigationOf(ours)] satisfies [Field, string, string]] : []),
    ['prompt', words(seed.prompt), words(ours.prompt)],
    ['topics', '', missingLines(seed.topics, ours.prompt).join('\n')],
    ['criteria', '', missingLines(seed.criteria, ours.prompt).join('\n')],
  ];
  const whole = rows.map(([field, seed, ours]): Difference => ({ field, paper: undefined, seed, ours }));
  return [...whole.filter(({ seed, ours }) => seed !== ours), ...contentsOf(seed, ours), ...papersOf(seed, ours)];
};
