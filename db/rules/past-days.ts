import type { IsoDate } from '../../src/core/paper.ts';
import type { AuthoredPaper } from '../../src/core/score.ts';
import type { PastDay, PastPaper } from '../../src/core/screening.ts';
import type { DigestRow } from './digests.ts';
import { versionKey } from './papers.ts';

export type DigestDay = Pick<DigestRow, 'date' | 'cutoffRelevance' | 'cutoffNovelty' | 'prefilter'>;

/** The papers of a date by `versionKey`. */
export type AnnouncedPapers = ReadonlyMap<string, AuthoredPaper>;

export const announcedByVersion = (papers: readonly AuthoredPaper[]): AnnouncedPapers =>
  new Map(papers.map((paper) => [versionKey(paper), paper]));

/** The key of `announcedByVersion` among the shared reads. Channels with the same categories share them. */
export const pastKey = (date: IsoDate, categories: readonly string[]) => ['past', date, ...categories];

type PastScore = { id: string; version: number; relevance: number | null; novelty: number | null };

/** @param scores Of several attempts on a paper, the last one counts. */
export const pastDayOf = (day: DigestDay, announced: AnnouncedPapers, scores: readonly PastScore[]): PastDay => {
  const { date, cutoffRelevance: relevance, cutoffNovelty: novelty, prefilter } = day;
  const found = new Map<string, PastPaper>();
  for (const score of scores) {
    const paper = announced.get(versionKey(score));
    if (paper && score.relevance !== null && score.novelty !== null)
      found.set(score.id, { paper, score: { relevance: score.relevance, novelty: score.novelty } });
  }
  return { date, cutoffs: { relevance, novelty }, papers: [...found.values()], screened: prefilter?.screened };
};
