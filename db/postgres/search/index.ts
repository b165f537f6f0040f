import { ExternalError } from '../../../src/core/errors.ts';
import type { SearchStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import type { Archive } from '../../search/archive.ts';
import { createSearchEngine, readQuery } from '../../search/engine.ts';
import { readName } from '../../search/terms.ts';
import { type Database, readWithin } from '../client.ts';
import { codesOf } from '../faults.ts';
import { openArchive } from './archive.ts';

const { sql } = orm;

const defaultTimeoutMs = 3_000;

/**
 * For the list of papers that have a word. With less, Postgres notes pages instead of papers and has to read every paper
 * on them.
 */
const workMemory = '32MB';

const canceled = '57014';

/**
 * Postgres finds the papers. This process ranks the best few hundred and marks the hits, a few papers at a time so that
 * its other work goes on.
 * @param options `timeoutMs` is for each of the search's statements.
 */
export const createSearchStore = (db: Database, { timeoutMs = defaultTimeoutMs } = {}): SearchStore => {
  const engine = createSearchEngine();

  const search = async <T>(work: (archive: Archive) => Promise<T>): Promise<T> => {
    try {
      return await readWithin(db, async (tx) => {
        await tx.execute(
          sql`SELECT set_config('statement_timeout', ${String(timeoutMs)}, true), set_config('work_mem', ${workMemory}, true)`,
        );
        return work(openArchive(tx));
      });
    } catch (error) {
      if (!codesOf(error).includes(canceled)) throw error;
      throw new ExternalError({
        service: 'The search',
        message: `The search took longer than ${timeoutMs / 1_000} seconds. Try more words, or rarer ones.`,
        retryable: false,
        cause: error,
      });
    }
  };

  return {
    async search(query) {
      const read = readQuery(query);
      return search((archive) => engine.search(archive, read));
    },

    similar: (paper, limit) => search((archive) => engine.similar(archive, paper, limit)),

    async byAuthor(name, limit) {
      const author = readName(name);
      return search((archive) => engine.byAuthor(archive, author, limit));
    },
  };
};
