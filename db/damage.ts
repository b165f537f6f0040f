import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
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

const readFaults = async (file: string, sqlite: BetterSqlite3.Database): Promise<string[]> => {
  // It allows no second connection.
  if (file === ':memory:') return damageIn(sqlite);
  const thread = new Worker(new URL('./damage-thread.ts', import.meta.url), { workerData: file });
  const [faults] = await once(thread, 'message');
  return faults as string[];
};

/** Reads a file in a thread, because a large one takes seconds. */
export const readDamage = async (file: string, sqlite: BetterSqlite3.Database): Promise<HealthFailure | undefined> => {
  const [fault, ...others] = await readFaults(file, sqlite);
  if (fault === undefined) return undefined;
  const more = others.length > 0 ? ` and ${countOf(others.length, 'other fault')}` : '';
  return { reason: `${databaseDamaged.what} (${file}: ${fault}${more})`, fix: databaseDamaged.fix };
};
