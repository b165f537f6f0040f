import { setImmediate as nextTurn } from 'node:timers/promises';
import type BetterSqlite3 from 'better-sqlite3';
import { withPlainLetters } from '../../../src/core/folding.ts';
import { onceFree } from '../faults.ts';
import { createIndexWriter, type IndexedText } from './index-writer.ts';

/** Version of the index. Raise it if what `createIndexWriter` writes or the letters of `src/core/folding.ts` change. */
const foldingVersion = 1;

/** Papers per step. A step takes a few milliseconds, between which the event loop does other work. */
const stepSize = 100;

type Row = IndexedText & { searchId: number };

/**
 * Writes the papers of an older database into the full-text index again, if they have letters that the index had not
 * made plain. `PRAGMA user_version` is the version of the whole index, so this happens once. If it is interrupted, the
 * next start begins again.
 */
export const createRefolding = (sqlite: BetterSqlite3.Database) => {
  let isStopped = false;
  let running: Promise<void> | undefined;

  const isDone = (): boolean => Number(sqlite.pragma('user_version', { simple: true })) >= foldingVersion;

  const refold = async (): Promise<void> => {
    if (isDone()) return;
    const read = sqlite.prepare<[number, number], Row>(
      `SELECT s.search_id AS searchId, p.title, p.abstract, p.authors, coalesce(p.comments, '') AS comments
      FROM searched_papers s JOIN papers p ON p.id = s.paper_id AND p.version = s.version
      WHERE s.search_id > ? ORDER BY s.search_id LIMIT ?`,
    );
    const index = createIndexWriter(sqlite);
    // Reads within the transaction, so that it never writes an older text than another process has stored.
    const step = sqlite.transaction((after: number): number | undefined => {
      const rows = read.all(after, stepSize);
      for (const { searchId, ...text } of rows)
        if (Object.values(text).some((field) => withPlainLetters(field) !== field)) index.rewrite(searchId, text);
      const last = rows.at(-1)?.searchId;
      if (last === undefined) sqlite.pragma(`user_version = ${foldingVersion}`);
      return last;
    });
    let last: number | undefined = 0;
    while (last !== undefined) {
      await nextTurn();
      if (isStopped) return;
      const after: number = last;
      last = await onceFree(() => step.immediate(after));
    }
  };

  return {
    /** Resolves when the whole index is up to date. If it fails, the next call tries again. */
    done: (): Promise<void> => {
      running ??= refold().catch((error: unknown) => {
        running = undefined;
        throw error;
      });
      return running;
    },
    stop: (): void => {
      isStopped = true;
    },
  };
};
