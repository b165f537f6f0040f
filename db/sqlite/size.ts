import type { DatabaseSize } from '../../src/core/stores.ts';
import type { Sqlite } from './driver.ts';

/** With fewer, the estimate would be far off. */
const minPapers = 1_000;
const minDates = 5;
/** About four weeks. */
const recentDates = 20;
/** Mailings of arXiv: five a week without holidays. */
const datesPerYear = 250;

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
  if (papers < minPapers || dates < minDates) return { bytes, freeBytes, yearBytes: undefined };
  const recent = number(
    sqlite,
    `SELECT count(*) FROM (SELECT DISTINCT paper_id, version FROM announced_papers WHERE date IN (${newest}))`,
  );
  return { bytes, freeBytes, yearBytes: ((bytes - freeBytes) / papers) * (recent / dates) * datesPerYear };
};
