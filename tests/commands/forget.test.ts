import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forget, forgotten } from '../../commands/forget.ts';
import { openStores } from '../../db/sqlite/index.ts';
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
  await stores.readMarks.add(me, '2507.00002', '2025-07-08T13:00:00.000Z');
});
afterEach(() => stores.close());

const say = (text: string, person = me) => ask(stores, text, { list: [forget, forgotten], person, channel: undefined });

/** The command of the button under the question. */
const confirmation = async (person = me): Promise<string> => {
  const line = linesOf(await say('forget me', person)).find((one) => one.includes('forgotten')) ?? '';
  return /forgotten [0-9a-f]+/.exec(line)?.[0] ?? '';
};

describe('forget me', () => {
  it('asks before it deletes', async () => {
    const shown = linesOf(await say('forget me'));
    expect(shown[0]).toBe(
      'This deletes your votes, your reading list (1 paper), which papers you have read, your last list and question, and your name in the change log. You cannot undo it.',
    );
    expect(shown[1]).toContain('Paperboy cannot remove your messages or reactions on Slack.');
    expect(shown).toContainEqual(expect.stringMatching(/^\[Delete: forgotten [0-9a-f]{12}\]$/));
    expect(await stores.saved.list(me)).toHaveLength(1);
  });

  it('deletes only the person’s own data and says what', async () => {
    const shown = linesOf(await say(await confirmation()));
    expect(shown[0]).toContain('Deleted: 1 vote and 1 saved paper');
    expect(shown[1]).toContain('Paperboy cannot remove your messages or reactions on Slack.');
    expect(await stores.saved.list(me)).toEqual([]);
    expect(await stores.readMarks.among(me, ['2507.00002'])).toEqual(new Set());
    expect((await stores.reactions.votes('foundations', ['2507.00001'])).get('2507.00001')).toEqual({ up: 1, down: 0 });
  });

  it('deletes the data of all linked accounts, and counts again what they voted on', async () => {
    const [browser, discord] = ['web:local:U1', 'discord:9:17'];
    for (const person of [browser, discord]) {
      await stores.links.offer(me, 'WDJB-MJHT', '2025-07-08T12:59:00.000Z');
      await stores.links.join(person, 'WDJB-MJHT', '2025-07-08T13:00:00.000Z');
    }
    await stores.saved.add(discord, '2507.00001', '2025-07-08T13:00:00.000Z');
    const shown = linesOf(await say('forget me', browser));
    expect(shown[1]).toBe(
      'It covers all that you linked, and the links: 17 on Discord, U1 on Slack, U1 on the web page.',
    );
    expect(shown[2]).toContain('Paperboy cannot remove your messages or reactions on Slack and Discord.');
    const counted: string[] = [];
    const confirmed = await ask(stores, await confirmation(browser), {
      ...{ list: [forget, forgotten], person: browser, channel: undefined },
      services: { showCounts: (_channel, paper) => void counted.push(paper) },
    });
    expect(linesOf(confirmed)[0]).toContain('Deleted: 1 vote and 2 saved papers');
    expect(counted).toEqual(['2507.00001', '2507.00002']);
    expect(await stores.saved.list(me)).toEqual([]);
    expect(await stores.links.linked(me)).toEqual([]);
  });

  it('deletes nothing if an account was linked after the question', async () => {
    const asked = await confirmation();
    await stores.links.offer(me, 'WDJB-MJHT', '2025-07-08T13:00:00.000Z');
    await stores.links.join('web:local:U1', 'WDJB-MJHT', '2025-07-08T13:00:00.000Z');
    await expect(say(asked)).rejects.toThrow('you have changed your links since');
    expect(await stores.saved.list(me)).toHaveLength(1);
  });

  it('mentions no remote platform to a person on the web page', async () => {
    expect(linesOf(await say('forget me', 'web:local:U1')).join()).not.toContain('cannot remove');
  });

  it('deletes nothing if somebody else presses the button', async () => {
    await stores.saved.add('slack:T1:U2', '2507.00001', '2025-07-08T13:00:00.000Z');
    await expect(say(await confirmation(), 'slack:T1:U2')).rejects.toThrow('This button is for somebody else');
    expect(await stores.saved.list('slack:T1:U2')).toHaveLength(1);
    expect(await stores.saved.list(me)).toHaveLength(1);
  });

  it('says what to type if the word is missing', async () => {
    await expect(say('forget')).rejects.toThrow('Type /arxiv forget me to delete');
  });

  it('hides the confirming command', () => {
    expect(forgotten.isHidden).toBe(true);
  });
});
