import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { inputsFor } from '../chat/discord/inputs.ts';
import { shownText } from '../chat/discord/shown.ts';
import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { type DiscordServer, startDiscordServer } from '../fakes/discord-server.ts';
import { startDiscordTwin } from '../fakes/discord-twin.ts';
import { date, day, paperOf, picked, verdictOf } from './day.ts';
import { ask, digestsOn, idIn, lineOf, startDiscordGate, toDiscord } from './discord.ts';
import { configOf, createHome, type Home, type Running, stop, toArxiv, waitForOutput } from './harness.ts';
import { type Model, startModel } from './model.ts';

const heading = 'Tuesday, 8 July 2025 · gears';

describe('the bot on a third-party Discord server', () => {
  let arxiv: FakeArxiv;
  let twin: Awaited<ReturnType<typeof startDiscordTwin>>;
  let gate: Awaited<ReturnType<typeof startDiscordGate>>;
  let model: Model;
  let home: Home;
  let bot: Running;

  beforeAll(async () => {
    arxiv = await startFakeArxiv({ days: { [date]: day } });
    twin = await startDiscordTwin();
    model = await startModel(verdictOf);
    // Discord has the header and three papers, and the bot gets no answer for the third.
    gate = await startDiscordGate(twin, { after: (nth) => nth === 4 && bot.kill('SIGKILL') });
    home = await createHome({
      config: configOf({ post: [`discord:${twin.general}`] }),
      env: { ...toArxiv(arxiv), ...toDiscord(gate), ...model.env },
    });
    bot = home.start(['start']);
    expect(await bot.ended).toMatchObject({ signal: 'SIGKILL' });
    bot = home.start(['start']);
    await waitForOutput(bot, /listening on Discord/);
    await waitForOutput(bot, /"status":"posted"/);
  });
  afterAll(async () => {
    await home.close();
    await gate.close();
    await model.close();
    await twin.close();
    await arxiv.close();
  });

  const ask = async (text: string, user?: string): Promise<string> =>
    (await twin.command(inputsFor(commands, text), { user })).map(shownText).join('\n');

  it('posts the digest into one thread without duplicates, even after a kill midway', async () => {
    const headers = (await twin.embedsIn(twin.general)).map(shownText);
    expect(headers).toEqual([expect.stringMatching(/^Tuesday, 8 July 2025 · gears\n[\s\S]*7 of 12 papers picked/)]);
    const [thread, ...others] = await twin.threads(twin.general);
    expect(others).toEqual([]);
    expect(thread?.name).toBe(heading);
    const [header, ...papers] = thread?.messages ?? [];
    expect(shownText(header ?? [])).toBe(headers[0]);
    expect(papers.map(idIn)).toEqual(picked);
    for (const [index, embeds] of papers.entries()) {
      const { title } = paperOf(picked[index] ?? '');
      const text = shownText(embeds);
      expect(text).toContain(`${index + 1}. ${title.slice(0, 200)}`);
      expect(text).toContain(verdictOf(picked[index] ?? '')?.comment);
    }
  });

  it('answers /arxiv privately', async () => {
    const top = await ask('top 5');
    expect([...top.matchAll(/\d{4}\.\d{5}/g)].map(([id]) => id)).toEqual(picked.slice(0, 5));
    expect(await ask('help', twin.people.bob)).toMatch(/\/arxiv top[\s\S]*\/arxiv help/);
    expect(await ask('top 5 2024-01-05')).toBe(
      'There is no digest for 2024-01-05. Type /arxiv top 5 2025-07-08 for the newest one.',
    );
  });

  it('counts a vote, and removes it with the reaction', async () => {
    const [thread] = await twin.threads(twin.general);
    const [, second = ''] = picked;
    const { id = '' } = (await twin.messagesIn(thread?.id ?? '')).find(({ embeds }) => idIn(embeds) === second) ?? {};
    const message = { id, channel: thread?.id ?? '' };
    const untilTopShows = (pattern: RegExp) =>
      expect.poll(async () => lineOf(await ask('top 5'), second), { interval: 100 }).toMatch(pattern);
    twin.react(message, twin.people.alice, '👍', true);
    twin.react(message, twin.people.bob, '👎🏽', true);
    twin.react(message, twin.bot, '👍', true);
    await untilTopShows(/👍 1 {2}👎 1 /);
    twin.react(message, twin.people.alice, '👍', false);
    await untilTopShows(/^(?!.*👍).*👎 1 /);
    twin.react(message, twin.people.bob, '👎🏽', false);
    await untilTopShows(/^(?!.*(👍|👎))/);
    expect(await stop(bot)).toMatchObject({ code: 0, signal: null });
  });
});

describe('the bot on Discord', () => {
  const [first = '', second = '', third = '', fourth = ''] = picked;
  let arxiv: FakeArxiv;
  let server: DiscordServer;
  let model: Model;
  let home: Home;
  let bot: Running;

  beforeAll(async () => {
    arxiv = await startFakeArxiv({ days: { [date]: day } });
    server = await startDiscordServer();
    model = await startModel(verdictOf);
    home = await createHome({
      config: configOf({ post: [`discord:${server.state.guild.id}:${server.state.general}`] }),
      env: { ...toArxiv(arxiv), ...toDiscord(server), ...model.env },
    });
    bot = home.start(['start']);
    await waitForOutput(bot, /listening on Discord/);
    await waitForOutput(bot, /"status":"posted"/);
  });
  afterAll(async () => {
    await home.close();
    await model.close();
    await server.close();
    await arxiv.close();
  });

  const headerId = (): string => server.state.ofChannel(server.state.general)[0]?.id ?? '';
  const messageOf = (id: string): string =>
    server.state.ofChannel(headerId()).find(({ embeds }) => idIn(embeds) === id)?.id ?? '';
  const react = (id: string, user: string, emoji: string, present = true): void =>
    server.react(messageOf(id), user, emoji, present);
  const untilTopShows = (id: string, pattern: RegExp) =>
    expect.poll(async () => lineOf(await ask(server, 'top 50'), id), { interval: 100 }).toMatch(pattern);

  it('posts the digest into one thread for a week, each message with its own nonce', () => {
    expect(digestsOn(server)).toEqual([{ name: heading, ids: picked }]);
    expect(server.state.channels.get(headerId())?.thread_metadata?.auto_archive_duration).toBe(7 * 24 * 60);
    const nonces = server.called('POST', /\/messages$/).map(({ body }) => body.nonce);
    expect(new Set(nonces).size).toBe(picked.length + 1);
  });

  it('answers /arxiv in the channel and in its thread, and offers suggestions', async () => {
    const top = await ask(server, 'top 5');
    expect([...top.matchAll(/\d{4}\.\d{5}/g)].map(([id]) => id)).toEqual(picked.slice(0, 5));
    expect(await ask(server, 'top 5', { channel: headerId() })).toBe(top);
    const fields = [{ name: 'period', type: 3, value: '', focused: true }];
    expect(await server.suggestions([{ name: 'top', type: 1, options: fields }])).toContainEqual({
      name: expect.stringContaining('8 July 2025'),
      value: date,
    });
  });

  it('counts votes that were cast while its connection was broken', async () => {
    const { alice, bob } = server.state.people;
    server.gateway.drop();
    react(second, alice, '👍🏿');
    react(second, alice, '👍');
    react(second, bob, '👎');
    react(second, server.state.bot.id, '👍');
    await untilTopShows(second, /👍 1 {2}👎 1 /);
    expect(server.gateway.starts.at(-1)?.op).toBe('resume');
    for (const emoji of ['👍🏿', '👍']) react(second, alice, emoji, false);
    await untilTopShows(second, /^(?!.*👍).*👎 1 /);
  });

  it('exits with 0 soon after SIGTERM, and after a restart counts votes that were cast meanwhile', async () => {
    const { alice, bob } = server.state.people;
    react(fourth, bob, '👍');
    await untilTopShows(fourth, /👍 1 /);
    const ended = await stop(bot);
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(ended.stderr).not.toMatch(/"level":"error"/);

    react(first, server.state.bot.id, '👍');
    react(third, alice, '👎🏽');
    react(fourth, bob, '👍', false);
    bot = home.start(['start', '--now']);
    await waitForOutput(bot, /listening on Discord/);
    await waitForOutput(bot, /"status":"nothing-new"/);
    await untilTopShows(third, /👎 1 /);
    await untilTopShows(second, /^(?!.*👍).*👎 1 /);
    for (const id of [first, fourth]) await untilTopShows(id, /^(?!.*(👍|👎))/);
    expect(digestsOn(server)).toEqual([{ name: heading, ids: picked }]);
    expect(server.called('PUT', /\/commands$/)).toHaveLength(1);
    expect((await stop(bot)).code).toBe(0);
  });
});
