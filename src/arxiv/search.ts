import type { Paper } from '../core/paper.ts';
import { parseAtom } from './atom.ts';
import type { ArxivClient } from './client.ts';

const accept = 'application/atom+xml,application/xml;q=0.9,text/xml;q=0.8';

const maxFound = 100;

/**
 * The papers that arXiv finds for any of these terms, best first. @throws ExternalError
 * https://info.arxiv.org/help/api/user-manual.html#query_details
 */
export const searchPapers = async (
  { client, apiUrl }: { client: ArxivClient; apiUrl: string },
  terms: readonly string[],
  signal: AbortSignal,
): Promise<Paper[]> => {
  const query = terms.map((term) => `all:"${term.replaceAll('"', '')}"`).join(' OR ');
  const parameters = new URLSearchParams({ search_query: query, sortBy: 'relevance', max_results: String(maxFound) });
  return client.get(`${apiUrl.replace(/\/+$/, '')}/api/query?${parameters}`, {
    accept,
    signal,
    parse: (xml) => parseAtom(xml).papers.map(({ paper }) => paper),
  });
};
