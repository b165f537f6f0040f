import type OpenAI from 'openai';
import type { Secret } from '../../core/secret.ts';
import { type CallError, connectionFailure, statusFailure, timeoutFailure } from './call-error.ts';
import { withReadableAnswers } from './response.ts';

export type ServerOptions = {
  /** Includes `/v1`. Default: OpenAI's. */
  baseUrl?: string | undefined;
  apiKey?: Secret | undefined;
  timeoutMs?: number;
  fetch?: typeof fetch;
};

export const openAiUrl = 'https://api.openai.com/v1';

const isOpenAiHost = (host: string): boolean => /^(?:[a-z]+\.)?api\.openai\.com$/.test(host);

/** True for OpenAI's own servers, those of its regions included. */
export const isOpenAi = (baseUrl: string = openAiUrl): boolean =>
  URL.canParse(baseUrl) && isOpenAiHost(new URL(baseUrl).host);

const serviceOf = (baseUrl: string): string => {
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
  return isOpenAiHost(host) ? 'OpenAI' : host;
};

type RequestOptions = { signal: AbortSignal; timeout: number };

export type Connection = {
  baseUrl: string;
  /** Name of the server as shown to people: its host, or OpenAI. */
  service: string;
  timeoutMs: number;
  /**
   * One request with the SDK, by default with the connection's timeout in milliseconds.
   * @throws CallError or the signal's reason
   */
  request<T>(
    send: (sdk: OpenAI, options: RequestOptions) => Promise<T>,
    how: { signal: AbortSignal; timeoutMs?: number | undefined },
  ): Promise<T>;
  /** The failure that a server reports in an answer with status 200. */
  failureIn(status: number, text: string, headers: Headers): Promise<CallError>;
};

/** The `openai` package takes 30 MB, so it is loaded at the first request. */
export const createConnection = (options: ServerOptions): Connection => {
  const { baseUrl = openAiUrl, timeoutMs = 120_000 } = options;
  const service = serviceOf(baseUrl);

  const connect = async () => {
    const { OpenAI, APIError, APIConnectionTimeoutError } = await import('openai');
    // The package reads omitted options from the environment, so all are set.
    const sdk: OpenAI = new OpenAI({
      baseURL: baseUrl,
      apiKey: options.apiKey?.reveal() || 'none',
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      logLevel: 'off',
      maxRetries: 0,
      timeout: timeoutMs,
      fetch: withReadableAnswers(options.fetch ?? fetch),
    });
    return { sdk, APIError, APIConnectionTimeoutError };
  };
  let connected: ReturnType<typeof connect> | undefined;

  return {
    ...{ baseUrl, service, timeoutMs },
    request: async (send, { signal, timeoutMs: limitMs = timeoutMs }) => {
      connected ??= connect();
      const { sdk, APIError, APIConnectionTimeoutError } = await connected;
      signal.throwIfAborted();
      try {
        return await send(sdk, { signal, timeout: limitMs });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof APIConnectionTimeoutError) throw timeoutFailure(error, service, limitMs);
        if (!(error instanceof APIError) || error.status === undefined)
          throw connectionFailure(error, service, baseUrl);
        throw statusFailure(error, service, Date.now());
      }
    },
    failureIn: async (status, text, headers) => {
      const { APIError } = await import('openai');
      const error = APIError.generate(status, { error: { message: text } }, undefined, headers);
      return statusFailure(error, service, Date.now());
    },
  };
};
