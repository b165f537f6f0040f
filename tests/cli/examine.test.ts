import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { App } from '../../src/app.ts';
import { createArxivClient } from '../../src/arxiv/client.ts';
import { createArxivSource } from '../../src/arxiv/source.ts';
import { type DoctorCheck, examine, renderCheck } from '../../src/cli/doctor.ts';
import { checkPage } from '../../src/cli/page-check.ts';
import { createClock } from '../../src/core/clock.ts';
import { useProxies } from '../../src/core/proxy.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Stores } from '../../src/core/stores.ts';
import { registryOf } from '../fakes/channels.ts';
import { channelOf } from '../fakes/fixtures.ts';
import { keepWarnings } from '../fakes/logger.ts';
import { healthOf } from '../fakes/monitoring.ts';
import { startSilentServer } from '../fakes/silent-server.ts';

const limits = { checkMs: 100, answerMs: 50, databaseMs: 60_000 };

let silent: Awaited<ReturnType<typeof startSilentServer>>;
let stores: Stores;
let ends: (() => unknown)[];
beforeEach(async () => {
  silent = await startSilentServer();
  stores = openStores(':memory:');
  ends = [];
});
afterEach(async () => {
  for (const end of ends) await end();
  stores.close();
  await silent.close();
});

type Http = 'off' | { host: string; port: number };

type Parts = { http?: Http; secret?: Secret; publicUrl?: string; trustedProxies?: string[] };

/** The parts of the app that the checks read. */
const appOf = (remote: string, parts: Parts = {}): App => {
  const { http = 'off', secret, publicUrl, trustedProxies = [] } = parts;
  const channel = channelOf({ post: ['room:1'], authors: [{ name: 'Ada Moe' }, { name: 'Bo Lund' }] });
  const clock = createClock();
  const { logger } = keepWarnings();
  const arxiv = { webUrl: remote, rssUrl: remote, apiUrl: remote };
  const client = createArxivClient({
    ...{ fetch, clock, logger, userAgent: 'Paperboy', random: () => 1 },
    limits: { maxAttempts: 1, timeoutMs: 50 },
  });
  const never = new Promise<never>(() => {});
  return {
    ...{ stores, clock, health: healthOf(stores), channel: () => channel },
    channels: { ...registryOf([channel]), differences: () => [], former: () => [] },
    source: createArxivSource({ ...arxiv, client, logger }),
    understand: async () => ({}),
    engines: {},
    authors: {
      candidates: (_name: string, signal: AbortSignal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    },
    descriptors: [{ name: 'room', label: 'Room', remotes: () => [remote] }],
    platforms: new Map([['room', { check: () => never }]]),
    config: {
      ...{
        isExample: false,
        source: 'paperboy.yaml',
        secretFiles: [],
        web: { secret, publicReading: false, trustedProxies },
      },
      ...{ scorer: { engine: 'local' }, retention: { paperMonths: null } },
      env: {
        ...{ arxiv, http, publicUrl, database: { kind: 'sqlite', file: ':memory:' }, openai: undefined },
        ...{ s2: { apiUrl: remote }, platforms: { room: {} } },
      },
    },
  } as unknown as App;
};

const linesOf = async (app: App): Promise<string[]> =>
  (await examine(app, { version: '1.2.3', limits })).map(renderCheck);

describe('doctor with remotes that accept connections and never answer', () => {
  it('ends, and says what does not answer', async () => {
    const lines = await linesOf(appOf(silent.url));
    expect(lines[0]).toBe('✓ version: Paperboy 1.2.3');
    expect(lines).toContain(
      [
        `✗ arXiv announcement: Cannot reach arXiv: 127.0.0.1:${silent.port} gave no answer within 0.05 seconds.`,
        '  → Check the network.',
      ].join('\n'),
    );
    expect(lines).toContainEqual(expect.stringContaining('✗ Room: no answer within 0.1 seconds\n'));
    for (const name of ['Ada Moe', 'Bo Lund'])
      expect(lines).toContainEqual(expect.stringContaining(`✗ author ${name}: Semantic Scholar does not answer`));
  });

  it('skips what needs a proxy that does not answer', async () => {
    ends.push(useProxies({ http: silent.url, https: silent.url, except: '' }));
    const lines = await linesOf(appOf('https://papers.invalid'));
    expect(lines).toContainEqual(
      expect.stringMatching(/^✗ proxy: .* for papers\.invalid; it does not answer \(no answer within 0\.05 seconds\)/),
    );
    const skipped = 'skipped, because the proxy does not answer';
    for (const name of ['arXiv pages', 'arXiv feeds', 'arXiv announcement', 'author Ada Moe', 'Room'])
      expect(lines).toContain(`– ${name}: ${skipped}`);
  });

  it('reports each check as soon as it and those before it have ended', async () => {
    const reported: DoctorCheck[] = [];
    const examining = examine(appOf(silent.url), { version: '1.2.3', limits, report: (check) => reported.push(check) });
    await expect.poll(() => reported.map(({ name }) => name)).toContain('arXiv feeds');
    expect(reported.map(({ name }) => name)).not.toContain('Room');
    expect(await examining).toEqual(reported);
  });
});

describe('the check of the page', () => {
  const serving = async (body: string): Promise<{ host: string; port: number }> => {
    const server = createServer((_request, response) => response.end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise((resolve) => server.close(resolve)));
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  };
  const pageLines = async (http: Http, secret?: Secret, timeoutMs = 5_000): Promise<string[]> =>
    (await checkPage(appOf(silent.url, { http, ...(secret && { secret }) }), timeoutMs)).map(renderCheck);

  it('names the running bot', async () => {
    const http = await serving('{"status":"starting","version":"1.0.0","time":"2025-07-08T13:00:00Z"}');
    expect((await pageLines(http))[0]).toContain(`✓ page: the bot serves it at http://127.0.0.1:${http.port}/;`);
  });

  it('says that the bot will serve it if nothing listens there', async () => {
    const http = await serving('');
    await ends.pop()?.();
    expect((await pageLines(http))[0]).toContain(
      `✓ page: the bot will serve it at http://127.0.0.1:${http.port}/ once it runs;`,
    );
  });

  it('fails if another program has the port, whether it answers or not', async () => {
    const taken = (port: number) => [
      `✗ page: another program uses port ${port}\n  → stop that program, or set PAPERBOY_HTTP to a free HOST:PORT`,
    ];
    const http = await serving('<html>');
    expect(await pageLines(http)).toEqual(taken(http.port));
    expect(await pageLines({ host: '127.0.0.1', port: silent.port }, undefined, 50)).toEqual(taken(silent.port));
  });

  it('fails for an outside address without a secret, because nobody can read the page', async () => {
    const http = { ...(await serving('{"status":"ready"}')), host: '0.0.0.0' };
    expect((await pageLines(http))[1]).toMatch(
      /^✗ page access: nobody can read the page: .*0\.0\.0\.0.*\n {2}→ set PAPERBOY_WEB_SECRET/,
    );
    expect(await pageLines(http, new Secret('open sesame'))).toHaveLength(1);
  });

  it('asks for the name of a proxy that serves the page over HTTPS', async () => {
    const http = await serving('{"status":"ready"}');
    const lines = async (parts: Parts) =>
      (await checkPage(appOf(silent.url, { http, ...parts }), 5_000)).map(renderCheck);
    expect((await lines({ publicUrl: 'https://papers.example.org' }))[1]).toBe(
      '✓ page proxy: a proxy serves https://papers.example.org, and all its visitors share the limits of one address; name the proxy in web.trustedProxies',
    );
    for (const parts of [
      { publicUrl: 'https://papers.example.org', trustedProxies: ['127.0.0.1'] },
      { publicUrl: 'http://papers.example.org' },
    ])
      expect(await lines(parts)).toHaveLength(1);
  });
});
