import type BetterSqlite3 from 'better-sqlite3';
import { isSamplePaper, type Paper } from '../../src/core/paper.ts';

type Text = { id: string; version: number; title: string; abstract: string; authors: string; comments: string };

type Indexed = Text & { searchId: number };

const isSame = (a: Text, b: Text): boolean =>
  a.version === b.version &&
  a.title === b.title &&
  a.abstract === b.abstract &&
  a.authors === b.authors &&
  a.comments === b.comments;

/**
 * Updates the full-text index as papers are stored, in the caller's transaction. The index holds the newest version of
 * each paper, without sample papers.
 */
export const createIndexing = (sqlite: BetterSqlite3.Database) => {
  const indexed = sqlite.prepare<[string], Indexed>(
    `SELECT s.search_id AS searchId, p.id, p.version, p.title, p.abstract, p.authors, coalesce(p.comments, '') AS comments
    FROM json_each(?) j
    JOIN searched_papers s ON s.paper_id = j.value
    JOIN papers p ON p.id = s.paper_id AND p.version = s.version`,
  );
  // SQLite takes the other columns from the row of the max().
  const stored = sqlite.prepare<[string], Text & { position: number }>(
    `SELECT min(j.key) AS position, p.id, max(p.version) AS version, p.title, p.abstract, p.authors, coalesce(p.comments, '') AS comments
    FROM json_each(?) j
    JOIN papers p ON p.id = j.value
    GROUP BY p.id ORDER BY position`,
  );
  const number = sqlite.prepare<[string, number]>('INSERT INTO searched_papers (paper_id, version) VALUES (?, ?)');
  const renumber = sqlite.prepare<[number, number]>('UPDATE searched_papers SET version = ? WHERE search_id = ?');
  const remove = sqlite.prepare<[number]>('DELETE FROM papers_fts WHERE rowid = ?');
  const insert = sqlite.prepare<[number | bigint, string, string, string, string]>(
    'INSERT INTO papers_fts (rowid, title, abstract, authors, comments) VALUES (?, ?, ?, ?, ?)',
  );
  const write = (searchId: number | bigint, { title, abstract, authors, comments }: Text): void => {
    insert.run(searchId, title, abstract, authors, comments);
  };

  return (papers: readonly Paper[], save: () => void): void => {
    const ids = JSON.stringify([...new Set(papers.filter((paper) => !isSamplePaper(paper)).map(({ id }) => id))]);
    const before = new Map(indexed.all(ids).map((one) => [one.id, one]));
    save();
    const fresh: Text[] = [];
    const changed: Indexed[] = [];
    for (const paper of stored.all(ids)) {
      const there = before.get(paper.id);
      if (!there) fresh.push(paper);
      else if (!isSame(there, paper)) changed.push({ ...paper, searchId: there.searchId });
    }
    // In order of id, because FTS5 flushes its buffer whenever an id is lower than the last.
    for (const paper of changed.sort((a, b) => a.searchId - b.searchId)) {
      remove.run(paper.searchId);
      write(paper.searchId, paper);
      renumber.run(paper.version, paper.searchId);
    }
    for (const paper of fresh) write(number.run(paper.id, paper.version).lastInsertRowid, paper);
  };
};
