import { beforeEach, describe, expect, test } from 'vitest';
import { deliveryKey } from '../../src/core/delivery-key.ts';
import type { Fence } from '../../src/core/lease.ts';
import type { Stores } from '../../src/core/stores.ts';

/** The contract of every store of early headers; part of the contract of the stores. */
export const earlyHeadersContract = (opened: () => Stores): void => {
  describe('early headers', () => {
    const destination = 'slack:T1:C1';
    const digest = { channel: 'foundations', date: '2025-07-08' };
    const key = deliveryKey({ ...digest, destination, paperId: undefined, generation: 0 });
    const message = { destination, messageId: 'm1' };
    let stores: Stores;
    let fence: Fence;
    beforeEach(async () => {
      stores = opened();
      const taken = await stores.leases.acquire({ name: 'channel foundations', owner: 'a', expiresAt: 1 });
      if (!taken.fence) throw new Error('the lease is held');
      fence = taken.fence;
    });

    test('begin once, under the key of the complete header', async () => {
      expect(await stores.earlyHeaders.find(key)).toBeUndefined();
      expect(await stores.earlyHeaders.begin(digest, destination, fence)).toBe(key);
      expect(await stores.earlyHeaders.begin(digest, destination, fence)).toBeUndefined();
      expect(await stores.earlyHeaders.begin(digest, 'slack:T1:C2', fence)).not.toBe(key);
      expect(await stores.earlyHeaders.find(key)).toEqual({ message: undefined });
      expect(await stores.earlyHeaders.sent(key, message, fence)).toBe(true);
      expect(await stores.earlyHeaders.find(key)).toEqual({ message });
    });

    test('begin once, however many begin at once', async () => {
      const keys = await Promise.all(
        Array.from({ length: 16 }, () => stores.earlyHeaders.begin(digest, destination, fence)),
      );
      expect(keys.filter((one) => one !== undefined)).toEqual([key]);
    });

    test('are forgotten once they are complete', async () => {
      await stores.earlyHeaders.begin(digest, destination, fence);
      await stores.earlyHeaders.completed(key);
      expect(await stores.earlyHeaders.find(key)).toBeUndefined();
      expect(await stores.earlyHeaders.sent(key, message, fence)).toBe(false);
    });

    test('change only under the lease', async () => {
      await stores.leases.release(fence);
      expect(await stores.earlyHeaders.begin(digest, destination, fence)).toBeUndefined();
      expect(await stores.earlyHeaders.find(key)).toBeUndefined();
      const { fence: next } = await stores.leases.acquire({ name: fence.name, owner: 'b', expiresAt: 1 });
      if (next) await stores.earlyHeaders.begin(digest, destination, next);
      expect(await stores.earlyHeaders.sent(key, message, fence)).toBe(false);
      expect(await stores.earlyHeaders.find(key)).toEqual({ message: undefined });
    });

    test('get a new key after a retraction', async () => {
      const value = { date: digest.date, remedial: false, messages: 3, rubric: undefined, createdAt: undefined };
      await stores.changes.add({
        ...{ at: '2025-07-08T14:00:00.000Z', person: 'slack:T1:U1', channel: digest.channel, action: 'retract' },
        value: { ...value, costUsd: null },
      });
      const next = deliveryKey({ ...digest, destination, paperId: undefined, generation: 1 });
      expect(await stores.earlyHeaders.begin(digest, destination, fence)).toBe(next);
    });
  });
};
