import type { AuthoredPaper, Cutoffs } from '../../../src/core/score.ts';
import type { FakePaper } from '../../../tests/fakes/arxiv.ts';
import { cutoffsOf, type JudgedDay, readDays } from '../../evaluation/days.ts';

export const categories = ['cs.LG', 'cs.AI'];

export type ReplayedDay = { date: string; papers: AuthoredPaper[]; picks: ReadonlySet<string> };

export type ReplayedDays = { judged: JudgedDay[]; days: ReplayedDay[]; cutoffs: Cutoffs };

/** Reads labeled days. A paper that an earlier day has is left out, because it would not be posted again. */
export const readReplayedDays = async (folder: string): Promise<ReplayedDays> => {
  const seen = new Set<string>();
  const judged = (await readDays(folder, categories)).map(({ date, papers }): JudgedDay => {
    const fresh = papers.filter(({ paper }) => !seen.has(paper.id));
    for (const { paper } of fresh) seen.add(paper.id);
    return { date, papers: fresh };
  });
  const days = judged.map(({ date, papers }) => ({
    date,
    papers: papers.map(({ paper }) => paper),
    picks: new Set(papers.flatMap(({ paper, picked }) => (picked ? [paper.id] : []))),
  }));
  return { judged, days, cutoffs: cutoffsOf(judged) };
};

export const asAnnounced = ({ papers }: ReplayedDay): FakePaper[] =>
  papers.map(({ id, title, abstract, authors, categories }) => ({
    ...{ id, title, abstract },
    ...{ authors: [...authors], categories: [...categories] },
  }));
