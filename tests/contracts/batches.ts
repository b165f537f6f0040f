import { beforeEach, describe, expect, test } from 'vitest';
import type { ScoringBatch } from '../../src/core/batch.ts';
import type { Stores } from '../../src/core/stores.ts';
import { rubricOf } from '../fakes/fixtures.ts';

const batchOf = (key: string, createdAt: string): ScoringBatch => ({
  ...{ key, server: '', model: 'gpt-test', rubric: 'rubric-1', channel: 'gears', createdAt },
  remoteId: undefined,
  requests: [{ id: '0', callId: 7, date: '2025-07-08', papers: [{ id: '2507.00001', version: 2 }] }],
});

/** Batches of requests to a language model, for any implementation of the stores. */
export const batchesContract = (stores: () => Stores): void => {
  describe('batches', () => {
    beforeEach(() => stores().scores.saveRubric(rubricOf()));

    test('are listed oldest first until they are removed', async () => {
      const { batches } = stores();
      expect(await batches.list()).toEqual([]);
      const [older, newer] = [batchOf('b', '2025-07-08T12:00:00.000Z'), batchOf('a', '2025-07-08T13:00:00.000Z')];
      await batches.add(newer);
      await batches.add(older);
      expect(await batches.list()).toEqual([older, newer]);
      await batches.remove('b');
      expect((await batches.list()).map(({ key }) => key)).toEqual(['a']);
    });

    test('get the id of the provider once they are sent', async () => {
      const { batches } = stores();
      await batches.add(batchOf('a', '2025-07-08T12:00:00.000Z'));
      await batches.sent('a', 'batch_1');
      await batches.sent('b', 'batch_2');
      expect((await batches.list()).map(({ remoteId }) => remoteId)).toEqual(['batch_1']);
    });

    test('belong to a stored rubric', async () => {
      const unknown = { ...batchOf('a', '2025-07-08T12:00:00.000Z'), rubric: 'unknown' };
      await expect(stores().batches.add(unknown)).rejects.toThrow();
    });
  });
};
