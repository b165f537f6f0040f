import type { LogLevel, webApi } from '@slack/bolt';
import { z } from 'zod';
import { ExternalError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Secret } from '../../core/secret.ts';
import { boundedFetch } from '../kit/bounded-fetch.ts';
import { slackFailure, type TokenName } from './errors.ts';

const callTimeoutMs = 30_000;

/**
 * Options for every Slack client, including Bolt's. SDK retries are off, because a retried post may be posted twice.
 */
export type ClientOptions = Pick<
  webApi.WebClientOptions,
  'slackApiUrl' | 'retryConfig' | 'rejectRateLimitedCalls' | 'timeout' | 'fetch' | 'logger'
>;

export type SlackCall = <T>(method: string, args: Record<string, unknown>, answer: z.ZodType<T>) => Promise<T>;

/** Logs the SDK's messages at the lowest level, because failures are returned as errors. */
const sdkLogger = (logger: Logger): NonNullable<ClientOptions['logger']> => {
  // The SDK's debug lines contain whole requests.
  const quiet = () => {};
  const pass = (...words: unknown[]) => logger.debug({ words: words.map(String) }, 'message from the Slack SDK');
  return {
    debug: quiet,
    info: pass,
    warn: pass,
    error: pass,
    setLevel: quiet,
    setName: quiet,
    getLevel: () => 'info' as LogLevel,
  };
};

export const clientOptions = (setup: {
  apiUrl?: string | undefined;
  fetch?: typeof fetch | undefined;
  logger: Logger;
}): ClientOptions => {
  const request = boundedFetch('Slack', setup.fetch ?? fetch);
  return {
    ...(setup.apiUrl ? { slackApiUrl: setup.apiUrl } : {}),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: callTimeoutMs,
    // Bolt also answers commands through this, and sets no timeout of its own.
    fetch: (url, init) => request(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(callTimeoutMs) }),
    logger: sdkLogger(setup.logger),
  };
};

/** Some servers do not list scopes. */
export const scopesSchema = z.looseObject({
  response_metadata: z.looseObject({ scopes: z.array(z.string()).optional() }).optional(),
});

/** Loads the SDK on the first call. It needs about 10 MB and 30 ms, a quarter of Bolt's. */
export const createCaller = (token: Secret, options: ClientOptions, name?: TokenName): SlackCall => {
  let client: Promise<webApi.WebClient> | undefined;
  const connected = async () => {
    const { WebClient } = await import('@slack/web-api');
    return new WebClient(token.reveal(), options);
  };
  return async (method, args, answer) => {
    client ??= connected();
    const { apiCall } = await client;
    const result: unknown = await apiCall.call(await client, method, args).catch((error: unknown) => {
      throw slackFailure(error, name, options.timeout);
    });
    const parsed = answer.safeParse(result);
    if (parsed.success) return parsed.data;
    throw new ExternalError({
      service: 'Slack',
      message: `Slack's answer to ${method} is not valid: ${z.prettifyError(parsed.error)}`,
      cause: parsed.error,
    });
  };
};

const defaultPageSize = 200;

/** Reads 200 messages a page, unless `args` has another `limit`. @throws ExternalError, also if the thread was deleted. */
export async function* messagePages<T>(
  call: SlackCall,
  method: 'conversations.history' | 'conversations.replies',
  args: Record<string, unknown>,
  message: z.ZodType<T>,
): AsyncGenerator<T[]> {
  const page = z.looseObject({
    messages: z.array(message),
    response_metadata: z.looseObject({ next_cursor: z.string().optional() }).optional(),
  });
  let cursor: string | undefined;
  do {
    const position = cursor ? { cursor } : {};
    const answer = await call(method, { limit: defaultPageSize, ...args, ...position }, page);
    yield answer.messages;
    cursor = answer.response_metadata?.next_cursor;
  } while (cursor);
}
