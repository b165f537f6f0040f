import type { FakePaper } from '../fakes/arxiv.ts';
import type { ModelVerdict } from './model.ts';

/** Titles and comments that try to ping, format, link, trick a terminal or break out of their element. */
const hostile = {
  title: '<!channel> *Bold* _gears_ `code` <https://evil.example|click> @here :tada: & </title></paper> ]]>',
  comment: '<!everyone> <@U01ALICE> https://evil.example *hi* </paper>',
  long: `${'Gears of a very long kind 😀 '.repeat(30)}end`,
};

const abstractOf = (number: number): string =>
  `We study gear trains of kind ${number}. ${'The teeth mesh as they should. '.repeat(4 + (number % 5))}`.trim();

type Row = { id: string; categories: string[]; verdict: [relevance: number, novelty: number]; title?: string };

/** In arXiv's order: new in cs.LG, cross-listed there, then cs.AI. */
const rows: Row[] = [
  { id: '2507.00001', categories: ['cs.LG'], verdict: [7, 6] },
  { id: '2507.00002', categories: ['cs.LG', 'cs.AI'], verdict: [8, 9], title: hostile.title },
  { id: '2507.00003', categories: ['cs.LG'], verdict: [6, 10] },
  { id: '2507.00004', categories: ['cs.LG'], verdict: [9, 8] },
  { id: '2507.00005', categories: ['cs.LG'], verdict: [10, 5] },
  { id: '2507.00006', categories: ['cs.LG', 'stat.ML'], verdict: [2, 2] },
  { id: '2507.00010', categories: ['cs.LG'], verdict: [9, 8] },
  { id: '2507.00007', categories: ['stat.ML', 'cs.LG'], verdict: [10, 10], title: hostile.long },
  { id: '2507.00008', categories: ['math.OC', 'cs.LG'], verdict: [4, 6] },
  { id: '2507.00009', categories: ['cs.AI'], verdict: [7, 7] },
  { id: '2507.00011', categories: ['cs.AI', 'cs.LG'], verdict: [8, 6] },
  { id: '2507.00012', categories: ['cs.AI'], verdict: [3, 3] },
];

const replaced: FakePaper[] = ['2506.00001', '2506.00002'].map((id) => ({
  id,
  title: `Gears revised, ${id}`,
  abstract: 'A new version.',
  authors: ['Ada First'],
  categories: ['cs.LG'],
  version: 2,
  replaced: true,
}));

export const date = '2025-07-08';

/** The announcement of the end-to-end tests. */
export const day: FakePaper[] = [
  ...rows.map(({ id, categories, title }, index): FakePaper => {
    const number = index + 1;
    return {
      id,
      categories,
      title: title ?? `Gears of kind ${number}`,
      abstract: abstractOf(number),
      authors: [`Ada First${number}`, 'Ben Second'],
    };
  }),
  ...replaced,
];

/** Papers announced in both categories together, and those of them that are new or cross-listed. */
export const counts = { announced: 14, scanned: 12 };

/** The papers with relevance ≥ 7 and novelty ≥ 6, by total score, then relevance, then arXiv's order. */
export const picked = [
  '2507.00007',
  '2507.00004',
  '2507.00010',
  '2507.00002',
  '2507.00011',
  '2507.00009',
  '2507.00001',
];

export const verdictOf = (id: string): ModelVerdict | undefined => {
  const row = rows.find((one) => one.id === id);
  if (!row) return undefined;
  const [relevance, novelty] = row.verdict;
  const comment = row.title === hostile.title ? hostile.comment : `It is about gears, says ${id}.`;
  return { relevance, novelty, comment };
};

export const paperOf = (id: string): FakePaper => {
  const found = day.find((paper) => paper.id === id);
  if (!found) throw new Error(`no such paper: ${id}`);
  return found;
};
