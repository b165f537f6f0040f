import type { Command } from 'commander';
import { parseDatabaseUrl } from '../../config/database-url.ts';
import { readDatabaseUrl, type Variables } from '../../config/environment.ts';
import type { Copied, CopyRequest } from '../../db/copy/index.ts';
import type { DatabaseUrl } from '../core/database-url.ts';
import { UserError } from '../core/errors.ts';
import { countOf } from '../core/paper.ts';
import { concealSecrets } from '../core/secret.ts';
import { stateOf } from '../daily/lease-owner.ts';
import { handleSignals, stopSignal } from './signals.ts';

type Parts = { env: Variables; print(text: string): void };

/** One line that changes on a terminal; elsewhere a line for each table. */
const progressOf = (stream: NodeJS.WriteStream): CopyRequest['onProgress'] => {
  return (table, copied, rows) => {
    const isLast = copied >= rows;
    if (!stream.isTTY && !isLast) return;
    const line = `${table}: ${copied} of ${countOf(rows, 'row')}`;
    stream.write(stream.isTTY ? `\r\u001b[K${line}${isLast ? '\n' : ''}` : `${line}\n`);
  };
};

const reportOf = ({ tables, forgotten, wasWhole }: Copied): string => {
  const width = Math.max(...tables.map(({ name }) => name.length));
  const digits = Math.max(...tables.map(({ rows }) => String(rows).length));
  const lines = tables.map(
    ({ name, rows, checksum }) => `${name.padEnd(width)}  ${String(rows).padStart(digits)}  ${checksum.slice(0, 16)}`,
  );
  return [
    ...lines,
    wasWhole ? 'All of it had been copied before.' : 'Rows and checksums are the same in both databases.',
    ...(forgotten === 0 ? [] : [`People who asked to be forgotten: ${forgotten}. They stay forgotten.`]),
    'Now set DATABASE_URL to the Postgres database, and do not start Paperboy with the old file again.',
  ].join('\n');
};

/** Reads the address in a flag. commander would repeat it in its message, with the password. */
const readFlag = (program: Command, flag: string, value: string): DatabaseUrl => {
  try {
    return parseDatabaseUrl(value);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return program.error(`error: ${flag}: ${error.message}`, { exitCode: 2 });
  }
};

/** The commands for a Postgres database. They need no other settings. */
export const addPostgresCommands = (program: Command, { env, print }: Parts): void => {
  program
    .command('migrate')
    .description('bring the Postgres database of DATABASE_URL up to date')
    .action(async () => {
      const database = readDatabaseUrl(env, process.cwd());
      if (database.kind === 'sqlite') {
        print(
          `DATABASE_URL names the SQLite file ${database.file}. Paperboy updates it at each start, so there is nothing to do.`,
        );
        return;
      }
      concealSecrets([database.url]);
      const { migrateDatabase } = await import('../../db/postgres/migrate.ts');
      const { missing, state } = await migrateDatabase(database.url.reveal());
      const now = `It has ${countOf(state.applied, 'migration')}; the last is ${state.last}.`;
      print(missing === 0 ? `The database is up to date. ${now}` : `Ran ${countOf(missing, 'migration')}. ${now}`);
    });

  program
    .command('copy')
    .description('copy a SQLite database to Postgres; stop the bot first')
    .requiredOption('--from <url>', 'the SQLite database, file:PATH')
    .requiredOption('--to <url>', 'an empty Postgres database, postgres://USER:PASSWORD@HOST/DATABASE')
    .action(async (flags: { from: string; to: string }) => {
      const from = readFlag(program, '--from', flags.from);
      const to = readFlag(program, '--to', flags.to);
      if (from.kind !== 'sqlite') return program.error('error: --from is not a SQLite database', { exitCode: 2 });
      if (to.kind !== 'postgres') return program.error('error: --to is not a Postgres database', { exitCode: 2 });
      concealSecrets([to.url]);
      handleSignals();
      const { copyToPostgres } = await import('../../db/copy/index.ts');
      const copied = await copyToPostgres({
        ...{ file: from.file, url: to.url.reveal(), signal: stopSignal },
        isDead: (owner) => stateOf(owner) === 'dead',
        onProgress: progressOf(process.stderr),
      });
      print(reportOf(copied));
    });
};
