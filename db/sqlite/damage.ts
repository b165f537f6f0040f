import { fileURLToPath } from 'node:url';
import type BetterSqlite3 from 'better-sqlite3';
import { databaseDamaged, errorText } from '../../src/core/errors.ts';
import type { HealthFailure } from '../../src/core/health.ts';
import { countOf } from '../../src/core/paper.ts';
import { answerOf } from './in-process.ts';

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

/** Reads a file in a process of its own, because a large one takes a minute. */
export const readDamage = async (
  file: string,
  sqlite: BetterSqlite3.Database,
  signal?: AbortSignal,
): Promise<HealthFailure | undefined> => {
  // A database in memory allows no second connection.
  const [fault, ...others] =
    file === ':memory:' ? damageIn(sqlite) : await answerOf<string[]>(program, [file], 'reads the database', signal);
  if (fault === undefined) return undefined;
  const more = others.length > 0 ? ` and ${countOf(others.length, 'other fault')}` : '';
  return { reason: `${databaseDamaged.what} (${file}: ${fault}${more})`, fix: databaseDamaged.fix };
};
