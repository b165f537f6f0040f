import type BetterSqlite3 from 'better-sqlite3';
import { withPlainLetters } from '../../../src/core/folding.ts';

/** The fields of a paper as the index reads them; `authors` as JSON. */
export type IndexedText = { title: string; abstract: string; authors: string; comments: string };

/**
 * Writes to the full-text index. FTS5's tokenizer removes accents, but it keeps letters such as `ł`, so the index gets
 * them as plain letters. The index stores no text, so nothing shows the difference.
 */
export const createIndexWriter = (sqlite: BetterSqlite3.Database) => {
  const remove = sqlite.prepare<[number]>('DELETE FROM papers_fts WHERE rowid = ?');
  const insert = sqlite.prepare<[number | bigint, string, string, string, string]>(
    'INSERT INTO papers_fts (rowid, title, abstract, authors, comments) VALUES (?, ?, ?, ?, ?)',
  );
  const write = (searchId: number | bigint, { title, abstract, authors, comments }: IndexedText): void => {
    const [plainTitle, plainAbstract, plainAuthors, plainComments] = [title, abstract, authors, comments].map(
      withPlainLetters,
    ) as [string, string, string, string];
    insert.run(searchId, plainTitle, plainAbstract, plainAuthors, plainComments);
  };
  return {
    write,
    rewrite: (searchId: number, text: IndexedText): void => {
      remove.run(searchId);
      write(searchId, text);
    },
  };
};
