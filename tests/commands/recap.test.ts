import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recap } from '../../commands/recap.ts';
import { openStores } from '../../db/sqlite/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { postedAt, savePosted, scoredBy, verdictOf, voteOn } from '../fakes/posted.ts';
import { ask, linesOf } from './context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const say = (text: string) => ask(stores, text, { list: [recap] });
const lines = async (text: string) => linesOf(await say(text));
const titles = (shown: string[]) => shown.flatMap((line) => /^(?:\d+\. )?Title of (\S+)/.exec(line)?.[1] ?? []);
const seven = ['1', '2', '3', '4', '5', '6', '7'].map((id) => ({ id: `2507.0000${id}` }));

describe('recap', () => {
  it('shows the best by votes, then others by score, each once', async () => {
    await savePosted(stores, '2025-07-01', [{ id: '2507.00099', relevance: 10, novelty: 10 }]);
    await savePosted(stores, '2025-07-07', seven);
    await voteOn(stores, '2025-07-07', 6, 'a');
    await voteOn(stores, '2025-07-07', 6, 'b');
    await voteOn(stores, '2025-07-07', 2, 'a');
    await voteOn(stores, '2025-07-07', 1, 'a', '-1');
    const shown = await lines('recap');
    expect(shown.slice(0, 4)).toEqual([
      'The best of the last 7 days · foundations',
      '7 papers posted on 1 day, out of 12 scored.',
      'By votes',
      'Title of 2507.00006  9 + 8  👍 2  Ada First, Ben Second · 2507.00006 · Monday, 7 July',
    ]);
    expect(shown[5]).toBe('Others, by score');
    expect(titles(shown)).toEqual([
      ...['2507.00006', '2507.00002'],
      ...['2507.00003', '2507.00004', '2507.00005', '2507.00007'],
    ]);
    expect(shown.at(-3)).toBe('[More: top 20 week]');
    expect(titles(await lines('recap month'))).toContain('2507.00099');
  });

  it('shows at most five of each', async () => {
    const many = Array.from({ length: 14 }, (_, index) => ({ id: `2507.${10_000 + index}` }));
    await savePosted(stores, '2025-07-08', many);
    for (let rank = 1; rank <= 7; rank += 1) await voteOn(stores, '2025-07-08', rank, 'a');
    expect(titles(await lines('recap'))).toHaveLength(10);
  });

  it('uses current scores and asks for votes if there are none', async () => {
    await savePosted(stores, '2025-07-08', seven);
    await stores.scores.add(scoredBy, [verdictOf('2507.00007', 10, 10)], postedAt);
    const shown = await lines('recap');
    expect(shown[2]).toBe('By score');
    expect(shown[3]).toContain('Title of 2507.00007  10 + 10');
    expect(shown.join()).toContain('No votes yet');
  });

  it('says that nothing was announced and offers next steps', async () => {
    expect(await lines('recap')).toEqual([
      'The best of the last 7 days · foundations',
      'No digests in the last 7 days.',
      '[Monthly recap: recap month]',
      '[Status: status]',
    ]);
    await savePosted(stores, '2025-01-08', [{ id: '2501.00001' }]);
    expect((await lines('recap month')).at(-1)).toBe('[Newest papers: top]');
  });

  it('suggests the known spans', async () => {
    await expect(say('recap year')).rejects.toThrow(
      '"year" is not an option here. Try /arxiv recap or /arxiv recap month.',
    );
  });
});
