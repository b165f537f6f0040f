import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { startFakeArxiv } from '../fakes/arxiv.ts';
import { startFakeOpenAi } from '../fakes/openai.ts';
import { date, day, picked, verdictOf } from './day.ts';
import { configOf, createHome, reportOf, stop, toArxiv, waitForOutput } from './harness.ts';
import { closeAfterEach } from './setup.ts';

const opened = closeAfterEach();

/** A server that accepts every connection and never answers. */
const startSilence = async () => {
  const sockets = new Set<Socket>();
  const requested = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('data', () => requested.resolve());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    /** Resolves on the first request. */
    requested: requested.promise,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

/** A bot that is about to store scores while another process writes to its database. */
const startBlocked = async () => {
  const released = Promise.withResolvers<void>();
  const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
  const hold = async (call: number): Promise<void> => (call === 2 ? released.promise : undefined);
  const model = opened(await startFakeOpenAi({ verdict: verdictOf, hold }));
  const env = { ...toArxiv(arxiv), OPENAI_BASE_URL: model.url };
  const home = opened(await createHome({ config: configOf({ post: ['console'] }), env }));
  const bot = home.start(['start']);
  await expect.poll(() => model.requests.length).toBeGreaterThan(2);
  const writer = new Sqlite(join(home.folder, 'paperboy.db'));
  opened({ close: async () => void writer.close() });
  writer.exec('BEGIN IMMEDIATE');
  released.resolve();
  await delay(300);
  return bot;
};

describe('SIGTERM', () => {
  const remotes: Record<string, (url: string) => Record<string, string>> = {
    arXiv: (url) => ({ ARXIV_RSS_URL: url, ARXIV_WEB_URL: url }),
    'the model': (url) => ({ OPENAI_BASE_URL: `${url}/v1` }),
    Slack: (url) => ({ SLACK_BOT_TOKEN: 'xoxb-a', SLACK_APP_TOKEN: 'xapp-a', SLACK_API_URL: `${url}/api/` }),
  };

  it.each(Object.keys(remotes))('ends the bot with exit code 0 while %s does not answer', async (remote) => {
    const silence = opened(await startSilence());
    const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
    const home = opened(
      await createHome({
        config: configOf({ post: [remote === 'Slack' ? 'slack:C01GEN' : 'console'] }),
        env: { ...toArxiv(arxiv), ...remotes[remote]?.(silence.url) },
      }),
    );
    const bot = home.start(['start']);
    await silence.requested;
    const ended = await stop(bot);
    expect(ended).toMatchObject({ code: 0, signal: null, stdout: '' });
    expect(ended.stderr).not.toMatch(/"level":"error"/);
  });

  it('ends a run with exit code 1 and a message; the next run continues from what is stored', async () => {
    const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
    const model = opened(
      await startFakeOpenAi({ verdict: verdictOf, fault: (call) => (call === 3 ? { kind: 'hang' } : undefined) }),
    );
    const home = opened(
      await createHome({
        config: configOf({ post: ['console'], scorer: 'batchSize: 4, concurrency: 1' }),
        env: { ...toArxiv(arxiv), OPENAI_BASE_URL: model.url },
      }),
    );
    const run = home.start(['run', '--json']);
    // The topics, then three batches.
    await expect.poll(() => model.requests.length).toBe(4);
    const ended = await stop(run);
    expect(ended).toMatchObject({ code: 1, signal: null, stdout: '' });
    expect(ended.stderr).toMatch(/^Stopped by SIGTERM\.$/m);

    const next = await home.run(['run', '--json']);
    expect(reportOf(next)).toMatchObject({ status: 'posted', posted: picked.length, engine: 'openai' });
    const isComment = ({ messages }: (typeof model.requests)[number]): boolean =>
      messages.at(-1)?.content.includes('Comment on the') === true;
    const sizes = (some: typeof model.requests): number[] => some.map(({ ids }) => ids.length);
    expect(sizes(model.requests.filter((one) => !isComment(one)))).toEqual([0, 4, 4, 3, 3, 1]);
    expect(sizes(model.requests.filter(isComment)).reduce((sum, count) => sum + count, 0)).toBe(picked.length + 3);
  });

  it('ends a run that waits for Retry-After with the same message', async () => {
    const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
    arxiv.failNext({ kind: 'status', status: 503, retryAfter: '60' });
    const home = opened(await createHome({ config: configOf({ post: ['console'] }), env: toArxiv(arxiv) }));
    const run = home.start(['run']);
    await waitForOutput(run, /retrying arXiv/);
    const ended = await stop(run);
    expect(ended).toMatchObject({ code: 1, signal: null, stdout: '' });
    expect(ended.stderr).toMatch(/^Stopped by SIGTERM\.$/m);
    expect(ended.stderr).not.toMatch(/"level":"error"/);
  });

  it('ends the bot while another process writes to the database', async () => {
    const bot = await startBlocked();
    // The other process goes on writing until the test ends.
    expect(await stop(bot)).toMatchObject({ code: 0, signal: null });
  });

  it('ends the bot at once if it comes twice', async () => {
    const bot = await startBlocked();
    bot.kill('SIGTERM');
    await delay(200);
    // The first one alone would end it with 0, after a second at the earliest.
    expect(await stop(bot)).toMatchObject({ code: 1, signal: null });
  });

  it('frees the port and the database for the next bot at once', async () => {
    const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
    const home = opened(await createHome({ env: { ...toArxiv(arxiv), PAPERBOY_HTTP: '127.0.0.1:0' } }));
    const bot = home.start(['start']);
    const [, port = ''] = await waitForOutput(bot, /"url":"http:\/\/127\.0\.0\.1:(\d+)\/"/);
    await waitForOutput(bot, /"status":"posted"/);
    // A browser's open connection does not keep the bot running.
    await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'keep-alive' } });

    const second = await home.run(['start'], { PAPERBOY_HTTP: `127.0.0.1:${port}` });
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toMatch(
      /^cannot listen on 127.*: another process uses this port; set PAPERBOY_HTTP to a free HOST:PORT, or to off\n$/,
    );

    const ended = await stop(bot);
    expect(ended).toMatchObject({ code: 0 });
    const next = home.start(['start'], { PAPERBOY_HTTP: `127.0.0.1:${port}` });
    await waitForOutput(next, /"msg":"next run"/);
    expect((await stop(next)).code).toBe(0);
  });
});
