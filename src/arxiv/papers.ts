import type { Person } from '../core/addresses.ts';
import type { Clock } from '../core/clock.ts';
import { ExternalError, UserError } from '../core/errors.ts';
import type { Paper } from '../core/paper.ts';
import type { Services } from '../core/services.ts';
import type { AnnouncementStore } from '../core/stores.ts';
import { parseAtom } from './atom.ts';
import type { ArxivClient } from './client.ts';

export type PaperFinderParts = {
  client: ArxivClient;
  apiUrl: string;
  announcements: Pick<AnnouncementStore, 'paper' | 'savePapers'>;
  clock: Pick<Clock, 'monotonic'>;
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

/** Milliseconds for which an id that arXiv does not know is not requested again. A new paper takes hours to appear. */
const unknownMs = 30 * 60_000;
const maxUnknown = 1_000;

/** Papers that wait for arXiv, which answers a request every three seconds: of one person, and of everybody. */
const maxWaiting = { person: 5, all: 30 };

/** Ids that arXiv does not know, for a while. */
const createUnknown = (clock: Pick<Clock, 'monotonic'>) => {
  const until = new Map<string, number>();
  return {
    has: (id: string): boolean => (until.get(id) ?? 0) > clock.monotonic(),
    add(id: string): void {
      // Moves it to the end. The first entry is the oldest.
      until.delete(id);
      until.set(id, clock.monotonic() + unknownMs);
      const [oldest] = until.keys();
      if (until.size > maxUnknown && oldest !== undefined) until.delete(oldest);
    },
  };
};

/** Counts the papers that wait. @throws UserError if they are too many. */
const createWaiting = () => {
  const people: (Person | undefined)[] = [];
  return async <T>(by: Person | undefined, work: () => Promise<T>): Promise<T> => {
    const own = by === undefined ? 0 : people.filter((one) => one === by).length;
    if (own >= maxWaiting.person)
      throw new UserError(
        `${own} papers that you asked for are still on their way from arXiv, which answers slowly. Try again in a minute.`,
      );
    if (people.length >= maxWaiting.all)
      throw new UserError('Many papers are on their way from arXiv, which answers slowly. Try again in a few minutes.');
    people.push(by);
    try {
      return await work();
    } finally {
      people.splice(people.indexOf(by), 1);
    }
  };
};

/**
 * Finds papers by id, first in the store (newest stored version), then on arXiv. Papers from arXiv are stored.
 * https://info.arxiv.org/help/api/user-manual.html#search_query_and_id_list
 */
export const createPaperFinder = (parts: PaperFinderParts): Services['papers'] => {
  const unknown = createUnknown(parts.clock);
  const waiting = createWaiting();
  const requested = new Map<string, Promise<Paper | undefined>>();

  /** Several people may want the same paper. */
  const request = (id: string, signal: AbortSignal): Promise<Paper | undefined> => {
    const reading = requested.get(id) ?? readPaper(parts, id, signal).finally(() => requested.delete(id));
    requested.set(id, reading);
    return reading;
  };

  return {
    async find(written, signal, by) {
      const id = bareId(written);
      const stored = await parts.announcements.paper(id);
      if (stored) return stored;
      const found = unknown.has(id) ? undefined : await waiting(by, () => request(id, signal));
      if (!found) {
        if (!unknown.has(id)) unknown.add(id);
        throw new UserError(`arXiv has no paper ${id}. Check the id.`);
      }
      await parts.announcements.savePapers([found]);
      return found;
    },
  };
};
