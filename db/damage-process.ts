import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { damageIn } from './damage.ts';

// A program that reads one database and exits.

const openSqlite: typeof BetterSqlite3 = createRequire(import.meta.url)('better-sqlite3');

const [, , file = ''] = process.argv;
const sqlite = openSqlite(file, { readonly: true, fileMustExist: true });
const damage = damageIn(sqlite);
// First, because the last connection to close writes the log back into the database, and this one cannot write.
sqlite.close();
process.send?.(damage, undefined, {}, () => process.disconnect());
