import { beforeEach, describe, expect, test } from 'vitest';
import type { Fence, LeaseHolder, LeaseStore } from '../../src/core/lease.ts';
import type { Stores } from '../../src/core/stores.ts';

/** The contract of every lease store; part of the contract of the stores. */
export const leasesContract = (opened: () => Stores): void => {
  describe('leases', () => {
    let leases: LeaseStore;
    beforeEach(() => {
      leases = opened().leases;
    });
    /** Without the time of silence, which grows. */
    const acquire = async (owner: string, seen?: LeaseHolder, name = 'day') => {
      const { fence, holder } = await leases.acquire({ name, owner, expiresAt: 100 }, seen);
      if (!holder) return { fence };
      const { silentMs, ...rest } = holder;
      if (silentMs !== undefined) expect(silentMs).toBeGreaterThanOrEqual(0);
      return { holder: rest };
    };
    const renewal = expect.any(Number);
    const take = async (owner: string, seen?: LeaseHolder): Promise<Fence> => {
      const { fence } = await acquire(owner, seen);
      if (!fence) throw new Error('the lease is held');
      return fence;
    };

    test('are held by one owner until they are released', async () => {
      const fence = await take('a');
      expect(fence).toEqual({ name: 'day', owner: 'a', token: 1 });
      expect(await acquire('b')).toEqual({ holder: { owner: 'a', token: 1, renewal } });
      expect(await acquire('b', undefined, 'another')).toMatchObject({ fence: { name: 'another' } });
      expect(await leases.isHeld(fence)).toBe(true);
      await leases.release(fence);
      expect(await leases.isHeld(fence)).toBe(false);
      expect(await leases.renew(fence, 200)).toBe(false);
      expect(await take('b')).toEqual({ name: 'day', owner: 'b', token: 2 });
    });

    test('are taken only from a holder that is exactly as it was seen', async () => {
      const fence = await take('a');
      const { holder } = await acquire('b');
      expect(await leases.renew(fence, 100)).toBe(true);
      const { holder: renewed } = await acquire('b', holder);
      expect(renewed).toEqual({ owner: 'a', token: 1, renewal });
      expect(renewed?.renewal).toBeGreaterThan(holder?.renewal ?? 0);
      for (const other of [{ owner: 'c' }, { token: 2 }, { renewal: 1e15 }])
        if (renewed) expect(await acquire('b', { ...renewed, ...other })).toEqual({ holder: renewed });
      expect(await take('b', renewed)).toEqual({ name: 'day', owner: 'b', token: 2 });
      expect(await leases.isHeld(fence)).toBe(false);
      expect(await leases.renew(fence, 300)).toBe(false);
      await leases.release(fence);
      expect(await acquire('c')).toMatchObject({ holder: { owner: 'b' } });
    });

    test('are taken by one of several at once', async () => {
      const owners = Array.from({ length: 16 }, (_, nth) => `owner ${nth}`);
      const race = async (seen?: LeaseHolder) => {
        const answers = await Promise.all(owners.map((owner) => acquire(owner, seen)));
        const fences = answers.flatMap(({ fence }) => fence ?? []);
        expect(fences).toHaveLength(1);
        const { owner, token } = fences[0] ?? {};
        expect(answers.flatMap(({ holder }) => holder ?? [])).toEqual(
          owners.slice(1).map(() => ({ owner, token, renewal })),
        );
        return fences[0];
      };
      const fence = await race();
      expect(fence?.token).toBe(1);
      const { holder } = await acquire('another');
      expect((await race(holder))?.token).toBe(2);
    });

    test('are renewed together, except those that are lost', async () => {
      const [kept, lost] = [await take('a'), { name: 'night', owner: 'a', token: 1 }];
      const before = (await acquire('b')).holder?.renewal ?? 0;
      const renewals = [kept, lost, { ...kept, token: 2 }, kept, { ...kept, owner: 'b' }];
      expect(await Promise.all(renewals.map((fence) => leases.renew(fence, 500)))).toEqual([
        ...[true, false],
        ...[false, true, false],
      ]);
      expect((await acquire('b')).holder?.renewal).toBeGreaterThan(before);
    });

    test('differ after each renewal, whatever the clock does', async () => {
      const fence = await take('a');
      const seen = new Set<number | undefined>();
      for (const expiresAt of [500, 400, 400, -1, 501, 1e15, 3]) {
        await leases.renew(fence, expiresAt);
        seen.add((await acquire('b')).holder?.renewal);
      }
      expect(seen.size).toBe(7);
    });

    test('have tokens that grow, also after a release', async () => {
      const tokens: number[] = [];
      for (const owner of ['a', 'b', 'a']) {
        const fence = await take(owner);
        tokens.push(fence.token);
        await leases.release(fence);
      }
      expect(tokens).toEqual([1, 2, 3]);
    });
  });
};
