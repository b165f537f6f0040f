import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/** Bytes of a request's body; the longest that is ever sent is a form with all its fields full, nine bytes a character. */
const largestBody = 160 * 1024;

/** The host in the words of URLs: lower case, without the port that goes without saying. */
const hostOf = (address: string): string | undefined => (URL.canParse(address) ? new URL(address).host : undefined);

const isFromOwnPage = (request: Request): boolean => {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  // Browsers leave that header out on plain HTTP beyond the own machine. `null`, a hidden origin, is no address.
  const origin = hostOf(request.headers.get('origin') ?? '');
  const [scheme = ''] = (request.headers.get('origin') ?? '').split('//');
  // Scheme aside: a proxy may speak HTTPS where Paperboy hears HTTP.
  const own = hostOf(`${scheme}//${request.headers.get('host') ?? new URL(request.url).host}`);
  return origin !== undefined && origin !== '' && origin === own;
};

/**
 * Refuses whatever may change something and does not come from Paperboy's own page. Stricter than hono/csrf, which looks
 * at forms alone, lets Origin overrule Sec-Fetch-Site, and compares schemes.
 */
export const sameOrigin: MiddlewareHandler = async (context, next) => {
  if (/^(?:GET|HEAD)$/.test(context.req.method) || isFromOwnPage(context.req.raw)) return next();
  return context.text(
    'This did not come from a page of this Paperboy, so nothing was done: open it and try there.\n',
    403,
  );
};

/** Refuses bodies of more than 160 KB. */
export const smallBody: MiddlewareHandler = bodyLimit({
  maxSize: largestBody,
  onError: (context) => context.text('This is too long: at most 160 KB are taken.\n', 413),
});
