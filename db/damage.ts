import { fork, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type BetterSqlite3 from 'better-sqlite3';
import { databaseDamaged, errorText } from '../src/core/errors.ts';
import type { HealthFailure } from '../src/core/health.ts';
import { countOf } from '../src/core/paper.ts';

const maxFaults = 10;

/** What `PRAGMA quick_check` finds: https://www.sqlite.org/pragma.html#pragma_quick_check */
export const damageIn = (sqlite: BetterSqlite3.Database): string[] => {
  try {
    const rows = sqlite.pragma(`quick_check(${maxFaults})`) as { quick_check: string }[];
    return rows.map(({ quick_check: fault }) => fault).filter((fault) => fault !== 'ok');
  } catch (error) {
    return [errorText(error)];
  }
};

const program = fileURLToPath(new URL('./damage-process.ts', import.meta.url));

/** @throws the error of the process, also if it was killed because the signal was aborted. */
const readFaults = async (file: string, sqlite: BetterSqlite3.Database, signal?: AbortSignal): Promise<string[]> => {
  // It allows no second connection.
  if (file === ':memory:') return damageIn(sqlite);
  const stdio: StdioOptions = ['ignore', 'ignore', 'ignore', 'ipc'];
  const child = fork(program, [file], { stdio, killSignal: 'SIGKILL', ...(signal && { signal }) });
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`the process that reads the database ended with ${code}`);
  });
  const [faults] = await Promise.race([once(child, 'message'), ended]);
  return faults as string[];
};

/** Reads a file in a process of its own, because a large one takes a minute and SQLite cannot be interrupted. */
export const readDamage = async (
  file: string,
  sqlite: BetterSqlite3.Database,
  signal?: AbortSignal,
): Promise<HealthFailure | undefined> => {
  const [fault, ...others] = await readFaults(file, sqlite, signal);
  if (fault === undefined) return undefined;
  const more = others.length > 0 ? ` and ${countOf(others.length, 'other fault')}` : '';
  return { reason: `${databaseDamaged.what} (${file}: ${fault}${more})`, fix: databaseDamaged.fix };
};
