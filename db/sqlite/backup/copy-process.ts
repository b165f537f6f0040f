import { errorText, UserError } from '../../../src/core/errors.ts';
import { openSqlite, writeLogBack } from '../driver.ts';
import { copyDatabase } from './copy.ts';
import type { DatabaseSummary } from './inspect.ts';

// A program that copies one database and exits.

export type CopyReply = { summary: DatabaseSummary } | { error: string; isUserError: boolean };

const [, , source = '', copy = ''] = process.argv;

const reply = (): CopyReply => {
  try {
    const summary = copyDatabase(source, copy, { isReplacing: true });
    const sqlite = openSqlite(source, { fileMustExist: true });
    // Otherwise, a bot that is never busy would keep its newest rows in the log until it stops.
    writeLogBack(sqlite, 0);
    sqlite.close();
    return { summary };
  } catch (error) {
    return { error: errorText(error), isUserError: error instanceof UserError };
  }
};

process.send?.(reply());
