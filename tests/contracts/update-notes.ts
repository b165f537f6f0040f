import { expect, test } from 'vitest';
import type { Stores } from '../../src/core/stores.ts';

const at = '2025-07-08T12:00:00.000Z';

/** Which update notes are settled, for any implementation of the stores. */
export const updateNotesContract = (stores: () => Stores): void => {
  test('keeps the update notes that were sent or need not be, in order', async () => {
    const store = stores().updateNotes;
    expect(await store.settled()).toEqual([]);
    await store.settle([], at);
    await store.settle(['b', 'a'], at);
    await store.settle(['c'], undefined);
    await store.settle(['a', 'd'], '2025-07-09T12:00:00.000Z');
    expect(await store.settled()).toEqual([
      { note: 'b', sentAt: at },
      { note: 'a', sentAt: at },
      { note: 'c', sentAt: undefined },
      { note: 'd', sentAt: '2025-07-09T12:00:00.000Z' },
    ]);
  });
};
