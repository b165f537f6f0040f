import { describe, expect, it } from 'vitest';
import { textMessage } from '../../../src/core/message.ts';
import type { DiscordServer, startDiscordServer } from '../../fakes/discord-server.ts';
import { findSent } from '../../fakes/find-sent.ts';
import { connect, open, platformOn } from './connect.ts';

const restart = async (server: DiscordServer) => {
  const platform = platformOn(server);
  open.unshift(platform);
  await platform.connect();
  return platform;
};
const chatter = ({ state }: DiscordServer, channel: string, count: number) => {
  for (let index = 0; index < count; index += 1) state.post(channel, state.people.bob, [{ description: 'talk' }]);
};
const posted = async (fault?: Parameters<typeof startDiscordServer>[0]) => {
  const connected = await connect(fault);
  const { platform, destination } = connected;
  const header = await platform.send({ destination, message: textMessage('Day'), key: 'k-0' });
  const reply = (key: string) => platform.send({ destination, thread: header, message: textMessage(key), key });
  return { ...connected, header, reply };
};

describe('finding a post on Discord again', () => {
  it('reads a thread page by page from its start', async () => {
    const { server, destination, reply, header } = await posted();
    await reply('k-1');
    chatter(server, header.messageId, 150);
    const sent = await reply('k-2');
    const platform = await restart(server);
    expect(await findSent(platform, { destination, thread: header, key: 'k-2', since: Date.now() })).toEqual(sent);
    const pages = server.called('GET', /messages$/).map(({ query }) => query.get('after') ?? '');
    expect(pages).toHaveLength(2);
    const [first = '', second = ''] = pages;
    expect(first).toBe(header.messageId);
    expect(BigInt(second)).toBeGreaterThan(BigInt(first));
  });

  it('reads a channel from shortly before it was sent', async () => {
    const { server, destination, header } = await posted();
    const since = Date.now();
    const platform = await restart(server);
    expect(await findSent(platform, { destination, key: 'k-0', since })).toEqual(header);
    const [first = ''] = server.called('GET', /messages$/).map(({ query }) => query.get('after') ?? '');
    expect(Number(BigInt(first) >> 22n) + 1_420_070_400_000).toBe(since - 120_000);
  });

  it('does not read what was posted long before', async () => {
    const { server, destination } = await posted();
    const platform = await restart(server);
    const since = Date.now() + 200_000;
    expect(await findSent(platform, { destination, key: 'k-0', since })).toBeUndefined();
  });

  it("finds only the bot's own message with this key, although another person copied it", async () => {
    const { server, destination, header, reply } = await posted();
    const sent = await reply('k-10');
    const { state } = server;
    const copied = state.messages.get(sent.messageId)?.embeds ?? [];
    state.post(header.messageId, state.people.bob, JSON.parse(JSON.stringify(copied).replace('k-10', 'k-1')));
    const platform = await restart(server);
    const find = (key: string) => findSent(platform, { destination, thread: header, key, since: Date.now() });
    expect(await find('k-1')).toBeUndefined();
    expect(await find('k-10')).toEqual(sent);
  });

  it('finds nothing in a thread that was never started or was deleted', async () => {
    const { server, platform, destination, header, reply } = await posted();
    const find = { destination, thread: header, key: 'k-1', since: Date.now() };
    expect(await findSent(platform, find)).toBeUndefined();
    await reply('k-1');
    server.state.channels.delete(header.messageId);
    expect(await findSent(platform, find)).toBeUndefined();
    server.state.messages.delete(header.messageId);
    expect(await findSent(await restart(server), find)).toBeUndefined();
  });

  it('fails if the channel does not exist', async () => {
    const { platform } = await posted();
    const missing = { destination: 'discord:100000000000000001:200000000000000404', key: 'k', since: Date.now() };
    await expect(findSent(platform, missing)).rejects.toMatchObject({ name: 'ExternalError', retryable: false });
  });
});

describe('the current reactions in a thread of Discord', () => {
  it('are complete if there are several pages of people, super reactions too', async () => {
    const { server, destination, header, reply } = await posted();
    const paper = await reply('k-1');
    const people = Array.from({ length: 230 }, (_, index) => `9100000000000${String(10_000 + index)}`);
    const { state } = server;
    const message = state.messages.get(paper.messageId);
    if (!message) throw new Error('not posted');
    for (const person of people) state.react(message, person, '👍', true);
    state.react(message, state.people.bob, '👍', true, 'burst');
    state.react(message, state.people.bob, 'idea:500000000000000001', true);
    state.react(message, state.bot.id, '👎🏽', true);
    const found = await (await restart(server)).reactions(header);
    expect(found.every((one) => one.message.destination === destination)).toBe(true);
    expect(found.map(({ person, emoji }) => `${person.split(':')[2]} ${emoji}`).sort()).toEqual(
      [
        ...people.map((one) => `${one} 👍`),
        `${state.people.bob} 👍`,
        `${state.people.bob} idea:500000000000000001`,
      ].sort(),
    );
    // If only the bot itself has reacted, nobody is looked up.
    const calls = server.called('GET', /\/reactions\//);
    expect(calls.filter(({ path }) => decodeURIComponent(path).includes('👎'))).toEqual([]);
    expect(calls).toHaveLength(5);
  });

  it('are only those of the header if no paper was posted, at two calls', async () => {
    const { server, header } = await posted();
    server.react(header.messageId, server.state.people.alice, '👍', true);
    const platform = await restart(server);
    const before = server.calls.length;
    expect(await platform.reactions(header)).toHaveLength(1);
    expect(server.calls).toHaveLength(before + 2);
  });

  it('are still read if the header was deleted but not the thread', async () => {
    const { server, header, reply } = await posted();
    const paper = await reply('k-1');
    server.react(paper.messageId, server.state.people.alice, '👎', true);
    server.state.messages.delete(header.messageId);
    const found = await (await restart(server)).reactions(header);
    expect(found.map(({ message }) => message)).toEqual([paper]);
  });

  it('are an error if the thread was deleted', async () => {
    const { server, header, reply } = await posted();
    await reply('k-1');
    server.state.channels.delete(header.messageId);
    const reading = (await restart(server)).reactions(header);
    await expect(reading).rejects.toMatchObject({ name: 'ExternalError', retryable: false });
  });

  it('are an error if Discord rate-limits the bot on the way', async () => {
    const { server, header, reply } = await posted(({ path }) =>
      path.includes('/reactions/') ? { status: 429, headers: { 'retry-after': '20' }, body: {} } : undefined,
    );
    const paper = await reply('k-1');
    server.react(paper.messageId, server.state.people.alice, '👎', true);
    await expect((await restart(server)).reactions(header)).rejects.toMatchObject({ retryAfterMs: 20_000 });
  });
});
