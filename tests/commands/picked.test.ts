import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { picked } from '../../commands/picked.ts';
import { openStores } from '../../db/sqlite/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { savePosted, scoredBy, verdictOf } from '../fakes/posted.ts';
import { ask, linesOf } from './context.ts';

const date = '2025-07-08';
let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const say = async (text: string) => linesOf(await ask(stores, text, { list: [picked] }));

describe('the papers that were picked but not posted', () => {
  it('are listed best first, without posted ones and those below the cutoffs', async () => {
    const ids = ['2507.00001', '2507.00002', '2507.00003', '2507.00004'];
    await stores.announcements.save({
      ...{ category: 'cs.LG', date },
      papers: [...ids, '2507.00005'].map((id) => ({ paper: paperOf(id), type: id.endsWith('5') ? 'replace' : 'new' })),
    });
    await savePosted(stores, date, [{ id: '2507.00001' }], {
      counts: { announced: 5, scanned: 4, relevant: 3, unscored: 0 },
    });
    const verdicts = [
      verdictOf('2507.00002', 8, 7),
      verdictOf('2507.00003', 9, 7),
      verdictOf('2507.00004', 7, 9),
      // Replacements are not candidates in this channel.
      verdictOf('2507.00005', 9, 9),
    ];
    await stores.scores.add(scoredBy, verdicts, '2025-07-08T13:00:00.000Z');
    expect(await say(`picked ${date}`)).toEqual([
      'Picked on Tuesday, 8 July 2025, but not posted',
      'Title of 2507.00003  9 + 7  Ada First, Ben Second · 2507.00003',
      'Title of 2507.00002  8 + 7  Ada First, Ben Second · 2507.00002',
      '2 papers, best first. The best one was posted.',
    ]);
  });

  it('are none if all were posted', async () => {
    await savePosted(stores, date, [{ id: '2507.00001' }]);
    expect(await say('picked')).toEqual([
      'Picked on Tuesday, 8 July 2025, but not posted',
      'All picked papers were posted.',
    ]);
  });

  it('are refused for a day without a digest', async () => {
    await expect(say('picked')).rejects.toThrow('foundations has no digest yet.');
    await expect(say('picked 2025-01-01')).rejects.toThrow('foundations has no digest of Wednesday, 1 January 2025.');
  });
});
