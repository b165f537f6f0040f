import { beforeEach, describe, expect, test } from 'vitest';
import type { NewChange } from '../../src/core/changes.ts';
import type { Digest } from '../../src/core/digest.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Stores } from '../../src/core/stores.ts';

/** The contract of every change log; part of the contract of the stores. */
export const changesContract = (opened: () => Stores, storedDigest: (ids: string[]) => Promise<Digest>): void => {
  describe('change log', () => {
    const [ada, ben] = ['slack:T1:ADA', 'slack:T1:BEN'];
    const at = '2025-07-08T12:00:00.000Z';
    let stores: Stores;
    beforeEach(() => {
      stores = opened();
    });
    const pause = { action: 'pause', value: { kind: 'pause', isPaused: true } } as const;
    const add = (change: Pick<NewChange, 'action' | 'value'>, more: Partial<NewChange> = {}) =>
      stores.changes.add({ at, person: ada, channel: 'foundations', ...change, ...more } as NewChange);

    const topics = 'Größe 🙂\n{"a": 1}';
    const newChannel = { name: 'physics', destination: 'web', topics, timezone: 'UTC', categories: ['hep.th'] };
    test.each<Pick<NewChange, 'action' | 'value'>>([
      { action: 'topics', value: { kind: 'topics', topics, cutoffs: { relevance: 7, novelty: 6 } } },
      { action: 'schedule', value: { kind: 'schedule', schedule: '0 9 * * *' } },
      pause,
      { action: 'authors', value: { kind: 'authors', authors: [{ name: 'Ada', semanticScholarId: '1' }] } },
      { action: 'here', value: newChannel },
      { action: 'remove', value: {} },
      { action: 'topics-draft', value: { topics, cutoffs: 'seven', base: 'v1' } },
      { action: 'here-draft', value: { ...newChannel, categories: 'hep.th, cs.LG' } },
      {
        action: 'retract',
        value: { date: '2025-07-08', remedial: true, messages: 3, rubric: 'r', createdAt: at, costUsd: 0.25 },
      },
      { action: 'anew', value: { date: '2025-07-08' } },
      { action: 'rescore', value: { papers: 1, ids: ['2507.00001'], rubric: 'r', costUsd: null, after: null } },
      { action: 'ask', value: { paper: '2507.00001' } },
      { action: 'recap', value: { span: 'week', to: '2025-07-06' } },
      { action: 'feedback', value: {} },
    ])('returns what was stored of the action $action', async (change) => {
      const added = await add(change);
      expect(added).toEqual({
        ...{ at, person: ada, channel: 'foundations', ...change },
        ...{ changeId: expect.any(Number), undoneBy: undefined },
      });
      expect(await stores.changes.list('foundations', change.action)).toEqual([added]);
      expect(await stores.changes.newest(1)).toEqual([added]);
    });

    test.each([
      ['an unknown action', { action: 'later', value: { a: 1 } }],
      ['no value', { action: 'topics', value: null }],
      ['a value of another action', { action: 'topics', value: pause.value }],
    ])('returns a row with %s as unknown', async (_, { action, value }) => {
      const change = await add({ action, value } as unknown as NewChange);
      expect(change).toMatchObject({ person: ada, action: 'unknown', value: { action } });
      expect(await stores.changes.list('foundations')).toEqual([change]);
      expect(await stores.changes.list('foundations', 'topics')).toEqual([]);
    });

    test('lists the changes of a channel or of none, oldest first, by action if given', async () => {
      const [first, other, none, last] = [
        await add(pause),
        await add(pause, { channel: 'other' }),
        await add(pause, { channel: undefined }),
        await add({ action: 'feedback', value: {} }),
      ];
      expect(await stores.changes.list('foundations')).toEqual([first, last]);
      expect(await stores.changes.list('foundations', 'pause')).toEqual([first]);
      expect(await stores.changes.list(undefined)).toEqual([none]);
      expect(none?.channel).toBeUndefined();
      const both = await stores.changes.ofChannels(['topics', 'pause']);
      expect([both.get('foundations'), both.get('other'), both.size]).toEqual([[first], [other], 2]);
      expect(await stores.changes.newest(3)).toEqual([last, none, other]);
    });

    test('undoes a change once, by adding a change', async () => {
      const change = await add(pause);
      await stores.changes.undo(change.changeId, { at: '2025-07-09T12:00:00.000Z', person: ben });
      const [undone, undo] = await stores.changes.list('foundations');
      expect(undone).toEqual({ ...change, undoneBy: undo?.changeId });
      expect(undo).toMatchObject({ person: ben, action: 'undo', value: { changeId: change.changeId } });
      await expect(stores.changes.undo(change.changeId, { at, person: ben })).rejects.toThrow(UserError);
      await expect(stores.changes.undo(999, { at, person: ben })).rejects.toThrow(UserError);
      expect(await stores.changes.list('foundations')).toHaveLength(2);
    });

    test('undoes a change once, however many undo it at once', async () => {
      const { changeId } = await add(pause);
      const undone = await Promise.allSettled(
        Array.from({ length: 16 }, () => stores.changes.undo(changeId, { at, person: ben })),
      );
      expect(undone.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const [first, undo, ...others] = await stores.changes.list('foundations');
      expect(first?.undoneBy).toBe(undo?.changeId);
      expect(others).toEqual([]);
      for (const end of undone) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(UserError);
    });

    test('counts what a person did since a time, by action', async () => {
      const rescore = { action: 'rescore', value: { papers: 1 } } as const;
      await add(rescore, { at: '2025-07-08T11:59:59.999Z' });
      await add(rescore);
      await add(rescore, { at: '2025-07-08T13:00:00.000Z' });
      await add(rescore, { person: ben });
      await add(pause);
      expect(await stores.changes.count(ada, 'rescore', at)).toBe(2);
      expect(await stores.changes.count('slack:T1:EVE', 'rescore', at)).toBe(0);
    });

    test('forgets the votes, list and name of one person only', async () => {
      const destination = 'slack:T1:C1';
      const digest = await storedDigest(['2507.00001']);
      await stores.outbox.enqueue(digest, [destination]);
      const message = { destination, messageId: '1.1' };
      const [, paper] = await stores.outbox.list(digest.digestId, destination);
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
        await add(pause, { person });
      }
      expect(await stores.changes.forget(ada, at)).toEqual({ votes: 1, saved: 1 });
      expect(await stores.reactions.on(destination, ['1.1'])).toEqual([{ message, person: ben, emoji: '+1', at }]);
      expect(await stores.saved.list(ada)).toEqual([]);
      expect(await stores.saved.list(ben)).toHaveLength(1);
      expect((await stores.changes.list('foundations')).map(({ person }) => person)).toEqual(['slack:forgotten', ben]);
      expect(await stores.changes.forget(ada, at)).toEqual({ votes: 0, saved: 0 });
    });
  });
};
