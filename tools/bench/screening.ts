import type { AuthoredPaper, ModelScore } from '../../src/core/score.ts';
import type { PastDay } from '../../src/core/screening.ts';
import { rankDay } from '../../src/scoring/distilled/ranking.ts';
import { createPrefilter } from '../../src/scoring/screening/prefilter.ts';
import { cutoffsOf, type JudgedDay } from '../evaluation/days.ts';

export type ScreenedDayFigures = {
  /** 1 for the first day of all. */
  number: number;
  papers: number;
  read: number;
  picks: number;
  kept: number;
  /** Seconds of CPU time to rank the day. */
  seconds: number;
};

const ignore = () => {};
const logger = { debug: ignore, info: ignore, warn: ignore, error: (fields: object) => console.error(fields) };
const { signal } = new AbortController();

/**
 * Screens one day after the other as a new channel would: with only the earlier days as its archive, and only the
 * verdicts of the papers that it read. Days with too few papers to screen are read as a whole.
 */
export const simulateScreening = async (
  days: readonly JudgedDay[],
  { topics, targetRecall }: { topics: string; targetRecall: number },
): Promise<ScreenedDayFigures[]> => {
  const cutoffs = cutoffsOf(days);
  const rubric = { hash: 'simulation', template: '', topics, criteria: '', language: 'English' };
  const channel = { name: 'simulation', categories: [], rubric, cutoffs };
  const past: PastDay[] = [];
  const archive: AuthoredPaper[][] = [];
  const prefilter = createPrefilter({
    ...{ rank: rankDay, targetRecall, logger },
    stores: {
      digests: { pastDays: async (_channel, _query, _before, count) => past.slice(-count) },
      announcements: { recent: async (_before, dates) => archive.slice(-dates).flat() },
    },
  });
  const figures: ScreenedDayFigures[] = [];
  for (const [at, { date, papers }] of days.entries()) {
    const day = papers.map(({ paper }) => paper);
    const query = { rubric: rubric.hash, engine: 'openai', model: 'simulation' } as const;
    const before = process.cpuUsage();
    const screening = await prefilter(channel, date, day, query, signal);
    const { user, system } = process.cpuUsage(before);
    const read = new Map<string, ModelScore>();
    const readAllBut = async ({ skipped }: { skipped: ReadonlySet<string> }): Promise<undefined> => {
      for (const { paper, score } of papers) {
        if (skipped.has(paper.id) || !score) continue;
        const stored = { scoreId: 0, rubric: rubric.hash, model: query.model, attempt: 1, createdAt: '' };
        const verdict = { paperId: paper.id, version: paper.version, comment: '', ...score };
        read.set(paper.id, { ...verdict, ...stored, engine: 'openai' });
      }
    };
    let screened: PastDay['screened'];
    if ('prefilter' in screening) await readAllBut({ skipped: new Set() });
    else {
      const { prefiltered } = await screening.read({
        ...{ cutoffs, version: () => 1, scoreOf: (id) => read.get(id), mustRead: () => false, read: readAllBut },
      });
      screened = prefiltered.prefilter.screened;
    }
    past.push({
      ...{ date, cutoffs, screened },
      papers: papers.flatMap(({ paper, score }) => (score && read.has(paper.id) ? [{ paper, score }] : [])),
    });
    archive.push(day);
    const picks = papers.filter(({ picked }) => picked);
    figures.push({
      ...{ number: at + 1, papers: papers.length, read: read.size, picks: picks.length },
      kept: picks.filter(({ paper }) => read.has(paper.id)).length,
      seconds: (user + system) / 1e6,
    });
  }
  return figures;
};
