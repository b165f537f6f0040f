import type { FakePaper } from '../../tests/fakes/arxiv.ts';
import type { FakeVerdict } from '../../tests/fakes/openai.ts';
import type { FakeScholarAuthor } from '../../tests/fakes/semantic-scholar.ts';
import type { PagePaper, SeedPage } from './page.ts';

export type Settings = {
  cutoffs: { relevance: number; novelty: number };
  minHIndex: number;
  authors: { name: string; semanticScholarId: string }[];
};

export type FakeDay = {
  papers: FakePaper[];
  verdicts: ReadonlyMap<string, FakeVerdict>;
  scholar: Record<string, FakeScholarAuthor[]>;
};

const followedId = '1000001';

const namesOf = ({ authors }: PagePaper): string[] => authors.split(', ');

export const settingsOf = (seed: SeedPage): Settings => {
  const early = seed.date < '2025-05';
  return {
    cutoffs: early ? { relevance: 7, novelty: 6 } : { relevance: 8, novelty: 7 },
    minHIndex: early ? 12 : 20,
    // The page does not name the followed author, so the last author is taken.
    authors: seed.papers
      .filter(({ followed }) => followed)
      .map((paper) => {
        return { name: namesOf(paper).at(-1) ?? '', semanticScholarId: followedId };
      }),
  };
};

/** Verdicts that miss a cutoff. Some have a higher sum than verdicts that reach both. */
const missed = ({ relevance, novelty }: Settings['cutoffs']): FakeVerdict[] =>
  [
    [relevance - 1, 10],
    [10, novelty - 1],
    [relevance - 1, novelty - 1],
    [3, 2],
  ].map(([relevance, novelty]) => ({ relevance, novelty, comment: 'It matches none of the criteria closely.' }));

const fillerCategories = [['cs.LG'], ['cs.AI'], ['cs.AI', 'cs.LG'], ['stat.ML', 'cs.LG'], ['math.OC', 'cs.AI']];

const fillerOf = (date: string, number: number, replaced: boolean): FakePaper => ({
  // Higher than any number in a month.
  id: `${date.slice(2, 4)}${date.slice(5, 7)}.${99_999 - number}`,
  title: `An invented paper, number ${number}`,
  abstract: `Filler paper ${number}, without content.`,
  authors: ['Ada First', 'Ben Second'],
  categories: fillerCategories[number % fillerCategories.length] ?? [],
  ...(replaced ? { replaced, version: 2 } : {}),
});

const fillers = (date: string, first: number, count: number, replaced: boolean): FakePaper[] =>
  Array.from({ length: count }, (_, index) => fillerOf(date, first + index, replaced));

export const fillerDay = (date: string, { cutoffs }: Settings): FakeDay => {
  const papers = fillers(date, 5_000 + 100 * Number(date.slice(8)), 20, false);
  const verdicts = missed(cutoffs);
  return {
    ...{ papers, scholar: {} },
    verdicts: new Map(papers.map(({ id }, index) => [id, verdicts[index % verdicts.length]])),
  };
};

/**
 * The day behind a page: its papers, and invented ones up to the announced number. Lower scores come first, so that the
 * ranking has to find the order. Papers with equal scores keep the page's order.
 */
export const fakeDayOf = (seed: SeedPage, { cutoffs, minHIndex }: Settings): FakeDay => {
  const { announced, scanned } = seed.counts;
  const scores = ({ relevance = 0, novelty = 0 }: PagePaper): number => 100 * (relevance + novelty) + relevance;
  const wanted = seed.papers
    .toSorted((a, b) => scores(a) - scores(b))
    .map((paper, index): FakePaper => {
      const { id, title, abstract } = paper;
      return {
        id,
        title,
        abstract,
        authors: namesOf(paper),
        categories: index % 2 === 0 ? ['cs.LG'] : ['cs.LG', 'cs.AI'],
      };
    });
  const others = fillers(seed.date, 0, scanned - wanted.length, false);
  const replaced = fillers(seed.date, others.length, announced - scanned, true);
  const half = Math.floor(others.length / 2);

  const verdicts = new Map<string, FakeVerdict>();
  const scholar: FakeDay['scholar'] = {};
  for (const paper of seed.papers) {
    const { id, comment, followed, relevance = cutoffs.relevance - 1, novelty = cutoffs.novelty - 1 } = paper;
    // The scores of a followed author's paper miss the cutoffs.
    verdicts.set(id, { relevance, novelty, comment: followed ? 'It is scored like any other.' : comment });
    scholar[id] = namesOf(paper).map((name, index, { length }) => {
      if (followed) return { authorId: index === length - 1 ? followedId : `${id}-${index}`, name, hIndex: 0 };
      return { authorId: `${id}-${index}`, name, hIndex: index === 0 ? minHIndex : 0 };
    });
  }
  const below = missed(cutoffs);
  for (const [index, { id, authors }] of others.entries()) {
    verdicts.set(id, below[index % below.length]);
    // The index does not have the others yet.
    if (index % 2 === 0) scholar[id] = authors.map((name) => ({ authorId: name, name, hIndex: minHIndex }));
  }
  return { papers: [...others.slice(0, half), ...wanted, ...others.slice(half), ...replaced], verdicts, scholar };
};
