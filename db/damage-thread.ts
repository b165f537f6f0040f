import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type BetterSqlite3 from 'better-sqlite3';
import { damageIn } from './damage.ts';

const openSqlite: typeof BetterSqlite3 = createRequire(import.meta.url)('better-sqlite3');

const sqlite = openSqlite(workerData as string, { readonly: true, fileMustExist: true });
const damage = damageIn(sqlite);
// First, because the last connection to close writes the log back into the database, and this one cannot write.
sqlite.close();
parentPort?.postMessage(damage);
