import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { pacedStores } from '../../src/daily/paced-stores.ts';

const spin = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until; );
};

describe('the stores of a run', () => {
  it('let the event loop turn between calls', async () => {
    const stores: Stores = openStores(':memory:');
    const calls: string[] = [];
    const slow: Stores = {
      ...stores,
      runs: {
        ...stores.runs,
        async newestOf(channels) {
          calls.push('call');
          spin(20);
          return stores.runs.newestOf(channels);
        },
      },
    };
    const { runs, close } = pacedStores(slow);
    let isOver = false;
    const turning = (async () => {
      while (!isOver) {
        await setImmediate();
        calls.push('turn');
      }
    })();
    const run = async (): Promise<void> => {
      for (let step = 0; step < 3; step += 1) await runs.newestOf(['foundations']);
    };
    await Promise.all([run(), run(), run()]);
    isOver = true;
    await turning;
    close();
    expect(calls.filter((one) => one === 'call')).toHaveLength(9);
    // The first call may share a turn with the test's own work.
    expect(calls.join(' ')).not.toMatch(/call call call/);
  });
});
