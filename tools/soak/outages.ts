import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

const openSqlite: typeof BetterSqlite3 = createRequire(import.meta.url)('better-sqlite3');

const prefix = 'soak_outage';

/** Makes a database refuse every change, as on a full disk, or accept changes again. */
export const setReadOnly = (file: string, isReadOnly: boolean): void => {
  const sqlite = openSqlite(file);
  try {
    const names = (sql: string): string[] => sqlite.prepare(sql).pluck().all() as string[];
    if (!isReadOnly) {
      for (const name of names(`SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '${prefix}%'`))
        sqlite.exec(`DROP TRIGGER "${name}"`);
      return;
    }
    // Shadow tables of virtual tables accept no triggers.
    for (const table of names("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main'"))
      for (const verb of table.startsWith('sqlite_') ? [] : ['INSERT', 'UPDATE', 'DELETE'])
        sqlite.exec(
          `CREATE TRIGGER "${prefix}_${table}_${verb}" BEFORE ${verb} ON "${table}" BEGIN SELECT RAISE(FAIL, 'the disk is full'); END`,
        );
  } finally {
    sqlite.close();
  }
};
