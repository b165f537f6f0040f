import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../config/load.ts';
import type { DatabaseSummary } from '../../db/sqlite/backup/inspect.ts';
import type { DatabaseUrl } from '../core/database-url.ts';
import { UserError } from '../core/errors.ts';
import { fileSize } from '../core/file-size.ts';
import { countOf } from '../core/paper.ts';
import { path } from './arguments.ts';

type Parts = { readConfig(): Promise<Config>; print(text: string): void };

const contentsOf = ({ bytes, digests, newestDigest, papers }: DatabaseSummary): string => {
  const digestsText = newestDigest ? `${countOf(digests, 'digest')}, the newest of ${newestDigest}` : 'no digest';
  return `${digestsText}, and ${countOf(papers, 'paper')} (${fileSize(bytes)})`;
};

/** @throws UserError if the database is Postgres, whose own tool does this. */
const fileOf = (database: DatabaseUrl, tool: string): string => {
  if (database.kind === 'sqlite') return database.file;
  throw new UserError(
    `DATABASE_URL names Postgres, and this command is for SQLite files. Use ${tool} instead; see docs/scaling.md.`,
  );
};

/** The commands that copy the database file as a whole. They do not open it as the bot does. */
export const addBackupCommands = (program: Command, { readConfig, print }: Parts): void => {
  program
    .command('backup')
    .description('copy the database to a file; the bot may be running')
    .argument('<file>', 'file to write', path)
    .option('--force', 'replace the file if it exists', false)
    .action(async (file: string, flags: { force: boolean }) => {
      const { env } = await readConfig();
      const { copyDatabase } = await import('../../db/sqlite/backup/copy.ts');
      const summary = copyDatabase(fileOf(env.database, 'pg_dump'), resolve(file), { isReplacing: flags.force });
      print(`Wrote ${resolve(file)}: ${contentsOf(summary)}.`);
    });

  program
    .command('restore')
    .description('replace the database with a backup; stop the bot first')
    .argument('<file>', 'a backup, or another database of Paperboy', path)
    .action(async (file: string) => {
      const { env } = await readConfig();
      const database = fileOf(env.database, 'pg_restore');
      const { restoreDatabase } = await import('../../db/sqlite/backup/restore.ts');
      const { previous, ...summary } = restoreDatabase(resolve(file), database, new Date());
      print(`Restored ${resolve(file)} to ${database}: ${contentsOf(summary)}.`);
      if (previous) print(`The previous database is now ${previous}.`);
      print('What is already on Slack or Discord will not be posted again.');
    });
};
