import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pg } from '../../db/postgres/driver.ts';
import { migrate } from '../../db/postgres/migrate.ts';

const debianFolder = '/usr/lib/postgresql';

/** The folder of `initdb` and `postgres`; undefined if this machine has no Postgres. */
const programsFolder = (): string | undefined => {
  const folders = [
    ...(existsSync(debianFolder) ? readdirSync(debianFolder) : [])
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(debianFolder, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
};

/** A server to use instead of one's own. */
const givenUrl = (): string | undefined =>
  /^postgres(ql)?:/.test(process.env.DATABASE_URL ?? '') ? process.env.DATABASE_URL : undefined;

export const hasPostgres = givenUrl() !== undefined || programsFolder() !== undefined;

/** Postgres does not run as root. Debian's package creates a user for it. */
const owner = (): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string): number => {
    for (const name of ['postgres', 'nobody'])
      try {
        return Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
      } catch {
        // The next one.
      }
    throw new Error('there is no user that Postgres can run as');
  };
  return { uid: idOf('-u'), gid: idOf('-g') };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/** Milliseconds that a server may take to start. */
const maxStartMs = 60_000;

const untilAnswers = async (url: string): Promise<void> => {
  const deadline = performance.now() + maxStartMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (performance.now() > deadline) throw new Error('Postgres did not start', { cause: error });
      await delay(50);
    }
  }
};

export type PostgresServer = {
  /** Creates an empty database, or one with the current schema. @returns its URL. */
  createDatabase(options?: { isMigrated?: boolean }): Promise<string>;

  /** Ends every connection, and starts again on the same port with the same data. Only for a server of one's own. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

const asDatabase = (url: string, name: string): string => {
  const named = new URL(url);
  named.pathname = `/${name}`;
  return named.href;
};

const execute = async (url: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

/** Deletes all rows and starts the ids again. Takes a tenth of the time of TRUNCATE, which makes new files. */
const emptying = `
  DO $$
  DECLARE
    one record;
  BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations' LOOP
      EXECUTE format('DELETE FROM %I', one.name);
    END LOOP;
    FOR one IN SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
      EXECUTE format('ALTER SEQUENCE %I RESTART', one.name);
    END LOOP;
    PERFORM pg_notify('paperboy_changed', '');
  END
  $$`;

/** Empties a database between tests, which is much quicker than creating one for each. The user must be a superuser. */
export const createEmptying = async (url: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    empty: async (): Promise<void> => void (await client.query(emptying)),
    close: () => client.end(),
  };
};

const databasesOn = (url: string) => {
  const created: string[] = [];
  const create = async (template?: string): Promise<string> => {
    const name = `paperboy_test_${randomBytes(6).toString('hex')}`;
    await execute(url, `CREATE DATABASE ${name}${template ? ` TEMPLATE ${template}` : ''}`);
    created.push(name);
    return name;
  };
  let migrated: Promise<string> | undefined;
  const createMigrated = async (): Promise<string> => {
    const name = await create();
    const pool = new pg.Pool({ connectionString: asDatabase(url, name) });
    await migrate(pool);
    await pool.end();
    return name;
  };
  return {
    async createDatabase({ isMigrated = true } = {}): Promise<string> {
      if (!isMigrated) return asDatabase(url, await create());
      migrated ??= createMigrated();
      return asDatabase(url, await create(await migrated));
    },
    async drop(): Promise<void> {
      for (const name of created) await execute(url, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
};

/**
 * Starts a Postgres of this machine in a folder of its own, or uses the server of `DATABASE_URL`.
 * @param more Settings of a server of one's own, as in postgresql.conf.
 */
export const startPostgres = async (more: Record<string, string> = {}): Promise<PostgresServer> => {
  const given = givenUrl();
  if (given) {
    const { drop, ...databases } = databasesOn(given);
    const restart = () => Promise.reject(new Error('the server of DATABASE_URL is not restarted'));
    return { ...databases, restart, stop: drop };
  }
  const programs = programsFolder();
  if (!programs) throw new Error('this machine has no Postgres');
  const folder = mkdtempSync(join(tmpdir(), 'paperboy-postgres-'));
  const user = owner();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const program = join(programs, 'postgres');
  const locale = ['--locale=C', '--encoding=UTF8'];
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', ...locale], {
    ...{ stdio: 'ignore', cwd: folder },
    ...user,
  });
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const settings = {
    fsync: 'off',
    full_page_writes: 'off',
    unix_socket_directories: folder,
    listen_addresses: '127.0.0.1',
    ...more,
  };
  const programArguments = ['-D', data, '-p', String(port)].concat(
    Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  );
  /** A shell that ends Postgres at once when its input ends: when it is told to, and if the tests are killed. */
  const start = (): ChildProcess =>
    spawn('sh', ['-c', '"$@" & server=$!; cat; kill -QUIT $server; wait $server', 'sh', program, ...programArguments], {
      ...{ stdio: ['pipe', 'ignore', 'ignore'], cwd: folder },
      ...user,
    });
  let server = start();
  const end = async (): Promise<void> => {
    const ended = once(server, 'exit');
    server.stdin?.end();
    await ended;
  };
  await untilAnswers(url);
  const { drop: _, ...databases } = databasesOn(url);
  let last: Promise<void> = Promise.resolve();
  /** Of two restarts at once, one would lose its server. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work, work);
    return last;
  };
  return {
    ...databases,
    restart: () =>
      inTurn(async () => {
        await end();
        server = start();
        await untilAnswers(url);
      }),
    stop: () =>
      inTurn(async () => {
        await end();
        rmSync(folder, { recursive: true, force: true });
      }),
  };
};
