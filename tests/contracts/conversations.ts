import { beforeEach, describe, expect, test } from 'vitest';
import type { Stores } from '../../src/core/stores.ts';

/** The contract of every store of conversations; part of the contract of the stores. */
export const conversationsContract = (opened: () => Stores): void => {
  describe('conversations', () => {
    const at = '2025-07-08T12:00:00.000Z';
    const twoHoursLater = '2025-07-08T14:00:00.000Z';
    const later = '2025-07-08T14:00:00.001Z';
    const by = { person: 'slack:T1:ADA', destination: 'slack:T1:C1' };
    let stores: Stores;
    beforeEach(() => {
      stores = opened();
    });
    const shown = async (now = at, { person, destination } = by) =>
      (await stores.conversations.shown(person, destination, now))?.paperIds;

    test('keep the last list of a person at a destination for two hours', async () => {
      await stores.conversations.showed({ ...by, thread: '1.1', first: 1, paperIds: ['2507.00001'], at });
      const list = { ...by, thread: '', first: 6, paperIds: ['2507.00002', '2507.00003'], at };
      await stores.conversations.showed(list);
      expect(await stores.conversations.shown(by.person, by.destination, at)).toEqual(list);
      expect(await shown(twoHoursLater)).toEqual(['2507.00002', '2507.00003']);
      expect(await shown(later)).toBeUndefined();
      expect(await shown(at, { ...by, person: 'slack:T1:BEN' })).toBeUndefined();
      expect(await shown(at, { ...by, destination: 'slack:T1:C2' })).toBeUndefined();
    });

    test('keep the last question of a person in each thread for two hours', async () => {
      const question = { ...by, thread: '1.1', paperId: '2507.00001', question: 'Which data?', answer: 'Its own.', at };
      await stores.conversations.asked({ ...question, question: 'Why?', paperId: '2507.00002' });
      await stores.conversations.asked(question);
      await stores.conversations.asked({ ...question, thread: '', question: 'How?' });
      expect(await stores.conversations.lastAsked(question, twoHoursLater)).toEqual(question);
      expect(await stores.conversations.lastAsked({ ...by, thread: '' }, at)).toMatchObject({ question: 'How?' });
      expect(await stores.conversations.lastAsked(question, later)).toBeUndefined();
      expect(await stores.conversations.lastAsked({ ...question, person: 'slack:T1:BEN' }, at)).toBeUndefined();
      expect(await stores.conversations.lastAsked({ ...question, thread: '2.2' }, at)).toBeUndefined();
    });

    test('are deleted when the person asks for it, and those of others stay', async () => {
      const ben = { ...by, person: 'slack:T1:BEN' };
      for (const one of [by, ben]) {
        await stores.conversations.showed({ ...one, thread: '', first: 1, paperIds: ['2507.00001'], at });
        await stores.conversations.asked({ ...one, thread: '', paperId: '1', question: 'Why?', answer: 'So.', at });
      }
      await stores.changes.forget(by.person, at);
      expect(await shown()).toBeUndefined();
      expect(await stores.conversations.lastAsked({ ...by, thread: '' }, at)).toBeUndefined();
      expect(await shown(at, ben)).toEqual(['2507.00001']);
      expect(await stores.conversations.lastAsked({ ...ben, thread: '' }, at)).toBeDefined();
    });
  });
};
