import { describe, expect, it } from 'vitest';
import type { PastDay, PrefilterOutcome, PrefilterPlan } from '../../../src/core/score.ts';
import { planPrefilter } from '../../../src/scoring/distilled/prefilter.ts';
import { planInProcess } from '../../../src/scoring/distilled/process.ts';
import { dayPapers, disliked, isLiked, liked, pastDays, prefilterTask } from './past-days.ts';

const { signal } = new AbortController();

const planOf = (outcome: PrefilterOutcome): PrefilterPlan => {
  if ('reason' in outcome) throw new Error(outcome.reason);
  return outcome;
};
const plan = async (more: Parameters<typeof prefilterTask>[0] = {}) =>
  planOf(await planPrefilter(prefilterTask(more), signal));
const reasonOf = async (more: Parameters<typeof prefilterTask>[0]) => {
  const outcome = await planPrefilter(prefilterTask(more), signal);
  return 'reason' in outcome ? outcome.reason : 'none';
};

const inLastDays = (
  days: readonly PastDay[],
  count: number,
  change: (paper: PastDay['papers'][number]) => PastDay['papers'][number],
): PastDay[] => days.map((day, at) => (at < days.length - count ? day : { ...day, papers: day.papers.map(change) }));

describe('the prefilter', () => {
  it('reads the papers that are similar to earlier picks', async () => {
    const { order, read, recall, days } = await plan();
    const papers = dayPapers('today', 40, 99);
    const wanted = papers.filter(isLiked).map(({ id }) => id);
    expect(wanted).toHaveLength(8);
    expect([...order].sort()).toEqual(papers.map(({ id }) => id).sort());
    expect(new Set(order.slice(0, read))).toEqual(new Set([...order.slice(0, read), ...wanted]));
    expect(read).toBeLessThan(20);
    expect(recall).toBeGreaterThanOrEqual(0.95);
    expect(recall).toBeLessThan(1);
    expect(days).toBe(10);
  });

  it('reads more for a higher recall', async () => {
    // Some picks of the measured days are of a new kind.
    const days = inLastDays(pastDays(20), 10, (one) => (one.paper.id.endsWith('.7') ? { ...one, score: liked } : one));
    const [few, many] = [await plan({ days, targetRecall: 0.8 }), await plan({ days, targetRecall: 0.95 })];
    expect(many.read).toBeGreaterThan(few.read);
    expect(many.order).toEqual(few.order);
  });

  it('waits for enough days', async () => {
    expect(await reasonOf({ days: pastDays(14) })).toBe('it needs 15 days scored by the model and has 14');
    expect(await reasonOf({ days: [] })).toContain('has 0');
    const unread = pastDays(20).map((day, at) =>
      at < 7 ? { ...day, papers: day.papers.map((one) => ({ ...one, score: undefined })) } : day,
    );
    expect(await reasonOf({ days: unread })).toContain('has 13');
  });

  it('waits for enough picks to measure the recall', async () => {
    expect(await reasonOf({ targetRecall: 0.99 })).toBe('a recall of 0.99 needs 99 picks, and the last 10 days had 80');
    const seldom = pastDays(20).map((day, at) => ({
      ...day,
      papers: at < 11 ? day.papers : day.papers.map((one) => ({ ...one, score: disliked })),
    }));
    expect(await reasonOf({ days: seldom, targetRecall: 0.9 })).toBe(
      'a recall of 0.9 needs 9 picks, and the last 10 days had 8',
    );
  });

  it('reads all papers if it would have to read nearly all', async () => {
    const days = inLastDays(pastDays(20), 10, (one) => ({ ...one, score: isLiked(one.paper) ? disliked : liked }));
    expect(await reasonOf({ days })).toMatch(/^it would have to read (9\d|100)% of a day, which saves too little$/);
  });

  it('counts a random pick for the unread ones too', async () => {
    const likedOnce = (isSampled: boolean) =>
      inLastDays(pastDays(20), 1, (one) => (one.paper.id.endsWith('.7') ? { ...one, isSampled, score: liked } : one));
    const unlikely = await plan({ days: likedOnce(true), targetRecall: 0.9 }).catch((error: Error) => error);
    const likely = await plan({ days: likedOnce(false), targetRecall: 0.9 });
    // At a target of 0.9, one of 81 may be missed, but not twenty of a hundred.
    expect(unlikely instanceof Error || unlikely.read > likely.read).toBe(true);
  });

  it('counts unread papers neither as picks nor as rejected', async () => {
    const days = pastDays(20).map((day) => ({
      ...day,
      papers: day.papers.map((one, at) => (at % 5 === 3 ? { ...one, score: undefined } : one)),
    }));
    const { order, read } = await plan({ days });
    const wanted = dayPapers('today', 40, 99).filter(isLiked);
    const found = wanted.filter(({ id }) => order.slice(0, read).includes(id));
    expect(found.length / wanted.length).toBeGreaterThan(0.85);
    expect(read).toBeLessThan(27);
  });

  it('counts a repeated paper only on its first day', async () => {
    const days = pastDays(20);
    const repeated = days.map((day, at) => (at === 19 ? { ...day, papers: [...(days[0]?.papers ?? [])] } : day));
    expect(await reasonOf({ days: repeated })).toBe('none');
    expect(
      await reasonOf({ days: repeated.slice(-15).map((day) => ({ ...day, papers: days[0]?.papers ?? [] })) }),
    ).toBe('it needs 15 days scored by the model and has 1');
  });

  it('has the same outcome each time, in a separate process too', async () => {
    const task = prefilterTask();
    const first = await planPrefilter(task, signal);
    expect(await planPrefilter(task, signal)).toEqual(first);
    expect(await planInProcess(task, signal)).toEqual(first);
  });

  it('accepts a day without papers', async () => {
    expect(await plan({ papers: [] })).toMatchObject({ order: [], read: 0 });
  });
});

describe('the process of the prefilter', () => {
  it('ends when its signal is aborted', async () => {
    const controller = new AbortController();
    const planning = planInProcess(prefilterTask(), controller.signal);
    controller.abort(new Error('enough'));
    await expect(planning).rejects.toThrow('enough');
    await expect(planInProcess(prefilterTask(), controller.signal)).rejects.toThrow('enough');
  });

  it('rejects with the error of the process', async () => {
    const broken = { ...prefilterTask(), days: [{ date: '2025-06-01', papers: undefined }] };
    await expect(planInProcess(broken as never, signal)).rejects.toThrow(/exited with 1: [\s\S]*TypeError/);
  });
});
