import http from 'node:http';
import https from 'node:https';
import type { App } from '../app.ts';
import { directReason } from '../core/network.ts';
import { wordList } from '../core/paper.ts';
import type { Check } from '../core/platform.ts';
import { proxiesInUse, proxyOf } from '../core/proxy.ts';
import { openAiUrl } from '../scoring/llm/connection.ts';

/** The addresses that this bot's settings make it send requests to. */
const remotesOf = ({ config, engines, descriptors, platforms }: App): URL[] => {
  const { arxiv, s2, openai, platforms: settings } = config.env;
  const chats = descriptors.flatMap(({ name, remotes }) => {
    const own = platforms.has(name) ? settings[name] : undefined;
    return own ? (remotes?.(own) ?? []) : [];
  });
  const model = engines.llm ? [openai?.baseUrl ?? openAiUrl] : [];
  return [arxiv.webUrl, arxiv.rssUrl, arxiv.apiUrl, s2.apiUrl, ...model, ...chats].map((url) => new URL(url));
};

type Fault = { text: string; fix: string; isSilent?: true; hosts: ReadonlySet<string> };

/** The status that a proxy answers with if asked for a tunnel to a host; an error if it does not answer. */
const statusOf = (proxy: URL, { hostname, port, protocol }: URL, timeoutMs: number): Promise<number | Error> => {
  const authority = `${hostname}:${port || (protocol === 'http:' ? 80 : 443)}`;
  const { username, password } = proxy;
  const user = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  return new Promise((resolve) => {
    const request = (proxy.protocol === 'https:' ? https : http).request({
      ...{ host: proxy.hostname.replace(/^\[|\]$/g, ''), port: proxy.port || undefined },
      ...{ method: 'CONNECT', path: authority, agent: false, timeout: timeoutMs },
      headers: { host: authority, ...(username && { 'proxy-authorization': `Basic ${user}` }) },
    });
    const end = (result: number | Error): void => {
      resolve(result);
      request.destroy();
    };
    request.once('connect', ({ statusCode = 0 }, socket) => {
      socket.destroy();
      end(statusCode);
    });
    request.once('response', ({ statusCode = 0 }) => end(statusCode));
    request.once('timeout', () => end(new Error(`no answer within ${timeoutMs / 1000} seconds`)));
    request.on('error', end);
    request.end();
  });
};

const faultOf = async (proxy: URL, remotes: readonly URL[], timeoutMs: number): Promise<Fault | undefined> => {
  const answers = await Promise.all(
    remotes.map(async (remote) => ({
      ...{ host: remote.hostname, url: remote },
      status: await statusOf(proxy, remote, timeoutMs),
    })),
  );
  const failed = answers.filter(({ status }) => !(typeof status === 'number' && status >= 200 && status < 300));
  const [first] = failed;
  if (!first) return undefined;
  const hosts = new Set(failed.map(({ url }) => url.host));
  if (first.status instanceof Error && failed.length === answers.length)
    return {
      ...{ hosts, isSilent: true, text: `does not answer (${directReason(first.status, timeoutMs)})` },
      fix: 'check HTTPS_PROXY and HTTP_PROXY, and that the proxy is running; without a proxy, unset them',
    };
  if (first.status === 407)
    return {
      hosts,
      text: proxy.username ? 'rejects the user name or the password' : 'requires a user name and a password',
      fix: 'write HTTPS_PROXY as http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded',
    };
  const texts = failed.map(
    ({ host, status }) => `${host} (${status instanceof Error ? 'connection closed' : `status ${status}`})`,
  );
  return {
    hosts,
    text: `does not connect to ${wordList(texts)}`,
    fix: 'ask the people who run the proxy to allow these hosts; if they can be reached directly, add them to NO_PROXY',
  };
};

export type ProxyChecks = {
  checks: Check[];
  /** Why requests to an address fail at the proxy, as a clause; undefined if they do not. */
  problemOf(url: URL): string | undefined;
};

/** Which proxy is used for which hosts, and whether it connects to them. Nothing is sent to the hosts. */
export const checkProxies = async (app: App, timeoutMs: number): Promise<ProxyChecks> => {
  if (!proxiesInUse()) return { checks: [], problemOf: () => undefined };
  const remotes = [...new Map(remotesOf(app).map((url) => [url.host, url])).values()];
  const proxied = Map.groupBy(remotes, (url) => proxyOf(url)?.href);
  const problems = new Map<string, string>();
  const checks = await Promise.all(
    [...proxied].map(async ([href, urls]): Promise<Check> => {
      const hosts = wordList(urls.map(({ host }) => host));
      const name = 'proxy';
      if (href === undefined) return { name, ok: true, detail: `none for ${hosts}` };
      const proxy = new URL(href);
      const fault = await faultOf(proxy, urls, timeoutMs);
      // The URL itself may contain a password.
      const used = `${proxy.origin} for ${hosts}`;
      if (!fault) return { name, ok: true, detail: used };
      for (const host of fault.hosts)
        problems.set(host, fault.isSilent ? 'the proxy does not answer' : `the proxy does not connect to ${host}`);
      return { name, ok: false, detail: `${used}; it ${fault.text}`, fix: fault.fix };
    }),
  );
  return { checks, problemOf: ({ host }) => problems.get(host) };
};
