import { ExternalError, errorText } from './errors.ts';
import { proxiesInUse, proxyOf } from './proxy.ts';

/** `short` stands alone; `about` completes a sentence that begins with a host. */
type Words = { short: string; about: string };

const silence = (timeoutMs: number | undefined): Words => {
  const within = timeoutMs === undefined ? '' : ` within ${timeoutMs / 1_000} seconds`;
  return { short: `no answer${within}`, about: `gave no answer${within}` };
};

const notFound: Words = { short: 'host not found', about: 'was not found' };
const noRoute: Words = { short: 'no route to the host', about: 'has no route from this machine' };
const closed: Words = { short: 'connection closed', about: 'closed the connection' };

const words: Readonly<Record<string, Words>> = {
  ENOTFOUND: notFound,
  EAI_AGAIN: notFound,
  ECONNREFUSED: { short: 'connection refused', about: 'refuses the connection' },
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  ECONNRESET: closed,
  EPIPE: closed,
  UND_ERR_SOCKET: closed,
};

const silent = /^(?:ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT)$/;

/** Before these, nothing reached the host, so that behind a proxy they are about the proxy. */
const beforeSending = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

type NetworkError = Error & { code?: string; hostname?: string; port?: number | string };

/** The innermost cause, which has the code. Node tries several addresses at once and collects their errors. */
const innermost = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  // The SDK of Slack keeps the cause under a name of its own.
  const cause = error.cause ?? (error as { original?: unknown }).original;
  if (cause instanceof Error) return innermost(cause);
  return error instanceof AggregateError && error.errors.length > 0 ? innermost(error.errors[0]) : error;
};

type Context = {
  /** Without it, a proxy is recognized by its address in the error. */
  url?: URL | undefined;
  /** The time limit of the request, if it has one. */
  timeoutMs?: number | undefined;
};

const wordsOf = (error: unknown, { timeoutMs }: Context): Words => {
  const { name, code } = (error ?? {}) as Partial<NetworkError>;
  if (name === 'TimeoutError' || name === 'AbortError' || (code && silent.test(code))) return silence(timeoutMs);
  const known = code === undefined ? undefined : words[code];
  const short = typeof code === 'string' ? `connection failed (${code})` : errorText(error);
  return known ?? { short, about: `did not connect (${code ?? errorText(error)})` };
};

type ProxyAtFault = { host: string; variable: 'HTTPS_PROXY' | 'HTTP_PROXY' };

const proxyAtFault = (error: Partial<NetworkError>, url: URL | undefined): ProxyAtFault | undefined => {
  if (!beforeSending.has(error.code ?? '')) return undefined;
  const variableOf = (scheme: string) => (/^(?:http|ws):$/.test(scheme) ? 'HTTP_PROXY' : 'HTTPS_PROXY');
  if (url) {
    const proxy = proxyOf(url);
    return proxy && { host: proxy.host, variable: variableOf(url.protocol) };
  }
  const used = proxiesInUse();
  for (const [variable, address] of [
    ['HTTPS_PROXY', used?.https],
    ['HTTP_PROXY', used?.http],
  ] as const) {
    if (address === undefined) continue;
    const { host, hostname, port } = new URL(address);
    if (error.hostname === hostname || (port !== '' && String(error.port) === port)) return { host, variable };
  }
  return undefined;
};

/** Like `networkReason`, for a connection without a proxy, or to the proxy itself. */
export const directReason = (error: unknown, timeoutMs?: number): string =>
  wordsOf(innermost(error), { timeoutMs }).short;

/** Why a request got no response, in a few words, such as "host not found". */
export const networkReason = (error: unknown, context: Context = {}): string => {
  const cause = innermost(error);
  const found = wordsOf(cause, context);
  const proxy = proxyAtFault((cause ?? {}) as Partial<NetworkError>, context.url);
  return proxy ? `the proxy ${proxy.host} ${found.about}` : found.short;
};

/** A remote that did not respond. */
export class UnreachedError extends ExternalError {
  /** Without a full stop, like `fix`. */
  readonly what: string;
  readonly fix: string;
  /** True if the proxy that the request goes through is at fault. */
  readonly isAboutProxy: boolean;

  constructor(failure: { service: string; what: string; fix: string; isAboutProxy?: boolean; cause: unknown }) {
    const { service, what, fix, cause, isAboutProxy = false } = failure;
    super({ service, message: `${what}. ${fix}.`, cause });
    this.what = what;
    this.fix = fix;
    this.isAboutProxy = isAboutProxy;
  }
}

/** The error for a request that got no response. */
export const unreached = (service: string, error: unknown, context: Context = {}): UnreachedError => {
  const cause = innermost(error);
  const { about, short } = wordsOf(cause, context);
  const details = (cause ?? {}) as Partial<NetworkError>;
  const proxy = proxyAtFault(details, context.url);
  if (proxy)
    return new UnreachedError({
      ...{ service, what: `The proxy ${proxy.host} ${about}`, fix: `Check ${proxy.variable}` },
      ...{ isAboutProxy: true, cause: error },
    });
  const host = context.url?.host ?? details.hostname;
  const what = `Cannot reach ${service}: ${host === undefined ? short : `${host} ${about}`}`;
  return new UnreachedError({ service, what, fix: 'Check the network', cause: error });
};

/** A failure as the two parts of a check's answer. */
export const failureParts = (error: unknown, fix: string): { detail: string; fix: string } =>
  error instanceof UnreachedError
    ? { detail: `${error.what}.`, fix: `${error.fix}.` }
    : { detail: errorText(error), fix };
