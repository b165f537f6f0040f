import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { createArxivClient } from '../../src/arxiv/client.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createTurns } from '../../src/daily/turns.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { quietLogger } from '../fakes/logger.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

describe('turns that processes share', () => {
  it('let one go at a time, with a gap', async () => {
    const clock = createSteppingClock('2025-07-08T13:00:00Z');
    const [one, other] = [0, 1].map(() => createTurns({ leases: stores.leases, clock }));
    if (!one || !other) throw new Error('not created');
    const log: string[] = [];
    const first = await one.take('arxiv');
    const second = other.take('arxiv').then((turn) => {
      log.push('second');
      return turn;
    });
    log.push('first ends');
    first.endAfter(3_000);
    (await second).endAfter(0);
    expect(log).toEqual(['first ends', 'second']);
    expect(clock.slept).toContain(3_000);
    await Promise.all([one.end(), other.end()]);
  });

  it('end with their process, and reject whoever waits', async () => {
    const clock = createSteppingClock('2025-07-08T13:00:00Z');
    const turns = createTurns({ leases: stores.leases, clock });
    await turns.take('arxiv');
    const waiting = expect(turns.take('arxiv')).rejects.toThrow('the process ends');
    await turns.end();
    await waiting;
    const next = createTurns({ leases: stores.leases, clock });
    (await next.take('arxiv')).endAfter(0);
    await next.end();
  });

  it('are those of the host and of all hosts for a request to arXiv, but not to this machine', async () => {
    const log: string[] = [];
    const client = createArxivClient({
      ...{
        clock: createSteppingClock('2025-07-08T13:00:00Z'),
        logger: quietLogger,
        userAgent: 'test',
        random: () => 0,
      },
      fetch: async () => {
        log.push('request');
        return new Response('papers');
      },
      takeTurn: async (name) => {
        log.push(name);
        return { endAfter: (ms) => log.push(`${name} ends after ${ms}`) };
      },
    });
    const request = { accept: 'text/html', parse: (body: string) => body };
    expect(await client.get('https://arxiv.org/list/cs.LG/new', request)).toBe('papers');
    expect(log.splice(0)).toEqual([
      ...['arxiv arxiv.org', 'arxiv', 'request', 'arxiv ends after 3000', 'arxiv arxiv.org ends after 15000'],
    ]);
    expect(await client.get('http://127.0.0.1:1/list/cs.LG/new', request)).toBe('papers');
    expect(log).toEqual(['request']);
  });
});
