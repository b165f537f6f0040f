import { describe, expect, it } from 'vitest';
import { type Picked, readBestByScore } from '../../src/digest/best-order.ts';
import { entry } from '../pages/written-day.ts';

const picked = (id: string): Picked => ({ date: '2025-07-08', entry: entry(1, id) });

/** A store of these papers that records the requested limits. */
const storeOf = (ids: readonly string[]) => {
  const limits: number[] = [];
  const read = async (limit: number): Promise<Picked[]> => {
    limits.push(limit);
    return ids.slice(0, limit).map(picked);
  };
  return { limits, read };
};

const idsOf = (papers: readonly Picked[]): string[] => papers.map(({ entry }) => entry.paper.id);
const range = (count: number): string[] => Array.from({ length: count }, (_, index) => `2507.${index}`);

describe('the best papers of a store', () => {
  it('are read without other papers', async () => {
    const { limits, read } = storeOf(range(30));
    expect(idsOf(await readBestByScore(read))).toEqual(range(10));
    expect(limits).toEqual([10]);
  });

  it('are ten even if one was picked on many days', async () => {
    const { limits, read } = storeOf([...Array.from({ length: 25 }, () => '2507.0'), ...range(30)]);
    expect(idsOf(await readBestByScore(read))).toEqual(range(10));
    expect(limits).toEqual([10, 20, 40]);
  });

  it('are fewer if the store has fewer', async () => {
    expect(idsOf(await readBestByScore(storeOf([]).read))).toEqual([]);
    expect(idsOf(await readBestByScore(storeOf(['2507.0', '2507.0', '2507.1']).read))).toEqual(range(2));
  });
});
