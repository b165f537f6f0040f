import type { AnnouncementSource } from '../core/arxiv.ts';
import type { AuthorIndex } from '../core/author.ts';
import type { BatchOutcome, BatchScorer } from '../core/batch.ts';
import { ExternalError } from '../core/errors.ts';
import { doctorAskFix, doctorFix, type HealthReports } from '../core/health.ts';
import type { Scorer, ScorerStop, ScoringTask, Verdict } from '../core/score.ts';

/** A source that reports whether arXiv answers. */
export const watchedSource = (source: AnnouncementSource, health: HealthReports): AnnouncementSource => {
  const watch = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const result = await work;
      await health.worked('arxiv');
      return result;
    } catch (error) {
      if (error instanceof ExternalError) await health.failed('arxiv', { reason: error.message, fix: doctorFix });
      throw error;
    }
  };
  return {
    newest: (...args) => watch(source.newest(...args)),
    on: (...args) => watch(source.on(...args)),
    submitted: (...args) => watch(source.submitted(...args)),
  };
};

export const watchedAuthors = (index: AuthorIndex, health: HealthReports): AuthorIndex => ({
  ...index,
  async ofPapers(paperIds, signal) {
    const lookup = await index.ofPapers(paperIds, signal);
    if (lookup.failure === undefined) await health.worked('authors');
    else await health.failed('authors', { reason: lookup.failure, fix: 'The next run tries again.' });
    return lookup;
  },
});

/** A few papers may be unusual; a server that repeats an answer scores only those of one request. */
const isMost = (verdicts: number, { papers }: ScoringTask): boolean => verdicts > 0 && 2 * verdicts >= papers.length;

const unscoredReason = (verdicts: number, { papers }: ScoringTask): string =>
  verdicts === 0
    ? 'it gave no valid answer'
    : `it gave no valid answer about ${papers.length - verdicts} of ${papers.length} papers`;

/** A language model that reports whether it scores. A spent budget is no failure. */
export const watchedScorer = (scorer: Scorer, health: HealthReports): Scorer => {
  async function* score(task: ScoringTask): AsyncGenerator<Verdict[], ScorerStop | undefined> {
    let verdicts = 0;
    const scoring = scorer.score(task);
    try {
      for (;;) {
        const step = await scoring.next();
        if (!step.done) {
          verdicts += step.value.length;
          yield step.value;
          continue;
        }
        const stop = step.value;
        if (stop && stop.kind !== 'budget')
          await health.failed('scoring', { reason: stop.reason, fix: stop.remedy ?? doctorAskFix });
        else if (stop ? verdicts > 0 : isMost(verdicts, task)) await health.worked('scoring');
        else if (!stop && task.papers.length > 0)
          await health.failed('scoring', { reason: unscoredReason(verdicts, task), fix: doctorAskFix });
        return stop;
      }
    } finally {
      await scoring.return(undefined);
    }
  }
  return { ...scorer, score };
};

/** Batches that report whether they score. Their failures are not reported, because ordinary calls follow. */
export const watchedBatches = (batch: BatchScorer, health: HealthReports): BatchScorer => {
  const watch = async <T extends BatchOutcome | undefined>(outcome: Promise<T>): Promise<T> => {
    const ended = await outcome;
    if (ended && ended.scored > 0) await health.worked('scoring');
    return ended;
  };
  return {
    ...batch,
    score: (task) => watch(batch.score(task)),
    finish: (sent, wait) => watch(batch.finish(sent, wait)),
  };
};
