import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forget, forgotten } from '../../commands/forget.ts';
import { openStores } from '../../db/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { savePosted, voteOn } from '../fakes/posted.ts';
import { ask, linesOf } from './context.ts';

const me = 'slack:T1:U1';
let stores: Stores;
beforeEach(async () => {
  stores = openStores(':memory:');
  await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }, { id: '2507.00002' }]);
  await voteOn(stores, '2025-07-08', 1, me);
  await voteOn(stores, '2025-07-08', 1, 'slack:T1:U2');
  await stores.saved.add(me, '2507.00002', '2025-07-08T13:00:00.000Z');
});
afterEach(() => stores.close());

const say = (text: string, person = me) => ask(stores, text, { list: [forget, forgotten], person, channel: undefined });

/** What the button says under the question that somebody was asked. */
const confirmation = async (person = me): Promise<string> => {
  const line = linesOf(await say('forget me', person)).find((one) => one.includes('forgotten')) ?? '';
  return /forgotten [0-9a-f]+/.exec(line)?.[0] ?? '';
};

describe('forget me', () => {
  it('asks once and deletes nothing before', async () => {
    const shown = linesOf(await say('forget me'));
    expect(shown[0]).toBe(
      'This deletes your votes, your reading list (1 paper), and your name where you changed something. It cannot be taken back.',
    );
    expect(shown[1]).toContain('on Slack are not mine to remove');
    expect(shown).toContainEqual(expect.stringMatching(/^\[Forget my votes, list and name: forgotten [0-9a-f]{12}\]$/));
    expect(await stores.saved.list(me)).toHaveLength(1);
  });

  it('deletes what is the person’s alone, and tells what it was', async () => {
    const shown = linesOf(await say(await confirmation()));
    expect(shown[0]).toContain('Deleted: 1 vote and 1 saved paper');
    expect(shown[1]).toContain('on Slack are not mine to remove');
    expect(await stores.saved.list(me)).toEqual([]);
    expect((await stores.reactions.votes('foundations', ['2507.00001'])).get('2507.00001')).toEqual({ up: 1, down: 0 });
  });

  it('speaks of no other platform to a person of the web page', async () => {
    expect(linesOf(await say('forget me', 'web:local:U1')).join()).not.toContain('not mine to remove');
  });

  it('deletes nothing of somebody who presses the button under another one’s question', async () => {
    await stores.saved.add('slack:T1:U2', '2507.00001', '2025-07-08T13:00:00.000Z');
    await expect(say(await confirmation(), 'slack:T1:U2')).rejects.toThrow('Somebody else was asked that.');
    expect(await stores.saved.list('slack:T1:U2')).toHaveLength(1);
    expect(await stores.saved.list(me)).toHaveLength(1);
  });

  it('says what to type where the word is missing', async () => {
    await expect(say('forget')).rejects.toThrow('Type /arxiv forget me to delete');
  });

  it('shows the confirmation to nobody', () => {
    expect(forgotten.isHidden).toBe(true);
  });
});
