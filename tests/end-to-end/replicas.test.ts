import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pg } from '../../db/postgres/driver.ts';
import { type FakeArxiv, type FakePaper, startFakeArxiv } from '../fakes/arxiv.ts';
import { type DiscordServer, startDiscordServer } from '../fakes/discord-server.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../fakes/postgres.ts';
import { date, day, picked, verdictOf } from './day.ts';
import { ask, digestsOn, toDiscord } from './discord.ts';
import { configOf, createHome, type Home, type Running, stop, toArxiv, waitForOutput } from './harness.ts';
import { type Model, startModel } from './model.ts';

/** Milliseconds within which another process must go on. */
const takeoverMs = 15_000;

const paperOn = (id: string): FakePaper => ({
  ...{ id, title: `Gears of ${id}`, abstract: 'We study gear trains. The teeth mesh as they should.' },
  ...{ authors: ['Ada First'], categories: ['cs.LG'] },
});
const later = { '2025-07-09': '2507.10001', '2025-07-10': '2507.20001' };
const days = {
  [date]: day,
  ...Object.fromEntries(Object.entries(later).map(([on, id]) => [on, [paperOn(id)]])),
};

describe.skipIf(!hasPostgres)('several processes on one Postgres database', () => {
  let server: PostgresServer;
  let arxiv: FakeArxiv;
  let discord: DiscordServer;
  let model: Model;
  let home: Home;
  let url: string;
  const bots: Record<string, Running> = {};

  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase({ isMigrated: false });
    arxiv = await startFakeArxiv({ days, date });
    discord = await startDiscordServer();
    model = await startModel((id) => verdictOf(id) ?? { relevance: 9, novelty: 9, comment: `It is about ${id}.` });
    home = await createHome({
      config: configOf({ post: [`discord:${discord.state.general}`] }),
      env: { ...toArxiv(arxiv), ...toDiscord(discord), ...model.env, DATABASE_URL: url },
    });
  });
  afterAll(async () => {
    await home.close();
    await model.close();
    await discord.close();
    await arxiv.close();
    await server.stop();
  });

  const start = (name: string, now: string, role = 'all'): Running => {
    const bot = home.start(['start'], { PAPERBOY_NOW: now, PAPERBOY_ROLE: role });
    bots[name] = bot;
    return bot;
  };

  const took = (lease: string) => new RegExp(`"lease":"${lease}".*"this process took a duty"`);
  const expectDigests = (ids: string[][]) => expect(digestsOn(discord).map((digest) => digest.ids)).toEqual(ids);

  /** Transactions that the server commits in a second, of everybody. */
  const busyness = async (seconds: number): Promise<number> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const committed = async (): Promise<number> => {
      const { rows } = await client.query(
        'SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()',
      );
      return Number(rows[0]?.xact_commit);
    };
    const before = await committed();
    await delay(seconds * 1_000);
    const after = await committed();
    await client.end();
    return (after - before) / seconds;
  };

  it('post a digest once, and do each duty in one of them', async () => {
    const first = start('first', '2025-07-08T13:00:00Z');
    await waitForOutput(first, took('scheduler'));
    await waitForOutput(first, /listening on Discord/);
    // Their clocks are a day and two days ahead.
    const second = start('second', '2025-07-09T13:00:00Z', 'worker');
    const third = start('third', '2025-07-09T13:00:00Z', 'gateway');
    await waitForOutput(first, /"status":"posted"/);
    for (const bot of [second, third]) await waitForOutput(bot, /connected to Discord/);
    await delay(2_000);
    expectDigests([picked]);
    for (const bot of [second, third]) expect(bot.output()).not.toMatch(/took a duty|listening on Discord/);
    expect(discord.gateway.open()).toBe(1);
    expect(await ask(discord, 'top 2')).toContain(picked[1]);
  });

  it('ask the database little while there is nothing to do', async () => {
    expect(await busyness(10)).toBeLessThan(3 * 5);
  });

  it('go on where one was killed, with the next digest and without anything twice', async () => {
    const { first, second, third } = bots;
    if (!first || !second || !third) throw new Error('not started');
    arxiv.setDate('2025-07-09');
    first.kill('SIGKILL');
    const since = performance.now();
    await waitForOutput(second, took('scheduler'));
    await waitForOutput(third, /listening on Discord/);
    expect(performance.now() - since).toBeLessThan(takeoverMs);
    await waitForOutput(second, /"status":"posted"/);
    expectDigests([picked, [later['2025-07-09']]]);
    expect(await ask(discord, 'top 1')).toContain(later['2025-07-09']);
    expect(third.output()).not.toMatch(took('scheduler'));
    expect(second.output()).not.toMatch(/listening on Discord/);
  });

  it('go on where one is paused, whose late work does nothing', async () => {
    const { second, third } = bots;
    if (!second || !third) throw new Error('not started');
    const fourth = start('fourth', '2025-07-10T13:00:00Z');
    await waitForOutput(fourth, /connected to Discord/);
    await delay(1_000);
    arxiv.setDate('2025-07-10');
    second.kill('SIGSTOP');
    third.kill('SIGSTOP');
    const since = performance.now();
    await waitForOutput(fourth, took('scheduler'));
    await waitForOutput(fourth, /listening on Discord/);
    expect(performance.now() - since).toBeLessThan(takeoverMs);
    await waitForOutput(fourth, /"status":"posted"/);
    // The paused process has received the command too.
    expect(await ask(discord, 'top 1')).toContain(later['2025-07-10']);
    second.kill('SIGCONT');
    third.kill('SIGCONT');
    await waitForOutput(second, /"this process lost a duty"/);
    await waitForOutput(third, /"this process lost a duty"/);
    await expect.poll(() => discord.gateway.open()).toBe(1);
    expectDigests([picked, [later['2025-07-09']], [later['2025-07-10']]]);
    for (const bot of [second, third, fourth]) expect(await stop(bot)).toMatchObject({ code: 0 });
  });
});
