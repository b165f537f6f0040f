import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/** Enough for a form with every field full, at nine bytes per character. */
const maxBodyBytes = 160 * 1024;

const hostOf = (address: string): string | undefined => (URL.canParse(address) ? new URL(address).host : undefined);

const isFromOwnPage = (request: Request): boolean => {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  // On plain HTTP to other machines, browsers leave that header out. A hidden origin is `null`.
  const origin = hostOf(request.headers.get('origin') ?? '');
  const [scheme = ''] = (request.headers.get('origin') ?? '').split('//');
  // The scheme may differ: a proxy may use HTTPS in front of Paperboy's HTTP.
  const own = hostOf(`${scheme}//${request.headers.get('host') ?? new URL(request.url).host}`);
  return origin !== undefined && origin !== '' && origin === own;
};

/**
 * Rejects requests that may change something, unless they come from Paperboy's own page. Unlike hono/csrf, it checks more
 * than forms, trusts Sec-Fetch-Site before Origin, and ignores the scheme.
 */
export const sameOrigin: MiddlewareHandler = async (context, next) => {
  if (/^(?:GET|HEAD)$/.test(context.req.method) || isFromOwnPage(context.req.raw)) return next();
  return context.text(
    'This request did not come from a page of this Paperboy, so it was ignored. Open the page and try there.\n',
    403,
  );
};

export const smallBody: MiddlewareHandler = bodyLimit({
  maxSize: maxBodyBytes,
  onError: (context) => context.text('This is too long. Send at most 160 KB.\n', 413),
});
