import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Message } from '../../../src/core/message.ts';
import type { Platform, SendRequest } from '../../../src/core/platform.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { createCounts } from '../../../src/daily/publish/counts.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { channelOf } from '../../fakes/fixtures.ts';
import { keepingLogger } from '../../fakes/logger.ts';
import { savePosted, scoredBy, verdictOf, voteOn } from '../../fakes/posted.ts';

const date = '2025-07-08';
const id = '2507.00001';
let stores: Stores;
beforeEach(async () => {
  stores = openStores(':memory:');
  await savePosted(stores, date, [{ id, relevance: 8, novelty: 7 }, { id: '2507.00002' }]);
});
afterEach(() => stores.close());

const start = (
  edit: (message: Message) => void | Promise<void> = () => {},
  clock = createSteppingClock('2025-07-08T15:00:00Z'),
  signal = new AbortController().signal,
) => {
  const edits: { messageId: string; message: Message }[] = [];
  const slack = {
    resolve: async () => 'slack:T1:C1',
    async edit({ messageId }: { messageId: string }, { message }: SendRequest) {
      await edit(message);
      edits.push({ messageId, message });
    },
  } as unknown as Platform;
  const { logger, lines } = keepingLogger();
  const channel = channelOf({ post: ['slack:C1'] });
  const { show: changed, end } = createCounts({
    ...{ stores, logger, clock },
    platforms: new Map([['slack', slack]]),
    channels: { find: (name) => (name === channel.name ? channel : undefined) },
    signal,
  });
  const labels = () =>
    edits.map(({ message }) => {
      const last = message.blocks.at(-1);
      return last?.type === 'buttons' ? last.buttons.slice(0, 3).map(({ label }) => label) : [];
    });
  return { changed, end, edits, labels, lines };
};

/** Sleeps until it is aborted. */
const heldSleep = (_: number, signal?: AbortSignal): Promise<void> =>
  new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal?.reason);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop);
  });

describe('the counts in posted messages', () => {
  it('are shown soon, once for changes that come together', async () => {
    const { changed, edits, labels } = start();
    await voteOn(stores, date, 1, 'slack:T1:U1');
    changed('foundations', id);
    await voteOn(stores, date, 1, 'slack:T1:U2', '-1');
    await stores.saved.add('slack:T1:U1', id, '2025-07-08T15:00:00.000Z');
    changed('foundations', id);
    await expect.poll(labels).toEqual([['👍 1', '👎 1', 'Save 1']]);
    expect(edits.map(({ messageId }) => messageId)).toEqual([`${date}-1`]);
    changed('foundations', '2507.00002');
    await expect.poll(labels).toEqual([
      ['👍 1', '👎 1', 'Save 1'],
      ['👍', '👎', 'Save'],
    ]);
  });

  it('keep the score of a rescore', async () => {
    const { changed, edits } = start();
    await stores.scores.add({ ...scoredBy, model: 'gpt-later' }, [verdictOf(id, 9, 9)], '2025-07-08T14:00:00.000Z');
    changed('foundations', id);
    await expect.poll(() => JSON.stringify(edits)).toContain('Rescored on 8 July: 8 + 7 → 9 + 9');
  });

  it.each(['before', 'after'])('do not wait for an edit if the signal is aborted %s the end', async (when) => {
    const editing = Promise.withResolvers<void>();
    const stop = new AbortController();
    const edit = (): Promise<void> => {
      editing.resolve();
      return new Promise(() => {});
    };
    const { changed, end } = start(edit, undefined, stop.signal);
    changed('foundations', id);
    await editing.promise;
    if (when === 'before') stop.abort();
    const ending = end();
    stop.abort();
    await ending;
  });

  it('leave the rest alone if an edit fails', async () => {
    let fails = true;
    const { changed, labels, lines } = start(() => {
      if (fails) throw new Error('no edits today');
    });
    changed('foundations', id);
    await expect.poll(() => lines).toMatchObject([{ level: 'warn', fields: { reason: 'no edits today' } }]);
    fails = false;
    changed('foundations', '2507.00002');
    await expect.poll(labels).toEqual([['👍', '👎', 'Save']]);
  });

  it('are shown at once before the stores are closed', async () => {
    const never = { ...createSteppingClock('2025-07-08T15:00:00Z'), sleep: heldSleep };
    const { changed, end, labels } = start(undefined, never);
    changed('foundations', id);
    changed('foundations', '2507.00002');
    await end();
    expect(labels()).toHaveLength(2);
    await end();
  });

  it('are not shown for channels and papers that are gone', async () => {
    const { changed, edits, lines } = start();
    changed('gone', id);
    changed('foundations', '2507.09999');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([edits, lines]).toEqual([[], []]);
  });
});
