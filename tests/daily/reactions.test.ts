import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/index.ts';
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
const posted = async (id: string, date: string, sentAt: number, destination = general) => {
  const digest = await saveDigest(stores, [paperOf(id)], { date });
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
  return { lines, clock, platforms, refresh: createReactionReader({ platforms, stores, clock, logger }) };
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
    await posted('3', '2025-07-18', now - day, 'web');
    await read();
    expect(threads).toEqual(['2-0']);
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
    expect(lines).toMatchObject([{ level: 'warn', fields: { left: 2, reason: 'too many calls' } }]);
    expect(await ups('3')).toEqual([1]);
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
