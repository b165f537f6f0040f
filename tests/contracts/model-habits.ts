import { expect, test } from 'vitest';
import type { ModelHabits } from '../../src/core/score.ts';
import type { Stores } from '../../src/core/stores.ts';

const habits: ModelHabits = { form: 'lines', limit: 'max_tokens', temperature: false, batchSize: 3, isSlow: true };
const at = '2025-07-08T12:00:00.000Z';

/** Learned habits of models, for any implementation of the stores. */
export const modelHabitsContract = (stores: () => Stores): void => {
  test('keeps the last habits of each server and model', async () => {
    const store = stores().modelHabits;
    expect(await store.find('http://one/v1', 'gears-1')).toBeUndefined();
    await store.save('http://one/v1', 'gears-1', habits, at);
    await store.save('http://one/v1', 'gears-1', { ...habits, batchSize: 6 }, '2025-07-09T12:00:00.000Z');
    await store.save('http://one/v1', 'gears-2', habits, at);
    expect(await store.find('http://one/v1', 'gears-1')).toEqual({
      habits: { ...habits, batchSize: 6 },
      at: '2025-07-09T12:00:00.000Z',
    });
    expect(await store.find('http://one/v1', 'gears-2')).toEqual({ habits, at });
    expect(await store.find('', 'gears-1')).toBeUndefined();
  });
};
