import { beforeEach, describe, expect, test } from 'vitest';
import type { Digest } from '../../src/core/digest.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Stores } from '../../src/core/stores.ts';

/** What every record of changes holds to; part of the contract of the stores. */
export const changesContract = (opened: () => Stores, storedDigest: (ids: string[]) => Promise<Digest>): void => {
  describe('changes', () => {
    const [ada, ben] = ['slack:T1:ADA', 'slack:T1:BEN'];
    const at = '2025-07-08T12:00:00.000Z';
    let stores: Stores;
    beforeEach(() => {
      stores = opened();
    });
    const add = (action: string, more: Partial<Parameters<Stores['changes']['add']>[0]> = {}) =>
      stores.changes.add({ ...{ at, person: ada, channel: 'foundations', action, value: null }, ...more });

    test.each([
      ['nothing', null],
      ['an object', { topics: 'Größe 🙂', cutoffs: { relevance: 7 } }],
      ['a text that looks like JSON', '{"a": 1}'],
      ['a list', ['a', 1, false]],
    ])('the value comes back as it was: %s', async (_, value) => {
      const change = await add('topics', { value });
      expect(change).toMatchObject({ at, person: ada, channel: 'foundations', action: 'topics', value });
      expect(await stores.changes.list('foundations')).toEqual([change]);
    });

    test('a channel’s come oldest first, those of one action alone if wanted, and those of no channel apart', async () => {
      const [first, other, none, last] = [
        await add('topics'),
        await add('topics', { channel: 'other' }),
        await add('topics', { channel: undefined }),
        await add('schedule'),
      ];
      expect(await stores.changes.list('foundations')).toEqual([first, last]);
      expect(await stores.changes.list('foundations', 'topics')).toEqual([first]);
      expect(await stores.changes.list(undefined)).toEqual([none]);
      expect(none?.channel).toBeUndefined();
      expect(await stores.changes.newest(3)).toEqual([last, none, other]);
    });

    test('taking back adds a change that says so, and works once', async () => {
      const change = await add('topics');
      await stores.changes.undo(change.changeId, { at: '2025-07-09T12:00:00.000Z', person: ben });
      const [undone, undo] = await stores.changes.list('foundations');
      expect(undone).toEqual({ ...change, undoneBy: undo?.changeId });
      expect(undo).toMatchObject({ person: ben, action: 'undo', value: { changeId: change.changeId } });
      await expect(stores.changes.undo(change.changeId, { at, person: ben })).rejects.toThrow(UserError);
      await expect(stores.changes.undo(999, { at, person: ben })).rejects.toThrow(UserError);
      expect(await stores.changes.list('foundations')).toHaveLength(2);
    });

    test('what a person did is counted since a time, by action', async () => {
      await add('rescore', { at: '2025-07-08T11:59:59.999Z' });
      await add('rescore');
      await add('rescore', { at: '2025-07-08T13:00:00.000Z' });
      await add('rescore', { person: ben });
      await add('retract');
      expect(await stores.changes.count(ada, 'rescore', at)).toBe(2);
      expect(await stores.changes.count('slack:T1:EVE', 'rescore', at)).toBe(0);
    });

    test('forgetting a person removes votes, list and name, and nothing of anybody else', async () => {
      const place = 'slack:T1:C1';
      const digest = await storedDigest(['2507.00001']);
      await stores.outbox.enqueue(digest, [place]);
      const message = { destination: place, messageId: '1.1' };
      const [, paper] = await stores.outbox.list(digest.digestId, place);
      await stores.outbox.sent(paper?.deliveryId ?? 0, message, 1);
      for (const [person, emoji] of [
        [ada, '+1'],
        [ada, '-1'],
        [ada, 'tada'],
        [ben, '+1'],
      ] as const)
        await stores.reactions.add({ message, person, emoji }, at);
      for (const person of [ada, ben]) {
        await stores.saved.add(person, '2507.00001', at);
        await add('topics', { person });
      }
      expect(await stores.changes.forget(ada)).toEqual({ votes: 1, saved: 1 });
      expect(await stores.reactions.on(place, ['1.1'])).toEqual([{ message, person: ben, emoji: '+1', at }]);
      expect(await stores.saved.list(ada)).toEqual([]);
      expect(await stores.saved.list(ben)).toHaveLength(1);
      expect((await stores.changes.list('foundations')).map(({ person }) => person)).toEqual(['slack:forgotten', ben]);
      expect(await stores.changes.forget(ada)).toEqual({ votes: 0, saved: 0 });
    });
  });
};
