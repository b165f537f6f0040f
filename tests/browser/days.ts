import type { FakePaper } from '../fakes/arxiv.ts';

type Row = {
  title: string;
  abstract?: string;
  authors?: string[];
  verdict: [relevance: number, novelty: number];
  comment?: string;
};

/** Text that would run, break out of its element or ping if it were not escaped. */
export const hostile = {
  title: '<script>alert("title")</script></title></h3> @everyone <!channel> & <b>gears</b>',
  abstract: 'Gears. <img src="/nowhere" onerror="alert(1)"> </details></article> <svg onload=alert(2)> & more.',
  author: '<i onclick=alert(3)>Eve</i> "Quote"',
  comment: '<script>alert("comment")</script> <a href="javascript:alert(4)">click</a> @here',
};

const rows: Record<string, Record<string, Row>> = {
  '2025-07-07': {
    '2507.00101': { title: 'Bevel gears of the day before', verdict: [8, 8] },
    '2507.00102': { title: 'A rack for every pinion', verdict: [7, 7] },
  },
  '2025-07-08': {
    '2507.00001': { title: 'Worm drives that hold their load', verdict: [7, 7], comment: 'About worm drives.' },
    '2507.00002': {
      title: 'Planetary trains turn in $O(n \\log n)$ steps',
      abstract: 'We show that $\\sum_{i=1}^{n} x_i \\le \\sqrt{n}$ for every train.',
      authors: ['Ada First', 'Ben Second', 'Çağla Üçüncü'],
      verdict: [9, 9],
      comment: 'A bound on planetary trains, $O(n \\log n)$.',
    },
    '2507.00003': { ...hostile, authors: [hostile.author, 'Ben Second'], verdict: [8, 8] },
    '2507.00004': { title: 'Bearings alone', verdict: [2, 3] },
    '2507.00005': { title: 'Teeth that mesh without noise', verdict: [7, 6] },
    '2507.00006': { title: 'A catalog of springs', verdict: [3, 2] },
  },
  '2025-07-09': {
    '2507.00201': { title: 'Cycloids of the day after', verdict: [9, 7] },
  },
};

const paper = (id: string, { title, abstract, authors }: Row): FakePaper => ({
  id,
  title,
  abstract: abstract ?? 'The teeth mesh as they should, in every train that we have measured. '.repeat(6).trim(),
  authors: authors ?? ['Ada First', 'Ben Second'],
  categories: ['cs.LG'],
});

/** The announcements of the browser tests, by date. */
export const days: Record<string, FakePaper[]> = Object.fromEntries(
  Object.entries(rows).map(([date, ofDay]) => [date, Object.entries(ofDay).map(([id, row]) => paper(id, row))]),
);

export const earlier = { date: '2025-07-07', long: 'Monday, 7 July 2025' };
export const newest = { date: '2025-07-08', long: 'Tuesday, 8 July 2025' };
export const later = { date: '2025-07-09', long: 'Wednesday, 9 July 2025' };

/** The papers that the newest day posts, in order. */
export const picked = ['2507.00002', '2507.00003', '2507.00001', '2507.00005'];

export const verdictOf = (id: string) => {
  const row = Object.values(rows).find((ofDay) => Object.hasOwn(ofDay, id))?.[id];
  if (!row) return undefined;
  const [relevance, novelty] = row.verdict;
  return { relevance, novelty, comment: row.comment ?? `It is about gears, says ${id}.` };
};
