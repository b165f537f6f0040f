import PQueue from 'p-queue';
import { BodyLimitError, readBody } from '../core/body.ts';
import type { Clock } from '../core/clock.ts';
import { ExternalError } from '../core/errors.ts';
import { isLoopback, retryAfterMs } from '../core/http.ts';
import type { Logger } from '../core/logger.ts';
import { UnreachedError, unreached } from '../core/network.ts';
import { retry } from '../core/retry.ts';
import { createPatience } from './patience.ts';

type Details = Partial<Omit<ConstructorParameters<typeof ExternalError>[0], 'service' | 'message'>>;

export const arxivError = (message: string, details: Details = {}): ExternalError =>
  new ExternalError({ service: 'arXiv', message, ...details });

/**
 * Milliseconds between any two requests to arXiv. https://info.arxiv.org/help/api/tou.html allows one every three
 * seconds.
 */
const anyHostGapMs = 3_000;

/** Milliseconds between two requests to arxiv.org itself: `Crawl-delay: 15` in https://arxiv.org/robots.txt. */
const webHostGapMs = 15_000;

/** Keeps a gap between requests, except on loopback. The caller makes one request at a time. */
type Pacer = {
  waitFor(url: URL): number;
  ended(url: URL): void;
  blocked(url: URL, ms: number): void;
};

const gapOf = (url: URL): number => (/^(?:www\.)?arxiv\.org$/.test(url.hostname) ? webHostGapMs : anyHostGapMs);

export const createPacer = (clock: Pick<Clock, 'realNow'>): Pacer => {
  let lastEnd: number | undefined;
  const lastEnds = new Map<string, number>();
  const blocks = new Map<string, { from: number; ms: number }>();

  // If the system clock is set back, a gap of seconds must not become one of hours.
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

/** Who waits for a request, the most urgent first: a digest that is due, a person, or nobody. */
const priorities = ['run', 'command', 'background'] as const;

export type ArxivPriority = (typeof priorities)[number];

type ArxivRequest<T> = {
  accept: string;
  /** If this throws an ExternalError, for example for an incomplete response, the request is retried. */
  parse(body: string): T | Promise<T>;
  signal?: AbortSignal | undefined;
  /** `run` by default. */
  priority?: ArxivPriority | undefined;
};

export type ArxivClient = {
  get<T>(url: string, request: ArxivRequest<T>): Promise<T>;
};

type Turn = { endAfter(ms: number): void };

export type ArxivClientDependencies = {
  fetch: typeof fetch;
  clock: Pick<Clock, 'realNow' | 'sleep'>;
  logger: Logger;
  userAgent: string;
  random: () => number;
  /** Waits for a turn that other processes share, which ends some milliseconds after its request. Not set if there are none. */
  takeTurn?: ((name: string, signal?: AbortSignal) => Promise<Turn>) | undefined;
  /** Attempts of a request, and milliseconds for each. */
  limits?: RequestLimits | undefined;
};

export type RequestLimits = { maxAttempts: number; timeoutMs: number };

/** A feed of 2,000 papers has about 6 MB, a paper's full text with its figures up to 20 MB. */
const maxBytes = 32_000_000;

const defaultLimits = { maxAttempts: 6, timeoutMs: 60_000 };
/** If a host requires a longer pause, fails with an error that states its length. */
const maxPauseMs = 120_000;

const throttled = new Set([406, 429, 503]);

const statusError = (url: URL, response: Response, now: number): ExternalError => {
  const { status } = response;
  const what = throttled.has(status) ? 'is turning requests away' : 'answered with an error';
  return arxivError(`arXiv ${what}: HTTP ${status} for ${url.pathname}.`, {
    status,
    retryAfterMs: retryAfterMs(response.headers.get('retry-after'), now),
    retryable: throttled.has(status) || status === 408 || status >= 500,
  });
};

/**
 * All requests to arXiv go through one client per process, one at a time and with the gaps that arXiv requires, and take
 * turns with those of other processes. The most urgent of the waiting ones goes first, also during a gap, so that many commands do not delay a digest. Fetching and
 * parsing together get six attempts by default, while `patience.ts` lasts.
 */
export const createArxivClient = (dependencies: ArxivClientDependencies): ArxivClient => {
  const { clock, logger, random } = dependencies;
  const { maxAttempts, timeoutMs: maxTimeoutMs } = dependencies.limits ?? defaultLimits;
  const patience = createPatience(maxTimeoutMs, clock);
  const queue = new PQueue({ concurrency: 1 });
  const pacer = createPacer(clock);

  /** The request that waits for the end of a gap. */
  let next: { priority: number; giveWay(): void } | undefined;

  /** @returns false if a more urgent request goes first. */
  const awaitGap = async (ms: number, priority: number, signal: AbortSignal | undefined): Promise<boolean> => {
    const passed = new AbortController();
    next = { priority, giveWay: () => passed.abort() };
    try {
      await clock.sleep(ms, signal ? AbortSignal.any([signal, passed.signal]) : passed.signal);
      return true;
    } catch (error) {
      signal?.throwIfAborted();
      if (!passed.signal.aborted) throw error;
      return false;
    } finally {
      next = undefined;
    }
  };

  /** Takes the host's turn and that of all hosts, in this order. @returns a function that ends them after their gaps. */
  const takeTurns = async (url: URL, signal: AbortSignal | undefined): Promise<() => void> => {
    const { takeTurn } = dependencies;
    if (!takeTurn || isLoopback(url)) return () => {};
    const ofHost = await takeTurn(`arxiv ${url.host}`, signal);
    try {
      const ofAll = await takeTurn('arxiv', signal);
      return () => {
        ofAll.endAfter(anyHostGapMs);
        ofHost.endAfter(gapOf(url));
      };
    } catch (error) {
      ofHost.endAfter(0);
      throw error;
    }
  };

  /** @returns undefined if a more urgent request goes first. */
  const ask = async (
    url: URL,
    accept: string,
    priority: number,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> => {
    const wait = pacer.waitFor(url);
    if (wait > maxPauseMs) {
      const message = `arXiv is limiting requests for another ${Math.ceil(wait / 60_000)} minutes.`;
      throw arxivError(message, { retryAfterMs: wait });
    }
    if (wait > 0 && !(await awaitGap(wait, priority, signal))) return undefined;
    signal?.throwIfAborted();
    const endTurns = await takeTurns(url, signal);
    const timeoutMs = patience.timeoutMs();
    const timeout = AbortSignal.timeout(timeoutMs);
    const started = clock.realNow();
    try {
      const response = await dependencies.fetch(url, {
        headers: { accept, 'user-agent': dependencies.userAgent },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const body = await readBody(response, maxBytes);
      if (!response.ok) throw statusError(url, response, clock.realNow());
      if (body.length < 500 && /^\s*rate exceeded/i.test(body)) {
        throw arxivError('arXiv is turning requests away: "Rate exceeded."', { status: response.status });
      }
      return body;
    } catch (error) {
      signal?.throwIfAborted();
      // The system's clock may jump.
      patience.lost(Math.min(timeoutMs, Math.max(0, clock.realNow() - started)));
      if (error instanceof ExternalError) {
        if (error.retryAfterMs !== undefined) pacer.blocked(url, error.retryAfterMs);
        throw error;
      }
      if (error instanceof BodyLimitError) throw arxivError(`arXiv sent ${error.message} for ${url.pathname}.`);
      throw unreached('arXiv', timeout.aborted ? timeout.reason : error, { url, timeoutMs });
    } finally {
      pacer.ended(url);
      endTurns();
    }
  };

  const inTurn = async (
    url: URL,
    accept: string,
    priority: number,
    signal: AbortSignal | undefined,
  ): Promise<string> => {
    // A request that gave way keeps its place before those of its priority.
    for (let place = priority; ; place = priority + 0.5) {
      const turn = { priority: place, ...(signal && { signal }) };
      const asking = queue.add(() => ask(url, accept, priority, signal), turn);
      if (next && next.priority < priority) next.giveWay();
      const body = await asking;
      if (body !== undefined) return body;
    }
  };

  return {
    get: async (address, { accept, parse, signal, priority = 'run' }) => {
      const url = new URL(address);
      return retry(
        async () => {
          const body = await inTurn(url, accept, -priorities.indexOf(priority), signal);
          try {
            return await parse(body);
          } catch (error) {
            if (!(error instanceof RangeError)) throw error;
            // The parsers of markup are recursive.
            throw arxivError(`arXiv's page ${url.pathname} is nested too deeply.`, { cause: error });
          }
        },
        {
          maxAttempts,
          minDelayMs: isLoopback(url) ? 50 : 1_000,
          maxDelayMs: 60_000,
          maxRetryAfterMs: maxPauseMs,
          ...{ clock, random, signal },
          // A proxy on this machine or in this network does not come back within a minute.
          shouldRetry: (error) => !patience.isSpent() && !(error instanceof UnreachedError && error.isAboutProxy),
          onRetry({ error, attempt, delayMs }) {
            patience.lost(delayMs);
            logger.warn({ url: address, attempt, delay: delayMs, error: error.message }, 'retrying arXiv');
          },
        },
      );
    },
  };
};

/** The same client for less urgent requests. */
export const withPriority = (client: ArxivClient, priority: ArxivPriority): ArxivClient => ({
  get: (url, request) => client.get(url, { ...request, priority }),
});

const maxRounds = 3;

/**
 * Reads an answer that spans several responses, and reads it again if they disagree. An error with a status is about one
 * response, which the client has already retried.
 * @throws ExternalError if they still disagree in the third round.
 */
export const readConsistently = async <T>(
  read: () => Promise<T>,
  onRetry: (round: number, error: ExternalError) => void,
): Promise<T> => {
  for (let round = 1; ; round += 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ExternalError) || !error.retryable || error.status || round === maxRounds) throw error;
      onRetry(round, error);
    }
  }
};
