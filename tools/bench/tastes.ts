import type { PostedPaper } from '../../src/core/votes.ts';
import { createRandom } from '../evaluation/metrics.ts';

export type TastedPaper = { paper: PostedPaper['paper']; topic: string | undefined };
export type Taste = { name: string; group: string; likes(one: TastedPaper): boolean };

const words = {
  theory: /theorem|we prove|provabl|theoretical guarantee|convergence/,
  vision: /vision|image|visual/,
  reasoning: /reasoning/,
  memory: /long-context|memory|cache/,
  scaling: /scaling/,
  graphs: /graph|molecul/,
  optimizers: /optimizer|gradient descent|sgd|adam\b/,
} satisfies Record<string, RegExp>;

const textOf = ({ paper }: TastedPaper): string => `${paper.title} ${paper.abstract}`.toLowerCase();

const stemsOf = (one: TastedPaper): Set<string> =>
  new Set((textOf(one).match(/[a-z]{5,}/g) ?? []).map((word) => word.slice(0, 6)));

const overlap = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let shared = 0;
  for (const stem of a) if (b.has(stem)) shared += 1;
  return shared / Math.sqrt(a.size * b.size);
};

const kinds = 4;
const nearest = 25;
const likedShare = 0.18;
/** A stem in more papers than this share is not informative. */
const maxShare = 0.1;

/** Papers near a paper drawn at random and its nearest ones: a subject that no word, topic or category names. */
const kindsOf = (papers: readonly TastedPaper[]): Taste[] => {
  const random = createRandom(1);
  const counts = new Map<string, number>();
  const read = papers.map(stemsOf);
  for (const stems of read) for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  const all = read.map(
    (stems) => new Set([...stems].filter((stem) => (counts.get(stem) ?? 0) <= maxShare * papers.length)),
  );
  return Array.from({ length: kinds }, (_, index): Taste => {
    const seed = all[Math.floor(random() * all.length)] ?? new Set<string>();
    const near = all.toSorted((a, b) => overlap(b, seed) - overlap(a, seed)).slice(0, nearest);
    const scores = all.map((stems) =>
      near.reduce((sum, other) => sum + (other === stems ? 0 : overlap(stems, other)), 0),
    );
    const min = scores.toSorted((a, b) => b - a)[Math.floor(likedShare * scores.length)] ?? 0;
    const liked = new Set(papers.filter((_, at) => (scores[at] ?? 0) > min).map(({ paper }) => paper.id));
    return { name: `kind ${index + 1}`, group: 'kinds', likes: ({ paper }) => liked.has(paper.id) };
  });
};

const minAuthorPapers = 4;

/** Papers by any of the authors with the most papers. */
const authorGroup = (papers: readonly TastedPaper[]): Taste => {
  const counts = new Map<string, number>();
  for (const { paper } of papers)
    for (const author of paper.authors.slice(0, 12)) counts.set(author, (counts.get(author) ?? 0) + 1);
  const busy = new Set([...counts].filter(([, count]) => count >= minAuthorPapers).map(([author]) => author));
  return {
    name: 'busy authors',
    group: 'authors',
    likes: ({ paper }) => paper.authors.slice(0, 12).some((one) => busy.has(one)),
  };
};

/** Simulated tastes: one topic, two topics, a word or a category across topics, a kind of paper, a group of authors. */
export const tastesOf = (papers: readonly TastedPaper[], topics: readonly string[]): Taste[] => {
  const pairs = topics.slice(0, 3).map((one, at) => [one, topics[at + 3] ?? one]);
  return [
    ...topics.map((topic): Taste => ({ name: topic, group: 'topic', likes: (one) => one.topic === topic })),
    ...pairs.map(
      (pair): Taste => ({
        name: pair.join(' and '),
        group: 'two topics',
        likes: ({ topic }) => topic !== undefined && pair.includes(topic),
      }),
    ),
    ...Object.entries(words).map(
      ([name, word]): Taste => ({ name, group: 'words', likes: (one) => word.test(textOf(one)) }),
    ),
    ...['cs.CL', 'cs.CV', 'stat.ML'].map(
      (category): Taste => ({
        name: category,
        group: 'categories',
        likes: ({ paper }) => paper.categories.includes(category),
      }),
    ),
    ...kindsOf(papers),
    authorGroup(papers),
  ];
};
