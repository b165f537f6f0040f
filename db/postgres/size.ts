import type { DatabaseSize } from '../../src/core/stores.ts';
import { orm } from '../drizzle.ts';
import { recentDates, yearBytesOf } from '../rules/growth.ts';
import type { Database } from './client.ts';

const { sql } = orm;

/** The size of the database with its indices. Postgres does not say how much of it is free without reading all of it. */
export const readSize = async (db: Database): Promise<DatabaseSize> => {
  const { rows } = await db.execute<{ bytes: number; papers: number; dates: number; recent: number }>(sql`
    WITH newest AS MATERIALIZED (SELECT DISTINCT date FROM announcements ORDER BY date DESC LIMIT ${recentDates})
    SELECT
      pg_database_size(current_database()) AS bytes,
      (SELECT count(*) FROM papers) AS papers,
      (SELECT count(*) FROM newest) AS dates,
      (SELECT count(*) FROM (
        SELECT DISTINCT paper_id, version FROM announced_papers WHERE date IN (SELECT date FROM newest)
      ) recent) AS recent`);
  const { bytes, ...stored } = rows[0] ?? { bytes: 0, papers: 0, dates: 0, recent: 0 };
  return { bytes, freeBytes: 0, yearBytes: yearBytesOf({ bytes, ...stored }) };
};
