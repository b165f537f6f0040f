import { get } from 'node:http';
import { z } from 'zod';
import type { App } from '../app.ts';
import { platformOf } from '../core/addresses.ts';
import { isLoopback } from '../core/http.ts';
import { parseJson } from '../core/json.ts';
import { networkReason } from '../core/network.ts';
import type { Check } from '../core/platform.ts';

type Address = { host: string; port: number };

/** The beginning of what `/healthz` answers, whoever asks. */
const healthSchema = z.looseObject({ status: z.enum(['ready', 'starting', 'failing']) });

const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** The address at which this machine reaches a server that listens on all of its addresses. */
const ownHost = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

type Listener = { kind: 'bot' | 'nobody' | 'other' } | { kind: 'unknown'; reason: string };

/** Who answers at an address of this machine. Asks without a proxy. */
export const listenerAt = ({ host, port }: Address, timeoutMs: number): Promise<Listener> =>
  new Promise((resolve) => {
    const request = get({ host: ownHost(host), port, path: '/healthz', agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
        if (body.length > 1_000_000) request.destroy();
      });
      response.once('close', () => {
        clearTimeout(timer);
        resolve({ kind: healthSchema.safeParse(parseJson(body)).success ? 'bot' : 'other' });
      });
    });
    let isConnected = false;
    request.once('socket', (socket) => socket.once('connect', () => (isConnected = true)));
    const timer = setTimeout(() => request.destroy(new DOMException('', 'TimeoutError')), timeoutMs);
    request.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (isConnected) resolve({ kind: 'other' });
      else if (error.code === 'ECONNREFUSED') resolve({ kind: 'nobody' });
      else resolve({ kind: 'unknown', reason: networkReason(error, { timeoutMs }) });
    });
  });

const name = 'page';

const checkListener = async ({ config }: App, address: Address, timeoutMs: number): Promise<Check> => {
  const { publicUrl } = config.env;
  const { host, port } = address;
  const url = `http://${inUrl(host)}:${port}/`;
  const links = publicUrl
    ? `messages link to ${publicUrl}`
    : 'messages do not link to it, because PAPERBOY_PUBLIC_URL is not set';
  if (port === 0)
    return { name, ok: true, detail: `the bot will serve it at ${inUrl(host)}, on a free port; ${links}` };
  const listener = await listenerAt(address, timeoutMs);
  const fix = 'stop that program, or set PAPERBOY_HTTP to a free HOST:PORT';
  switch (listener.kind) {
    case 'bot':
      return { name, ok: true, detail: `the bot serves it at ${url}; ${links}` };
    case 'nobody':
      return { name, ok: true, detail: `the bot will serve it at ${url} once it runs; ${links}` };
    case 'other':
      return { name, ok: false, detail: `another program uses port ${port}`, fix };
    case 'unknown':
      return {
        ...{ name, ok: false, detail: `this machine does not reach ${url} (${listener.reason})` },
        fix: 'set PAPERBOY_HTTP to an address of this machine, such as 127.0.0.1:3210',
      };
  }
};

/** Without a secret, a page that other machines can reach answers nobody. */
const checkReaders = ({ config }: App, { host }: Address, hasWebhook: boolean): Check[] => {
  const { secret, publicReading } = config.web;
  if (secret || publicReading || isLoopback(new URL(`http://${inUrl(host)}`))) return [];
  return [
    {
      ...{ name: 'page access', ok: hasWebhook },
      detail: `nobody can read the page: other machines can reach ${host}, and PAPERBOY_WEB_SECRET is not set`,
      fix: 'set PAPERBOY_WEB_SECRET to let people sign in, or PAPERBOY_HTTP to 127.0.0.1:PORT for this machine only',
    },
  ];
};

/** Paperboy itself serves no HTTPS, so a public address with it is that of a proxy. */
const checkProxy = ({ config }: App): Check[] => {
  const { publicUrl } = config.env;
  if (!publicUrl?.startsWith('https:') || config.web.trustedProxies.length > 0) return [];
  const detail = `a proxy serves ${publicUrl}, and all its visitors share the limits of one address; name the proxy in web.trustedProxies`;
  return [{ name: 'page proxy', ok: true, detail }];
};

/** Who serves the web page and who can read it. Asks the address itself. */
export const checkPage = async (app: App, timeoutMs: number): Promise<Check[]> => {
  const { config, channels, platforms, descriptors } = app;
  const { http } = config.env;
  const hooked = descriptors.find((descriptor) => platforms.get(descriptor.name)?.webhook);
  if (http !== 'off')
    return [
      await checkListener(app, http, timeoutMs),
      ...checkReaders(app, http, hooked !== undefined),
      ...checkProxy(app),
    ];
  const off = { name, ok: false, detail: 'PAPERBOY_HTTP is off' };
  if (hooked)
    return [{ ...off, fix: `${hooked.label} sends its events to the web server: set PAPERBOY_HTTP to HOST:PORT` }];
  const posts = channels.list().some((channel) => channel.post.some((address) => platformOf(address) === 'web'));
  if (!posts) return [{ ...off, ok: true }];
  return [{ ...off, fix: 'a channel posts to web; remove web from its post, or set PAPERBOY_HTTP' }];
};
