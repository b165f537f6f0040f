import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliveryKey } from '../../../src/core/delivery-key.ts';
import type { Fence, LeaseHolder } from '../../../src/core/lease.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../../fakes/postgres.ts';
import { openReplica, type Replica, storeHeaders } from '../../fakes/postgres-replicas.ts';

const rounds = 200;
const destination = 'slack:T1:C1';
const at = '2025-07-08T12:00:00.000Z';

describe.skipIf(!hasPostgres)('several processes on one Postgres database', () => {
  let server: PostgresServer;
  let replicas: Replica[];
  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.createDatabase();
    replicas = ['a', 'b', 'c'].map(() => openReplica(url));
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await server.stop();
  });
  const nth = (n: number): Replica => replicas[n % replicas.length] as Replica;

  const take = async (replica: Replica, name: string, owner: string, seen?: LeaseHolder): Promise<Fence> => {
    const { fence } = await replica.leases.acquire({ name, owner, expiresAt: 1 }, seen);
    if (!fence) throw new Error('the lease is held');
    return fence;
  };

  const holderOf = async (name: string): Promise<LeaseHolder> => {
    const { holder } = await nth(0).leases.acquire({ name, owner: 'onlooker', expiresAt: 1 });
    if (!holder) throw new Error('the lease was free');
    return holder;
  };

  /** What the work does while it is held up by what `block` has locked. */
  const blocked = async <T>(
    block: string,
    work: () => Promise<T>,
    meanwhile: (blocker: PoolClient) => Promise<void>,
  ) => {
    const blocker = await nth(2).db.$client.connect();
    try {
      await blocker.query('BEGIN');
      await blocker.query(block);
      let isDone = false;
      const done = work().finally(() => {
        isDone = true;
      });
      const waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      while ((await nth(2).db.$client.query(waiting)).rowCount === 0 && !isDone) await delay(10);
      expect(isDone).toBe(false);
      await meanwhile(blocker);
      await blocker.query('COMMIT');
      return await done;
    } finally {
      blocker.release();
    }
  };

  it('take a lease one at a time', async () => {
    await take(nth(0), 'raced', 'first');
    for (let round = 1; round <= rounds; round += 1) {
      const seen = await holderOf('raced');
      const owners = ['a', 'b', 'c', 'd', 'e', 'f'].map((owner) => `${owner}${round}`);
      const answers = await Promise.all(
        owners.map((owner, n) => nth(n).leases.acquire({ name: 'raced', owner, expiresAt: 1 }, seen)),
      );
      expect(answers.flatMap(({ fence }) => fence?.token ?? [])).toEqual([round + 1]);
    }
  });

  it('either renew a lease or lose it', async () => {
    let fence = await take(nth(0), 'renewed', 'first');
    for (let round = 1; round <= rounds; round += 1) {
      const seen = await holderOf('renewed');
      const renew = () => nth(round).leases.renew(fence, 1);
      const acquire = () => nth(round + 1).leases.acquire({ name: 'renewed', owner: `o${round}`, expiresAt: 1 }, seen);
      const [isKept, taken] = await Promise.all([renew(), acquire()]);
      expect(isKept).toBe(taken.fence === undefined);
      fence = taken.fence ?? fence;
    }
  });

  it('write nothing after they were replaced', async () => {
    const names = Array.from({ length: rounds }, (_, round) => `outbox ${round}`);
    const ids = await storeHeaders(nth(0).db, 'replaced', names);
    for (const [round, name] of names.entries()) {
      const [id = 0, old] = [ids[round], await take(nth(0), name, 'old')];
      const day = { channel: name, date: '2025-07-08' };
      await nth(0).earlyHeaders.begin(day, destination, old);
      const key = deliveryKey({ ...day, destination, paperId: undefined, generation: 0 });
      const seen = await holderOf(name);
      const writes = Promise.all([
        nth(0).outbox.sent(id, { destination: name, messageId: '1.1' }, 1, old),
        nth(0).earlyHeaders.sent(key, { destination, messageId: '1.1' }, old),
        nth(0).earlyHeaders.begin(day, 'slack:T1:C2', old),
      ]);
      const state = async () => [
        await nth(1).outbox.find(id),
        await nth(1).earlyHeaders.find(key),
        await nth(1).earlyHeaders.find(
          deliveryKey({ ...day, destination: 'slack:T1:C2', paperId: undefined, generation: 0 }),
        ),
      ];
      await take(nth(1), name, 'new', seen);
      const taken = await state();
      await writes;
      expect(await state()).toEqual(taken);
    }
  });

  it('update nothing if another one takes the lease in the meantime', async () => {
    const [id = 0] = await storeHeaders(nth(0).db, 'taken', ['slack:T1:C3']);
    const fence = await take(nth(0), 'taken', 'old');
    const isSent = await blocked(
      "UPDATE leases SET owner = 'new', token = token + 1 WHERE name = 'taken'",
      () => nth(0).outbox.sent(id, { destination: 'slack:T1:C3', messageId: '1.1' }, 1, fence),
      async () => undefined,
    );
    expect(isSent).toBe(false);
    expect(await nth(0).outbox.find(id)).toMatchObject({ status: 'pending', message: undefined });
  });

  it('take no lease during an update, which then counts', async () => {
    const [id = 0] = await storeHeaders(nth(0).db, 'updating', ['slack:T1:C4']);
    const fence = await take(nth(0), 'updating', 'old');
    const seen = await holderOf('updating');
    let takeover: Promise<Fence> | undefined;
    const isSent = await blocked(
      `UPDATE deliveries SET first_tried_at = 7 WHERE delivery_id = ${id}`,
      () => nth(0).outbox.sent(id, { destination: 'slack:T1:C4', messageId: '1.1' }, 1, fence),
      async () => {
        takeover = take(nth(1), 'updating', 'new', seen);
        expect(await Promise.race([takeover, delay(200, 'waits')])).toBe('waits');
      },
    );
    expect(isSent).toBe(true);
    expect(await takeover).toMatchObject({ owner: 'new', token: 2 });
    expect(await nth(1).outbox.find(id)).toMatchObject({ status: 'sent', firstTriedAt: 7 });
  });

  it('see how long ago a message was last tried, by the clock of the server', async () => {
    const [id = 0] = await storeHeaders(nth(0).db, 'tried', ['slack:T1:C6']);
    expect((await nth(1).outbox.find(id))?.triedMsAgo).toBeUndefined();
    // Not by the process's own time.
    await nth(0).outbox.sending(id, 5);
    await nth(0).db.execute(`UPDATE deliveries SET last_tried_at = last_tried_at - 9000 WHERE delivery_id = ${id}`);
    const ago = (await nth(1).outbox.find(id))?.triedMsAgo ?? 0;
    expect(ago).toBeGreaterThanOrEqual(9_000);
    expect(ago).toBeLessThan(600_000);
    await nth(1).outbox.sending(id, 6);
    expect((await nth(0).outbox.find(id))?.triedMsAgo).toBeLessThan(9_000);
  });

  it('book no more calls than the budget allows', async () => {
    await storeHeaders(nth(0).db, 'booked', ['slack:T1:C5']);
    const call = { rubric: 'rubric-1', channel: 'foundations', date: '2025-07-08', model: 'm', at, boundUsd: 1 };
    const ids = await Promise.all(Array.from({ length: 110 }, (_, n) => nth(n).ledger.book(call, 100, at)));
    expect(ids.filter((id) => id !== undefined)).toHaveLength(100);
    expect(await nth(0).ledger.spent(at)).toBe(100);
  });

  it('undo a change once', async () => {
    const by = { at, person: 'slack:T1:ADA' };
    for (let round = 0; round < rounds / 10; round += 1) {
      const { changeId } = await nth(0).changes.add({ ...by, channel: 'foundations', action: 'feedback', value: {} });
      const undone = await Promise.allSettled(Array.from({ length: 16 }, (_, n) => nth(n).changes.undo(changeId, by)));
      expect(undone.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
    expect(await nth(0).changes.list('foundations', 'undo')).toHaveLength(rounds / 10);
  });

  it('have the same signing key', async () => {
    const keys = await Promise.all(Array.from({ length: 16 }, (_, n) => nth(n).signingKeys.keyFor('web sessions')));
    expect(new Set(keys.map((key) => key.reveal())).size).toBe(1);
  });
});
