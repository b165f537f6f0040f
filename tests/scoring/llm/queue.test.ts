import { describe, expect, test } from 'vitest';
import { type Batch, createWorkQueue, type WorkQueue } from '../../../src/scoring/llm/queue.ts';
import { papersOf } from './setup.ts';

const idsOf = (batch: Batch | undefined) => batch?.map(({ id }) => Number(id.slice(-2)));
const none = new Set<string>();
const all = (batch: Batch) => new Set(batch.map(({ id }) => id));
const take = (queue: WorkQueue): Batch => {
  const batch = queue.take(0);
  if (!batch) throw new Error('the queue is empty');
  return batch;
};

describe('the work queue', () => {
  test('returns batches in order, then nothing', () => {
    const queue = createWorkQueue(papersOf(5), () => 2);
    expect([queue.take(0), queue.take(1), queue.take(2)].map(idsOf)).toEqual([[1, 2], [3, 4], [5]]);
    expect(queue.take(0)).toBeUndefined();
  });

  test('pools the leftovers of several batches once they fill a batch or no batch is in progress', () => {
    const queue = createWorkQueue(papersOf(6), () => 3);
    const [one, two] = [take(queue), take(queue)];
    queue.answered(one, new Set(['2401.00002']));
    expect(queue.take(1)).toBeUndefined();
    queue.answered(two, new Set(['2401.00004', '2401.00006']));
    expect(idsOf(queue.take(1))).toEqual([2, 4, 6]);
  });

  test('puts an unanswered batch behind the others', () => {
    const queue = createWorkQueue(papersOf(4), () => 2);
    queue.postpone(take(queue));
    expect([queue.take(0), queue.take(0)].map(idsOf)).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });

  test('halves a batch after an answer without verdicts', () => {
    const queue = createWorkQueue(papersOf(4), () => 4);
    const first = take(queue);
    queue.answered(first, all(first));
    const half = take(queue);
    expect(idsOf(half)).toEqual([1, 2]);
    queue.answered(half, all(half));
    expect([queue.take(0), queue.take(0), queue.take(0)].map(idsOf)).toEqual([[1], [2], [3, 4]]);
  });

  test('cuts waiting batches to the current size', () => {
    let size = 4;
    const queue = createWorkQueue(papersOf(8), () => size);
    queue.next(take(queue));
    size = 3;
    expect([queue.take(0), queue.take(0), queue.take(0)].map(idsOf)).toEqual([[1, 2, 3], [4], [5, 6]]);
  });

  test('divides the papers evenly', () => {
    const queue = createWorkQueue(papersOf(9), () => 4);
    expect([queue.take(0), queue.take(1), queue.take(2)].map(idsOf)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
  });

  test.each([1, 7, 12, 50])(
    'isolates the one paper that spoils every batch of %i, and gives up only that one',
    (size) => {
      const papers = papersOf(60);
      const bad = '2401.00017';
      const queue = createWorkQueue(papers, () => size);
      const answered = new Set<string>();
      const givenUp: string[] = [];
      for (let calls = 0; ; calls += 1) {
        expect(calls).toBeLessThan(100);
        const batch = queue.take(0);
        if (!batch) break;
        const isSpoiled = batch.some(({ id }) => id === bad);
        if (!isSpoiled) for (const { id } of batch) answered.add(id);
        givenUp.push(...queue.answered(batch, isSpoiled ? all(batch) : none).map(({ id }) => id));
      }
      expect(givenUp).toEqual([bad]);
      expect(answered.size).toBe(59);
    },
  );

  test('asks for a paper again with others, then alone, then gives it up', () => {
    const queue = createWorkQueue(papersOf(3), () => 3);
    const asked: (number[] | undefined)[] = [];
    const givenUp: string[] = [];
    const missing = new Set(['2401.00002', '2401.00003']);
    for (let batch = queue.take(0); batch; batch = queue.take(0)) {
      asked.push(idsOf(batch));
      givenUp.push(...queue.answered(batch, missing).map(({ id }) => id));
      missing.delete('2401.00003');
    }
    expect(asked).toEqual([[1, 2, 3], [2, 3], [2], [2]]);
    expect(givenUp).toEqual(['2401.00002']);
  });
});
