import { openPool } from '../postgres/client.ts';
import { storageFailure } from '../postgres/faults.ts';
import { migrate } from '../postgres/migrate.ts';
import { openSource, type Source, type SourceTable } from './source.ts';
import { copiedTables } from './tables.ts';
import { beginOrContinue, claim, copyForgotten, copyRows, indexRows, setSequences, verify } from './target.ts';

export type CopyRequest = {
  /** A SQLite database. */
  file: string;
  /** A Postgres database. */
  url: string;
  /** Whether the owner of a lease is a process that has ended. */
  isDead(owner: string): boolean;
  /** Called as rows are copied. */
  onProgress(table: string, copied: number, rows: number): void | Promise<void>;
  signal: AbortSignal;
};

export type CopiedRows = Pick<SourceTable, 'name' | 'rows' | 'checksum'>;

/** `wasWhole` is true if an earlier call had already copied everything. */
export type Copied = { tables: readonly CopiedRows[]; forgotten: number; wasWhole: boolean };

const copy = async (source: Source, { url, onProgress, signal }: CopyRequest): Promise<Copied> => {
  const pool = openPool(url);
  let end: (() => void) | undefined;
  try {
    end = await claim(pool);
    await migrate(pool, { isCopying: true });
    const steps = await beginOrContinue(pool, source);
    const all = [...source.tables, source.index];
    const wasWhole = all.every(({ name }) => steps.get(name)?.isWhole);
    if (!wasWhole) {
      for (const table of all) {
        const passed = steps.get(table.name)?.copied ?? 0;
        const copying =
          table === source.index ? indexRows(pool, source, passed) : copyRows(pool, source, table, passed);
        for await (const copied of copying) {
          await onProgress(table.name, copied, table.rows);
          signal.throwIfAborted();
        }
      }
      await setSequences(pool, source);
      await copyForgotten(pool, source);
      for (const table of all) {
        signal.throwIfAborted();
        await verify(pool, table);
      }
    }
    return {
      tables: all.map(({ name, rows, checksum }) => ({ name, rows, checksum })),
      forgotten: source.forgotten.length,
      wasWhole,
    };
  } catch (error) {
    throw storageFailure(error);
  } finally {
    end?.();
    await pool.end();
  }
};

/**
 * Copies a SQLite database into an empty Postgres database, which nothing can use until it is whole. The source is not
 * changed. If the copy is interrupted, the next call continues it.
 * @returns what is there now, and is the same in both.
 * @throws UserError if the source is in use or unreadable, or the target has other data or cannot be reached.
 */
export const copyToPostgres = async (request: CopyRequest): Promise<Copied> => {
  const source = await openSource(request.file, copiedTables(), request.isDead, request.signal);
  try {
    return await copy(source, request);
  } finally {
    source.close();
  }
};
