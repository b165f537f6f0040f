import { expect, it } from 'vitest';
import { createMemory, keepMemoryLow } from '../../src/monitoring/memory.ts';
import { createSteppingClock } from '../fakes/clock.ts';

const mb = 2 ** 20;

/** The memory before each collection, if these are the sizes and busy shares at each check. Collections leave 100 MB. */
const collectionsAt = async (checks: readonly { resident: number; busyShare?: number }[]): Promise<number[]> => {
  const stop = new AbortController();
  const collections: number[] = [];
  let at = -1;
  let isCollected = false;
  await keepMemoryLow(
    {
      busyShare() {
        at += 1;
        isCollected = false;
        if (at >= checks.length) stop.abort();
        return checks[at]?.busyShare ?? 0;
      },
      resident: () => (isCollected ? 100 : (checks[at]?.resident ?? 0)) * mb,
      collect() {
        collections.push(checks[at]?.resident ?? 0);
        isCollected = true;
      },
    },
    createSteppingClock('2025-07-08T12:00:00Z'),
    stop.signal,
  );
  return collections;
};

it('is returned after the start, and whenever it has grown', async () => {
  const sizes = [200, 100, 120, 160, 130, 132];
  expect(await collectionsAt(sizes.map((resident) => ({ resident })))).toEqual([200, 160, 132]);
});

it('is not returned while the event loop is busy', async () => {
  const checks = [
    { resident: 900, busyShare: 0.9 },
    { resident: 800, busyShare: 0.05 },
    { resident: 700, busyShare: 0.01 },
  ];
  expect(await collectionsAt(checks)).toEqual([700]);
});

it('is really returned by V8', () => {
  const memory = createMemory();
  const litter = (): number =>
    Array.from({ length: 1_000_000 }, (_, index) => ({ index, text: `number ${index}` })).length;
  expect(litter()).toBe(1_000_000);
  const before = memory.resident();
  memory.collect();
  expect(memory.resident()).toBeLessThan(before - 10 * mb);
  expect(memory.busyShare()).toBeGreaterThan(0);
});
