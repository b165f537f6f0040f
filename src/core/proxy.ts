import http from 'node:http';
import { UserError } from './errors.ts';

/** URLs of proxies, which may contain a password, and the hosts to reach without one, as in `NO_PROXY`. */
export type Proxies = { http: string | undefined; https: string | undefined; except: string };

type Variables = Readonly<Record<string, string>>;

/** https://nodejs.org/api/http.html#httpsetglobalproxyfromenvproxyenv, which older releases of Node 24 lack. */
const { setGlobalProxyFromEnv } = http as { setGlobalProxyFromEnv?: (variables: Variables) => () => void };

/** Paperboy's own pages, and servers on this machine, are never reached through a proxy. */
const loopback = 'localhost,127.0.0.1,::1,[::1]';

let used: Proxies | undefined;

/** The proxies in use, for clients that do not use Node's own connections. */
export const proxiesInUse = (): Proxies | undefined => used;

/**
 * Sends all later requests of this process through the proxies: those of `fetch`, Node's HTTP client, and every SDK
 * that uses them.
 * @returns A function that restores direct connections.
 * @throws UserError if this version of Node cannot do that.
 */
export const useProxies = (proxies: Proxies): (() => void) => {
  if (!setGlobalProxyFromEnv)
    throw new UserError(
      `Node ${process.versions.node} cannot use HTTPS_PROXY and HTTP_PROXY. Update it to the newest Node 24, or unset them.`,
    );
  const before = used;
  used = { ...proxies, except: [proxies.except, loopback].filter(Boolean).join(',') };
  const restore = setGlobalProxyFromEnv({
    ...(used.http && { HTTP_PROXY: used.http }),
    ...(used.https && { HTTPS_PROXY: used.https }),
    NO_PROXY: used.except,
  });
  return () => {
    restore();
    used = before;
  };
};

const isExcepted = ({ hostname, port, protocol }: URL, except: string): boolean => {
  const host = hostname.replace(/^\[|\]$/g, '');
  const ownPort = port || (/^(?:http|ws):$/.test(protocol) ? '80' : '443');
  return except
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      // An IPv6 address has a port only in brackets.
      const [, name = entry, only] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
      const bare = name.replace(/^(?:\*?\.|\[)|\]$/g, '');
      return (only === undefined || only === ownPort) && (host === bare || host.endsWith(`.${bare}`));
    });
};

/** The proxy that a request to this URL goes through, if any. */
export const proxyOf = (url: URL): URL | undefined => {
  if (!used || isExcepted(url, used.except)) return undefined;
  const proxy = url.protocol === 'http:' || url.protocol === 'ws:' ? used.http : used.https;
  return proxy === undefined ? undefined : new URL(proxy);
};
