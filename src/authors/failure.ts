import { ExternalError, errorText } from '../core/errors.ts';
import { retryAfterMs } from '../core/http.ts';
import { countOf } from '../core/paper-text.ts';

type Details = Partial<Omit<ConstructorParameters<typeof ExternalError>[0], 'service' | 'message'>>;

/** A failure of Semantic Scholar, or of the way to it. Readers see the text, inside a sentence: it has no full stop. */
const scholarError = (what: string, details: Details = {}): ExternalError =>
  new ExternalError({ service: 'Semantic Scholar', message: `Semantic Scholar ${what}`, ...details });

const durationText = (ms: number): string =>
  ms < 120_000 ? countOf(Math.ceil(ms / 1_000), 'second') : countOf(Math.ceil(ms / 60_000), 'minute');

const statusText = (status: number, hasKey: boolean): string => {
  if (status === 429) return 'turned requests away';
  if (hasKey && (status === 401 || status === 403)) return 'refused the key';
  return status === 408 || status >= 500 ? 'failed' : 'refused the request';
};

/** An answer other than 2xx. */
export const statusError = (response: Response, hasKey: boolean, now: number): ExternalError => {
  const { status } = response;
  const wait = retryAfterMs(response.headers.get('retry-after'), now);
  const asked = wait ? ` and asked to be left alone for ${durationText(wait)}` : '';
  return scholarError(`${statusText(status, hasKey)} (HTTP ${status})${asked}`, {
    status,
    retryAfterMs: wait,
    retryable: status === 429 || status === 408 || status >= 500,
  });
};

/** It asked to be left alone for longer than anybody waits here. */
export const leftAloneError = (ms: number): ExternalError =>
  scholarError(`asked to be left alone for another ${durationText(ms)}`, { retryAfterMs: ms });

export const timeoutError = (ms: number): ExternalError => scholarError(`did not answer within ${durationText(ms)}`);

/** No answer, or half of one. What fetch says itself is left out: it may quote a header, and so the key. */
export const connectionError = (error: unknown): ExternalError => {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const reason = code ?? (cause instanceof Error ? errorText(cause) : 'the connection failed');
  return scholarError(`is out of reach (${reason})`, { cause });
};

/** A 2xx answer that cannot be used. */
export const answerError = (what: string, cause?: unknown): ExternalError => scholarError(what, { status: 200, cause });
