import type { DatabaseSize } from '../../src/core/stores.ts';
import { recentDates, yearBytesOf } from '../rules/growth.ts';
import type { Sqlite } from './driver.ts';

const number = (sqlite: Sqlite, query: string): number => Number(sqlite.prepare(query).pluck().get());

/** The size of a database, and what it grows in a year if the last announcements are typical. */
export const readSize = (sqlite: Sqlite): DatabaseSize => {
  const pageBytes = number(sqlite, 'PRAGMA page_size');
  const freePages = number(sqlite, 'PRAGMA freelist_count');
  const bytes = pageBytes * number(sqlite, 'PRAGMA page_count');
  const freeBytes = pageBytes * freePages;
  const papers = number(sqlite, 'SELECT count(*) FROM papers');
  const newest = `SELECT DISTINCT date FROM announcements ORDER BY date DESC LIMIT ${recentDates}`;
  const dates = number(sqlite, `SELECT count(*) FROM (${newest})`);
  const recent = number(
    sqlite,
    `SELECT count(*) FROM (SELECT DISTINCT paper_id, version FROM announced_papers WHERE date IN (${newest}))`,
  );
  return { bytes, freeBytes, yearBytes: yearBytesOf({ bytes: bytes - freeBytes, papers, dates, recent }) };
};
