import { expect, test } from 'vitest';
import type { ModelHabits } from '../../../src/core/score.ts';
import { createHabits } from '../../../src/scoring/llm/habits.ts';

const at = '2025-07-08T12:00:00.000Z';
const stored: ModelHabits = { form: 'lines', limit: 'max_tokens', temperature: false, batchSize: 3 };

const start = (now: string) => {
  const saved: unknown[] = [];
  const store = {
    find: async () => ({ habits: stored, at }),
    save: async (...row: unknown[]) => {
      saved.push(row);
    },
  };
  return {
    saved,
    habits: createHabits({ store, server: 'http://one/v1', model: 'gears-1', now: () => new Date(now) }),
  };
};

test('the habits of a model are read once, and stored if they change', async () => {
  const { saved, habits } = start('2025-07-09T12:00:00.000Z');
  await habits.load();
  expect(habits.current()).toEqual(stored);
  habits.change({ batchSize: 3 });
  await habits.save();
  expect(saved).toEqual([]);
  habits.change({ batchSize: 6 });
  await habits.load();
  await habits.save();
  await habits.save();
  expect(saved).toEqual([['http://one/v1', 'gears-1', { ...stored, batchSize: 6 }, '2025-07-09T12:00:00.000Z']]);
});

test('the habits of a model are learned again after 30 days', async () => {
  const { habits } = start('2025-08-08T12:00:00.000Z');
  await habits.load();
  expect(habits.current()).toEqual({ form: 'schema', limit: 'max_completion_tokens', temperature: true });
});
