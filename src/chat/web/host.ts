import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';

/** A name or an IPv4 address, or an IPv6 address in brackets, and a port: RFC 9110, 7.2, with the names that DNS has. */
const host = /^(?:[a-z\d_](?:[\w.-]*[\w.])?|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** As sent; Node keeps only the first of several. Undefined for a request that came over no connection. */
const hostsOf = (context: Context): string[] | undefined => {
  const { incoming } = (context.env ?? {}) as Partial<HttpBindings>;
  return incoming?.rawHeaders?.filter((_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === 'host');
};

/** Refuses a request that does not name exactly one host, because access and links depend on it. */
export const namesHost: MiddlewareHandler = async (context, next) => {
  const hosts = hostsOf(context);
  if (hosts === undefined || (hosts.length === 1 && host.test(hosts[0] ?? ''))) return next();
  return context.text('This request names no host, or an invalid one. Open the page by its address.\n', 400);
};
