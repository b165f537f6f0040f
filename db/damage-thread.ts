import { parentPort, workerData } from 'node:worker_threads';
import { damageIn } from './damage.ts';
import { openSqlite } from './sqlite.ts';

const sqlite = openSqlite(workerData as string, { readonly: true, fileMustExist: true });
const damage = damageIn(sqlite);
// First, because the last connection to close writes the log back into the database, and this one cannot write.
sqlite.close();
parentPort?.postMessage(damage);
