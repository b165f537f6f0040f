import { describe, expect, it } from 'vitest';
import { type Message, textMessage } from '../../../src/core/message.ts';
import type { CommandRequest, Reaction, SuggestionRequest } from '../../../src/core/platform.ts';
import { type DiscordServer, startDiscordServer } from '../../fakes/discord-server.ts';
import { createRecordingClock, listenOn, open } from './connect.ts';
import { inputs } from './inputs.ts';
import { shownText } from './shown.ts';

const start = async (fault?: Parameters<typeof startDiscordServer>[0]) => {
  const server = await startDiscordServer(fault);
  open.push(server);
  return server;
};

const generalOf = ({ state }: DiscordServer) => `discord:${state.guild.id}:${state.general}`;

/** A header and a paper in its thread, sent before a restart. */
const posted = async (server: DiscordServer) => {
  const { platform } = await listenOn(server);
  const header = await platform.send({ destination: generalOf(server), message: textMessage('Day'), key: 'k-0' });
  const paper = await platform.send({
    ...{ destination: generalOf(server), thread: header, message: textMessage('Paper'), key: 'k-1' },
  });
  await platform.close();
  return { header, paper };
};

describe('a command on Discord', () => {
  it('is deferred in time if it takes long, and answered privately', async () => {
    const server = await start();
    const worked = Promise.withResolvers<Message>();
    const clock = createRecordingClock();
    await listenOn(server, { command: () => worked.promise }, clock);
    const interaction = server.command(inputs('top 5'));
    await expect.poll(() => interaction.isAcknowledged).toBe(true);
    expect(clock.slept.at(-1)).toBe(2_000);
    expect(interaction).toMatchObject({ isEphemeral: true, answers: [] });
    worked.resolve(textMessage('Done'));
    await expect.poll(() => interaction.answers.map(shownText)).toEqual(['Done']);
  });

  it('gets a long answer in several messages, in order', async () => {
    const server = await start();
    const items = Array.from({ length: 120 }, (_, index) => [`${index} ${'word '.repeat(30)}end`]);
    const long: Message = { summary: 'Long', blocks: [{ type: 'list', ordered: true, items }] };
    await listenOn(server, { command: async () => long });
    const interaction = server.command(inputs('top 50'));
    await expect.poll(() => interaction.answers.map(shownText).join('\n')).toMatch(/119 /);
    expect(interaction.answers.length).toBeGreaterThan(1);
    expect(interaction.answers.map(shownText).join('\n')).toBe(items.flat().join('\n'));
  });

  it('belongs to its channel, in a thread and in a direct message too', async () => {
    const server = await start();
    const { header } = await posted(server);
    const requests: CommandRequest[] = [];
    const command = async (request: CommandRequest) => {
      requests.push(request);
      return textMessage('Yes');
    };
    await listenOn(server, { command });
    const { people, guild, general } = server.state;
    server.command(inputs('top 5 2025-07-08'), { user: people.bob, channel: header.messageId });
    await expect.poll(() => requests.length).toBe(1);
    server.command(inputs('help'), { channel: '300000000000000001', inGuild: false });
    await expect.poll(() => requests.length).toBe(2);
    expect(requests.map(({ progress: _, ...request }) => request)).toEqual([
      {
        command: 'top',
        values: { n: 5, date: '2025-07-08' },
        person: `discord:${guild.id}:${people.bob}`,
        destination: `discord:${guild.id}:${general}`,
        thread: { destination: `discord:${guild.id}:${general}`, messageId: header.messageId },
      },
      {
        ...{ command: 'help', values: {} },
        ...{ person: `discord:@me:${people.alice}`, destination: 'discord:@me:300000000000000001' },
      },
    ]);
  });

  it('is logged if it cannot be answered, and the next one is answered', async () => {
    const server = await start(({ path }, nth) =>
      path.endsWith('/callback') && nth === 1 && server.registry.interactions.size === 1
        ? { status: 500, body: 'no' }
        : undefined,
    );
    const { warnings } = await listenOn(server);
    const lost = server.command(inputs('top 1'));
    await expect.poll(warnings).toHaveLength(1);
    expect(warnings()[0]).toMatchObject({ message: 'event from Discord failed', fields: { event: 'command' } });
    expect(lost.answers).toEqual([]);
    const next = server.command(inputs('top 2'));
    await expect.poll(() => next.answers.map(shownText)).toEqual(['You typed top 2.']);
  });

  it("is answered without the bot's token", async () => {
    const server = await start();
    await listenOn(server);
    const interaction = server.command(inputs('top 5'));
    await expect.poll(() => interaction.answers.length).toBe(1);
    const calls = server.calls.filter(({ path }) => /^\/(interactions|webhooks)/.test(path));
    expect(calls.map(({ authorization }) => authorization)).toEqual([undefined]);
  });
});

describe('suggestions on Discord', () => {
  const typing = [{ name: 'top', type: 1, options: [{ name: 'date', type: 3, value: '2025', focused: true }] }];

  it("are the handler's, cut to Discord's limits", async () => {
    const server = await start();
    const requests: SuggestionRequest[] = [];
    await listenOn(server, {
      async suggest(request) {
        requests.push(request);
        const many = Array.from({ length: 40 }, (_, index) => ({ label: `Day ${index}`, value: `day-${index}` }));
        return [{ label: 'l'.repeat(150), value: 'long-label' }, { label: 'x', value: 'v'.repeat(101) }, ...many];
      },
    });
    const choices = await server.suggestions(typing);
    expect(choices).toHaveLength(25);
    expect(choices?.[0]).toEqual({ name: `${'l'.repeat(99)}…`, value: 'long-label' });
    expect(choices?.[1]).toEqual({ name: 'Day 0', value: 'day-0' });
    expect(requests).toEqual([
      {
        ...{ command: 'top', option: 'date', input: '2025', destination: generalOf(server) },
        person: `discord:${server.state.guild.id}:${server.state.people.alice}`,
      },
    ]);
  });

  it('are none if finding them fails', async () => {
    const server = await start();
    const { warnings } = await listenOn(server, {
      suggest: async () => Promise.reject(new Error('the database is gone')),
    });
    expect(await server.suggestions(typing)).toEqual([]);
    expect(warnings()).toMatchObject([{ level: 'warn', fields: { reason: 'the database is gone' } }]);
  });

  it('are none if finding them takes too long', async () => {
    const server = await start();
    const clock = createRecordingClock();
    await listenOn(server, { suggest: () => new Promise(() => {}) }, clock);
    expect(await server.suggestions(typing)).toEqual([]);
    expect(clock.slept.at(-1)).toBe(2_000);
  });
});

describe('reactions on Discord', () => {
  const keeping = () => {
    const received: [string, Reaction][] = [];
    return {
      received,
      handlers: {
        reactionAdded: async (reaction: Reaction) => void received.push(['added', reaction]),
        reactionRemoved: async (reaction: Reaction) => void received.push(['removed', reaction]),
      },
    };
  };

  it('count on messages from before the start, in a thread for its channel', async () => {
    const server = await start();
    const { header, paper } = await posted(server);
    const { received, handlers } = keeping();
    await listenOn(server, handlers);
    const { people, guild } = server.state;
    server.react(paper.messageId, people.alice, '👍🏿', true);
    server.react(header.messageId, people.bob, '👎', true);
    const person = (id: string) => `discord:${guild.id}:${id}`;
    await expect.poll(() => received).toHaveLength(2);
    expect(received).toEqual(
      expect.arrayContaining([
        ['added', { message: paper, person: person(people.alice), emoji: '👍🏿' }],
        ['added', { message: header, person: person(people.bob), emoji: '👎' }],
      ]),
    );
    expect(paper.destination).toBe(generalOf(server));
  });

  it('count in a thread that is not known yet: its channel is looked up once', async () => {
    const server = await start();
    const { header, paper } = await posted(server);
    const { received, handlers } = keeping();
    const thread = server.state.channels.get(header.messageId);
    // The list at connection leaves out archived threads.
    server.state.channels.delete(header.messageId);
    await listenOn(server, handlers);
    if (thread) server.state.channels.set(thread.id, thread);
    const before = server.calls.length;
    for (const emoji of ['👍', '👎']) server.react(paper.messageId, server.state.people.alice, emoji, true);
    await expect.poll(() => received.map(([, { message }]) => message)).toEqual([paper, paper]);
    expect(server.calls.slice(before).map(({ path }) => path)).toEqual([`/channels/${header.messageId}`]);
  });

  it('come in order for each message, and a slow one delays no other message', async () => {
    const server = await start();
    const { header, paper } = await posted(server);
    const order: string[] = [];
    const headerAdded = Promise.withResolvers<void>();
    await listenOn(server, {
      async reactionAdded({ message }) {
        const isPaper = message.messageId === paper.messageId;
        if (isPaper) await headerAdded.promise;
        order.push(`added ${isPaper ? 'paper' : 'header'}`);
        if (!isPaper) headerAdded.resolve();
      },
      reactionRemoved: async () => void order.push('removed paper'),
    });
    server.react(paper.messageId, server.state.people.alice, '👍', true);
    server.react(paper.messageId, server.state.people.alice, '👍', false);
    server.react(header.messageId, server.state.people.alice, '👍', true);
    await expect.poll(() => order).toEqual(['added header', 'added paper', 'removed paper']);
  });

  it("count only if they are on the bot's messages and not its own", async () => {
    const server = await start();
    const { paper } = await posted(server);
    const { received, handlers } = keeping();
    await listenOn(server, handlers);
    const talk = server.state.post(server.state.general, server.state.people.bob, [{ description: 'Hi' }]);
    server.react(talk.id, server.state.people.alice, '👍', true);
    server.react(paper.messageId, server.state.bot.id, '👍', true);
    server.react(paper.messageId, server.state.people.alice, '👎', true);
    await expect.poll(() => received.map(([, { emoji }]) => emoji)).toEqual(['👎']);
  });

  it('are removed for everybody if a moderator clears them', async () => {
    const server = await start();
    const { header, paper } = await posted(server);
    const { people, guild } = server.state;
    server.react(paper.messageId, people.bob, '👎', true);
    const { received, handlers } = keeping();
    const { platform } = await listenOn(server, handlers);
    await platform.reactions(header);
    server.react(paper.messageId, people.alice, '👍', true);
    server.react(paper.messageId, people.alice, '👎', true);
    const event = { channel_id: header.messageId, message_id: paper.messageId, guild_id: guild.id };
    const cleared = () =>
      received
        .filter(([what]) => what === 'removed')
        .map(([, { person, emoji }]) => `${person.split(':')[2]} ${emoji}`);
    server.gateway.broadcast('MESSAGE_REACTION_REMOVE_EMOJI', { ...event, emoji: { id: null, name: '👎' } });
    await expect.poll(cleared).toEqual([`${people.bob} 👎`, `${people.alice} 👎`]);
    server.gateway.broadcast('MESSAGE_REACTION_REMOVE_ALL', event);
    await expect.poll(() => cleared().slice(2)).toEqual([`${people.alice} 👍`]);
  });

  it("keep a server's own emoji apart from any other of that name", async () => {
    const server = await start();
    const { paper } = await posted(server);
    const { received, handlers } = keeping();
    await listenOn(server, handlers);
    server.react(paper.messageId, server.state.people.alice, 'thumbsup:500000000000000001', true);
    await expect.poll(() => received.map(([, { emoji }]) => emoji)).toEqual(['thumbsup:500000000000000001']);
  });

  it('go on after a handler failed', async () => {
    const server = await start();
    const { paper } = await posted(server);
    const received: string[] = [];
    const { warnings } = await listenOn(server, {
      async reactionAdded({ emoji }) {
        if (emoji === '💥') throw new Error('the database is gone');
        received.push(emoji);
      },
    });
    for (const emoji of ['💥', '👍']) server.react(paper.messageId, server.state.people.alice, emoji, true);
    await expect.poll(() => received).toEqual(['👍']);
    expect(warnings()).toMatchObject([
      { level: 'error', fields: { event: 'reaction', reason: 'the database is gone' } },
    ]);
  });
});
