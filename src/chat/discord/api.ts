import type { REST, RESTOptions } from '@discordjs/rest';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { ExternalError } from '../../core/errors.ts';
import { retryAfterMs } from '../../core/http.ts';
import type { Secret } from '../../core/secret.ts';
import { discordFailure, pauseAsked } from './errors.ts';

/** Milliseconds until a call counts as failed. */
const callTimeout = 30_000;

/**
 * Longest wait for a rate limit that Discord has announced with an earlier answer, in milliseconds. Nothing was sent
 * then, so this is pacing and no retry; posting to a channel needs up to 5 seconds. What takes longer is thrown.
 */
const maxWait = 10_000;

export type CallOptions = {
  query?: Record<string, string | number>;
  body?: object;
  /** Sent along with the body. */
  files?: readonly { name: string; data: string; contentType: string }[];
  /** False for the answers to a command, which carry a token of their own. */
  auth?: boolean;
};

/** One call of the HTTP API; resolves with the answer read by a schema. @throws ExternalError */
export type DiscordCall = <T>(
  method: 'get' | 'post' | 'patch' | 'put' | 'delete',
  route: `/${string}`,
  answer: z.ZodType<T>,
  options?: CallOptions,
) => Promise<T>;

/** The base that the SDK appends `/v10` to. */
const baseOf = (apiUrl: string): string => apiUrl.replace(/\/+$/, '').replace(/\/v\d+$/, '');

const limitSchema = z.looseObject({ retry_after: z.number().nonnegative() });

/** How long an answer with status 429 asks to wait: the longer of its header and its body, both in seconds. */
const pauseIn = async (response: Response, now: number): Promise<number | undefined> => {
  const body = limitSchema.safeParse(await response.json().catch(() => undefined)).data;
  const header = retryAfterMs(response.headers.get('retry-after'), now);
  const told = [header, body && Math.ceil(body.retry_after * 1000)].filter((one) => one !== undefined);
  return told.length > 0 ? Math.max(...told) : undefined;
};

export type CallerSetup = {
  token: Secret;
  apiUrl?: string | undefined;
  fetch?: typeof fetch | undefined;
  clock: Clock;
  /** Milliseconds. */
  timeout?: number;
};

/**
 * A caller with one token. discord.js' own HTTP client keeps the order and the announced rate limits of each route; it
 * retries nothing. It is loaded at the first call: about 13 MB and 0.1 s; all of discord.js takes 31 MB and 0.3 s.
 */
export const createCaller = (setup: CallerSetup): { call: DiscordCall; close(): void } => {
  const { token, apiUrl, clock, timeout = callTimeout } = setup;
  const request = setup.fetch ?? fetch;

  const makeRequest = async (url: string, init: RequestInit): Promise<Response> => {
    // The SDK's own signal ends with the headers; the body may hang too.
    const signal = AbortSignal.any([AbortSignal.timeout(timeout), ...(init.signal ? [init.signal] : [])]);
    const { method, headers, body } = init;
    const response = await request(url, { method, headers, body, signal });
    // The SDK would sleep and send it again.
    if (response.status === 429) throw pauseAsked(await pauseIn(response, clock.realNow()));
    return response;
  };

  const connect = async (): Promise<REST> => {
    const { REST } = await import('@discordjs/rest');
    return new REST({
      version: '10',
      ...(apiUrl ? { api: baseOf(apiUrl) } : {}),
      retries: 0,
      timeout,
      rejectOnRateLimit: ({ timeToReset }) => timeToReset > maxWait,
      // The SDK describes it in undici's types, which are those of Node's fetch.
      makeRequest: makeRequest as unknown as RESTOptions['makeRequest'],
    });
  };

  let client: Promise<REST> | undefined;
  return {
    async call(method, route, answer, { query = {}, body, files = [], auth = true } = {}) {
      client ??= connect();
      const rest = await client;
      // After a 401 it forgets the token.
      rest.setToken(token.reveal());
      const parameters = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
      const sent = { query: parameters, body, auth, ...(files.length > 0 && { files: [...files] }) };
      const result: unknown = await rest[method](route, sent).catch((error: unknown) => {
        throw discordFailure(error);
      });
      const parsed = answer.safeParse(result);
      if (parsed.success) return parsed.data;
      const place = route.replace(/\d{5,}\/[^/]{20,}/, '…');
      throw new ExternalError({
        service: 'Discord',
        message: `Discord's answer to ${method} ${place} lacks what it should have: ${z.prettifyError(parsed.error)}`,
        cause: parsed.error,
      });
    },

    close() {
      void client?.then((rest) => {
        rest.clearHashSweeper();
        rest.clearHandlerSweeper();
      });
    },
  };
};
