import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An author of the fake; other JSON is sent unchanged. */
export type FakeScholarAuthor = { authorId?: unknown; name?: unknown; hIndex?: unknown; paperCount?: unknown };

type ScholarRoute = 'batch' | 'search';

export type ScholarFault =
  | { kind: 'status'; status: number; retryAfter?: string; body?: string; location?: string }
  /** Half of the answer, with status 200. */
  | { kind: 'cut' }
  /** Breaks the connection after half of the answer. */
  | { kind: 'drop' }
  /** Never answers; `head` sends the response's head first. */
  | { kind: 'hang'; head?: boolean }
  /** Of a batch, all but the first paper. */
  | { kind: 'shorter' }
  /** Of a batch, null for every paper. */
  | { kind: 'nulls' }
  /** Another body, with status 200. */
  | { kind: 'body'; body: string };

export type ScholarRequest = {
  method: string;
  /** Query included. */
  path: string;
  /** Ids of a batch, as sent. */
  ids: string[];
  /** Name of a search. */
  query: string | undefined;
  headers: IncomingMessage['headers'];
};

export type FakeScholarOptions = {
  /** Authors by bare arXiv id; other papers are unknown. */
  papers?: Record<string, readonly FakeScholarAuthor[]>;
  /** Search results by name. */
  authors?: Record<string, readonly FakeScholarAuthor[]>;
  /** The fault of a request, counted from 0; `failNext` takes precedence. */
  fault?(count: number): ScholarFault | undefined;
};

export type FakeScholar = {
  /** Base URL, without `/graph/v1`. */
  url: string;
  requests: ScholarRequest[];
  /** Adds or replaces a paper. */
  learn(id: string, authors: readonly FakeScholarAuthor[]): void;
  /** Makes the next requests fail, of one route or any; faults are used in the order given. */
  failNext(fault: ScholarFault, options?: { route?: ScholarRoute; times?: number }): void;
  close(): Promise<void>;
};

const maxIds = 500;

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
};

type Answer = { status: number; body: unknown };

/** A fake of Semantic Scholar's Academic Graph on loopback: paper batches and author search. */
export const startFakeScholar = async (options: FakeScholarOptions = {}): Promise<FakeScholar> => {
  const papers = new Map(Object.entries(options.papers ?? {}));
  const faults: { fault: ScholarFault; route: ScholarRoute | undefined }[] = [];
  const requests: ScholarRequest[] = [];

  const takeFault = (route: ScholarRoute, count: number): ScholarFault | undefined => {
    const index = faults.findIndex((planned) => planned.route === undefined || planned.route === route);
    return index < 0 ? options.fault?.(count) : faults.splice(index, 1)[0]?.fault;
  };

  const batch = (ids: readonly string[], fault: ScholarFault | undefined): Answer => {
    if (ids.length > maxIds) return { status: 400, body: { error: `Too many ids: ${ids.length}` } };
    const found = ids.map((id) => {
      const authors = fault?.kind === 'nulls' ? undefined : papers.get(id.replace(/^ARXIV:/, ''));
      return authors ? { paperId: `paper ${id}`, authors } : null;
    });
    // The real API answers like this if it knows none of them.
    if (fault?.kind !== 'nulls' && found.every((paper) => paper === null))
      return { status: 400, body: { error: 'No valid paper ids given' } };
    return { status: 200, body: fault?.kind === 'shorter' ? found.slice(1) : found };
  };

  const search = (query: string): Answer => {
    const data = options.authors?.[query] ?? [];
    return { status: 200, body: { total: data.length, offset: 0, data } };
  };

  const send = (response: ServerResponse, { status, body }: Answer, fault: ScholarFault | undefined): void => {
    const text = fault?.kind === 'body' ? fault.body : JSON.stringify(body);
    const half = text.slice(0, text.length / 2);
    if (fault?.kind === 'hang') {
      if (fault.head) response.writeHead(200, { 'content-length': text.length }).write(half);
    } else if (fault?.kind === 'drop') {
      response.writeHead(200, { 'content-length': Buffer.byteLength(text) });
      response.write(half, () => response.destroy());
    } else if (fault?.kind === 'status') {
      const { retryAfter, location } = fault;
      response.writeHead(fault.status, {
        ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
        ...(location === undefined ? {} : { location }),
      });
      response.end(fault.body ?? JSON.stringify({ message: 'Not now', code: String(fault.status) }));
    } else {
      response.writeHead(fault?.kind === 'body' ? 200 : status, { 'content-type': 'application/json' });
      response.end(fault?.kind === 'cut' ? half : text);
    }
  };

  const server = createServer(async (request, response) => {
    const { method = 'GET', url: path = '/', headers } = request;
    const url = new URL(path, 'http://localhost');
    const text = await textOf(request);
    const route = { 'POST /graph/v1/paper/batch': 'batch', 'GET /graph/v1/author/search': 'search' } as const;
    const name = `${method} ${url.pathname}`;
    const ids: string[] = text ? JSON.parse(text).ids : [];
    const query = url.searchParams.get('query') ?? undefined;
    const count = requests.push({ method, path, ids, query, headers }) - 1;
    if (name !== 'POST /graph/v1/paper/batch' && name !== 'GET /graph/v1/author/search') {
      response.writeHead(404).end(JSON.stringify({ error: 'Not found' }));
      return;
    }
    const fault = takeFault(route[name], count);
    send(response, route[name] === 'batch' ? batch(ids, fault) : search(query ?? ''), fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    learn: (id, authors) => {
      papers.set(id, authors);
    },
    failNext: (fault, { route, times = 1 } = {}) => {
      for (let count = 0; count < times; count += 1) faults.push({ fault, route });
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
};
