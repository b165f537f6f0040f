import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createReactionReader } from '../../src/daily/reactions.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { remoteFailure, type ScriptedPlatform, scriptedPlatform } from '../fakes/daily.ts';
import { saveDigest } from '../fakes/digest.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { keepingLogger } from '../fakes/logger.ts';

const now = Date.parse('2025-07-20T13:00:00Z');
const general = 'slack:T1:C1';
const day = 86_400_000;

let stores: Stores;
let slack: ScriptedPlatform;
beforeEach(() => {
  stores = openStores(':memory:');
  slack = scriptedPlatform();
});
afterEach(() => stores.close());

/** A posted digest of one paper: messages `ID-0`, the header, and `ID-1`. */
const posted = async (
  id: string,
  date: string,
  sentAt: number,
  { destination = general, channel = 'foundations' } = {},
) => {
  const digest = await saveDigest(stores, [paperOf(id)], { date, channel });
  await stores.outbox.enqueue(digest, [destination]);
  for (const { deliveryId, rank } of await stores.outbox.list(digest.digestId, destination))
    await stores.outbox.sent(deliveryId, { destination, messageId: `${id}-${rank}` }, sentAt);
};
const thumb = (id: string, person: string) => ({
  ...{ message: { destination: general, messageId: `${id}-1` }, person: `slack:T1:${person}`, emoji: '+1' },
});
const setUp = () => {
  const { lines, logger } = keepingLogger();
  const clock = createSteppingClock(new Date(now).toISOString());
  const platforms = new Map([['slack', slack]]);
  const reader = createReactionReader({ platforms, stores, clock, logger });
  const refresh = (signal?: AbortSignal) => reader(undefined, signal);
  return { lines, clock, platforms, refresh, refreshOf: (channel: string) => reader(channel) };
};
const read = async () => {
  const { lines, refresh } = setUp();
  await refresh();
  return lines;
};
/** Lists the requested threads by header; all are empty. */
const recordReads = (answer: (threads: string[]) => void | Promise<void> = () => {}) => {
  const threads: string[] = [];
  slack.reactions = async ({ messageId }) => {
    threads.push(messageId);
    await answer(threads);
    return [];
  };
  return threads;
};
const ups = async (...ids: string[]) => {
  const votes = await stores.reactions.votes('foundations', ids);
  return ids.map((id) => votes.get(id)?.up ?? 0);
};

describe('reading reactions', () => {
  it('finds votes that were added and removed while the bot was off', async () => {
    await posted('1', '2025-07-18', now - day);
    await stores.reactions.add(thumb('1', 'gone'), '2025-07-18T13:00:00.000Z');
    slack.standing = [thumb('1', 'U1'), thumb('1', 'U2')];
    expect(await read()).toEqual([]);
    expect(await ups('1')).toEqual([2]);
    slack.standing = [thumb('1', 'U2')];
    await read();
    expect(await ups('1')).toEqual([1]);
  });

  it('reads the threads of the last 14 days only', async () => {
    const threads = recordReads();
    await posted('1', '2025-07-04', now - 15 * day);
    await posted('2', '2025-07-08', now - 13 * day);
    await posted('3', '2025-07-18', now - day, { destination: 'web' });
    await read();
    expect(threads).toEqual(['2-0']);
  });

  it('reads the threads of one channel only, if it is for that channel', async () => {
    const threads = recordReads();
    await posted('1', '2025-07-17', now - 2 * day, { channel: 'biology' });
    await posted('2', '2025-07-18', now - day);
    await setUp().refreshOf('biology');
    expect(threads).toEqual(['1-0']);
  });

  it('reads no thread of a platform whose reactions are stored here', async () => {
    const threads = recordReads();
    await posted('1', '2025-07-18', now - day);
    slack.isStoredHere = true;
    await read();
    expect(threads).toEqual([]);
  });

  it('logs a thread that cannot be read, keeps its reactions, and reads the others', async () => {
    await posted('1', '2025-07-17', now - 2 * day);
    await posted('2', '2025-07-18', now - day);
    await stores.reactions.add(thumb('2', 'U1'), '2025-07-18T13:00:00.000Z');
    slack.reactions = async ({ messageId }) => {
      if (messageId === '2-0') throw remoteFailure({ message: 'too busy' });
      return [thumb('1', 'U1')];
    };
    expect(await read()).toMatchObject([{ level: 'warn', fields: { reason: 'too busy' } }]);
    expect(await ups('1', '2')).toEqual([1, 1]);
  });

  it('keeps reactions that arrive while a thread is read', async () => {
    await posted('1', '2025-07-18', now - day);
    await stores.reactions.add(thumb('1', 'U1'), '2025-07-18T13:00:00.000Z');
    slack.reactions = async () => {
      await stores.reactions.remove(thumb('1', 'U1'));
      await stores.reactions.add(thumb('1', 'U2'), '2025-07-20T13:00:01.000Z');
      await stores.reactions.add(thumb('1', 'U3'), '2025-07-20T13:00:01.000Z');
      return [thumb('1', 'U1')];
    };
    await read();
    expect(await ups('1')).toEqual([2]);
  });
});

describe('a platform that asks for a pause while reactions are read', () => {
  const busy = (retryAfterMs: number) => remoteFailure({ message: 'too many calls', status: 429, retryAfterMs });
  beforeEach(async () => {
    for (const id of ['1', '2', '3']) await posted(id, `2025-07-1${id}`, now - Number(id) * 1000);
  });

  it('gets it, then the same thread is read', async () => {
    const threads = recordReads(({ length }) => {
      if (length === 2) throw busy(30_000);
    });
    const { lines, clock, refresh } = setUp();
    await refresh();
    expect(threads).toEqual(['1-0', '2-0', '2-0', '3-0']);
    expect(clock.slept).toEqual([30_000]);
    expect(lines).toEqual([]);
  });

  it('gets at most a minute in all; then the rest stays as it is, with one log line', async () => {
    await stores.reactions.add(thumb('3', 'U1'), '2025-07-18T13:00:00.000Z');
    const threads = recordReads(({ length }) => {
      if (length >= 2) throw busy(25_000);
    });
    const { lines, clock, refresh } = setUp();
    await refresh();
    expect(threads).toEqual(['1-0', '2-0', '2-0', '2-0']);
    expect(clock.slept).toEqual([25_000, 25_000]);
    const fields = { workspace: 'slack:T1', left: 2, reason: 'too many calls' };
    expect(lines).toMatchObject([{ level: 'warn', fields }]);
    expect(await ups('3')).toEqual([1]);
  });

  it('delays no other workspace', async () => {
    await posted('4', '2025-07-14', now - 4000, { destination: 'slack:T2:C1' });
    await posted('5', '2025-07-15', now - 5000, { destination: 'slack:T2:C1' });
    const [read, asked]: [string[], string[]] = [[], []];
    slack.reactions = async ({ destination, messageId }) => {
      asked.push(messageId);
      if (destination === general) throw busy(25_000);
      read.push(messageId);
      return [];
    };
    const { lines, clock, refresh } = setUp();
    const readAtPause: string[][] = [];
    const { sleep } = clock;
    clock.sleep = async (ms, signal) => {
      await new Promise(setImmediate);
      readAtPause.push([...read]);
      await sleep(ms, signal);
    };
    await refresh();
    expect(readAtPause).toEqual([
      ['4-0', '5-0'],
      ['4-0', '5-0'],
    ]);
    expect(asked.filter((id) => id === '1-0')).toHaveLength(3);
    expect(lines).toMatchObject([{ fields: { workspace: 'slack:T1', left: 3 } }]);
  });

  it('gets one pause for readings that want its threads at the same time', async () => {
    await posted('4', '2025-07-14', now - 4000, { channel: 'biology' });
    let isBusy = true;
    const threads = recordReads(() => {
      if (!isBusy) return;
      isBusy = false;
      throw busy(30_000);
    });
    const { clock, refreshOf } = setUp();
    await Promise.all([refreshOf('foundations'), refreshOf('biology'), refreshOf('biology')]);
    expect(clock.slept).toEqual([30_000]);
    expect(threads.toSorted()).toEqual(['1-0', '1-0', '2-0', '3-0', '4-0']);
  });

  it('does not delay an abort', async () => {
    const { clock, refresh } = setUp();
    const stop = new AbortController();
    const threads = recordReads(() => {
      stop.abort(new Error('stopped'));
      throw busy(30_000);
    });
    await expect(refresh(stop.signal)).rejects.toThrow('stopped');
    expect(threads).toEqual(['1-0']);
    expect(clock.slept).toEqual([]);
  });
});

describe('runs that start together', () => {
  beforeEach(() => posted('1', '2025-07-18', now - day));

  it('read the threads once, and again after a minute', async () => {
    const threads = recordReads();
    const { clock, refresh } = setUp();
    await Promise.all([refresh(), refresh()]);
    await refresh();
    await clock.sleep(59_000);
    await refresh();
    expect(threads).toHaveLength(1);
    await clock.sleep(1_000);
    await refresh();
    expect(threads).toHaveLength(2);
  });

  it('read as many threads as there are, however many channels run', async () => {
    const channels = ['biology', 'physics', 'mathematics'];
    for (const [index, channel] of channels.entries()) await posted(`2${index}`, '2025-07-18', now - day, { channel });
    const threads = recordReads();
    const { clock, refresh, refreshOf } = setUp();
    const runAll = async () => {
      for (const channel of ['foundations', ...channels]) {
        await refreshOf(channel);
        await clock.sleep(61_000);
      }
    };
    await Promise.all([refresh(), refreshOf('foundations'), refreshOf('biology')]);
    expect(threads).toHaveLength(4);
    await clock.sleep(61_000);
    await runAll();
    expect(threads).toHaveLength(8);
  });

  it('read a platform at once that has connected since', async () => {
    const threads = recordReads();
    const { platforms, refresh } = setUp();
    platforms.clear();
    await refresh();
    platforms.set('slack', slack);
    await refresh();
    expect(threads).toHaveLength(1);
  });

  it('continue if one of them is stopped', async () => {
    const stop = new AbortController();
    const threads = recordReads(({ length }) => {
      if (length > 1) return;
      stop.abort(new Error('stopped'));
      throw stop.signal.reason;
    });
    const { refresh } = setUp();
    const [first, second] = await Promise.allSettled([refresh(stop.signal), refresh()]);
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'stopped' } });
    expect(second).toMatchObject({ status: 'fulfilled' });
    expect(threads).toHaveLength(2);
  });
});
