import { orm } from '../drizzle.ts';

/** Milliseconds since 1970 by the clock of the server, which all processes share. */
export const serverNow = orm.sql`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;
