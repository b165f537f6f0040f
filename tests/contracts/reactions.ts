import { beforeEach, describe, expect, test } from 'vitest';
import type { Digest, NewDigest } from '../../src/core/digest.ts';
import type { Stores } from '../../src/core/stores.ts';

const at = '2025-07-08T12:00:00.000Z';

/** The contract of every reaction store; part of the contract of the stores. */
export const reactionsContract = (
  opened: () => Stores,
  storedDigest: (ids: string[], more?: Partial<NewDigest>) => Promise<Digest>,
): void => {
  describe('reactions', () => {
    let stores: Stores;
    const thread = { destination: 'slack:T1:C1', messageId: '1.0' };
    const message = { destination: 'slack:T1:C1', messageId: '1.1' };
    const by = (person: string, emoji: string, on = message) => ({
      message: on,
      person: `slack:T1:${person}`,
      emoji,
    });

    beforeEach(async () => {
      stores = opened();
      const digest = await storedDigest(['2507.00001']);
      await stores.outbox.enqueue(digest, [thread.destination]);
      const [header, paper] = await stores.outbox.list(digest.digestId, thread.destination);
      await stores.outbox.sent(header?.deliveryId ?? 0, thread, 1);
      await stores.outbox.sent(paper?.deliveryId ?? 0, message, 1);
    });
    const voteOf = async (person: string) =>
      (await stores.reactions.ballots('foundations', ['2507.00001', '2507.00002'], `slack:T1:${person}`)).own.get(
        '2507.00001',
      );
    const votes = async () => (await stores.reactions.votes('foundations', ['2507.00001'])).get('2507.00001');

    test('counts one vote per person, the newest, and neither other emoji nor other messages', async () => {
      await stores.reactions.add(by('U1', '+1'), '2025-07-08T12:00:00.000Z');
      await stores.reactions.add(by('U1', '+1'), '2025-07-08T12:00:01.000Z');
      await stores.reactions.add(by('U2', '-1'), '2025-07-08T12:00:02.000Z');
      for (const other of ['tada', 'thumbsup_all', '+1::skin-tone', 'wave::skin-tone-2', 'constructor'])
        await stores.reactions.add(by('U3', other), '2025-07-08T12:00:03.000Z');
      await stores.reactions.add(by('U3', '+1', thread), '2025-07-08T12:00:03.000Z');
      expect(await votes()).toEqual({ up: 1, down: 1 });
      await stores.reactions.add(by('U1', '-1'), '2025-07-08T12:00:04.000Z');
      expect(await votes()).toEqual({ up: 0, down: 2 });
      expect(await voteOf('U1')).toBe('down');
      expect(await voteOf('U9')).toBeUndefined();
      await stores.reactions.remove(by('U1', '-1'));
      expect(await votes()).toEqual({ up: 1, down: 1 });
      expect(await stores.reactions.votes('other', ['2507.00001'])).toEqual(new Map());
    });

    test('counts a press of a button like a reaction, until the next press or reaction', async () => {
      const on = { channel: 'foundations', paperId: '2507.00001', destination: message.destination };
      const press = (vote: 'up' | 'down' | undefined, second: number) =>
        stores.reactions.press(on, 'slack:T1:U1', vote, `2025-07-08T12:00:0${second}.000Z`);
      expect(await press('up', 1)).toBe(true);
      expect(await votes()).toEqual({ up: 1, down: 0 });
      await press('down', 2);
      expect(await votes()).toEqual({ up: 0, down: 1 });
      await stores.reactions.add(by('U1', '+1'), '2025-07-08T12:00:03.000Z');
      expect(await voteOf('U1')).toBe('up');
      await press(undefined, 4);
      expect(await voteOf('U1')).toBeUndefined();
      expect(await stores.reactions.press({ ...on, paperId: '2507.00009' }, 'slack:T1:U1', 'up', at)).toBe(false);
      const elsewhere = { ...on, destination: 'discord:9:9' };
      await stores.reactions.press(elsewhere, 'slack:T1:U1', 'up', '2025-07-08T12:00:05.000Z');
      expect(await votes()).toEqual({ up: 1, down: 0 });
    });

    test('keeps one press of a button of each person, also of several at the same time', async () => {
      const on = { channel: 'foundations', paperId: '2507.00001', destination: message.destination };
      await Promise.all(
        Array.from({ length: 16 }, (_, nth) =>
          stores.reactions.press(on, `slack:T1:U${nth % 2}`, nth % 3 === 0 ? 'up' : 'down', at),
        ),
      );
      const stored = await stores.reactions.on(message.destination, [message.messageId]);
      expect(stored.map(({ person }) => person).toSorted()).toEqual(['slack:T1:U0', 'slack:T1:U1']);
    });

    test('keeps presses of buttons if the reactions of a thread are read again', async () => {
      const on = { channel: 'foundations', paperId: '2507.00001', destination: message.destination };
      await stores.reactions.press(on, 'slack:T1:U1', 'up', at);
      await stores.reactions.add(by('U2', '+1'), at);
      const before = await stores.reactions.ofThread(thread);
      await stores.reactions.replaceThread(thread, { before, listed: [], readAt: '2025-07-08T12:00:09.000Z' });
      expect(await votes()).toEqual({ up: 1, down: 0 });
    });

    test.each([
      ['+1', 'up'],
      ['thumbsup', 'up'],
      ['+1::skin-tone-2', 'up'],
      ['thumbsup::skin-tone-6', 'up'],
      ['👍', 'up'],
      ['👍🏽', 'up'],
      ['-1', 'down'],
      ['thumbsdown', 'down'],
      ['👎🏿', 'down'],
      ['-1::skin-tone-3', 'down'],
      ['thumbsdown::skin-tone-5', 'down'],
    ])('reads %s as a thumb %s', async (emoji, vote) => {
      await stores.reactions.add(by('U1', emoji), at);
      expect(await voteOf('U1')).toBe(vote);
    });

    test('counts a thumb in two skin tones as one vote until both are removed', async () => {
      await stores.reactions.add(by('U1', '+1::skin-tone-2'), '2025-07-08T12:00:00.000Z');
      await stores.reactions.add(by('U1', 'thumbsup'), '2025-07-08T12:00:01.000Z');
      expect(await votes()).toEqual({ up: 1, down: 0 });
      await stores.reactions.remove(by('U1', '+1::skin-tone-2'));
      expect(await votes()).toEqual({ up: 1, down: 0 });
      await stores.reactions.remove(by('U1', 'thumbsup'));
      expect(await votes()).toBeUndefined();
    });

    test('lists the votes between two dates by paper and date', async () => {
      await stores.reactions.add(by('U1', '+1'), at);
      await stores.reactions.add(by('U2', '-1'), at);
      await stores.reactions.add(by('U3', 'tada'), at);
      const vote = { date: '2025-07-08', paperId: '2507.00001', up: 1, down: 1 };
      const { votesBetween } = stores.reactions;
      expect(await votesBetween('foundations', '2025-07-08', '2025-07-08')).toEqual([vote]);
      expect(await votesBetween('foundations', '2025-07-09', '2025-07-31')).toEqual([]);
      expect(await votesBetween('other', '2025-07-01', '2025-07-31')).toEqual([]);
    });

    test('lists posted papers with who voted how and when, also papers without votes', async () => {
      const { posted } = stores.reactions;
      expect(await posted('foundations', '2025-07-01')).toMatchObject([
        { date: '2025-07-08', total: expect.any(Number), votes: [] },
      ]);
      await stores.reactions.add(by('U1', '+1'), '2025-07-08T12:00:00.000Z');
      await stores.reactions.add(by('U1', '-1'), '2025-07-08T13:00:00.000Z');
      await stores.reactions.add(by('U2', '+1'), '2025-07-08T12:30:00.000Z');
      expect(await posted('foundations', '2025-07-01')).toMatchObject([
        {
          paper: { id: '2507.00001' },
          votes: [
            { person: 'slack:T1:U1', vote: 'down', at: '2025-07-08T13:00:00.000Z' },
            { person: 'slack:T1:U2', vote: 'up', at: '2025-07-08T12:30:00.000Z' },
          ],
        },
      ]);
      expect(await posted('foundations', '2025-07-09')).toEqual([]);
      expect(await posted('other', '2025-07-01')).toEqual([]);
    });

    test('reads the votes of several channels at once, each on its own digests', async () => {
      await stores.reactions.add(by('U1', '+1'), '2025-07-08T12:00:00.000Z');
      const other = await storedDigest(['2507.00001'], { channel: 'other' });
      await stores.outbox.enqueue(other, ['slack:T1:C2']);
      for (const { deliveryId, rank } of await stores.outbox.list(other.digestId, 'slack:T1:C2'))
        await stores.outbox.sent(deliveryId, { destination: 'slack:T1:C2', messageId: `other-${rank}` }, 1);
      const there = { destination: 'slack:T1:C2', messageId: 'other-1' };
      for (const person of ['U1', 'U2'])
        await stores.reactions.add(
          { message: there, person: `slack:T1:${person}`, emoji: '-1' },
          '2025-07-08T12:00:00.000Z',
        );
      const wanted = new Map([
        ['foundations', ['2507.00001', '2507.00002']],
        ['other', ['2507.00001']],
        ['nothing', ['2507.00001']],
      ]);
      expect(await stores.reactions.votesIn(wanted)).toEqual(
        new Map([
          ['foundations', new Map([['2507.00001', { up: 1, down: 0 }]])],
          ['other', new Map([['2507.00001', { up: 0, down: 2 }]])],
          ['nothing', new Map()],
        ]),
      );
    });

    const readAgain = async (listed: ReturnType<typeof by>[], readAt: string, meanwhile = async () => {}) => {
      const before = await stores.reactions.ofThread(thread);
      await meanwhile();
      await stores.reactions.replaceThread(thread, { before, listed, readAt });
    };

    test('replaces the reactions of a thread by those listed, and keeps which thumb is newer', async () => {
      await stores.reactions.add(by('U1', '-1'), '2025-07-08T12:00:00.000Z');
      await stores.reactions.add(by('U1', '+1'), '2025-07-08T12:00:01.000Z');
      await stores.reactions.add(by('U2', '+1'), '2025-07-08T12:00:01.000Z');
      const now = [by('U1', '+1'), by('U1', '-1'), by('U3', '-1')];
      await readAgain(now, '2025-07-08T13:00:00.000Z');
      expect(await votes()).toEqual({ up: 1, down: 1 });
      await readAgain([], '2025-07-08T14:00:00.000Z');
      expect(await votes()).toBeUndefined();
    });

    test('replaces the reactions of a thread once, whoever reads it at the same time', async () => {
      await stores.reactions.add(by('U1', '+1'), '2025-07-08T12:00:00.000Z');
      const before = await stores.reactions.ofThread(thread);
      const listed = ['U2', 'U3', 'U4', 'U5'].map((person) => by(person, '-1'));
      await Promise.all(
        Array.from({ length: 16 }, (_, nth) =>
          stores.reactions.replaceThread(thread, {
            ...{ before, readAt: '2025-07-08T13:00:00.000Z' },
            listed: nth % 2 === 0 ? listed : listed.toReversed(),
          }),
        ),
      );
      expect(await votes()).toEqual({ up: 0, down: 4 });
    });

    test('keeps what events changed while a thread is read', async () => {
      const readAt = '2025-07-08T13:00:00.000Z';
      for (const person of ['U1', 'U2', 'U3']) await stores.reactions.add(by(person, '+1'), '2025-07-08T12:00:00.000Z');
      await readAgain([by('U1', '+1'), by('U2', '+1')], readAt, async () => {
        await stores.reactions.remove(by('U1', '+1'));
        await stores.reactions.remove(by('U3', '+1'));
        await stores.reactions.add(by('U3', '+1'), '2025-07-08T13:00:00.500Z');
        await stores.reactions.add(by('U4', '-1'), readAt);
      });
      expect(await votes()).toEqual({ up: 2, down: 1 });
      expect(await voteOf('U1')).toBeUndefined();
      await readAgain([by('U2', '+1')], '2025-07-08T12:30:00.000Z');
      expect(await votes()).toEqual({ up: 1, down: 0 });
    });
  });
};
