import PQueue from 'p-queue';
import type { Clock } from '../core/clock.ts';
import { ExternalError, errorText } from '../core/errors.ts';
import { isLoopback, retryAfterMs } from '../core/http.ts';
import type { Logger } from '../core/logger.ts';
import { retry } from '../core/retry.ts';

type Details = Partial<Omit<ConstructorParameters<typeof ExternalError>[0], 'service' | 'message'>>;

/** A failure of arXiv, or of the way to it. */
export const arxivError = (message: string, details: Details = {}): ExternalError =>
  new ExternalError({ service: 'arXiv', message, ...details });

/** What is wrong where a connection does not come about, by its code in Node.js. */
const connectionFaults: Readonly<Record<string, (host: string) => string>> = {
  ENOTFOUND: (host) => `${host} cannot be found, perhaps there is no network`,
  EAI_AGAIN: (host) => `${host} cannot be found, perhaps there is no network`,
  ECONNREFUSED: (host) => `${host} refuses the connection`,
  ECONNRESET: (host) => `${host} broke the connection off`,
  ETIMEDOUT: (host) => `${host} does not answer`,
  UND_ERR_CONNECT_TIMEOUT: (host) => `${host} does not answer`,
};

/** Why fetch had no answer from a host, in words. It says only "fetch failed"; what went wrong is in the cause. */
const unreachedText = (host: string, error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return connectionFaults[code]?.(host) ?? `${host} cannot be reached (${code || errorText(cause)})`;
};

/** Between any two requests to arXiv, https://info.arxiv.org/help/api/tou.html: at most one every three seconds. */
const anyHostGapMs = 3_000;

/** Between two requests to arxiv.org itself: `Crawl-delay: 15` of https://arxiv.org/robots.txt. */
const webHostGapMs = 15_000;

/** Keeps the distance between requests, save to this machine; the caller makes one request at a time. */
type Pacer = {
  /** How long a request to the address has to wait now, in milliseconds. */
  waitFor(url: URL): number;
  /** Notes that a request to the address has ended. */
  ended(url: URL): void;
  /** Notes that the host asked to be left alone for so many milliseconds. */
  blocked(url: URL, ms: number): void;
};

const gapOf = (url: URL): number => (/^(?:www\.)?arxiv\.org$/.test(url.hostname) ? webHostGapMs : anyHostGapMs);

const createPacer = (clock: Pick<Clock, 'realNow'>): Pacer => {
  let lastEnd: number | undefined;
  const lastEnds = new Map<string, number>();
  const blocks = new Map<string, { from: number; ms: number }>();

  // A clock that was set back must not turn a gap of seconds into one of hours.
  const left = (from: number | undefined, ms: number): number =>
    from === undefined ? 0 : Math.min(ms, Math.max(0, ms - (clock.realNow() - from)));

  return {
    waitFor: (url) => {
      const block = blocks.get(url.host);
      const asked = block ? left(block.from, block.ms) : 0;
      if (isLoopback(url)) return asked;
      return Math.max(asked, left(lastEnd, anyHostGapMs), left(lastEnds.get(url.host), gapOf(url)));
    },
    ended: (url) => {
      if (isLoopback(url)) return;
      lastEnd = clock.realNow();
      lastEnds.set(url.host, lastEnd);
    },
    blocked: (url, ms) => {
      blocks.set(url.host, { from: clock.realNow(), ms });
    },
  };
};

type ArxivRequest<T> = {
  /** Value of the Accept header; without a sensible one arXiv answers 406. */
  accept: string;
  /** Reads the answer. An ExternalError that it throws, for a cut or contradictory answer, has it fetched again. */
  parse(body: string): T | Promise<T>;
  signal?: AbortSignal | undefined;
};

export type ArxivClient = {
  /**
   * Fetches and reads one address, politely and with retries.
   * @throws ExternalError when no sound answer could be had; the reason of `signal` when aborted.
   */
  get<T>(url: string, request: ArxivRequest<T>): Promise<T>;
};

type ArxivClientDependencies = {
  fetch: typeof fetch;
  clock: Pick<Clock, 'realNow' | 'sleep'>;
  logger: Logger;
  /** Name and version of the program, as sent to arXiv. */
  userAgent: string;
  /** 0 to 1, such as `Math.random`; spreads the retries. */
  random: () => number;
};

const maxAttempts = 6;
const timeoutMs = 60_000;
/** A host that asks for more than this is not waited for here; the caller is told when to come back. */
const patienceMs = 300_000;

const throttled = new Set([406, 429, 503]);

const statusError = (url: URL, response: Response, now: number): ExternalError => {
  const { status } = response;
  const what = throttled.has(status) ? 'is turning requests away' : 'did not answer as hoped';
  return arxivError(`arXiv ${what}: HTTP ${status} for ${url.pathname}.`, {
    status,
    retryAfterMs: retryAfterMs(response.headers.get('retry-after'), now),
    retryable: throttled.has(status) || status === 408 || status >= 500,
  });
};

/**
 * The one way to arXiv: a single connection for all of its hosts, the distance between requests that arXiv asks for,
 * and six tries of fetching and reading together. Make one a process.
 */
export const createArxivClient = (dependencies: ArxivClientDependencies): ArxivClient => {
  const { clock, logger, random } = dependencies;
  const queue = new PQueue({ concurrency: 1 });
  const pacer = createPacer(clock);

  const ask = async (url: URL, accept: string, signal: AbortSignal | undefined): Promise<string> => {
    const wait = pacer.waitFor(url);
    if (wait > patienceMs) {
      const message = `arXiv asked to be left alone for another ${Math.ceil(wait / 60_000)} minutes.`;
      throw arxivError(message, { retryAfterMs: wait });
    }
    if (wait > 0) await clock.sleep(wait, signal);
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await dependencies.fetch(url, {
        headers: { accept, 'user-agent': dependencies.userAgent },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const body = await response.text();
      if (!response.ok) throw statusError(url, response, clock.realNow());
      if (body.length < 500 && /^\s*rate exceeded/i.test(body)) {
        throw arxivError('arXiv is turning requests away: "Rate exceeded."', { status: response.status });
      }
      return body;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ExternalError) {
        if (error.retryAfterMs !== undefined) pacer.blocked(url, error.retryAfterMs);
        throw error;
      }
      const reason = timeout.aborted
        ? `no answer from ${url.host} within ${timeoutMs / 1_000} seconds`
        : unreachedText(url.host, error);
      throw arxivError(`arXiv is out of reach: ${reason}.`, { cause: error });
    } finally {
      pacer.ended(url);
    }
  };

  return {
    get: async (address, { accept, parse, signal }) => {
      const url = new URL(address);
      return retry(
        async () => {
          const body = await queue.add(() => ask(url, accept, signal), signal ? { signal } : {});
          return parse(body);
        },
        {
          maxAttempts,
          minDelayMs: isLoopback(url) ? 50 : 1_000,
          maxDelayMs: 60_000,
          maxRetryAfterMs: patienceMs,
          ...{ clock, random, signal },
          onRetry: ({ error, attempt, delayMs }) =>
            logger.warn({ url: address, attempt, delay: delayMs, error: error.message }, 'asking arXiv again'),
        },
      );
    },
  };
};
