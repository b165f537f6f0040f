import type { Paper } from '../../../src/core/paper.ts';
import type { Archive } from '../../search/archive.ts';
import type { ReadQuery, SearchEngine } from '../../search/engine.ts';
import type { NameParts } from '../../search/terms.ts';

/** What the search thread is asked. */
export type SearchRequest =
  | { method: 'search'; args: [query: ReadQuery] }
  | { method: 'similar'; args: [paper: Paper, limit: number] }
  | { method: 'byAuthor'; args: [author: NameParts, limit: number] };

export const answer = (engine: SearchEngine, archive: Archive, request: SearchRequest): Promise<unknown> => {
  if (request.method === 'search') return engine.search(archive, ...request.args);
  if (request.method === 'similar') return engine.similar(archive, ...request.args);
  return engine.byAuthor(archive, ...request.args);
};
