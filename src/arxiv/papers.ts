import { ExternalError, UserError } from '../core/errors.ts';
import type { Paper } from '../core/paper.ts';
import type { AnnouncementStore } from '../core/stores.ts';
import { parseAtom } from './atom.ts';
import type { ArxivClient } from './client.ts';

export type PaperFinderParts = {
  client: ArxivClient;
  apiUrl: string;
  announcements: Pick<AnnouncementStore, 'paper' | 'savePapers'>;
};

const accept = 'application/atom+xml,application/xml;q=0.9,text/xml;q=0.8';

/**
 * The query API sometimes finds nothing although the paper exists. It is tried only twice, because somebody is waiting.
 */
const maxEmptyAnswers = 2;

/** Removes the version, because fetching a version would store an old one. */
const bareId = (id: string): string => id.trim().replace(/v\d+$/, '');

const readPaper = async (
  { client, apiUrl }: PaperFinderParts,
  id: string,
  signal: AbortSignal,
): Promise<Paper | undefined> => {
  const address = `${apiUrl.replace(/\/+$/, '')}/api/query?${new URLSearchParams({ id_list: id, max_results: '1' })}`;
  // For a malformed id, the feed contains an error. A retry would not help.
  const parse = (xml: string): Paper | undefined =>
    xml.includes('/api/errors') ? undefined : parseAtom(xml).papers.find(({ paper }) => paper.id === id)?.paper;
  try {
    for (let empty = 0; empty < maxEmptyAnswers; empty += 1) {
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
 * Finds papers by id, first in the store (newest stored version), then on arXiv. Papers from arXiv are stored.
 * https://info.arxiv.org/help/api/user-manual.html#search_query_and_id_list
 */
export const createPaperFinder = (parts: PaperFinderParts) => ({
  async find(requested: string, signal: AbortSignal): Promise<Paper> {
    const id = bareId(requested);
    const stored = await parts.announcements.paper(id);
    if (stored) return stored;
    const found = await readPaper(parts, id, signal);
    if (!found) throw new UserError(`arXiv has no paper ${id}. Check the id.`);
    await parts.announcements.savePapers([found]);
    return found;
  },
});
