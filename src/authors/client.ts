import type { AuthorCandidate, IndexedAuthor } from '../core/author.ts';
import { parseBatch, parseSearch } from './answers.ts';
import { type ConnectionOptions, createConnection, type Patience } from './connection.ts';

/** Ids in one call of `/paper/batch`, https://api.semanticscholar.org/api-docs/graph. */
export const batchSize = 500;

/** Semantic Scholar's Academic Graph, as far as authors go. Each call may lose as much time as it is given patience. */
export type ScholarClient = {
  /**
   * @param paperIds at most 500 bare arXiv ids
   * @returns the authors of each paper in the order of the ids, undefined where it is not known
   * @throws ExternalError when no sound answer could be had; the reason of `signal` when aborted.
   */
  authorsOf(
    paperIds: readonly string[],
    patience: Patience,
    signal?: AbortSignal,
  ): Promise<(readonly IndexedAuthor[] | undefined)[]>;
  /**
   * The hundred likeliest that a name may mean.
   * @throws ExternalError when no sound answer could be had; the reason of `signal` when aborted.
   */
  search(name: string, patience: Patience, signal?: AbortSignal): Promise<AuthorCandidate[]>;
};

/** Make one a process: it keeps the distance between requests. @throws UserError where the key cannot be sent. */
export const createScholarClient = (options: ConnectionOptions): ScholarClient => {
  const connection = createConnection(options);

  const searchFor = (query: string, patience: Patience, signal?: AbortSignal) =>
    connection.ask({
      path: `/graph/v1/author/search?query=${encodeURIComponent(query)}&fields=name,hIndex,paperCount`,
      parse: parseSearch,
      ...{ patience, signal },
    });

  return {
    authorsOf: (paperIds, patience, signal) =>
      connection.ask({
        path: '/graph/v1/paper/batch?fields=authors.name,authors.hIndex',
        body: { ids: paperIds.map((id) => `ARXIV:${id}`) },
        parse: (body) => parseBatch(body, paperIds.length),
        // So it answers where it knows none of the papers, as on the morning of their announcement.
        parseRefusal: (status, body) =>
          status === 400 && /no valid paper ids/i.test(body) ? paperIds.map(() => undefined) : undefined,
        ...{ patience, signal },
      }),

    search: async (name, patience, signal) => {
      const found = await searchFor(name, patience, signal);
      // "Hyphenated query terms yield no matches (replace it with space to find matches)", say its API docs.
      const spaced = name.replaceAll(/\p{Pd}/gu, ' ');
      return found.length > 0 || spaced === name ? found : searchFor(spaced, patience, signal);
    },
  };
};
