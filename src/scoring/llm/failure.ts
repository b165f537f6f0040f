import type { APIError } from 'openai';
import { ExternalError } from '../../core/errors.ts';
import { retryAfterMs } from '../../core/http.ts';

/** Socket errors that arise before a request is sent, so that the provider cannot have charged for it. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_INVALID_URL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Codes along an error's causes, the members of an AggregateError included. */
const codesOf = (error: unknown): string[] => {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...code, ...inner, ...codesOf(error.cause)];
};

/**
 * Whether the provider may have charged for a call that failed. An answer with an error status is not charged, save
 * where a gateway gave up waiting for a model that was at work; without any answer it depends on whether the request
 * was sent.
 */
export const mayBeCharged = (error: ExternalError): boolean => {
  if (error.status !== undefined) return [200, 408, 504, 524].includes(error.status);
  return !codesOf(error).some((code) => beforeSending.has(code));
};

/** Milliseconds that a response asks to be left alone: `retry-after-ms`, more exact, before the standard's header. */
export const retryAfterOf = (headers: Headers | undefined, now: number): number | undefined => {
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  return retryAfterMs(headers?.get('retry-after'), now);
};

const outOfQuota = (error: APIError): boolean =>
  [error.code, error.type].some((word) => word === 'insufficient_quota' || word === 'billing_hard_limit_reached');

/** What happened, as a phrase for people. Never the remote's own words: some servers repeat the key in them. */
const phraseFor = (error: APIError, model: string): string => {
  if (outOfQuota(error)) return 'has no quota left for this key';
  switch (error.status) {
    case 401:
      return 'refused the key (401)';
    case 403:
      return 'refused access (403)';
    case 404:
      return `does not know the model "${model}" or the address (404)`;
    case 429:
      return 'asked to slow down (429)';
    default:
      return error.status && error.status < 500 ? `refused the request (${error.status})` : `failed (${error.status})`;
  }
};

/** Statuses that asking again can help. */
const passing = (status: number): boolean =>
  status === 408 || status === 409 || status === 425 || status === 429 || status >= 500;

/** The ExternalError for a response with an error status. */
export const statusFailure = (error: APIError, service: string, model: string, now: number): ExternalError =>
  new ExternalError({
    service,
    message: `${service} ${phraseFor(error, model)}`,
    status: error.status,
    retryAfterMs: retryAfterOf(error.headers, now),
    retryable: !outOfQuota(error) && error.status !== undefined && passing(error.status),
    cause: error,
  });

/** The ExternalError where a whole answer did not come in time. */
export const timeoutFailure = (cause: unknown, service: string, timeoutMs: number): ExternalError =>
  new ExternalError({ service, message: `${service} did not answer within ${timeoutMs / 1000} seconds`, cause });

/** The ExternalError where there was no response, or none that could be read. */
export const connectionFailure = (cause: unknown, service: string): ExternalError => {
  if (cause instanceof SyntaxError)
    return new ExternalError({ service, message: `${service} gave an answer that is no JSON`, status: 200, cause });
  const codes = codesOf(cause);
  const unsent = codes.some((code) => beforeSending.has(code));
  const code = codes[0] ? ` (${codes[0]})` : '';
  const phrase = unsent ? `could not be reached${code}` : `broke off the connection${code}`;
  return new ExternalError({ service, message: `${service} ${phrase}`, cause });
};
