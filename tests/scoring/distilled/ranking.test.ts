import { describe, expect, it } from 'vitest';
import type { DayRankingTask } from '../../../src/core/screening.ts';
import { rankInProcess } from '../../../src/scoring/distilled/process.ts';
import { rankDay } from '../../../src/scoring/distilled/ranking.ts';
import { createSequence, inventedPaper } from '../built-in/papers.ts';
import { dayPapers, isLiked, scoredPapers, topics } from './liked-papers.ts';

const { signal } = new AbortController();
const papers = dayPapers('today', 40, 99);
const taskOf = (more: Partial<DayRankingTask> = {}): DayRankingTask => ({
  ...{ papers, scored: scoredPapers(6), archive: [], cutoffs: { relevance: 7, novelty: 6 }, topics },
  ...more,
});

const topShare = (order: readonly string[], of: readonly { id: string; abstract: string }[]): number => {
  const liked = new Set(of.filter(isLiked).map(({ id }) => id));
  return order.slice(0, liked.size * 2).filter((id) => liked.has(id)).length / liked.size;
};

describe('the ranking of a day', () => {
  it('puts papers that are similar to earlier picks first', async () => {
    const order = await rankDay(taskOf(), signal);
    expect([...order].sort()).toEqual(papers.map(({ id }) => id).sort());
    expect(topShare(order, papers)).toBeGreaterThan(0.85);
  });

  it('follows the topics file if there are few picks', async () => {
    const next = createSequence(5);
    const day = Array.from({ length: 300 }, (_, index) => ({
      ...inventedPaper(`today.${index}`, index % 10 === 0 ? 0.5 : 0, next),
      authors: [],
    }));
    const near = new Set(day.filter((_, index) => index % 10 === 0).map(({ id }) => id));
    const order = await rankDay(taskOf({ papers: day, scored: [] }), signal);
    expect(order.slice(0, 60).filter((id) => near.has(id)).length).toBeGreaterThan(0.85 * near.size);
    const shuffled = await rankDay(taskOf({ papers: day, scored: scoredPapers(1).slice(0, 30) }), signal);
    expect(shuffled.slice(0, 60).filter((id) => near.has(id)).length).toBeGreaterThan(0.85 * near.size);
  });

  it('is the same each time, in a separate process too', async () => {
    const first = await rankDay(taskOf(), signal);
    expect(await rankDay(taskOf(), signal)).toEqual(first);
    expect(await rankInProcess(taskOf(), signal)).toEqual(first);
  });

  it('accepts a day without papers, and papers announced before', async () => {
    expect(await rankDay(taskOf({ papers: [] }), signal)).toEqual([]);
    const again = taskOf().scored[0]?.paper;
    if (!again) throw new Error('no paper');
    const order = await rankDay(taskOf({ papers: [...papers, again], archive: [again] }), signal);
    expect(order).toHaveLength(41);
    expect(order).toContain(again.id);
  });
});

describe('the process that ranks', () => {
  it('ends when its signal is aborted', async () => {
    const controller = new AbortController();
    const ranking = rankInProcess(taskOf(), controller.signal);
    controller.abort(new Error('enough'));
    await expect(ranking).rejects.toThrow('enough');
    await expect(rankInProcess(taskOf(), controller.signal)).rejects.toThrow('enough');
  });

  it('rejects with the error of the process', async () => {
    const broken = { ...taskOf(), papers: undefined };
    await expect(rankInProcess(broken as never, signal)).rejects.toThrow(/exited with 1: [\s\S]*TypeError/);
  });
});
