import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';

export type RealAnswer = { status: number; headers: Record<string, string>; body: Buffer };

/** A request that is about to get a faulty answer. */
export type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  /** Counts faulty answers, from 1. */
  number: number;
  /** How many times as fast the bot's time passes while it waits. */
  speed: number;
  /** Origin of the remote, and an address of another host. */
  url: string;
  elsewhere: string;
  /** What the remote answers. */
  real(): Promise<RealAnswer>;
  /** Its first answer on this path, or that of the day before. */
  repeated(): Promise<RealAnswer>;
  secrets: string[];
};

/** How a remote fails. Without `answer` and `connected`, no request reaches it. */
export type Failure = {
  name: string;
  title: string;
  /** How the program that looks up hosts fails: idle-clock.ts. */
  host?: 'missing' | 'hangs';
  isClosed?: boolean;
  isUntrusted?: boolean;
  needsTls?: boolean;
  isStale?: boolean;
  /** On each new connection, before a request. */
  connected?(socket: Socket): void;
  answer?(exchange: Exchange): void | Promise<void>;
};

const megabyte = 1_000_000;
const hugeMb = 200;
const bombMb = 1_000;
const depth = 200_000;

const isMarkup = ({ request }: Exchange): boolean => /xml|html/.test(request.headers.accept ?? '');

const status =
  (code: number, headers: Record<string, string> = {}, text?: string): Failure['answer'] =>
  (exchange) => {
    const { request, response } = exchange;
    const json = { ok: false, error: 'service_unavailable', message: `HTTP ${code}`, code: 0 };
    const body = text ?? (isMarkup(exchange) ? `<html><body>HTTP ${code}</body></html>` : JSON.stringify(json));
    const type = text === undefined && !isMarkup(exchange) ? 'application/json' : 'text/html';
    response.writeHead(code, { 'content-type': type, ...headers }).end(request.method === 'HEAD' ? undefined : body);
  };

/** 200 with another body. */
const body =
  (
    ofJson: string | Buffer,
    ofMarkup: string | Buffer = ofJson,
    headers: Record<string, string> = {},
  ): Failure['answer'] =>
  (exchange) => {
    const type = isMarkup(exchange) ? 'text/html; charset=utf-8' : 'application/json';
    const sent = isMarkup(exchange) ? ofMarkup : ofJson;
    exchange.response.writeHead(200, { 'content-type': type, ...headers }).end(sent);
  };

/** The real answer, changed. */
const changed =
  (change: (answer: RealAnswer) => RealAnswer): Failure['answer'] =>
  async ({ real, response }) => {
    const { status: code, headers, body: bytes } = change(await real());
    response.writeHead(code, headers).end(bytes);
  };

/** Sends a chunk again and again, as fast as it is read. */
const pour = (response: ServerResponse, chunk: Buffer, bytes: number): Promise<void> =>
  new Promise((resolve) => {
    let left = bytes;
    const more = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= chunk.length;
        if (!response.write(chunk)) {
          response.once('drain', more);
          return;
        }
      }
      response.end();
      resolve();
    };
    response.once('close', resolve);
    more();
  });

const spaces = Buffer.alloc(megabyte / 10, ' ');

const pouring =
  (bytes: number): Failure['answer'] =>
  async ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"a":"');
    await pour(response, spaces, bytes);
  };

const makeBomb = async (): Promise<Buffer> => {
  const zip = createGzip({ level: 9 });
  const made = buffer(zip);
  for (let sent = 0; sent < bombMb * megabyte; sent += spaces.length) if (!zip.write(spaces)) await once(zip, 'drain');
  zip.end();
  return made;
};
let bomb: Promise<Buffer> | undefined;

const dripping: Failure['answer'] = async ({ real, response, speed }) => {
  const { status: code, headers, body: bytes } = await real();
  response.writeHead(code, { ...headers, 'content-length': Math.max(bytes.length, 100_000) });
  let sent = 0;
  const timer = setInterval(() => {
    if (response.destroyed) return clearInterval(timer);
    response.write(sent < bytes.length ? bytes.subarray(sent, sent + 1) : ' ');
    sent += 1;
  }, 1_000 / speed);
  response.once('close', () => clearInterval(timer));
};

const tooFew = 4;

const captivePage =
  '<!doctype html><html><head><title>Welcome</title></head><body>Sign in to this network</body></html>';

export const failures: readonly Failure[] = [
  { name: 'refused', title: 'Connection refused', isClosed: true },
  { name: 'no-host', title: 'Host name not found', host: 'missing' },
  { name: 'host-hangs', title: 'Name server never answers', host: 'hangs' },
  { name: 'silent', title: 'Never answers', answer: () => {} },
  {
    name: 'head-only',
    title: 'Nothing after the head',
    answer: ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    },
  },
  { name: 'drip', title: 'One byte a second', answer: dripping },
  { name: 'reset', title: 'Connection reset', answer: ({ request }) => void request.socket.resetAndDestroy() },
  {
    name: 'reset-in-body',
    title: 'Connection reset in the body',
    answer: async ({ real, request, response }) => {
      const { status: code, headers, body: bytes } = await real();
      response.writeHead(code, { ...headers, 'content-length': bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(() => request.socket.resetAndDestroy(), 5));
    },
  },
  {
    name: 'cut',
    title: 'Half of the body',
    answer: changed((one) => ({ ...one, body: one.body.subarray(0, one.body.length / 2) })),
  },
  { name: 'untrusted', title: 'Untrusted certificate', needsTls: true, isUntrusted: true },
  {
    name: 'no-tls',
    title: 'Plain HTTP on the HTTPS port',
    needsTls: true,
    connected: (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'),
  },
  { name: 'empty', title: 'Empty body', answer: body('') },
  {
    name: 'wrong-type',
    title: 'Wrong content type',
    answer: changed((one) => ({ ...one, headers: { ...one.headers, 'content-type': 'application/octet-stream' } })),
  },
  {
    name: 'sign-in-page',
    title: 'Sign-in page of a network',
    answer: body(captivePage, captivePage, { 'content-type': 'text/html' }),
  },
  { name: 'malformed', title: 'Malformed JSON or markup', answer: body('{"ok": tru', '<rss><channel><item') },
  {
    name: 'wrong-shape',
    title: 'Another shape',
    answer: body('{"status":"fine","items":[1,2,3]}', '<?xml version="1.0"?><note><to>Somebody</to></note>'),
  },
  {
    name: 'nested',
    title: `Nested ${depth.toLocaleString('en-US')} deep`,
    answer: body('['.repeat(depth) + ']'.repeat(depth), '<div>'.repeat(depth)),
  },
  { name: 'huge', title: `Body of ${hugeMb} MB`, answer: pouring(hugeMb * megabyte) },
  {
    name: 'gzip-bomb',
    title: `${bombMb / 1_000} GB of gzip`,
    answer: async ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      bomb ??= makeBomb();
      response.end(await bomb);
    },
  },
  { name: 'endless', title: 'Body without an end', answer: pouring(Number.POSITIVE_INFINITY) },
  {
    name: 'bad-utf8',
    title: 'Not UTF-8',
    answer: changed((one) => ({
      ...one,
      body: Buffer.from(one.body.toString().replaceAll('e', 'é'), 'latin1'),
    })),
  },
  {
    name: 'repeated',
    title: 'An old answer again',
    isStale: true,
    answer: async ({ repeated, response }) => {
      const { status: code, headers, body: bytes } = await repeated();
      response.writeHead(code, headers).end(bytes);
    },
  },
  {
    name: 'redirect-loop',
    title: 'Redirects to itself',
    answer: ({ request, response, url }) => void response.writeHead(302, { location: `${url}${request.url}` }).end(),
  },
  {
    name: 'elsewhere',
    title: 'Redirects to another host',
    answer: ({ response, elsewhere }) => void response.writeHead(307, { location: elsewhere }).end(),
  },
  ...[401, 403, 404].map((code) => ({ name: String(code), title: `HTTP ${code}`, answer: status(code) })),
  { name: '429-short', title: 'HTTP 429, retry after 2 s', answer: status(429, { 'retry-after': '2' }) },
  { name: '429-long', title: 'HTTP 429, retry after 1 h', answer: status(429, { 'retry-after': '3600' }) },
  ...[500, 502, 503].map((code) => ({
    name: String(code),
    title: `HTTP ${code}`,
    answer: status(code, {}, code === 502 ? '<html><body>Bad gateway</body></html>' : undefined),
  })),
  {
    name: 'echoes-key',
    title: 'Repeats the key in its error',
    answer: (exchange) => {
      const text = JSON.stringify({
        ok: false,
        error: `invalid_auth ${exchange.secrets.join(' ')}`,
        message: exchange.secrets.join(' '),
        code: 0,
      });
      return status(401, { 'content-type': 'application/json' }, text)?.(exchange);
    },
  },
  {
    name: 'flapping',
    title: `HTTP 500 for ${tooFew - 1} of ${tooFew} requests`,
    answer: async (exchange) => {
      if (exchange.number % tooFew !== 0) return status(500)?.(exchange);
      return changed((one) => one)?.(exchange);
    },
  },
];
