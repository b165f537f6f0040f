import { beforeEach, describe, expect, test } from 'vitest';
import type { SharedMemory } from '../../src/core/shared-memory.ts';
import type { Stores } from '../../src/core/stores.ts';

const hourMs = 3_600_000;

/** The contract of every shared memory; part of the contract of the stores. */
export const sharedMemoryContract = (opened: () => Stores): void => {
  describe('shared memory', () => {
    let memory: SharedMemory;
    beforeEach(() => {
      memory = opened().sharedMemory;
    });
    const values = async (kind: string, prefix?: string) =>
      (await memory.list(kind, prefix)).map(({ key, value }) => [key, value]);

    test('lets one of many claim a key, and the next once it expires', async () => {
      const claims = await Promise.all(Array.from({ length: 16 }, () => memory.claim('request', 'a', hourMs)));
      expect(claims.filter(Boolean)).toHaveLength(1);
      expect(await memory.claim('request', 'b', hourMs)).toBe(true);
      expect(await memory.claim('event', 'a', hourMs)).toBe(true);
      expect(await memory.claim('request', 'short', 1)).toBe(true);
      await expect.poll(() => memory.claim('request', 'short', hourMs)).toBe(true);
      expect(await memory.claim('request', 'short', hourMs)).toBe(false);
      await memory.remove('request', 'a');
      expect(await memory.claim('request', 'a', hourMs)).toBe(true);
    });

    test('lists values by their keys until they expire', async () => {
      await memory.put('activity', 'graphs/2', { phase: 'scoring', at: [1, null, 'ä'] }, hourMs);
      await memory.put('activity', 'graphs/1', 'first', hourMs);
      await memory.put('activity', 'graphs/1', 'newest', hourMs);
      await memory.put('activity', 'gr%', 7, hourMs);
      await memory.put('other', 'graphs/3', true, hourMs);
      expect(await values('activity')).toEqual([
        ['gr%', 7],
        ['graphs/1', 'newest'],
        ['graphs/2', { phase: 'scoring', at: [1, null, 'ä'] }],
      ]);
      expect(await values('activity', 'graphs/')).toHaveLength(2);
      expect(await values('activity', 'gr%')).toHaveLength(1);
      const [first] = await memory.list('activity', 'graphs/1');
      expect(first?.left).toBeGreaterThan(0);
      expect(first?.left).toBeLessThanOrEqual(hourMs);
      await memory.put('activity', 'graphs/1', 'soon gone', 1);
      await expect.poll(() => values('activity', 'graphs/1')).toEqual([]);
    });

    test('adds up what many add at once, and begins again after the time', async () => {
      await Promise.all(Array.from({ length: 16 }, () => memory.add('used', 'a', 0.5, hourMs)));
      expect(await memory.add('used', 'a', -3, hourMs)).toBe(5);
      expect(await memory.add('used', 'b', 2, 1)).toBe(2);
      await expect.poll(() => memory.add('used', 'b', 7, hourMs)).toBe(7);
      expect(await memory.add('used', 'b', 1, hourMs)).toBe(8);
    });

    test('keeps any text', async () => {
      const key = "'; DROP TABLE shared_memory; -- \0 \ud800 🙂";
      await memory.put('text', key, { key }, hourMs);
      expect(await memory.claim('text', key, hourMs)).toBe(false);
      expect(await memory.list('text')).toHaveLength(1);
    });
  });
};
