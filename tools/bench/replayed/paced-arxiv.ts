import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { readEnvironment } from '../../../config/environment.ts';
import { createPacer } from '../../../src/arxiv/client.ts';

/** An answered request. The category is that of the listing or the feed, the time is of `performance.now()`. */
export type ArxivAnswer = { category: string | undefined; at: number };

export type PacedArxiv = {
  url: string;
  /** Returns the answers since the last time, in order. */
  take(): ArxivAnswer[];
  close(): Promise<void>;
};

const hosts = readEnvironment({}, import.meta.dirname, []).environment.arxiv;

/**
 * Passes requests on to a fake arXiv, with the gaps that Paperboy keeps between requests to the real hosts. It keeps none on
 * loopback itself.
 */
export const startPacedArxiv = async (origin: string): Promise<PacedArxiv> => {
  const pacer = createPacer({ realNow: () => Date.now() });
  let answers: ArxivAnswer[] = [];

  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    const real = new URL(path, path.startsWith('/rss/') ? hosts.rssUrl : hosts.webUrl);
    await delay(pacer.waitFor(real));
    const answer = await fetch(new URL(path, origin));
    const body = await answer.text();
    pacer.ended(real);
    const [, category] = /^\/(?:rss|list|catchup)\/([^/?]+)/.exec(path) ?? [];
    answers.push({ category, at: performance.now() });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/html' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    take() {
      const taken = answers;
      answers = [];
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
