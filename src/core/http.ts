import { connect } from 'node:net';
import { proxyOf } from './proxy.ts';

/** True for a URL on this machine. Requests to it are not paced. */
export const isLoopback = (url: URL): boolean =>
  url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(url.hostname);

/**
 * Parses a Retry-After header: seconds or an HTTP date (RFC 9110, 10.2.3).
 * @param now milliseconds since 1970
 * @returns whole milliseconds, 0 for a past date; undefined if the header has neither
 */
export const retryAfterMs = (header: string | null | undefined, now: number): number | undefined => {
  const text = header?.trim() ?? '';
  const isSeconds = /^\d+(?:\.\d+)?$/.test(text);
  // Date.parse finds a date even in "-5" and "in 3 days", but an HTTP date has a time of day.
  if (!isSeconds && !/\d:\d\d/.test(text)) return undefined;
  const ms = isSeconds ? Math.ceil(Number(text) * 1_000) : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
};

const connectTimeoutMs = 3_000;

/** True if the host of a URL, or the proxy to it, accepts a TCP connection within three seconds. Nothing is sent. */
export const isReachable = (url: string): Promise<boolean> => {
  const target = new URL(url);
  const { hostname, port, protocol } = proxyOf(target) ?? target;
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'http:' ? 80 : 443),
    });
    const end = (reached: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reached);
    };
    const timer = setTimeout(() => end(false), connectTimeoutMs);
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
};
