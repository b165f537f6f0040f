import { once } from 'node:events';
import { createServer, type IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Certificate, Certificates } from './certificates.ts';
import type { Exchange, Failure, RealAnswer } from './failures.ts';

export type GateOptions = {
  /** The gate's host is NAME.test. */
  name: string;
  /** Origin of the server behind it. */
  target: string;
  certificates?: Certificates | undefined;
  /** How many times as fast the time of the bot passes while it waits. */
  speed: number;
  /** Makes the server behind it answer as on the day before; by default, answers are repeated by path. */
  setStale?: ((isStale: boolean) => void) | undefined;
};

export type Gate = {
  /** Origin for the bot. */
  url: string;
  host: string;
  /** Fails every request from now on, and ends open connections. Undefined ends the failure. */
  fail(failure: Failure | undefined): Promise<void>;
  /** Requests and connections that failed. Those that could not connect are not known. */
  failed(): number;
  /** Secrets that arrived where the remote redirects to. */
  leaked(): string[];
  /** Bodies of the requests that reached the server behind the gate. */
  bodies: string[];
  close(): Promise<void>;
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const secretHeaders = ['authorization', 'x-api-key', 'cookie'] as const;
const passedHeaders = [...secretHeaders, 'content-type', 'accept'] as const;

/** Stands where the gate redirects to, and keeps the secrets that it is sent. */
const startElsewhere = async () => {
  const leaked: string[] = [];
  const server = createServer((request, response) => {
    leaked.push(...secretHeaders.flatMap((name) => request.headers[name] ?? []).map(String));
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Somewhere else</body></html>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, leaked, url: `http://elsewhere.test:${(server.address() as AddressInfo).port}/` };
};

/** A proxy in front of a server on loopback, for HTTP and WebSockets, that can fail in every way of failures.ts. */
export const startGate = async (options: GateOptions): Promise<Gate> => {
  const { name, target, certificates, speed } = options;
  const host = `${name}.test`;
  const elsewhere = await startElsewhere();
  const repeated = new Map<string, Promise<RealAnswer>>();
  const bodies: string[] = [];
  const connections = new Set<Socket>();
  const tunnels = new Set<WebSocket>();
  const sockets = new WebSocketServer({ noServer: true });
  let failure: Failure | undefined;
  let failed = 0;

  const port = (): number => (server.address() as AddressInfo).port;
  const here = (scheme: string): string => `${scheme}${certificates ? 's' : ''}://${host}:${port()}`;
  const own = new URL(target);
  const toHere = (text: string): string => text.replaceAll(`ws://${own.host}`, here('ws'));

  const ask = async (request: IncomingMessage, body: Buffer): Promise<RealAnswer> => {
    const { method = 'GET', url = '/', headers } = request;
    bodies.push(body.toString());
    const answer = await fetch(`${target}${url}`, {
      method,
      redirect: 'manual',
      headers: Object.fromEntries(passedHeaders.flatMap((one) => (headers[one] ? [[one, String(headers[one])]] : []))),
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    const passed = ['content-type', 'retry-after', 'location'].flatMap((one) => {
      const value = answer.headers.get(one);
      return value === null ? [] : [[one, value]];
    });
    const text = answer.status === 204 ? '' : toHere(await answer.text());
    return { status: answer.status, headers: Object.fromEntries(passed), body: Buffer.from(text) };
  };

  const askAgain = (request: IncomingMessage, body: Buffer): Promise<RealAnswer> => {
    if (options.setStale) return ask(request, body);
    const key = `${request.method} ${request.url?.split('?')[0]}`;
    const before = repeated.get(key) ?? ask(request, body);
    repeated.set(key, before);
    return before;
  };

  const exchangeOf = (request: IncomingMessage, response: ServerResponse, body: Buffer): Exchange => ({
    ...{ request, response, number: failed, speed, url: here('http'), elsewhere: elsewhere.url },
    real: () => ask(request, body),
    repeated: () => askAgain(request, body),
    secrets: secretHeaders.flatMap((one) => request.headers[one] ?? []).map(String),
  });

  const fail = async (request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> => {
    failed += 1;
    await failure?.answer?.(exchangeOf(request, response, body));
  };

  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on('error', () => {});
    try {
      const body = await bodyOf(request);
      if (failure?.answer) return await fail(request, response, body);
      const real = await ask(request, body);
      response.writeHead(real.status, real.headers).end(real.body);
    } catch {
      // Whoever asked has gone, or the server behind has been closed.
      request.socket.destroy();
    }
  };

  const tunnel = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    sockets.handleUpgrade(request, socket, head, (near) => {
      const far = new WebSocket(`${target.replace('http', 'ws')}${request.url}`);
      const waiting: string[] = [];
      for (const one of [near, far]) {
        tunnels.add(one);
        one.on('error', () => {});
      }
      near.on('message', (data) => (far.readyState === far.OPEN ? far.send(String(data)) : waiting.push(String(data))));
      far.on('open', () => {
        for (const text of waiting.splice(0)) far.send(text);
      });
      far.on('message', (data) => near.readyState === near.OPEN && near.send(toHere(String(data))));
      near.on('close', () => far.terminate());
      far.on('close', (code) => (code >= 4000 || code === 1000 ? near.close(code) : near.terminate()));
    });
  };

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => {});
    if (!failure?.answer) {
      tunnel(request, socket, head);
      return;
    }
    const response = new ServerResponse(request);
    response.assignSocket(socket as Socket);
    fail(request, response, Buffer.alloc(0)).catch(() => socket.destroy());
  };

  const server = certificates
    ? createTlsServer({ ...certificates.trusted }, onRequest)
    : createServer({ keepAliveTimeout: 5_000 }, onRequest);
  server.on('tlsClientError', () => {
    failed += 1;
  });
  server.on('clientError', (_, socket) => socket.destroy());
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => connections.delete(socket));
    if (!failure?.connected) return;
    failed += 1;
    failure.connected(socket);
  });
  server.on('upgrade', onUpgrade);
  const listen = async (at: number): Promise<void> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const fixedPort = port();
  const cut = (): void => {
    for (const one of tunnels) one.terminate();
    tunnels.clear();
    for (const socket of connections) socket.destroy();
  };
  const present = (certificate: Certificate | undefined): void => {
    if (certificate && 'setSecureContext' in server) server.setSecureContext(certificate);
  };

  return {
    url: here('http'),
    host,
    failed: () => failed,
    leaked: () => elsewhere.leaked,
    bodies,
    async fail(next) {
      if (failure?.isClosed && !next?.isClosed) await listen(fixedPort);
      failure = next;
      options.setStale?.(next?.isStale ?? false);
      present(next?.isUntrusted ? certificates?.untrusted : certificates?.trusted);
      cut();
      if (next?.isClosed) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
    async close() {
      cut();
      sockets.close();
      elsewhere.server.closeAllConnections();
      elsewhere.server.close();
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
