import type { AnnouncementSource } from '../core/arxiv.ts';
import type { Clock } from '../core/clock.ts';
import type { Services } from '../core/services.ts';
import { type ArxivClientDependencies, type ArxivPriority, createArxivClient, withPriority } from './client.ts';
import { createFullTextReader, type FullTextReader } from './fulltext.ts';
import { createPaperFinder, type PaperFinderParts } from './papers.ts';
import { searchPapers } from './search.ts';
import { createArxivSource } from './source.ts';

type ArxivParts = ArxivClientDependencies & {
  urls: { rssUrl: string; webUrl: string; apiUrl: string };
  announcements: PaperFinderParts['announcements'];
  clock: Clock;
};

/** What reads arXiv, all through one queue. */
export const createArxiv = (parts: ArxivParts) => {
  const { urls, announcements, clock, logger } = parts;
  const client = createArxivClient(parts);
  const forPeople = withPriority(client, 'command');
  return {
    source: (priority: ArxivPriority): AnnouncementSource =>
      createArxivSource({ ...urls, client: withPriority(client, priority), logger }),
    papers: createPaperFinder({
      client: forPeople,
      apiUrl: urls.apiUrl,
      announcements,
      clock,
    }) satisfies Services['papers'],
    search: (terms: readonly string[], signal: AbortSignal) =>
      searchPapers({ client: forPeople, apiUrl: urls.apiUrl }, terms, signal),
    fullText: createFullTextReader({ client: forPeople, webUrl: urls.webUrl }) satisfies FullTextReader,
  };
};

export type Arxiv = ReturnType<typeof createArxiv>;
