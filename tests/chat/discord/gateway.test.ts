import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { textMessage } from '../../../src/core/message.ts';
import type { Reaction } from '../../../src/core/platform.ts';
import { startDiscordServer } from '../../fakes/discord-server.ts';
import { keepingLogger } from '../../fakes/logger.ts';
import { hear, open, platformOn } from './connect.ts';
import { shownText } from './shown.ts';
import { typed } from './typed.ts';

const start = async (fault?: Parameters<typeof startDiscordServer>[0]) => {
  const server = await startDiscordServer(fault);
  open.push(server);
  return server;
};
const seconds = { timeout: 6000, interval: 10 };

/** A bot that keeps the reactions it hears of, and a post to react to. */
const withReactions = async (fault?: Parameters<typeof startDiscordServer>[0]) => {
  const server = await start(fault);
  const heard: string[] = [];
  const keep = (sign: string) => async (reaction: Reaction) => void heard.push(`${sign}${reaction.emoji}`);
  const bot = await hear(server, { reactionAdded: keep('+'), reactionRemoved: keep('-') });
  const sent = await bot.platform.send({
    destination: `discord:${server.state.general}`,
    message: textMessage('Paper'),
    key: 'k',
  });
  const react = (emoji: string, present = true) =>
    server.react(sent.messageId, server.state.people.alice, emoji, present);
  const messages = () => bot.lines.map(({ message }) => message);
  return { ...bot, server, heard, react, messages };
};

describe('the gateway of Discord', () => {
  it('is asked for servers and reactions, and for nothing that Discord has to approve', async () => {
    const { server } = await withReactions();
    expect(server.gateway.asked).toEqual([{ op: 'identify', intents: 1 | 1024 }]);
  });

  it.each([
    ['breaks without a word', undefined],
    ['is closed by Discord', 4000],
    ['is closed for going away', 1001],
  ])('resumes and hears what it missed where the connection %s', async (_, code) => {
    const { server, heard, react, messages, warnings } = await withReactions();
    react('👍');
    server.gateway.drop(code);
    await expect.poll(messages, seconds).toContain('lost the connection to Discord; reconnecting');
    react('👎');
    react('👍', false);
    await expect.poll(() => heard, seconds).toEqual(['+👍', '+👎', '-👍']);
    expect(messages().filter((message) => message === 'connected to Discord again')).toHaveLength(1);
    expect(server.gateway.asked.map(({ op }) => op)).toEqual(['identify', 'resume']);
    expect(warnings()).toHaveLength(1);
  });

  it('comes back when Discord asks for it', async () => {
    const { server, heard, react } = await withReactions();
    server.gateway.askToReconnect();
    await expect.poll(() => server.gateway.asked.length, seconds).toBe(2);
    react('👍');
    await expect.poll(() => heard, seconds).toEqual(['+👍']);
  });

  it('begins a new session where Discord no longer knows the old one; what was missed can be read', async () => {
    const { server, platform, heard, react } = await withReactions();
    server.gateway.faults.push('invalid session');
    server.gateway.drop(4000);
    react('👍');
    await expect
      .poll(() => server.gateway.asked.map(({ op }) => op), seconds)
      .toEqual(['identify', 'resume', 'identify']);
    expect(heard).toEqual([]);
    const [message] = server.state.ofChannel(server.state.general);
    const thread = {
      destination: `discord:${server.state.guild.id}:${server.state.general}`,
      messageId: message?.id ?? '',
    };
    expect((await platform.reactions(thread)).map(({ emoji }) => emoji)).toEqual(['👍']);
    react('👎');
    await expect.poll(() => heard, seconds).toEqual(['+👎']);
  });

  it('tries more and more seldom while Discord is out of reach, says so once, and answers when it is back', async () => {
    const { server, messages, warnings } = await withReactions();
    const connectedAt: number[] = [];
    const began = performance.now();
    server.gateway.faults.push({ closesWith: 1012 });
    server.gateway.drop();
    for (const count of [2, 3]) {
      await expect.poll(server.gateway.connections, seconds).toBe(count);
      connectedAt.push(performance.now() - began);
    }
    const [first = 0, second = 0] = connectedAt;
    expect(first).toBeLessThan(900);
    expect(second - first).toBeGreaterThan(1300);
    await expect.poll(messages, seconds).toContain('connected to Discord again');
    expect(warnings().map(({ message }) => message)).toEqual(['lost the connection to Discord; reconnecting']);
    const interaction = server.command(typed('top 5'));
    await expect.poll(() => interaction.answers.map(shownText)).toEqual(['You typed top 5.']);
  });

  it('begins a new session after it could not be reached at all', async () => {
    const { server, heard, react } = await withReactions();
    server.gateway.faults.push('unreachable');
    server.gateway.drop();
    await expect.poll(() => server.gateway.asked.length, seconds).toBe(2);
    react('👍');
    await expect.poll(() => heard, seconds).toEqual(['+👍']);
  });

  it('lets the process live where Discord refuses it for good, and says what to do', async () => {
    const { server, warnings, platform } = await withReactions();
    server.gateway.drop(4004);
    await expect.poll(warnings, seconds).toHaveLength(1);
    expect(warnings()[0]).toMatchObject({ level: 'error', fields: { reason: expect.stringMatching(/DISCORD_TOKEN/) } });
    const connections = server.gateway.connections();
    await delay(700);
    expect(server.gateway.connections()).toBe(connections);
    const began = performance.now();
    await platform.close();
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('does not come back after it was closed while it was waiting to', async () => {
    const { server, platform } = await withReactions();
    server.gateway.drop(4000);
    await delay(50);
    await platform.close();
    const connections = server.gateway.connections();
    await delay(800);
    expect(server.gateway.connections()).toBe(connections);
  });

  it('says in one line that the bot was removed from a server, and nothing of an outage there', async () => {
    const { server, warnings } = await withReactions();
    const { id } = server.state.guild;
    server.gateway.broadcast('GUILD_DELETE', { id, unavailable: true });
    server.gateway.broadcast('GUILD_DELETE', { id });
    await expect.poll(warnings).toHaveLength(1);
    expect(warnings()[0]).toMatchObject({
      fields: { guild: id },
      message: expect.stringMatching(/removed from a Discord server/),
    });
  });
});

describe('starting to listen on Discord', () => {
  const listening = async (
    fault: Parameters<typeof startDiscordServer>[0],
    prepare = (_: Awaited<ReturnType<typeof start>>) => {},
  ) => {
    const server = await start(fault);
    prepare(server);
    const platform = platformOn(server, { logger: keepingLogger().logger });
    open.unshift(platform);
    await platform.connect();
    const nothing = async () => {};
    const handlers = {
      command: async () => textMessage(''),
      paperOf: async () => undefined,
      card: async () => undefined,
      suggest: async () => [],
      reactionAdded: nothing,
      reactionRemoved: nothing,
    };
    return platform.listen(handlers);
  };

  it('fails where Discord has no gateway for it', async () => {
    const refused = listening(({ path }) => (path === '/gateway/bot' ? { status: 503, body: 'down' } : undefined));
    await expect(refused).rejects.toMatchObject({ service: 'Discord', status: 503, retryable: true });
  });

  it('fails for good where the gateway refuses the token', async () => {
    const refused = listening(undefined, ({ gateway }) => gateway.faults.push({ closesWith: 4004 }));
    await expect(refused).rejects.toMatchObject({
      service: 'Discord',
      retryable: false,
      message: expect.stringMatching(/DISCORD_TOKEN/),
    });
  });

  it('waits where the bot has connected too often for a day', async () => {
    const limit = { total: 1000, remaining: 0, reset_after: 3_600_000, max_concurrency: 1 };
    const refused = listening(({ path }) =>
      path === '/gateway/bot'
        ? { body: { url: 'ws://127.0.0.1:1', shards: 1, session_start_limit: limit } }
        : undefined,
    );
    await expect(refused).rejects.toMatchObject({ retryAfterMs: 3_600_000 });
  });
});
