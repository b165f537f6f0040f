import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { ownDays } from '../../../tools/evaluation/days.ts';
import { evaluate } from '../../../tools/evaluation/evaluate.ts';
import { createStoredRanker } from '../../../tools/evaluation/rankers.ts';
import { channelOf, paperOf } from '../../fakes/fixtures.ts';
import { storeJudgedDays } from '../../fakes/judged-days.ts';

const dates = ['2025-07-07', '2025-07-08', '2025-07-09'];

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const read = () => ownDays(channelOf(), { stores, candidatesOf: (announced) => [...announced] });

describe("a channel's days", () => {
  it('are the days with a digest, with papers with more 👍 than 👎 as picks', async () => {
    await storeJudgedDays(stores, dates, { papers: 3, liked: ['2025-07-08'] });
    const days = await read();
    expect(days.map(({ date, papers }) => [date, papers.map(({ picked }) => picked)])).toEqual([
      ['2025-07-07', [false, false, false]],
      ['2025-07-08', [true, false, false]],
      ['2025-07-09', [false, false, false]],
    ]);
    expect(days[0]?.papers.map(({ score }) => score?.relevance)).toEqual([10, 9, 8]);
  });

  it('leave out papers without a score, and are empty without digests', async () => {
    expect(await read()).toEqual([]);
    await storeJudgedDays(stores, ['2025-07-07'], { papers: 2 });
    const more = [paperOf('2510.00000'), paperOf('2510.00001'), paperOf('2510.00009')];
    await stores.announcements.save({
      ...{ date: '2025-07-07', category: 'cs.LG' },
      papers: more.map((paper) => ({ paper, type: 'new' })),
    });
    expect((await read())[0]?.papers.map(({ paper }) => paper.id)).toEqual(['2510.00000', '2510.00001']);
  });

  it('can be measured by the order of the stored scores', async () => {
    await storeJudgedDays(stores, dates);
    const days = await read();
    const engine = { name: 'stored scores', rank: createStoredRanker(days) };
    const { overall } = await evaluate({ days, engine, history: 0, topics: '', cutoffs: { relevance: 8, novelty: 7 } });
    expect(overall?.auc.mean).toBe(1);
  });
});
