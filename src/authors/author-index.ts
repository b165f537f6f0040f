import { type AuthorCandidate, type AuthorIndex, type IndexedAuthor, nameKey } from '../core/author.ts';
import type { Clock } from '../core/clock.ts';
import { ExternalError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { AuthorStore, StoredAuthors } from '../core/stores.ts';
import { batchSize, type ScholarClient } from './client.ts';
import type { Patience } from './connection.ts';

const hourMs = 3_600_000;

/** Maximum age of a stored response. An unknown paper is looked up again the next day. */
const oldestMs = { known: 30 * 24 * hourMs, unknown: 20 * hourMs, candidates: 30 * 24 * hourMs };

/**
 * Milliseconds that a call may lose to failures. `fresh` exceeds a minute, a common Retry-After. `weary` applies
 * after a failed call and is shorter, because a run makes one call for each followed name.
 */
const patienceMs = { fresh: 75_000, weary: 10_000 };
const wearyForMs = 300_000;

const meantForAll = new Set([401, 403, 404, 429]);

/**
 * True if the next batch may succeed. A single paper can cause a server error, an unreadable response or a 400
 * (allenai/s2-folks#103). If the service is unreachable or refuses requests, sending more does not help.
 */
const mayBeAboutBatch = ({ status }: ExternalError): boolean => status !== undefined && !meantForAll.has(status);

type AuthorIndexParts = {
  client: ScholarClient;
  store: AuthorStore;
  clock: Pick<Clock, 'now' | 'monotonic'>;
  logger: Logger;
};

type Answers = Map<string, readonly IndexedAuthor[] | undefined>;

/** Reads Semantic Scholar through the store. Uses a stored response if it is recent enough or the remote fails. */
export const createAuthorIndex = ({ client, store, clock, logger }: AuthorIndexParts): AuthorIndex => {
  let wearyUntil = Number.NEGATIVE_INFINITY;

  const patience = (): Patience => ({
    leftMs: clock.monotonic() < wearyUntil ? patienceMs.weary : patienceMs.fresh,
  });

  const failed = (error: unknown, signal: AbortSignal | undefined): ExternalError => {
    signal?.throwIfAborted();
    if (!(error instanceof ExternalError)) throw error;
    wearyUntil = clock.monotonic() + wearyForMs;
    logger.warn({ status: error.status, error: error.message }, 'cannot look up authors');
    return error;
  };

  // After a replay, a row may have been stored at a later simulated time.
  const isYoung = (at: string, maximum: number): boolean => Math.abs(clock.now().getTime() - Date.parse(at)) < maximum;

  const isCurrent = ({ authors, at }: StoredAuthors): boolean =>
    isYoung(at, authors ? oldestMs.known : oldestMs.unknown);

  /** Stores each batch at once, so that a killed run can continue where it stopped. */
  const lookUp = async (
    ids: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<{ answers: Answers; failure: string | undefined }> => {
    const answers: Answers = new Map();
    const left = patience();
    let failure: string | undefined;
    for (let start = 0; start < ids.length; start += batchSize) {
      const batch = ids.slice(start, start + batchSize);
      try {
        const authors = await client.authorsOf(batch, left, signal);
        wearyUntil = Number.NEGATIVE_INFINITY;
        const found: Answers = new Map(batch.map((id, index) => [id, authors[index]]));
        await store.savePapers(found, clock.now().toISOString());
        for (const [id, answer] of found) answers.set(id, answer);
      } catch (error) {
        const cause = failed(error, signal);
        // Two failures are not both due to the papers.
        const isLast = failure !== undefined || !mayBeAboutBatch(cause);
        failure ??= cause.message;
        if (isLast) break;
      }
    }
    return { answers, failure };
  };

  return {
    async ofPapers(paperIds, signal) {
      signal?.throwIfAborted();
      const ids = [...new Set(paperIds)];
      const stored = await store.ofPapers(ids);
      const due = ids.filter((id) => {
        const before = stored.get(id);
        return !before || !isCurrent(before);
      });
      // Papers without any stored answer come first.
      const hasOld = (id: string): boolean => stored.get(id)?.authors !== undefined;
      const ordered = [...due.filter((id) => !hasOld(id)), ...due.filter(hasOld)];
      const { answers, failure } = await lookUp(ordered, signal);

      const known = new Map<string, readonly IndexedAuthor[]>();
      const unknown = new Set<string>();
      for (const id of ids) {
        const before = stored.get(id);
        const authors = answers.has(id) ? answers.get(id) : before?.authors;
        if (authors) known.set(id, authors);
        else if (answers.has(id) || (before && isCurrent(before))) unknown.add(id);
      }
      const lacks = known.size + unknown.size < ids.length;
      logger.info(
        { asked: answers.size, known: known.size, unknown: unknown.size, of: ids.length },
        'authors looked up',
      );
      return { known, unknown, failure: lacks ? failure : undefined };
    },

    async candidates(name, signal): Promise<readonly AuthorCandidate[] | undefined> {
      signal?.throwIfAborted();
      const key = nameKey(name);
      const stored = await store.candidates(key);
      if (stored && isYoung(stored.at, oldestMs.candidates)) return stored.candidates;
      try {
        const candidates = await client.search(name, patience(), signal);
        wearyUntil = Number.NEGATIVE_INFINITY;
        await store.saveCandidates(key, candidates, clock.now().toISOString());
        return candidates;
      } catch (error) {
        failed(error, signal);
        return stored?.candidates;
      }
    },
  };
};
