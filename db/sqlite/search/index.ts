import type BetterSqlite3 from 'better-sqlite3';
import type { Paper } from '../../../src/core/paper.ts';
import type { SearchHit, SearchResult, SearchStore } from '../../../src/core/stores.ts';
import { createSearchEngine, readQuery } from '../../search/engine.ts';
import { readName } from '../../search/terms.ts';
import { storageFailure } from '../faults.ts';
import { openArchive } from './archive.ts';
import { createRefolding } from './refold.ts';
import { answer, type SearchRequest } from './requests.ts';
import { createSearchThread } from './thread.ts';

/**
 * Searches a file in a thread with its own connection. `:memory:` allows no second connection, so searches use the
 * first.
 */
export const createSearchStore = (
  file: string,
  sqlite: BetterSqlite3.Database,
): { store: SearchStore; close(): void } => {
  const refolding = createRefolding(sqlite);
  // A search shows why it failed.
  void refolding.done().catch(() => undefined);
  const thread = file === ':memory:' ? undefined : createSearchThread(file);
  const engine = createSearchEngine();
  const archive = thread ? undefined : openArchive(sqlite);

  const ask = async (request: SearchRequest): Promise<unknown> => {
    await refolding.done().catch((error: unknown) => Promise.reject(storageFailure(error, file)));
    return archive ? answer(engine, archive, request) : thread?.ask(request);
  };

  const store: SearchStore = {
    async search(query) {
      return (await ask({ method: 'search', args: [readQuery(query)] })) as SearchResult;
    },

    async similar(paper, limit) {
      return (await ask({ method: 'similar', args: [paper, limit] })) as SearchHit[];
    },

    async byAuthor(name, limit) {
      return (await ask({ method: 'byAuthor', args: [readName(name), limit] })) as Paper[];
    },
  };
  const close = (): void => {
    refolding.stop();
    thread?.close();
  };
  return { store, close };
};
