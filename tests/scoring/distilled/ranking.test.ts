import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DayRankingTask } from '../../../src/core/screening.ts';
import { createRankProcess } from '../../../src/scoring/distilled/process.ts';
import { createFitting, rankDay } from '../../../src/scoring/distilled/ranking.ts';
import { createSequence, inventedPaper } from '../built-in/papers.ts';
import { dayPapers, isLiked, scoredPapers, topics } from './liked-papers.ts';

const { signal } = new AbortController();
const rankInProcess = createRankProcess();
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

describe('the model of a history', () => {
  const task = taskOf({ archive: dayPapers('archive', 1_500, 7) });

  it('is fitted once for all rankings of a day', async () => {
    const fitted = createFitting();
    const model = await fitted(task, signal);
    expect(await fitted({ ...task, archive: [...task.archive] }, signal)).toBe(model);
    await rankDay({ ...task, papers: papers.slice(20) }, signal, undefined, fitted);
    const whole = await rankDay(task, signal, undefined, fitted);
    expect(await fitted(task, signal)).toBe(model);
    expect(topShare(whole, papers)).toBeGreaterThan(0.85);
  });

  it('is fitted again to other verdicts, papers, topics or cutoffs', async () => {
    const [one, ...rest] = task.scored;
    if (!one) throw new Error('no paper');
    const fitted = createFitting();
    let last = await fitted(task, signal);
    for (const more of [
      { scored: [{ ...one, score: { relevance: 1, novelty: 1 } }, ...rest] },
      { archive: task.archive.slice(1) },
      { topics: `${topics}\n2. Gears\n` },
      { cutoffs: { relevance: 8, novelty: 6 } },
    ]) {
      const model = await fitted({ ...task, ...more }, signal);
      expect(model).not.toBe(last);
      last = model;
    }
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

  it('rejects with the error of the process, and ranks again afterward', async () => {
    const broken = { ...taskOf(), topics: undefined };
    await expect(rankInProcess(broken as never, signal)).rejects.toThrow(/exited with 1: [\s\S]*TypeError/);
    expect(await rankInProcess(taskOf(), signal)).toEqual(await rankDay(taskOf(), signal));
  });

  it('ranks for several channels as it would for each alone', async () => {
    const tasks = [taskOf(), taskOf({ papers: papers.slice(10) }), taskOf({ scored: [], archive: papers.slice(0, 5) })];
    const alone = await Promise.all(tasks.map((task) => rankDay(task, signal)));
    expect(await Promise.all(tasks.map((task) => rankInProcess(task, signal)))).toEqual(alone);
  });

  it('stops while it ranks, and ranks the next day with the papers that it has read', async () => {
    const rank = createRankProcess();
    const alone = await rank(taskOf(), signal);
    const controller = new AbortController();
    const stopped = rank(taskOf({ papers: papers.slice(10) }), controller.signal);
    await delay(20);
    controller.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
    expect(await rank(taskOf(), signal)).toEqual(alone);
  });

  it('goes on with the next channel if one stops', async () => {
    const controller = new AbortController();
    const [stopped, next] = await Promise.allSettled([
      rankInProcess(taskOf(), controller.signal),
      rankInProcess(taskOf(), signal),
      controller.abort(new Error('enough')),
    ]);
    expect([stopped?.status, next?.status]).toEqual(['rejected', 'fulfilled']);
  });

  it('does not keep the bot from exiting', () => {
    const folder = mkdtempSync(join(tmpdir(), 'paperboy-ranking-'));
    const bot = join(folder, 'bot.mjs');
    const source = new URL('../../../src/scoring/distilled/process.ts', import.meta.url).href;
    const paper = {
      ...{ id: '2507.00001', version: 1, title: 'Gears', abstract: 'Gears.' },
      categories: [],
      authors: [],
    };
    const task = taskOf({ papers: [paper], scored: [], archive: [] });
    try {
      writeFileSync(
        bot,
        `import { createRankProcess } from ${JSON.stringify(source)};
        console.log(await createRankProcess()(${JSON.stringify(task)}, new AbortController().signal));`,
      );
      const { stdout, status } = spawnSync(process.execPath, [bot], { encoding: 'utf8' });
      expect(stdout).toBe("[ '2507.00001' ]\n");
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
