import { beforeEach, describe, expect, test } from 'vitest';
import type { Digest, NewDigest } from '../../src/core/digest.ts';
import type { Stores } from '../../src/core/stores.ts';

const slack = 'slack:T1:ADA';
const discord = 'discord:9:ADA';
const browser = 'web:local:ada';
const other = 'slack:T1:BEN';

const at = (minute: number): string => new Date(Date.parse('2025-07-08T12:00:00.000Z') + minute * 60_000).toISOString();

/** The contract of every store of linked identities; part of the contract of the stores. */
export const linksContract = (
  opened: () => Stores,
  storedDigest: (ids: string[], more?: Partial<NewDigest>, destinations?: string[]) => Promise<Digest>,
): void => {
  describe('links', () => {
    let stores: Stores;
    const message = { destination: 'slack:T1:C1', messageId: '1.1' };
    const papers = ['2507.00001', '2507.00002'];
    beforeEach(async () => {
      stores = opened();
      const digest = await storedDigest(papers);
      await stores.outbox.enqueue(digest, [message.destination]);
      for (const { deliveryId, rank } of await stores.outbox.list(digest.digestId, message.destination))
        await stores.outbox.sent(deliveryId, { ...message, messageId: `1.${rank}` }, 1);
    });

    const join = async (offering: string, using: string, minute = 0): Promise<string> => {
      await stores.links.offer(offering, 'WDJB-MJHT', at(minute));
      return stores.links.join(using, 'WDJB-MJHT', at(minute + 1));
    };
    const linked = async (person: string) => (await stores.links.linked(person)).map((one) => one.person);
    const vote = (person: string, emoji: string, minute: number) =>
      stores.reactions.add({ message, person, emoji }, at(minute));
    const votes = async () => (await stores.reactions.votes('foundations', papers)).get('2507.00001');
    const ownVote = async (person: string) =>
      (await stores.reactions.ballots('foundations', papers, person)).own.get('2507.00001');
    const savedBy = async (person: string) => (await stores.saved.list(person)).map(({ paper }) => paper.id);

    test('makes one person of two identities, and of two linked ones', async () => {
      expect(await linked(slack)).toEqual([]);
      expect(await join(slack, browser, 0)).toBe('joined');
      expect(await stores.links.linked(browser)).toEqual([
        { person: slack, at: at(1) },
        { person: browser, at: at(1) },
      ]);
      expect(await join(discord, 'discord:9:ADA2', 2)).toBe('joined');
      expect(await join('discord:9:ADA2', browser, 4)).toBe('joined');
      expect(await linked(discord)).toEqual([slack, browser, discord, 'discord:9:ADA2']);
      expect(await join(discord, slack, 6)).toBe('already');
      expect(await linked(other)).toEqual([]);
    });

    test('takes a code once, for ten minutes, and not from the identity that has it', async () => {
      await stores.links.offer(slack, 'WDJB-MJHT', at(0));
      expect(await stores.links.join(browser, 'WDJB-MJHX', at(1))).toBe('unknown');
      expect(await stores.links.join(slack, 'WDJB-MJHT', at(1))).toBe('own');
      expect(await stores.links.join(browser, 'WDJB-MJHT', at(10))).toBe('joined');
      expect(await stores.links.join(discord, 'WDJB-MJHT', at(10))).toBe('unknown');
      await stores.links.offer(slack, 'WDJB-MJHT', at(20));
      expect(await stores.links.join(discord, 'WDJB-MJHT', '2025-07-08T12:30:00.001Z')).toBe('unknown');
      expect(await linked(discord)).toEqual([]);
    });

    test('replaces the code of an identity', async () => {
      await stores.links.offer(slack, 'WDJB-MJHT', at(0));
      await stores.links.offer(slack, 'BBBB-CCCC', at(1));
      expect(await stores.links.join(browser, 'WDJB-MJHT', at(2))).toBe('unknown');
      expect(await stores.links.join(browser, 'BBBB-CCCC', at(2))).toBe('joined');
    });

    test('takes a code once, however many use it at once', async () => {
      await stores.links.offer(slack, 'WDJB-MJHT', at(0));
      const people = Array.from({ length: 16 }, (_, nth) => `web:local:${nth}`);
      const outcomes = await Promise.all(people.map((person) => stores.links.join(person, 'WDJB-MJHT', at(1))));
      expect(outcomes.filter((one) => one === 'joined')).toHaveLength(1);
      expect(await linked(slack)).toHaveLength(2);
    });

    test('makes one person of identities that are joined in a ring at once', async () => {
      const people = Array.from({ length: 8 }, (_, nth) => `web:local:${nth}`);
      const codes = people.map((_, nth) => `WDJB-MJH${'BCDFGHJK'[nth]}`);
      for (const [nth, person] of people.entries()) await stores.links.offer(person, codes[nth] ?? '', at(0));
      const outcomes = await Promise.all(
        people.map((person, nth) => stores.links.join(person, codes[(nth + 1) % people.length] ?? '', at(1))),
      );
      expect(outcomes.toSorted()).toEqual(['already', ...Array.from({ length: 7 }, () => 'joined')]);
      expect(await linked('web:local:0')).toEqual(people);
    });

    test('counts linked identities as one person, by the later vote', async () => {
      await vote(slack, '+1', 0);
      await vote(browser, '-1', 1);
      await vote(other, '+1', 2);
      expect(await votes()).toEqual({ up: 2, down: 1 });
      await join(slack, browser);
      expect(await votes()).toEqual({ up: 1, down: 1 });
      expect([await ownVote(slack), await ownVote(browser), await ownVote(discord)]).toEqual([
        'down',
        'down',
        undefined,
      ]);
      expect(await ownVote(other)).toBe('up');
      await join(browser, discord, 5);
      expect(await ownVote(discord)).toBe('down');
      expect((await stores.reactions.posted('foundations', at(-100_000)))[0]?.votes).toHaveLength(2);
      expect(
        (await stores.reactions.votesIn(new Map([['foundations', papers]]))).get('foundations')?.get('2507.00001'),
      ).toEqual({ up: 1, down: 1 });
      expect(await stores.reactions.votesBetween('foundations', '2025-07-08', '2025-07-08')).toMatchObject([
        { up: 1, down: 1 },
      ]);
      await vote(discord, '+1', 9);
      expect(await votes()).toEqual({ up: 2, down: 0 });
    });

    test('takes a vote back for all identities until one votes again', async () => {
      const on = { channel: 'foundations', paperId: '2507.00001', destination: message.destination };
      await vote(slack, '+1', 0);
      await join(slack, browser);
      await stores.reactions.press(on, browser, undefined, at(5));
      expect([await ownVote(slack), await votes()]).toEqual([undefined, { up: 0, down: 0 }]);
      await stores.reactions.press(on, slack, 'down', at(6));
      expect(await ownVote(browser)).toBe('down');
    });

    test('gives each identity what it did itself after unlinking', async () => {
      await vote(slack, '+1', 0);
      await stores.saved.add(slack, '2507.00001', at(0));
      await join(slack, browser);
      await join(slack, discord, 3);
      await vote(browser, '-1', 5);
      await stores.saved.add(browser, '2507.00002', at(5));
      await stores.readMarks.add(browser, '2507.00002', at(5));
      expect(await stores.links.leave(browser)).toBe(true);
      expect(await linked(slack)).toEqual([slack, discord]);
      expect([await ownVote(slack), await ownVote(browser), await ownVote(discord)]).toEqual(['up', 'down', 'up']);
      expect(await votes()).toEqual({ up: 1, down: 1 });
      expect([await savedBy(discord), await savedBy(browser)]).toEqual([['2507.00001'], ['2507.00002']]);
      expect(await stores.readMarks.among(slack, papers)).toEqual(new Set());
      expect(await stores.links.leave(discord)).toBe(true);
      expect([await linked(slack), await stores.links.leave(slack)]).toEqual([[], false]);
    });

    test('separates all identities of a person', async () => {
      await join(slack, browser);
      await join(slack, discord, 3);
      await join(other, 'web:local:ben', 6);
      expect(await stores.links.separate(discord)).toBe(true);
      expect([await linked(slack), await linked(browser), await linked(discord)]).toEqual([[], [], []]);
      expect(await linked(other)).toHaveLength(2);
      expect(await stores.links.separate(slack)).toBe(false);
    });

    test('takes no code of an identity that was unlinked or forgotten since', async () => {
      for (const remove of [
        () => stores.links.leave(slack),
        () => stores.links.separate(slack),
        () => stores.changes.forget(slack, at(1)),
      ]) {
        await stores.links.offer(slack, 'WDJB-MJHT', at(0));
        await remove();
        expect(await stores.links.join(browser, 'WDJB-MJHT', at(2))).toBe('unknown');
      }
    });

    test('has one reading list and one set of read marks', async () => {
      await stores.saved.add(slack, '2507.00001', at(0));
      await stores.saved.add(browser, '2507.00001', at(1));
      await stores.saved.add(browser, '2507.00002', at(2));
      await stores.saved.add(other, '2507.00001', at(3));
      expect(await stores.saved.count('2507.00001')).toBe(3);
      await join(slack, browser, 4);
      expect(await stores.saved.count('2507.00001')).toBe(2);
      expect(await savedBy(slack)).toEqual(['2507.00002', '2507.00001']);
      expect((await stores.saved.list(browser)).map((one) => one.at)).toEqual([at(2), at(0)]);
      expect(await stores.saved.among(slack, papers)).toEqual(new Set(papers));
      expect(await stores.saved.add(slack, '2507.00002', at(6))).toBe(false);
      expect(await stores.saved.remove(slack, '2507.00001')).toBe(true);
      expect(await savedBy(browser)).toEqual(['2507.00002']);
      expect(await stores.saved.remove(browser, '2507.00001')).toBe(false);
      await stores.readMarks.add(browser, '2507.00001', at(7));
      expect(await stores.readMarks.among(slack, papers)).toEqual(new Set(['2507.00001']));
      await stores.readMarks.remove(slack, '2507.00001');
      expect(await stores.readMarks.among(browser, papers)).toEqual(new Set());
    });

    test('counts what a person did with all identities', async () => {
      const ask = { channel: 'foundations', action: 'ask', value: {} } as const;
      for (const person of [slack, browser, other]) await stores.changes.add({ ...ask, person, at: at(0) });
      expect(await stores.changes.count(slack, 'ask', at(-1))).toBe(1);
      await join(slack, browser);
      expect(await stores.changes.count(slack, 'ask', at(-1))).toBe(2);
    });

    test('forgets all identities of a person, and their links', async () => {
      await join(slack, browser);
      await join(slack, discord, 2);
      await vote(slack, '+1', 4);
      await vote(browser, '-1', 5);
      for (const person of [slack, browser, other]) await stores.saved.add(person, '2507.00001', at(5));
      await stores.readMarks.add(discord, '2507.00001', at(5));
      for (const person of [slack, discord])
        await stores.changes.add({ at: at(5), person, channel: 'foundations', action: 'feedback', value: {} });
      expect(await stores.changes.forget(browser, at(6))).toEqual({ votes: 1, saved: 1 });
      expect(await votes()).toBeUndefined();
      for (const person of [slack, browser, discord])
        expect([await linked(person), await savedBy(person)]).toEqual([[], []]);
      expect(await stores.readMarks.among(slack, papers)).toEqual(new Set());
      const authors = (await stores.changes.list('foundations')).map(({ person }) => person);
      expect(authors).toEqual(['slack:forgotten', 'discord:forgotten']);
      expect(await stores.saved.count('2507.00001')).toBe(1);
    });

    test('lists what a person voted on or saved since a date, and with how many identities', async () => {
      await vote(slack, '+1', 0);
      await vote(browser, 'tada', 0);
      await stores.saved.add(browser, '2507.00002', at(0));
      await stores.saved.add(slack, '2507.00009', at(0));
      await vote(other, '+1', 0);
      const marked = (person: string, since = '2025-07-08') => stores.links.marked(person, since);
      const one = { channel: 'foundations', paperId: '2507.00001', identities: 1 };
      expect(await marked(slack)).toEqual([one]);
      await join(slack, browser);
      expect(await marked(slack)).toEqual([
        { ...one, identities: 2 },
        { ...one, paperId: '2507.00002' },
      ]);
      expect(await marked(slack, '2025-07-09')).toEqual([]);
    });
  });
};
