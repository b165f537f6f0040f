import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDiscordGateway } from './discord-gateway.ts';
import { type Interaction, newInteraction } from './discord-interactions.ts';
import { type FakeModal, type FakeRow, findAction } from './discord-limits.ts';
import type { Answer } from './discord-route.ts';
import { discordRoutes, type Registry } from './discord-routes.ts';
import { createDiscordState, type FakeEmbed, nextId } from './discord-state.ts';
import { eventually } from './patience.ts';

export type DiscordApiCall = {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** Texts of the files, by name. */
  files: Record<string, string>;
  authorization: string | undefined;
};

/** Replaces the usual answer of a call: another answer, a broken connection, or no answer. */
export type DiscordApiFault = Answer | 'reset' | 'silence' | 'answered, then reset';

export type TypedOption = {
  name: string;
  type: number;
  value?: string | number;
  focused?: boolean;
  options?: TypedOption[];
};

type Writing = { user?: string; channel?: string; to?: string };

const types = { command: 2, menu: 2, button: 3, autocomplete: 4, form: 5 } as const;

/** The fields of a sent form, with initial values unless others are given. */
const filledIn = ({ components }: FakeModal, values: Record<string, string>): object[] =>
  components.map((shown) => {
    if (shown.type === 10) return { type: 10, id: 1 };
    const { type, custom_id } = shown.component;
    const given = values[custom_id];
    if (shown.component.type === 4) {
      const component = { type, custom_id, value: given ?? shown.component.value ?? '' };
      return { type: 18, component };
    }
    const chosen = given ?? shown.component.options.find((one) => one.default)?.value;
    return { type: 18, component: { type, custom_id, values: chosen === undefined ? [] : [chosen] } };
  });

const readBody = async (request: IncomingMessage): Promise<Pick<DiscordApiCall, 'body' | 'files'>> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) return { body: {}, files: {} };
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return { body: JSON.parse(bytes.toString()), files: {} };
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const files: Record<string, string> = {};
  for (const [, part] of form) if (typeof part !== 'string') files[part.name] = await part.text();
  return { body: JSON.parse(String(form.get('payload_json'))), files };
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
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const call: DiscordApiCall = {
      method: request.method ?? '',
      path: url.pathname.replace(/^\/api\/v10/, ''),
      query: url.searchParams,
      ...(await readBody(request)),
      authorization: request.headers.authorization,
    };
    calls.push(call);
    const nth = calls.filter(({ method, path }) => method === call.method && path === call.path).length;
    const instead = fault(call, nth);
    if (instead === 'silence') return;
    const isPublic = /^\/(interactions|webhooks)\//.test(call.path);
    const answer = (): Answer =>
      isPublic || call.authorization === `Bot ${token}`
        ? route(call.method, call.path, { body: call.body, query: call.query, files: Object.keys(call.files) })
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
    data: object,
    { user = state.people.alice, channel = state.general, inGuild = true } = {},
    more: object = {},
  ): Interaction => {
    const interaction = newInteraction(kind);
    const interactionToken = `interaction-${randomUUID()}`;
    registry.interactions.set(interactionToken, interaction);
    const who = { id: user, username: 'somebody', discriminator: '0', global_name: null, avatar: null };
    const member = { user: who, roles: [], permissions: '0', joined_at: '2025-01-01T00:00:00Z', flags: 0 };
    gateway.broadcast('INTERACTION_CREATE', {
      ...{ id: nextId(), application_id: state.application, type: types[kind], token: interactionToken },
      ...(inGuild ? { guild_id: state.guild.id, member, context: 0 } : { user: who, context: 1 }),
      ...{ channel_id: channel, channel: inGuild ? state.channels.get(channel) : { id: channel, type: 1 } },
      ...{ app_permissions: '0', locale: 'en-US', entitlements: [], authorizing_integration_owners: {} },
      ...{ attachment_size_limit: 10_485_760, version: 1, data, ...more },
    });
    return interaction;
  };
  const slash = (options: TypedOption[]) => ({ id: '1', name: 'arxiv', type: 1, options });

  return {
    token,
    apiUrl: `http://127.0.0.1:${port}/api`,
    ...{ state, calls, gateway, registry },
    called: (method: string, path: RegExp) => calls.filter((one) => one.method === method && path.test(one.path)),
    /** Embeds of the messages in a channel or thread, the oldest first. */
    shown: (channel: string): FakeEmbed[][] => state.ofChannel(channel).map(({ embeds }) => embeds),
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
    /** A person writes a message; `to` is the id of the message that it replies to. */
    write(content: string, { user = state.people.alice, channel = state.general, to }: Writing = {}): string {
      const id = nextId();
      gateway.broadcast('MESSAGE_CREATE', {
        ...{ id, channel_id: channel, guild_id: state.guild.id, content, type: to === undefined ? 0 : 19 },
        author: { id: user, username: 'somebody', discriminator: '0', global_name: null, avatar: null },
        ...{ attachments: [], embeds: [], mentions: [], mention_roles: [], pinned: false, tts: false },
        ...{ mention_everyone: false, timestamp: '2025-07-08T13:00:00Z', edited_timestamp: null },
        ...(to !== undefined && { message_reference: { message_id: to, channel_id: channel } }),
      });
      return id;
    },
    command: (options: TypedOption[], where?: Parameters<typeof interact>[2]) =>
      interact('command', slash(options), where),
    /** A person presses the button with this label. @throws if there is none */
    press(messages: readonly { components: FakeRow[] }[], label: string, where?: Parameters<typeof interact>[2]) {
      const action = findAction(
        messages.flatMap(({ components }) => components),
        label,
      );
      if (!action) throw new Error(`no button "${label}"`);
      const message = state.shownMessage(state.unsent(where?.channel ?? state.general));
      const { customId: custom_id, value } = action;
      const pressed = value === undefined ? { component_type: 2 } : { component_type: 3, values: [value] };
      return interact('button', { custom_id, ...pressed, id: 1 }, where, { message });
    },
    fill(form: FakeModal, values: Record<string, string>, where?: Parameters<typeof interact>[2]) {
      return interact('form', { custom_id: form.custom_id, components: filledIn(form, values) }, where);
    },
    choose(name: string, id: string, where?: Parameters<typeof interact>[2]) {
      const message = state.messages.get(id) ?? state.unsent(where?.channel ?? state.general);
      const messages = { [id]: { ...state.shownMessage(message), id } };
      return interact('menu', { id: '2', type: 3, name, target_id: id, resolved: { messages } }, where);
    },
    async suggestions(options: TypedOption[]) {
      const interaction = interact('autocomplete', slash(options));
      return eventually(() => interaction.choices);
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
