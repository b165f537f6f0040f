import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createDiscordGateway } from './discord-gateway.ts';
import { type Answer, discordRoutes, type Interaction, type Registry } from './discord-routes.ts';
import { createDiscordState, type FakeEmbed, nextId } from './discord-state.ts';

export type DiscordApiCall = {
  method: string;
  /** Without the version, and without the query. */
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
  authorization: string | undefined;
};

/** What a call gets instead of the usual answer: another one, a broken connection, or none at all. */
export type DiscordApiFault = Answer | 'reset' | 'silence' | 'answered, then reset';

/** An option of a command as Discord sends it. */
export type TypedOption = {
  name: string;
  type: number;
  value?: string | number;
  focused?: boolean;
  options?: TypedOption[];
};

/**
 * Discord for what a friendly server never does: limits and nonces that are enforced, lists of reactions, refusals, rate
 * limits, failures, and a gateway that breaks, resumes and forgets sessions.
 *
 * @param fault tells which calls get something else; `nth` counts calls of the same method and path from 1
 */
export const startDiscordServer = async (
  fault: (call: DiscordApiCall, nth: number) => DiscordApiFault | undefined = () => undefined,
) => {
  const token = 'discord-token-1';
  const state = createDiscordState();
  const registry: Registry = { commands: [], interactions: new Map() };
  const calls: DiscordApiCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const call: DiscordApiCall = {
      method: request.method ?? '',
      path: url.pathname.replace(/^\/api\/v10/, ''),
      query: url.searchParams,
      body: chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {},
      authorization: request.headers.authorization,
    };
    calls.push(call);
    const nth = calls.filter(({ method, path }) => method === call.method && path === call.path).length;
    const instead = fault(call, nth);
    if (instead === 'silence') return;
    const isPublic = /^\/(interactions|webhooks)\//.test(call.path);
    const answer = (): Answer =>
      isPublic || call.authorization === `Bot ${token}`
        ? route(call.method, call.path, { body: call.body, query: call.query })
        : { status: 401, body: { message: '401: Unauthorized', code: 0 } };
    if (instead === 'reset' || instead === 'answered, then reset') {
      if (instead !== 'reset') answer();
      request.socket.resetAndDestroy();
      return;
    }
    const { status, headers = {}, body } = instead ?? answer();
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    response.writeHead(status ?? (body === undefined ? 204 : 200), { ...type, ...headers });
    response.end(typeof body === 'object' ? JSON.stringify(body) : body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const gateway = createDiscordGateway(server, state, token);
  const route = discordRoutes(state, registry, {
    url: () => `ws://127.0.0.1:${port}/gateway`,
    broadcast: gateway.broadcast,
  });

  const interact = (
    kind: Interaction['kind'],
    options: TypedOption[],
    { user = state.people.alice, channel = state.general, inGuild = true } = {},
  ): Interaction => {
    const interaction: Interaction = {
      kind,
      acknowledgedAt: undefined,
      isEphemeral: false,
      answers: [],
      choices: undefined,
    };
    const interactionToken = `interaction-${randomUUID()}`;
    registry.interactions.set(interactionToken, interaction);
    const who = { id: user, username: 'somebody' };
    gateway.broadcast('INTERACTION_CREATE', {
      ...{ id: nextId(), application_id: state.application, type: kind === 'command' ? 2 : 4, token: interactionToken },
      ...(inGuild ? { guild_id: state.guild.id, member: { user: who, roles: [] } } : { user: who }),
      ...{ channel_id: channel, channel: inGuild ? state.channels.get(channel) : { id: channel, type: 1 } },
      ...{ version: 1, data: { id: '1', name: 'arxiv', type: 1, options } },
    });
    return interaction;
  };

  return {
    token,
    apiUrl: `http://127.0.0.1:${port}/api`,
    ...{ state, calls, gateway, registry },
    called: (method: string, path: RegExp) => calls.filter((one) => one.method === method && path.test(one.path)),
    /** Embeds of the messages in a channel or thread, the oldest first. */
    shown: (channel: string): FakeEmbed[][] => state.ofChannel(channel).map(({ embeds }) => embeds),
    /** A person sets or takes back a reaction. */
    react(messageId: string, user: string, emoji: string, present: boolean): void {
      const message = state.messages.get(messageId);
      if (!message) throw new Error(`no message ${messageId}`);
      if (!state.react(message, user, emoji, present)) return;
      const [name, id = null] = emoji.split(':');
      const { channel_id } = message;
      gateway.broadcast(present ? 'MESSAGE_REACTION_ADD' : 'MESSAGE_REACTION_REMOVE', {
        ...{ user_id: user, channel_id, message_id: messageId, guild_id: state.guild.id, emoji: { id, name } },
        ...{ burst: false, type: 0, ...(present && { message_author_id: message.author }) },
      });
    },
    /** Somebody types a command; the answers are there a little later. */
    command: (options: TypedOption[], where?: Parameters<typeof interact>[2]) => interact('command', options, where),
    async suggestions(options: TypedOption[]) {
      const interaction = interact('autocomplete', options);
      const deadline = performance.now() + 3000;
      while (!interaction.choices && performance.now() < deadline) await delay(10);
      return interaction.choices;
    },
    async close() {
      gateway.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

export type DiscordServer = Awaited<ReturnType<typeof startDiscordServer>>;
