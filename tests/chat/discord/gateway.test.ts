import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/core/clock.ts';
import { textMessage } from '../../../src/core/message.ts';
import type { Reaction } from '../../../src/core/platform.ts';
import { startDiscordServer } from '../../fakes/discord-server.ts';
import { keepingLogger } from '../../fakes/logger.ts';
import { createRecordingClock, listenOn, open, platformOn } from './connect.ts';
import { inputs } from './inputs.ts';
import { shownText } from './shown.ts';

const start = async (fault?: Parameters<typeof startDiscordServer>[0]) => {
  const server = await startDiscordServer(fault);
  open.push(server);
  return server;
};
const often = { interval: 10 };

/** A bot that keeps the reactions it receives, and a post to react to. */
const withReactions = async (clock?: Clock) => {
  const server = await start();
  const received: string[] = [];
  const keep = (sign: string) => async (reaction: Reaction) => void received.push(`${sign}${reaction.emoji}`);
  const bot = await listenOn(server, { reactionAdded: keep('+'), reactionRemoved: keep('-') }, clock);
  const sent = await bot.platform.send({
    destination: `discord:${server.state.general}`,
    message: textMessage('Paper'),
    key: 'k',
  });
  const react = (emoji: string, present = true) =>
    server.react(sent.messageId, server.state.people.alice, emoji, present);
  const messages = () => bot.lines.map(({ message }) => message);
  return { ...bot, server, received, react, messages };
};

describe('the gateway of Discord', () => {
  it('requests servers, messages and reactions, and no privileged intent', async () => {
    const { server } = await withReactions();
    expect(server.gateway.starts).toEqual([{ op: 'identify', intents: 1 | 512 | 1024 }]);
  });

  it.each([
    ['breaks without a word', undefined],
    ['is closed by Discord', 4000],
    ['is closed for going away', 1001],
  ])('resumes and receives what it missed if the connection %s', async (_, code) => {
    const { server, received, react, messages, warnings } = await withReactions();
    react('👍');
    server.gateway.drop(code);
    await expect.poll(messages, often).toContain('lost the connection to Discord; reconnecting');
    react('👎');
    react('👍', false);
    await expect.poll(() => received, often).toEqual(['+👍', '+👎', '-👍']);
    expect(messages().filter((message) => message === 'connected to Discord again')).toHaveLength(1);
    expect(server.gateway.starts.map(({ op }) => op)).toEqual(['identify', 'resume']);
    expect(warnings()).toHaveLength(1);
  });

  it('reconnects if Discord asks for it', async () => {
    const { server, received, react } = await withReactions();
    server.gateway.askToReconnect();
    await expect.poll(() => server.gateway.starts.length, often).toBe(2);
    react('👍');
    await expect.poll(() => received, often).toEqual(['+👍']);
  });

  it('starts a new session if Discord rejects the old one; missed reactions can be read', async () => {
    const { server, platform, received, react } = await withReactions();
    server.gateway.faults.push('invalid session');
    server.gateway.drop(4000);
    react('👍');
    await expect
      .poll(() => server.gateway.starts.map(({ op }) => op), often)
      .toEqual(['identify', 'resume', 'identify']);
    expect(received).toEqual([]);
    const [message] = server.state.ofChannel(server.state.general);
    const thread = {
      destination: `discord:${server.state.guild.id}:${server.state.general}`,
      messageId: message?.id ?? '',
    };
    expect((await platform.reactions(thread)).map(({ emoji }) => emoji)).toEqual(['👍']);
    react('👎');
    await expect.poll(() => received, often).toEqual(['+👎']);
  });

  it('waits longer after each failed reconnect, logs one line, and answers once it is connected', async () => {
    const clock = createRecordingClock();
    const { server, messages, warnings } = await withReactions(clock);
    server.gateway.faults.push({ closesWith: 1012 }, { closesWith: 1012 });
    server.gateway.drop();
    await expect.poll(messages, often).toContain('connected to Discord again');
    expect(server.gateway.connections()).toBe(4);
    expect(clock.slept.filter((ms) => ms >= 1_000 && ms < 30_000)).toEqual([1_000, 2_000]);
    expect(warnings().map(({ message }) => message)).toEqual(['lost the connection to Discord; reconnecting']);
    const interaction = server.command(inputs('top 5'));
    await expect.poll(() => interaction.answers.map(shownText)).toEqual(['You typed top 5.']);
  });

  it('starts a new session after it could not be reached', async () => {
    const { server, received, react } = await withReactions();
    server.gateway.faults.push('unreachable');
    server.gateway.drop();
    await expect.poll(() => server.gateway.starts.length, often).toBe(2);
    react('👍');
    await expect.poll(() => received, often).toEqual(['+👍']);
  });

  it.each([
    [4004, /DISCORD_TOKEN/],
    [4014, /does not let the bot receive the events/],
  ])(
    'does not end the process if Discord refuses it with %i, and reconnects after 30 seconds',
    async (code, reason) => {
      const clock = createRecordingClock();
      const { server, warnings, platform } = await withReactions(clock);
      server.gateway.drop(code);
      await expect.poll(warnings, often).toHaveLength(1);
      expect(warnings()[0]).toMatchObject({ level: 'error', fields: { reason: expect.stringMatching(reason) } });
      await expect.poll(() => clock.slept.at(-1)).toBe(30_000);
      expect(server.gateway.connections()).toBe(1);
      await platform.close();
    },
  );

  it('reports that the connection is lost and why, and that it is back', async () => {
    const server = await start();
    const clock = createRecordingClock();
    const platform = platformOn(server, { logger: keepingLogger().logger, clock });
    open.unshift(platform);
    await platform.connect();
    const nothing = async () => {};
    const states: (string | undefined)[] = [];
    await platform.listen(
      {
        ...{ command: async () => textMessage(''), paperOf: async () => undefined, card: async () => undefined },
        ...{ suggest: async () => [], reactionAdded: nothing, reactionRemoved: nothing },
      },
      (lost) => void states.push(lost),
    );
    server.gateway.drop(4000);
    await expect.poll(() => states, often).toEqual([expect.stringContaining('lost'), undefined]);
    server.gateway.drop(4014);
    await expect.poll(() => states.at(-1), often).toMatch(/does not let/);
    expect(states).toHaveLength(3);
  });

  it('handles an event even if discord.js fails on it, without ending the process', async () => {
    const { server, warnings, received, react } = await withReactions();
    server.gateway.broadcast('INTERACTION_CREATE', { id: '1', type: 2, token: 't', channel_id: '2', data: null });
    await expect.poll(warnings).toMatchObject([{ level: 'error', message: 'discord.js failed on an event' }]);
    react('👍');
    await expect.poll(() => received).toEqual(['+👍']);
  });

  it('does not reconnect if it is closed while it waits to', async () => {
    const { server, platform } = await withReactions();
    // Both wait equally long, so the first would have reconnected once the second has.
    const second = await listenOn(server);
    server.gateway.drop(4000);
    await expect.poll(second.warnings, often).toHaveLength(1);
    await platform.close();
    await expect.poll(() => second.lines.map(({ message }) => message), often).toContain('connected to Discord again');
    expect(server.gateway.starts.map(({ op }) => op)).toEqual(['identify', 'identify', 'resume']);
  });

  it('logs one line if the bot is removed from a server, and none for an outage', async () => {
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

  it('fails if Discord gives no gateway', async () => {
    const refused = listening(({ path }) => (path === '/gateway/bot' ? { status: 503, body: 'down' } : undefined));
    await expect(refused).rejects.toMatchObject({ service: 'Discord', status: 503, retryable: true });
  });

  it('fails for good if the gateway refuses the token', async () => {
    const refused = listening(undefined, ({ gateway }) => gateway.faults.push({ closesWith: 4004 }));
    await expect(refused).rejects.toMatchObject({
      service: 'Discord',
      retryable: false,
      message: expect.stringMatching(/DISCORD_TOKEN/),
    });
  });

  it('passes on how long to wait after too many sessions in a day', async () => {
    const limit = { total: 1000, remaining: 0, reset_after: 3_600_000, max_concurrency: 1 };
    const refused = listening(({ path }) =>
      path === '/gateway/bot'
        ? { body: { url: 'ws://127.0.0.1:1', shards: 1, session_start_limit: limit } }
        : undefined,
    );
    await expect(refused).rejects.toMatchObject({ retryAfterMs: 3_600_000 });
  });
});
