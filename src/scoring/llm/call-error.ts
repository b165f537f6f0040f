import type { APIError } from 'openai';
import { BodyLimitError } from '../../core/body.ts';
import type { CallDenial } from '../../core/call-limiter.ts';
import { ExternalError } from '../../core/errors.ts';
import { retryAfterMs } from '../../core/http.ts';
import { networkReason } from '../../core/network.ts';
import { isLengthRefusal, type Refusal } from './dialect.ts';

const errorsBeforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_INVALID_URL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const codesOf = (error: unknown): string[] => {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...code, ...inner, ...codesOf(error.cause)];
};

/**
 * True if the provider may have charged for a failed call. Responses with an error status are free, unless a gateway
 * timed out while the model was working. Without a response, it depends on whether the request was sent.
 */
export const mayBeCharged = (error: ExternalError): boolean => {
  if (error instanceof CallError && error.isUnsent) return false;
  if (error.status !== undefined) return [200, 408, 504, 524].includes(error.status);
  return !codesOf(error).some((code) => errorsBeforeSending.has(code));
};

/** In milliseconds. `retry-after-ms` is more exact than the standard header, so it takes precedence. */
export const retryAfterOf = (headers: Headers | undefined, now: number): number | undefined => {
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  return retryAfterMs(headers?.get('retry-after'), now);
};

const isOutOfQuota = (error: APIError): boolean =>
  [error.code, error.type].some((word) => word === 'insufficient_quota' || word === 'billing_hard_limit_reached');

/** Predicate of a sentence about the service. Never quotes the server, because some servers repeat the key. */
const describe = (error: APIError): string => {
  if (isOutOfQuota(error)) return 'has no quota left for this key';
  switch (error.status) {
    case 401:
      return 'rejected the key (401)';
    case 402:
      return 'has no credit left for this key (402)';
    case 403:
      return 'refused access (403)';
    case 404:
      return 'has no such model or address (404)';
    case 429:
      return 'asked for fewer requests (429)';
    default:
      return error.status && error.status < 500 ? `refused the request (${error.status})` : `failed (${error.status})`;
  }
};

const isTemporary = (status: number): boolean => [408, 409, 425, 429].includes(status) || status >= 500;

/** What a failed call says about the next one. */
export type CallProblem = 'timeout' | 'length' | 'unreadable' | 'refusing';

export class CallError extends ExternalError {
  override name = 'CallError';
  readonly problem: CallProblem | undefined;
  /** What an admin can do, as a sentence. */
  readonly remedy: string;
  /** True if the limiter held the call back. */
  readonly isUnsent: boolean;

  constructor({ problem, remedy, isUnsent = false, ...failure }: FailureOf) {
    super(failure);
    this.problem = problem;
    this.remedy = remedy;
    this.isUnsent = isUnsent;
  }
}

type FailureOf = ConstructorParameters<typeof ExternalError>[0] & {
  problem?: CallProblem | undefined;
  remedy: string;
  isUnsent?: boolean;
};

const remedyOf = (status: number | undefined, isQuotaSpent: boolean): string => {
  if (isQuotaSpent || status === 402) return 'Add credit at the provider.';
  if (status === 401 || status === 403) return 'Check OPENAI_API_KEY and its access to the model.';
  if (status === 404) return 'Check scorer.model and OPENAI_BASE_URL.';
  if (status === 429) return 'Lower scorer.concurrency, or ask the provider for a higher rate limit.';
  if (status !== undefined && status >= 500) return "Check the server's status.";
  return 'See the log for the answer of the server.';
};

/** The SDK puts the status before the message. */
export const refusalOf = (error: APIError): Refusal => ({
  status: error.status ?? 0,
  text: `${error.param ?? ''} ${error.message.replace(/^\d{3} /, '')}`,
});

export const statusFailure = (error: APIError, service: string, now: number): CallError =>
  new CallError({
    service,
    message: `${service} ${describe(error)}`,
    status: error.status,
    retryAfterMs: retryAfterOf(error.headers, now),
    retryable: !isOutOfQuota(error) && error.status !== undefined && isTemporary(error.status),
    problem: isLengthRefusal(refusalOf(error)) ? 'length' : undefined,
    remedy: remedyOf(error.status, isOutOfQuota(error)),
    cause: error,
  });

export const timeoutFailure = (cause: unknown, service: string, timeoutMs: number, isUnsent = false): CallError =>
  new CallError({
    service,
    message: `${service} did not answer within ${timeoutMs / 1000} seconds`,
    problem: 'timeout',
    remedy: 'Lower scorer.batchSize, raise scorer.timeoutSeconds, or choose a faster model.',
    cause,
    isUnsent,
  });

export const unreadableFailure = (service: string, what: string, cause?: unknown): CallError =>
  new CallError({
    service,
    message: `${service} sent ${what}`,
    status: 200,
    problem: 'unreadable',
    remedy: 'Check that OPENAI_BASE_URL is the base of an OpenAI-compatible server; most end in /v1.',
    cause,
  });

/** The SDK wraps the errors of its fetch. */
const bodyLimitIn = (error: unknown): BodyLimitError | undefined => {
  if (!(error instanceof Error)) return undefined;
  return error instanceof BodyLimitError ? error : bodyLimitIn(error.cause);
};

export const connectionFailure = (cause: unknown, service: string, baseUrl: string): CallError => {
  const limit = bodyLimitIn(cause);
  if (limit) return unreadableFailure(service, limit.message, cause);
  const codes = codesOf(cause);
  const isUnsent = codes.some((code) => errorsBeforeSending.has(code));
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const phrase = isUnsent ? `could not be reached (${networkReason(cause, { url })})` : 'closed the connection';
  const remedy = isUnsent ? 'Check the network and OPENAI_BASE_URL.' : "Check the server's log.";
  return new CallError({ service, message: `${service} ${phrase}`, remedy, cause });
};

/** The limiter has waited for as long as this call may wait, so do not retry it. */
export const refusingFailure = (error: CallError, service: string): CallError =>
  new CallError({
    ...{ service, message: error.message, status: error.status, retryAfterMs: error.retryAfterMs, retryable: false },
    ...{ problem: 'refusing', remedy: error.remedy, cause: error.cause },
  });

/** What the limiter holds back fails as the server would let it fail. */
export const denialFailure = (denial: CallDenial, service: string, timeoutMs: number): CallError => {
  if (denial.denied === 'hanging') return timeoutFailure(undefined, service, timeoutMs, true);
  const message = `${service} asked for fewer requests (429)`;
  const { waitMs } = denial;
  return new CallError({
    ...{ service, message, status: 429, retryAfterMs: waitMs, remedy: remedyOf(429, false), isUnsent: true },
  });
};

/** True if the server rejected the content of one request rather than the key or the model. */
export const isAboutTheRequest = ({ status, problem }: CallError): boolean =>
  problem === 'length' || (status !== undefined && [400, 413, 422].includes(status));
