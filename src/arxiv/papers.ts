import { ExternalError, UserError } from '../core/errors.ts';
import type { Paper } from '../core/paper.ts';
import type { AnnouncementStore } from '../core/stores.ts';
import { parseAtom } from './atom.ts';
import type { ArxivClient } from './client.ts';

export type PaperFinderParts = {
  client: ArxivClient;
  /** Base of the query API, such as `https://export.arxiv.org`. */
  apiUrl: string;
  announcements: Pick<AnnouncementStore, 'paper' | 'savePapers'>;
};

const accept = 'application/atom+xml,application/xml;q=0.9,text/xml;q=0.8';

/** The query API has been seen to find nothing where there is something; somebody waits, so it is asked just twice. */
const looksAtNothing = 2;

/** The versions of a paper are one paper: a request for a version would store an old one. */
const bareId = (id: string): string => id.trim().replace(/v\d+$/, '');

/** What arXiv's query API answers about an id; undefined where it knows no such paper. */
const readPaper = async (
  { client, apiUrl }: PaperFinderParts,
  id: string,
  signal: AbortSignal,
): Promise<Paper | undefined> => {
  const address = `${apiUrl.replace(/\/+$/, '')}/api/query?${new URLSearchParams({ id_list: id, max_results: '1' })}`;
  // An id of a wrong form is answered by a feed that holds an error; asking again would not help.
  const parse = (xml: string): Paper | undefined =>
    xml.includes('/api/errors') ? undefined : parseAtom(xml).papers.find(({ paper }) => paper.id === id)?.paper;
  try {
    for (let look = 1; look <= looksAtNothing; look += 1) {
      const found = await client.get(address, { accept, signal, parse });
      if (found) return found;
    }
    return undefined;
  } catch (error) {
    if (error instanceof ExternalError && (error.status === 400 || error.status === 404)) return undefined;
    throw error;
  }
};

/**
 * Finds papers by id: a stored one in its newest stored version, any other at arXiv, and stores it.
 * https://info.arxiv.org/help/api/user-manual.html#search_query_and_id_list
 */
export const createPaperFinder = (parts: PaperFinderParts) => ({
  /** @throws UserError where arXiv knows no such paper, ExternalError where it cannot be asked. */
  async find(asked: string, signal: AbortSignal): Promise<Paper> {
    const id = bareId(asked);
    const stored = await parts.announcements.paper(id);
    if (stored) return stored;
    const found = await readPaper(parts, id, signal);
    if (!found) throw new UserError(`arXiv has no paper ${id}; check the id.`);
    await parts.announcements.savePapers([found]);
    return found;
  },
});
