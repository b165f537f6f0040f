import { ExternalError, errorText } from '../core/errors.ts';

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
export const unreachedText = (host: string, error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return connectionFaults[code]?.(host) ?? `${host} cannot be reached (${code || errorText(cause)})`;
};
