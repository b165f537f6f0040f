import { REST, type RESTOptions } from 'discord.js';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { ExternalError } from '../../core/errors.ts';
import { retryAfterMs } from '../../core/http.ts';
import type { Secret } from '../../core/secret.ts';
import { boundedFetch } from '../kit/bounded-fetch.ts';
import { discordFailure, rateLimited } from './errors.ts';

const defaultTimeoutMs = 30_000;

/**
 * Maximum wait, in milliseconds, for a rate limit announced by an earlier response. Nothing has been sent yet, so this
 * is pacing, not a retry. Posting to a channel needs up to 5 seconds. A longer wait throws, so that the outbox waits.
 */
const maxRateLimitWait = 10_000;

export type CallOptions = {
  query?: Record<string, string | number>;
  body?: object;
  files?: readonly { name: string; data: string; contentType: string }[];
  /** False for responses to interactions, because their URL contains a token. */
  auth?: boolean;
};

export type DiscordCall = <T>(
  method: 'get' | 'post' | 'patch' | 'put' | 'delete',
  route: `/${string}`,
  answer: z.ZodType<T>,
  options?: CallOptions,
) => Promise<T>;

/** discord.js appends `/v10` itself. */
const baseOf = (apiUrl: string): string => apiUrl.replace(/\/+$/, '').replace(/\/v\d+$/, '');

const limitSchema = z.looseObject({ retry_after: z.number().nonnegative() });

/** Wait in milliseconds that a response with status 429 requires: the longer of the two in its header and its body. */
const pauseIn = async (response: Response, now: number): Promise<number | undefined> => {
  const body = limitSchema.safeParse(await response.json().catch(() => undefined)).data;
  const header = retryAfterMs(response.headers.get('retry-after'), now);
  const pauses = [header, body && Math.ceil(body.retry_after * 1000)].filter((one) => one !== undefined);
  return pauses.length > 0 ? Math.max(...pauses) : undefined;
};

export type CallerSetup = {
  token: Secret;
  apiUrl?: string | undefined;
  fetch?: typeof fetch | undefined;
  clock: Clock;
  timeoutMs?: number;
};

/**
 * Makes calls with one token. On each route, discord.js's REST client keeps calls in order and within the announced
 * rate limits.
 */
export const createCaller = ({
  token,
  apiUrl,
  fetch: plainFetch = fetch,
  clock,
  timeoutMs = defaultTimeoutMs,
}: CallerSetup) => {
  const request = boundedFetch('Discord', plainFetch);
  const makeRequest = async (url: string, init: RequestInit): Promise<Response> => {
    // discord.js's own signal covers only the wait for headers, but the body may hang too.
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(init.signal ? [init.signal] : [])]);
    const { method, headers, body } = init;
    const response = await request(url, { method, headers, body, signal });
    // discord.js would wait and send the request again.
    if (response.status === 429) throw rateLimited(await pauseIn(response, clock.realNow()));
    return response;
  };

  const options: Partial<RESTOptions> = {
    ...(apiUrl && { api: baseOf(apiUrl) }),
    // Only the outbox retries.
    retries: 0,
    timeout: timeoutMs,
    rejectOnRateLimit: ({ timeToReset }) => timeToReset > maxRateLimitWait,
    // discord.js declares it with undici's types, which match Node's fetch.
    makeRequest: makeRequest as unknown as RESTOptions['makeRequest'],
  };
  const rest = new REST(options);

  const call: DiscordCall = async (method, route, answer, { query = {}, body, files = [], auth = true } = {}) => {
    // After a 401, discord.js forgets the token.
    rest.setToken(token.reveal());
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
    const sent = { query: parameters, body, auth, ...(files.length > 0 && { files: [...files] }) };
    const result: unknown = await rest[method](route, sent).catch((error: unknown) => {
      throw discordFailure(error, timeoutMs);
    });
    const parsed = answer.safeParse(result);
    if (parsed.success) return parsed.data;
    const path = route.replace(/\d{5,}\/[^/]{20,}/, '…');
    throw new ExternalError({
      service: 'Discord',
      message: `Discord's answer to ${method} ${path} lacks required fields: ${z.prettifyError(parsed.error)}`,
      cause: parsed.error,
    });
  };

  return {
    call,
    options,
    close(): void {
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    },
  };
};
