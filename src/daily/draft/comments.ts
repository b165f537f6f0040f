import type { CallPriority } from '../../core/call-limiter.ts';
import type { Channel } from '../../core/channel.ts';
import type { IsoDate } from '../../core/paper.ts';
import {
  isByModel,
  type ModelScore,
  type PaperComment,
  passes,
  type ScorablePaper,
  type Score,
  type Scorer,
} from '../../core/score.ts';
import type { ScoreQuery, Stores } from '../../core/stores.ts';
import { bestFirst } from '../../digest/best-order.ts';

/** As many as a digest without picks names. */
const nearest = 3;

type CommentParts = {
  scorer: Scorer;
  query: ScoreQuery;
  channel: Channel;
  date: IsoDate;
  day: readonly ScorablePaper[];
  priority: CallPriority | undefined;
  mustRead: { has(paperId: string): boolean } | undefined;
  stores: { scores: Pick<Stores['scores'], 'comment'> };
  onScores(scores: readonly Score[]): void;
  signal: AbortSignal;
};

/**
 * Asks for comments on the papers that people see: those that pass the cutoffs, those by followed authors, and the
 * nearest others. A paper that passes is asked about while others are still being scored.
 */
export const createDayComments = (parts: CommentParts) => {
  const { scorer, query, channel, date, day, priority, mustRead, stores, onScores, signal } = parts;
  const { name, rubric, cutoffs } = channel;
  const papers = new Map(day.map((paper) => [paper.id, paper]));
  const asked = new Set<string>();
  const received = new Map<string, PaperComment>();
  const store = async (comments: readonly PaperComment[]): Promise<void> =>
    onScores(await stores.scores.comment(query, comments));
  const run = scorer.comment?.({
    ...{ channel: name, date, rubric, priority, signal },
    onComments: async (comments) => {
      for (const comment of comments) received.set(comment.paperId, comment);
      await store(comments);
    },
  });

  const isShown = (score: ModelScore): boolean => passes(score, cutoffs) || mustRead?.has(score.paperId) === true;
  const add = (scores: readonly ModelScore[]): void =>
    run?.add(
      scores.flatMap(({ paperId, relevance, novelty, comment }) => {
        const paper = papers.get(paperId);
        if (!paper || comment !== '' || asked.has(paperId)) return [];
        asked.add(paperId);
        return [{ ...paper, relevance, novelty }];
      }),
    );

  return {
    scored: (scores: readonly Score[]): void => add(scores.filter(isByModel).filter(isShown)),
    /** @param scores All of the day, with those of an earlier run. */
    end: async (scores: ReadonlyMap<string, Score>, isAnswering: boolean): Promise<void> => {
      if (!run) return;
      // A repeat adds a score without the comment that the first one got.
      await store([...received.values()]);
      const byModel = [...scores.values()].filter(isByModel);
      add(byModel.filter(isShown));
      add(
        byModel
          .filter((score) => !isShown(score))
          .sort(bestFirst)
          .slice(0, nearest),
      );
      await run.end(isAnswering);
    },
  };
};
