import type BetterSqlite3 from 'better-sqlite3';
import type { Paper } from '../../../src/core/paper.ts';
import type { SearchHit, SearchResult, SearchStore } from '../../../src/core/stores.ts';
import { storageFailure } from '../faults.ts';
import { answer, createSearchEngine, type ReadQuery, type SearchEngine, type SearchRequest } from './engine.ts';
import { createRefolding } from './refold.ts';
import { readName, readTerms } from './terms.ts';
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
  let engine: SearchEngine | undefined;

  const ask = async (request: SearchRequest): Promise<unknown> => {
    await refolding.done().catch((error: unknown) => Promise.reject(storageFailure(error, file)));
    if (thread) return thread.ask(request);
    engine ??= createSearchEngine(sqlite);
    return answer(engine, request);
  };

  const store: SearchStore = {
    async search({ words, author, ...rest }) {
      const named = author?.trim() ? readName(author) : undefined;
      // An author's name is enough for a search.
      const query: ReadQuery = { ...rest, terms: named && !words.trim() ? [] : readTerms(words), author: named };
      return (await ask({ method: 'search', args: [query] })) as SearchResult;
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
