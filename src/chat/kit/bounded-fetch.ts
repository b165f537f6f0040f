import { BodyLimitError, readBody } from '../../core/body.ts';
import { ExternalError } from '../../core/errors.ts';

/** Many times the longest answer of a chat platform. */
const maxBytes = 8_000_000;

/** Statuses that never have a body: https://fetch.spec.whatwg.org/#null-body-status */
const withoutBody = new Set([204, 205, 304]);

/** Describe the body as it was sent. */
const bodyHeaders = ['content-length', 'content-encoding', 'transfer-encoding'];

/**
 * A fetch for SDKs, which read answers of any length. The signal of a request also covers its body.
 * @throws ExternalError if an answer is too long.
 */
export const boundedFetch =
  (service: string, request: typeof fetch): typeof fetch =>
  async (url, init) => {
    const response = await request(url, init);
    const { status, statusText } = response;
    if (withoutBody.has(status)) return response;
    const headers = new Headers(response.headers);
    for (const name of bodyHeaders) headers.delete(name);
    try {
      return new Response(await readBody(response, maxBytes), { status, statusText, headers });
    } catch (error) {
      if (!(error instanceof BodyLimitError)) throw error;
      throw new ExternalError({ service, message: `${service} sent ${error.message}.`, status, cause: error });
    }
  };
