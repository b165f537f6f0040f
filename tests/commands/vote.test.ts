import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { save, unsave } from '../../commands/save.ts';
import { vote } from '../../commands/vote.ts';
import { openStores } from '../../db/sqlite/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { savePosted, voteOn } from '../fakes/posted.ts';
import { ask, linesOf } from './context.ts';

const date = '2025-07-08';
const id = '2507.00001';
const alice = 'slack:T1:UALICE';

let stores: Stores;
let shown: string[];
beforeEach(async () => {
  stores = openStores(':memory:');
  shown = [];
  await savePosted(stores, date, [{ id }, { id: '2507.00002' }]);
});
afterEach(() => stores.close());

const say = async (text: string, now = '2025-07-08T15:00:00Z') =>
  ask(stores, text, {
    ...{ list: [vote, save, unsave], person: alice, now },
    services: {
      papers: { find: async (one) => paperOf(one) },
      showCounts: (channel, paperId) => void shown.push(`${channel} ${paperId}`),
    },
  });
const votes = async () => (await stores.reactions.votes('foundations', [id])).get(id) ?? { up: 0, down: 0 };

describe('a vote by button', () => {
  it('counts once, changes sides, and is removed by the same button', async () => {
    const up = await say(`vote up ${id}`);
    expect(linesOf(up)).toEqual(['👍 counted: Title of 2507.00001. Press 👍 again to take it back.']);
    expect(await votes()).toEqual({ up: 1, down: 0 });
    await say(`vote down ${id}`);
    expect(await votes()).toEqual({ up: 0, down: 1 });
    expect(linesOf(await say(`vote down ${id}`))).toEqual(['Vote removed: Title of 2507.00001']);
    expect(await votes()).toEqual({ up: 0, down: 0 });
    expect(shown).toEqual(Array.from({ length: 3 }, () => `foundations ${id}`));
  });

  it('is the same vote as a reaction by the same person', async () => {
    await voteOn(stores, date, 1, alice);
    expect(await votes()).toEqual({ up: 1, down: 0 });
    expect(linesOf(await say(`vote up ${id}`))).toEqual(['Vote removed: Title of 2507.00001']);
    expect(await votes()).toEqual({ up: 0, down: 0 });
  });

  it('is answered to the person alone', () => {
    expect(vote.isPersonal).toBe(true);
  });

  it('is refused on a paper that the channel has not posted', async () => {
    await expect(say('vote up 2507.09999')).rejects.toThrow('foundations has not posted 2507.09999');
    expect(shown).toEqual([]);
  });
});

it('saving a paper shows the new number of people who saved it', async () => {
  await say(`save ${id}`);
  expect(await stores.saved.count(id)).toBe(1);
  await say(`unsave ${id}`);
  expect(await stores.saved.count(id)).toBe(0);
  expect(shown).toEqual([`foundations ${id}`, `foundations ${id}`]);
});
