import { expect, it } from 'vitest';
import { createSlots } from '../../src/core/slots.ts';

it('runs at most as many pieces of work at once as there are slots, in order, after failures too', async () => {
  const inTurn = createSlots(2);
  const [started, ends]: [number[], (() => void)[]] = [[], []];
  let running = 0;
  let most = 0;
  const work = (at: number) =>
    inTurn(async () => {
      started.push(at);
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
      if (at === 1) throw new Error('failed');
      return at;
    });
  const results = Promise.allSettled([0, 1, 2, 3, 4].map(work));
  for (let ended = 0; ended < 5; ended += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(running).toBe(Math.min(2, 5 - ended));
    ends[ended]?.();
  }
  expect((await results).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
  expect(most).toBe(2);
  expect(started).toEqual([0, 1, 2, 3, 4]);
  // All slots are free again.
  await expect(inTurn(async () => 'done')).resolves.toBe('done');
});
