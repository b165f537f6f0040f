import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import { errorText } from '../../src/core/errors.ts';
import { nodePostgres, pg } from './driver.ts';
import { noteUncommitted, whenReachable } from './faults.ts';

/** Connections of one process. By default, Postgres allows 100 for all of its clients. */
const maxConnections = 10;

/** Milliseconds to wait for a connection: to the server, or for one of the pool to become free. */
const connectionMs = 10_000;

/**
 * Milliseconds after which Postgres ends a transaction that does nothing. A process that was stopped in the middle of one
 * would otherwise lock its rows, and no other could take over.
 */
const idleTransactionMs = 5_000;

export const openPool = (url: string): Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    ...{ max: maxConnections, connectionTimeoutMillis: connectionMs, keepAlive: true },
    ...{ idle_in_transaction_session_timeout: idleTransactionMs, application_name: 'paperboy' },
  });
  // The next query opens a new connection, and a query that waits fails. Without listeners, a lost connection would end
  // the program: an idle one by an event of the pool, one in a transaction by an event of its own.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
};

export const databaseOf = (pool: Pool) => nodePostgres.drizzle(pool);

export type Database = ReturnType<typeof databaseOf>;

export type Transaction = Omit<Database, '$client' | 'transaction'>;

/** What reads work on: the database, or a transaction. */
export type Reader = Pick<Database, 'select' | 'selectDistinct' | 'execute'>;

/** Not by drizzle's transactions, which keep a connection that is lost at their beginning in use forever. */
const inTransaction = async <T>(db: Database, begin: string, work: (tx: Transaction) => Promise<T>): Promise<T> => {
  const client = await db.$client.connect();
  let isCommitting = false;
  try {
    await client.query(begin);
    const done = await work(nodePostgres.drizzle(client));
    isCommitting = true;
    await client.query('COMMIT');
    client.release();
    return done;
  } catch (error) {
    const fault = await client.query('ROLLBACK').then(
      () => undefined,
      (lost: Error) => lost,
    );
    // Closing the connection rolls back, too.
    client.release(fault);
    if (!isCommitting) noteUncommitted(error);
    throw error;
  }
};

/** What one whole transaction does. If it is rolled back, nothing of it has happened. */
export const write = <T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  inTransaction(db, 'BEGIN', work);

/** What one transaction reads. */
export const readWithin = <T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  inTransaction(db, 'BEGIN READ ONLY', work);

export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/** The channel on which triggers tell of each change; see migrations/0001_notices.sql. */
const changedChannel = 'paperboy_changed';

const reconnectMs = 1_000;

/** Milliseconds after which a connection that does not answer counts as lost. */
const answerMs = 10_000;

export type Listener = {
  /** Resolves once `changed` was called for everything that was committed before this call. */
  synced(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Listens for changes by any process.
 * @param changed Called with the table; without one if some changes may have been missed.
 */
export const listen = async (url: string, changed: (table?: string) => void): Promise<Listener> => {
  let client: InstanceType<typeof pg.Client> | undefined;
  let listening: typeof client;
  let syncing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      ...{ connectionString: url, keepAlive: true, application_name: 'paperboy listener' },
      ...{ connectionTimeoutMillis: connectionMs, query_timeout: answerMs },
    });
    const again = (): void => {
      if (client !== next) return;
      client = undefined;
      listening = undefined;
      if (!isClosed) timer = setTimeout(() => void connect().catch(again), reconnectMs);
      timer?.unref();
    };
    client = next;
    next.on('notification', ({ payload }) => changed(payload));
    next.on('error', again);
    next.on('end', again);
    try {
      await next.connect();
      await next.query(`LISTEN ${changedChannel}`);
    } catch (error) {
      again();
      await next.end().catch(() => undefined);
      throw error;
    }
    listening = next;
    changed();
  };
  await whenReachable(connect);

  /** Postgres sends a connection the notices of earlier commits before it answers a query on it. */
  const sync = async (): Promise<void> => {
    // Whoever calls until the query is sent shares it.
    await Promise.resolve();
    syncing = undefined;
    const asked = listening;
    try {
      if (!asked) throw new Error('not listening');
      await asked.query('SELECT');
    } catch {
      await asked?.end().catch(() => undefined);
      changed();
    }
  };

  return {
    synced() {
      syncing ??= sync();
      return syncing;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await client?.end().catch((error: unknown) => void errorText(error));
    },
  };
};
