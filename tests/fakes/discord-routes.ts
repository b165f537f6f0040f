import { z } from 'zod';
import { type Interaction, interactionRoutes } from './discord-interactions.ts';
import { discordEditSchema, discordPostSchema, discordRegistrationSchema } from './discord-limits.ts';
import { type Answer, type Request, type Route, read, refusal, route } from './discord-route.ts';
import type { DiscordState, FakeMessage } from './discord-state.ts';

export type Registry = { commands: unknown[]; interactions: Map<string, Interaction> };

type Broadcast = (t: string, d: unknown) => void;
const threadSchema = z.strictObject({
  name: z.string().min(1).max(100),
  auto_archive_duration: z.literal([60, 1440, 4320, 10_080]),
});

const threadChangeSchema = z.union([
  z.strictObject({ archived: z.boolean(), name: z.undefined().optional() }),
  z.strictObject({ name: z.string().min(1).max(100), archived: z.undefined().optional() }),
]);

const paged = <T extends { id: string }>(all: T[], query: URLSearchParams): T[] => {
  const after = query.get('after');
  const rest = after === null ? all : all.filter(({ id }) => BigInt(id) > BigInt(after));
  return rest.slice(0, Number(query.get('limit') ?? 50));
};

export const discordRoutes = (
  state: DiscordState,
  registry: Registry,
  gateway: { url(): string; broadcast: Broadcast },
) => {
  const { bot, application, guild, channels, messages } = state;
  const channelOf = (id: string) => {
    const channel = channels.get(id);
    if (!channel) throw refusal(404, 10_003, 'Unknown Channel');
    return channel;
  };
  const messageOf = (channel: string, id: string): FakeMessage => {
    channelOf(channel);
    const message = messages.get(id);
    if (message?.channel_id !== channel) throw refusal(404, 10_008, 'Unknown Message');
    return message;
  };
  const shown = (message: FakeMessage) => state.shownMessage(message);
  const routes: Route[] = [
    route('GET', '/users/@me', () => ({ body: bot })),
    route('GET', '/users/@me/guilds', () => ({ body: [{ id: guild.id, name: guild.name }] })),
    route('GET', '/applications/@me', () => ({
      body: { id: application, name: 'Paperboy', owner: { id: state.people.alice, username: 'alice' } },
    })),
    route('GET', '/gateway/bot', () => ({
      body: {
        url: gateway.url(),
        shards: 1,
        session_start_limit: { total: 1000, remaining: 999, reset_after: 14_400_000, max_concurrency: 1 },
      },
    })),
    route('GET', '/guilds/:id', () => ({ body: guild })),
    route('GET', '/guilds/:id/members/:id', () => ({ body: { user: bot, roles: [guild.roles[1]?.id] } })),
    route('GET', '/guilds/:id/channels', () => ({
      body: [...channels.values()].filter(({ parent_id }) => !parent_id),
    })),
    route('GET', '/guilds/:id/threads/active', () => ({
      body: { threads: [...channels.values()].filter(({ parent_id }) => parent_id), members: [] },
    })),
    route('GET', '/applications/:id/commands', () => ({ body: registry.commands })),
    route('PUT', '/applications/:id/commands', (_, { body }) => {
      const commands = read(discordRegistrationSchema, body);
      // Discord adds fields of its own.
      registry.commands = commands.map((one) => ({
        ...one,
        id: '1',
        version: '1',
        nsfw: false,
        name_localizations: null,
      }));
      return { body: registry.commands };
    }),

    ...interactionRoutes(registry.interactions),

    route('GET', '/channels/:id', ([channel = '']) => ({ body: channelOf(channel) })),
    route('PATCH', '/channels/:id', ([channel = ''], { body }) => {
      const { thread_metadata: metadata } = channelOf(channel);
      if (!metadata) throw refusal(403, 50_013);
      const { name, archived = false } = read(threadChangeSchema, body);
      if (name && metadata.archived) throw refusal(400, 50_083, 'Thread is archived');
      const thread = channelOf(channel);
      if (name) thread.name = name;
      else metadata.archived = archived;
      return { body: thread };
    }),
    route('GET', '/channels/:id/messages', ([channel = ''], { query }) => {
      channelOf(channel);
      // Discord lists the newest of a page first.
      return { body: paged(state.ofChannel(channel), query).map(shown).reverse() };
    }),
    route('POST', '/channels/:id/messages', ([id = ''], { body }) => {
      const { thread_metadata: metadata } = channelOf(id);
      const { embeds, nonce, components } = read(discordPostSchema, body);
      if (metadata?.locked) throw refusal(400, 160_005, 'Thread is locked');
      const twin = [...messages.values()].find((one) => one.author === bot.id && one.nonce === nonce);
      if (metadata) metadata.archived = false;
      return { body: { ...shown(twin ?? state.post(id, bot.id, embeds, nonce, components)), nonce } };
    }),
    route('GET', '/channels/:id/messages/:id', ([channel = '', id = '']) => ({ body: shown(messageOf(channel, id)) })),
    route('PATCH', '/channels/:id/messages/:id', ([channel = '', id = ''], { body }) => {
      const message = messageOf(channel, id);
      if (channels.get(channel)?.thread_metadata?.archived) throw refusal(400, 50_083, 'Thread is archived');
      if (message.author !== bot.id) throw refusal(403, 50_005, 'Cannot edit a message authored by another user');
      Object.assign(message, read(discordEditSchema, body));
      return { body: shown(message) };
    }),
    route('DELETE', '/channels/:id/messages/:id', ([channel = '', id = '']) => {
      messages.delete(messageOf(channel, id).id);
      return {};
    }),
    route('POST', '/channels/:id/messages/:id/threads', ([channel = '', id = ''], { body }) => {
      const message = messageOf(channel, id);
      const { name, auto_archive_duration } = read(threadSchema, body);
      if (message.hasThread) throw refusal(400, 160_004, 'A thread has already been created for this message');
      message.hasThread = true;
      const metadata = { archived: false, locked: false, auto_archive_duration };
      const thread = state.addChannel({
        id,
        type: 11,
        name,
        parent_id: channel,
        owner_id: bot.id,
        thread_metadata: metadata,
      });
      gateway.broadcast('THREAD_CREATE', thread);
      return { status: 201, body: thread };
    }),
    route('GET', '/channels/:id/messages/:id/reactions/:id', ([channel = '', id = '', emoji = ''], { query }) => {
      const people = messageOf(channel, id).reactions.get(decodeURIComponent(emoji));
      if (!people) throw refusal(400, 10_014, 'Unknown Emoji');
      const all = query.get('type') === '1' ? people.burst : people.normal;
      return {
        body: paged(
          all.map((person) => ({ id: person, username: 'somebody' })),
          query,
        ),
      };
    }),
  ];

  return (method: string, path: string, request: Request): Answer => {
    for (const [wanted, pattern, handle] of routes) {
      const match = wanted === method ? pattern.exec(path) : null;
      if (!match) continue;
      try {
        return handle(match.slice(1), request);
      } catch (error) {
        if (typeof error === 'object' && error !== null && 'status' in error) return error as Answer;
        throw error;
      }
    }
    return { status: 404, body: { message: '404: Not Found', code: 0 } };
  };
};
