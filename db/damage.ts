import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type BetterSqlite3 from 'better-sqlite3';

const maxFaults = 10;

/** What `PRAGMA quick_check` finds: https://www.sqlite.org/pragma.html#pragma_quick_check */
export const damageIn = (sqlite: BetterSqlite3.Database): string[] => {
  try {
    const rows = sqlite.pragma(`quick_check(${maxFaults})`) as { quick_check: string }[];
    return rows.map(({ quick_check: fault }) => fault).filter((fault) => fault !== 'ok');
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
};

/** In a thread, because reading a large file takes seconds. `:memory:` allows no second connection. */
export const readDamage = async (file: string, sqlite: BetterSqlite3.Database): Promise<string[]> => {
  if (file === ':memory:') return damageIn(sqlite);
  const thread = new Worker(new URL('./damage-thread.ts', import.meta.url), { workerData: file });
  const [damage] = await once(thread, 'message');
  return damage as string[];
};
