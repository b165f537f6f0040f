import { damageIn } from './damage.ts';
import { openSqlite } from './driver.ts';

// A program that reads one database and exits.

const [, , file = ''] = process.argv;
const sqlite = openSqlite(file, { readonly: true, fileMustExist: true });
const damage = damageIn(sqlite);
// First, because the last connection to close writes the log back into the database, and this one cannot write.
sqlite.close();
process.send?.(damage, undefined, {}, () => process.disconnect());
