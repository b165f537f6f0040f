import { beforeEach, describe, expect, test } from 'vitest';
import { type NewChange, paperboyItself } from '../../src/core/changes.ts';
import { deliveryKey } from '../../src/core/delivery-key.ts';
import type { Digest, NewDigest } from '../../src/core/digest.ts';
import type { Stores } from '../../src/core/stores.ts';

type StoreDigest = (ids: string[], more?: Partial<NewDigest>, destinations?: string[]) => Promise<Digest>;

/** The contract of every outbox; part of the contract of the stores. */
export const outboxContract = (opened: () => Stores, storedDigest: StoreDigest): void => {
  describe('outbox', () => {
    let stores: Stores;
    beforeEach(() => {
      stores = opened();
    });
    const destination = 'slack:T1:C1';
    const keyOf = (more: { paperId: string | undefined; generation?: number }) =>
      deliveryKey({ channel: 'foundations', date: '2025-07-08', destination, generation: 0, ...more });
    const retraction = (date: string, channel = 'foundations'): NewChange => ({
      ...{ at: '2025-07-08T14:00:00.000Z', person: paperboyItself, channel, action: 'retract' },
      value: { date, remedial: false, messages: 3, rubric: undefined, createdAt: undefined, costUsd: null },
    });

    test('has one delivery per message and destination, the header first, however often it is filled', async () => {
      const digest = await storedDigest(['2507.00001', '2507.00002']);
      await stores.outbox.enqueue(digest, [destination, 'console']);
      await stores.outbox.enqueue(digest, [destination]);
      const list = await stores.outbox.list(digest.digestId, destination);
      expect(list.map(({ rank, paperId, status }) => [rank, paperId, status])).toEqual([
        [0, undefined, 'pending'],
        [1, '2507.00001', 'pending'],
        [2, '2507.00002', 'pending'],
      ]);
      expect(new Set(list.map(({ key }) => key)).size).toBe(3);
      expect(list.every(({ key }) => /^[a-z0-9-]{1,200}$/.test(key))).toBe(true);
    });

    test('is filled for the destinations as written, which get their full address once', async () => {
      const digest = await storedDigest(['2507.00001'], {}, ['slack:C1', 'slack:C1']);
      const pending = await stores.outbox.list(digest.digestId, 'slack:C1');
      expect(pending.map(({ rank }) => rank)).toEqual([0, 1]);
      await stores.outbox.readdress(digest.digestId, 'slack:C1', destination);
      await stores.outbox.enqueue(digest, [destination]);
      const placed = await stores.outbox.list(digest.digestId, destination);
      // A key depends on the full address.
      expect(placed.map(({ rank, key }) => [rank, key])).toEqual(
        [undefined, '2507.00001'].map((paperId, rank) => [rank, keyOf({ paperId })]),
      );
      expect(placed.map(({ key }) => key)).not.toEqual(pending.map(({ key }) => key));
      expect(await stores.outbox.list(digest.digestId, 'slack:C1')).toEqual([]);
      await stores.outbox.enqueue(digest, ['slack:C1']);
      await stores.outbox.readdress(digest.digestId, 'slack:C1', destination);
      expect(await stores.outbox.list(digest.digestId, destination)).toEqual(placed);
      expect(await stores.outbox.list(digest.digestId, 'slack:C1')).toEqual([]);
    });

    test('is filled and readdressed once, however many do it at once', async () => {
      const digest = await storedDigest(['2507.00001', '2507.00002'], {}, ['slack:C1']);
      await Promise.all(
        Array.from({ length: 4 }, () => [
          stores.outbox.enqueue(digest, [destination]),
          stores.outbox.readdress(digest.digestId, 'slack:C1', destination),
          stores.outbox.enqueue(digest, ['slack:C1']),
          stores.outbox.readdress(digest.digestId, 'slack:C1', destination),
        ]).flat(),
      );
      await stores.outbox.readdress(digest.digestId, 'slack:C1', destination);
      expect(await stores.outbox.list(digest.digestId, 'slack:C1')).toEqual([]);
      const keys = [undefined, '2507.00001', '2507.00002'].map((paperId) => keyOf({ paperId }));
      expect((await stores.outbox.list(digest.digestId, destination)).map(({ key }) => key)).toEqual(keys);
    });

    test('keeps what was attempted and what was sent', async () => {
      const digest = await storedDigest(['2507.00001']);
      await stores.outbox.enqueue(digest, [destination]);
      const [header, paper] = await stores.outbox.list(digest.digestId, destination);
      await stores.outbox.sending(header?.deliveryId ?? 0, 1000);
      await stores.outbox.sending(header?.deliveryId ?? 0, 2000);
      expect((await stores.outbox.list(digest.digestId, destination))[0]).toMatchObject({
        status: 'sending',
        firstTriedAt: 1000,
      });
      await stores.outbox.sent(header?.deliveryId ?? 0, { destination, messageId: '1.1' }, 3000);
      expect(await stores.outbox.unfinished('foundations', '2025-07-08')).toEqual(['2025-07-08']);
      expect(await stores.outbox.unsent('foundations', '2025-07-08')).toBe(1);
      expect(await stores.outbox.unfinished('foundations', '2025-07-08T12:00:01')).toEqual([]);
      expect(await stores.outbox.unsent('foundations', '2025-07-08T12:00:01')).toBe(0);
      expect(await stores.outbox.unsent('other', '2025-07-08')).toBe(0);
      const unsentOf = async (since: Record<string, string>) =>
        Object.fromEntries(await stores.outbox.unsentOf(new Map(Object.entries(since))));
      expect(await unsentOf({ foundations: '2025-07-08', other: '2025-07-08' })).toEqual({ foundations: 1 });
      expect(await unsentOf({ foundations: '2025-07-08T12:00:01' })).toEqual({});
      expect(await unsentOf({ other: '2025-07-08' })).toEqual({});
      await stores.outbox.sent(paper?.deliveryId ?? 0, { destination, messageId: '1.2' }, 3000);
      expect(await stores.outbox.unfinished('foundations', '2025-07-01')).toEqual([]);
      expect(await stores.outbox.threads(2500)).toEqual([{ destination, messageId: '1.1' }]);
      expect(await stores.outbox.threads(3500)).toEqual([]);
      expect(await stores.outbox.threads(2500, 'foundations')).toEqual([{ destination, messageId: '1.1' }]);
      expect(await stores.outbox.threads(2500, 'other')).toEqual([]);
      expect(await stores.outbox.about({ destination, messageId: '1.2' })).toEqual({
        channel: 'foundations',
        paperId: '2507.00001',
      });
      expect(await stores.outbox.about({ destination, messageId: '9.9' })).toBeUndefined();
      const day = ['foundations', digest.date] as const;
      expect(await stores.outbox.header(...day, destination)).toEqual({ destination, messageId: '1.1' });
      expect(await stores.outbox.header(...day, 'console')).toBeUndefined();
      expect(await stores.outbox.header('other', digest.date, destination)).toBeUndefined();
      for (const messageId of ['1.1', '1.2'])
        expect(await stores.outbox.papersWith({ destination, messageId })).toEqual(['2507.00001']);
      expect(await stores.outbox.papersWith({ destination, messageId: '9.9' })).toEqual([]);
    });

    test('has the same keys in every database, and others after a retraction', async () => {
      const ids = ['2507.00001', '2507.00002'];
      const keysOf = async (digest: Digest) => {
        await stores.outbox.enqueue(digest, [destination]);
        return (await stores.outbox.list(digest.digestId, destination)).map(({ key }) => key);
      };
      const first = await storedDigest(ids);
      const keys = await keysOf(first);
      expect(keys).toEqual([undefined, ...ids].map((paperId) => keyOf({ paperId })));
      await stores.digests.remove(first.digestId);
      for (const other of [retraction(first.date, 'another'), retraction('2025-07-01')])
        await stores.changes.add(other);
      expect(await keysOf(await storedDigest(ids))).toEqual(keys);
      const second = await stores.digests.find('foundations', first.date);
      await stores.digests.remove(second?.digestId ?? 0);
      await stores.changes.add(retraction(first.date));
      const again = await storedDigest(ids);
      expect(await keysOf(again)).toEqual([undefined, ...ids].map((paperId) => keyOf({ paperId, generation: 1 })));
      expect(await stores.outbox.changedAt()).toBeUndefined();
    });

    test('changes nothing once the lease is lost', async () => {
      const digest = await storedDigest(['2507.00001']);
      await stores.outbox.enqueue(digest, [destination]);
      const [header] = await stores.outbox.list(digest.digestId, destination);
      const { deliveryId } = header ?? { deliveryId: 0 };
      const { fence } = await stores.leases.acquire({ name: 'day', owner: 'a', expiresAt: 1 });
      if (!fence) throw new Error('the lease is held');
      const message = { destination, messageId: '1.1' };
      expect(await stores.outbox.sending(deliveryId, 1, fence)).toBe(true);
      for (const wrong of [{ token: 2 }, { owner: 'b' }, { name: 'night' }]) {
        const lost = { ...fence, ...wrong };
        expect(await stores.outbox.sending(deliveryId, 1, lost)).toBe(false);
        expect(await stores.outbox.sent(deliveryId, message, 1, lost)).toBe(false);
        expect(await stores.outbox.refused(deliveryId, lost)).toBe(false);
      }
      expect(await stores.outbox.find(deliveryId)).toMatchObject({ status: 'sending', message: undefined });
      expect(await stores.outbox.sent(deliveryId, message, 1, fence)).toBe(true);
      expect(await stores.outbox.find(deliveryId)).toMatchObject({ status: 'sent', message });
      expect(await stores.outbox.sent(-1, message, 1, fence)).toBe(false);
      expect(await stores.outbox.find(-1)).toBeUndefined();
    });

    test('changes nothing for a process that another one has replaced', async () => {
      const digest = await storedDigest(['2507.00001'], {}, [destination]);
      const [header] = await stores.outbox.list(digest.digestId, destination);
      const lease = { name: 'day', expiresAt: 1 };
      const { fence } = await stores.leases.acquire({ ...lease, owner: 'a' });
      const { holder } = await stores.leases.acquire({ ...lease, owner: 'b' });
      const { fence: next } = await stores.leases.acquire({ ...lease, owner: 'b' }, holder);
      const { deliveryId } = header ?? { deliveryId: 0 };
      expect(await stores.outbox.sent(deliveryId, { destination, messageId: '1.1' }, 1, fence)).toBe(false);
      expect(await stores.outbox.find(deliveryId)).toEqual(header);
      expect(await stores.outbox.sent(deliveryId, { destination, messageId: '1.2' }, 1, next)).toBe(true);
    });

    test('does not wait for what a platform refuses', async () => {
      const digest = await storedDigest(['2507.00001']);
      await stores.outbox.enqueue(digest, [destination]);
      const [header, paper] = await stores.outbox.list(digest.digestId, destination);
      await stores.outbox.sent(header?.deliveryId ?? 0, { destination, messageId: '1.1' }, 3000);
      await stores.outbox.refused(paper?.deliveryId ?? 0);
      await stores.outbox.enqueue(digest, [destination]);
      expect((await stores.outbox.list(digest.digestId, destination)).map(({ status }) => status)).toEqual([
        'sent',
        'refused',
      ]);
      expect(await stores.outbox.unfinished('foundations', '2025-07-08')).toEqual([]);
      expect(await stores.outbox.unsent('foundations', '2025-07-08')).toBe(0);
    });
  });
};
