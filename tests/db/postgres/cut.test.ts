import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { write } from '../../../db/postgres/client.ts';
import { whenReachable } from '../../../db/postgres/faults.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../../fakes/postgres.ts';
import { openReplica, type Replica, storeHeaders } from '../../fakes/postgres-replicas.ts';

const at = '2025-07-08T12:00:00.000Z';
const call = { rubric: 'rubric-1', channel: 'foundations', date: '2025-07-08', model: 'm', at, boundUsd: 1 };
const cutAll =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'paperboy'";

describe.skipIf(!hasPostgres)('a process whose connections to Postgres are cut', () => {
  let server: PostgresServer;
  let replica: Replica;
  let other: Replica;
  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.createDatabase();
    replica = openReplica(url);
    other = openReplica(`${url}?application_name=other`);
    await storeHeaders(other.db, 'foundations', ['slack:T1:C1']);
  });
  afterAll(async () => {
    await Promise.all([replica.close(), other.close()]);
    await server.stop();
  });

  it('does each transaction once, and keeps working', async () => {
    let isCut = false;
    const cutting = (async () => {
      for (let cut = 0; cut < 20; cut += 1) {
        await delay(200);
        await other.db.$client.query(cutAll);
      }
      isCut = true;
    })();
    const ids: (number | undefined)[] = [];
    const book = async (): Promise<void> => {
      while (!isCut) ids.push(await replica.ledger.book(call, 1e9, at).catch(() => undefined));
    };
    await Promise.all(Array.from({ length: 20 }, book));
    await cutting;
    const booked = ids.filter((id) => id !== undefined);
    expect(new Set(booked).size).toBe(booked.length);
    // Of a commit without an answer, nobody can know whether it happened.
    const unanswered = ids.length - booked.length;
    const spent = await other.ledger.spent(at);
    expect(spent).toBeGreaterThanOrEqual(booked.length);
    expect(spent).toBeLessThanOrEqual(booked.length + unanswered);
    expect(unanswered).toBeLessThan(booked.length / 4);
    const pool = replica.db.$client;
    const naps = Array.from({ length: 20 }, () => write(replica.db, (tx) => tx.execute('SELECT pg_sleep(0.05)')));
    await Promise.all(naps);
    expect([pool.totalCount, pool.idleCount]).toEqual([10, 10]);
  });

  it('starts a transaction again that was cut while it did nothing', async () => {
    let times = 0;
    const answer = await whenReachable(() =>
      write(replica.db, async (tx) => {
        times += 1;
        await tx.execute('SELECT 1');
        if (times === 1) await other.db.$client.query(cutAll);
        await delay(100);
        await tx.execute('SELECT 1');
        return 'done';
      }),
    );
    expect([answer, times]).toEqual(['done', 2]);
  });
});
