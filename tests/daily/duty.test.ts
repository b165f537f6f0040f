import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Held } from '../../src/core/lease.ts';
import type { Stores } from '../../src/core/stores.ts';
import { aborted, keepDuty } from '../../src/daily/duty.ts';
import { createQuickClock } from '../fakes/clock.ts';
import { keepingLogger } from '../fakes/logger.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const clock = createQuickClock();

describe('a duty', () => {
  const keep = (work: (held: Held) => Promise<void>, controller = new AbortController()) => {
    const { lines, logger } = keepingLogger();
    const keeping = keepDuty('scheduler', { leases: stores.leases, clock, logger }, controller.signal, work);
    return { keeping, controller, messages: () => lines.map(({ message }) => message) };
  };

  it('is done by one at a time until the signal is aborted', async () => {
    const done: string[] = [];
    const work = (name: string) => async (held: Held) => {
      done.push(`${name} begins`);
      await aborted(held);
      done.push(`${name} ends`);
    };
    const one = keep(work('one'));
    await expect.poll(() => done).toEqual(['one begins']);
    const other = keep(work('other'));
    await clock.sleep(30);
    one.controller.abort(new Error('stopped'));
    await one.keeping;
    await expect.poll(() => done).toEqual(['one begins', 'one ends', 'other begins']);
    other.controller.abort(new Error('stopped'));
    await other.keeping;
    expect(done.at(-1)).toBe('other ends');
  });

  it('is waited for again after the lease is lost', async () => {
    let times = 0;
    const { keeping, controller, messages } = keep(async (held) => {
      times += 1;
      if (times === 1) {
        await stores.leases.release(held.fence);
        await held.check();
      }
      await aborted(held);
    });
    await expect.poll(() => times).toBe(2);
    controller.abort(new Error('stopped'));
    await keeping;
    expect(messages()).toEqual([
      ...['this process took a duty', 'this process lost a duty', 'this process took a duty'],
    ]);
  });

  it('is tried again after a failure of the database, and ended by any other', async () => {
    let times = 0;
    const { keeping, messages } = keep(async () => {
      times += 1;
      throw times === 1 ? new UserError('Postgres cannot be reached.') : new TypeError('a bug');
    });
    await expect(keeping).rejects.toThrow('a bug');
    expect(times).toBe(2);
    expect(messages()).toContain('a duty failed, trying again');
  });
});
