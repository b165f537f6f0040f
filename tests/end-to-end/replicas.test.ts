import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pg } from '../../db/postgres/driver.ts';
import { type FakeArxiv, type FakePaper, startFakeArxiv } from '../fakes/arxiv.ts';
import { type DiscordServer, startDiscordServer } from '../fakes/discord-server.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../fakes/postgres.ts';
import { date, day, picked, verdictOf } from './day.ts';
import { ask, digestsOn, toDiscord } from './discord.ts';
import { configOf, createHome, type Home, type Running, stop, toArxiv, waitForOutput } from './harness.ts';
import { type Model, startModel } from './model.ts';

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

  it('post a digest once, and do each duty in one of them', async () => {
    const first = start('first', '2025-07-08T13:00:00Z');
    await waitForOutput(first, took('scheduler'));
    await waitForOutput(first, /listening on Discord/);
    // Their clocks are a day and two days ahead.
    const second = start('second', '2025-07-09T13:00:00Z', 'worker');
    const third = start('third', '2025-07-09T13:00:00Z', 'gateway');
    await waitForOutput(first, /"status":"posted"/);
    for (const bot of [second, third]) await waitForOutput(bot, /connected to Discord/);
    expectDigests([picked]);
    for (const bot of [second, third]) expect(bot.output()).not.toMatch(/took a duty|listening on Discord/);
    expect(discord.gateway.open()).toBe(1);
    expect(await ask(discord, 'top 2')).toContain(picked[1]);
  });

  it('go on where one was killed, with the next digest and without anything twice', async () => {
    const { first, second, third } = bots;
    if (!first || !second || !third) throw new Error('not started');
    arxiv.setDate('2025-07-09');
    first.kill('SIGKILL');
    await waitForOutput(second, took('scheduler'));
    await waitForOutput(third, /listening on Discord/);
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
    arxiv.setDate('2025-07-10');
    second.kill('SIGSTOP');
    third.kill('SIGSTOP');
    await waitForOutput(fourth, took('scheduler'));
    await waitForOutput(fourth, /listening on Discord/);
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

  it('continue a run whose process was killed', async () => {
    const database = await server.createDatabase();
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    let isKilled = false;
    const kill = async (): Promise<void> => {
      const { rows } = await client.query("SELECT owner FROM leases WHERE name = 'channel gears'");
      process.kill(JSON.parse(rows[0]?.owner).pid, 'SIGKILL');
    };
    const own = await startDiscordServer(({ method, path }) => {
      if (method !== 'POST' || isKilled || !/\/messages$/.test(path)) return undefined;
      if (own.called('POST', /\/messages$/).length < 4) return undefined;
      isKilled = true;
      void kill();
      return 'silence';
    });
    arxiv.setDate(date);
    const env = { ...toDiscord(own), DATABASE_URL: database, PAPERBOY_ROLE: 'worker' };
    const elsewhere = await createHome({
      config: configOf({ post: [`discord:${own.state.general}`] }),
      env: { ...toArxiv(arxiv), ...model.env, ...env },
    });
    try {
      const workers = [elsewhere.start(['start']), elsewhere.start(['start'])];
      const killed = await Promise.race(workers.map(async (one) => ((await one.ended) ? one : undefined)));
      const [left] = workers.filter((one) => one !== killed);
      if (!left) throw new Error('no process is left');
      await waitForOutput(left, /"status":"posted"/);
      expect(digestsOn(own).map(({ ids }) => ids)).toEqual([picked]);
    } finally {
      await elsewhere.close();
      await client.end();
      await own.close();
    }
  });
});
