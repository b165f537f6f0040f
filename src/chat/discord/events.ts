import { z } from 'zod';
import type { Reaction } from '../../core/platform.ts';
import { type Place, personOf } from './address.ts';
import { emojiName, emojiSchema } from './emoji.ts';
import { channelSchema } from './places.ts';

/** https://docs.discord.com/developers/events/gateway-events#message-reaction-add and the three after it */
const reactionSchema = z.looseObject({
  user_id: z.string(),
  channel_id: z.string(),
  message_id: z.string(),
  guild_id: z.string().optional(),
  message_author_id: z.string().nullish(),
  emoji: emojiSchema,
});
const clearedSchema = z.looseObject({
  channel_id: z.string(),
  message_id: z.string(),
  guild_id: z.string().optional(),
  /** Missing where the reactions of every emoji were removed. */
  emoji: emojiSchema.optional(),
});
const guildSchema = z.looseObject({ id: z.string(), threads: z.array(channelSchema).default([]) });
const leftSchema = z.looseObject({ id: z.string(), unavailable: z.boolean().default(false) });

/** What the gateway tells that the bot does something about. */
export type Heard =
  | { kind: 'interaction'; payload: unknown }
  | {
      kind: 'reaction';
      handler: 'reactionAdded' | 'reactionRemoved';
      channel: string;
      message: string;
      /** Undefined where it is not told. */
      author: string | undefined;
      user: string;
      emoji: string;
    }
  | { kind: 'cleared'; channel: string; message: string; emoji: string | undefined }
  | { kind: 'threads'; threads: z.infer<typeof channelSchema>[] }
  | { kind: 'threadDeleted'; thread: string }
  | { kind: 'removed'; guild: string };

const handlers = {
  MESSAGE_REACTION_ADD: 'reactionAdded',
  MESSAGE_REACTION_REMOVE: 'reactionRemoved',
} as const;

/** Reads a gateway event; undefined for one that the bot has no use for, such as a reaction in a direct message. */
export const readEvent = (type: string, payload: unknown): Heard | undefined => {
  switch (type) {
    case 'INTERACTION_CREATE':
      return { kind: 'interaction', payload };
    case 'MESSAGE_REACTION_ADD':
    case 'MESSAGE_REACTION_REMOVE': {
      const event = reactionSchema.safeParse(payload).data;
      if (!event?.guild_id) return undefined;
      const { channel_id: channel, message_id: message, user_id: user } = event;
      const emoji = emojiName(event.emoji);
      const author = event.message_author_id ?? undefined;
      return { kind: 'reaction', handler: handlers[type], channel, message, author, user, emoji };
    }
    case 'MESSAGE_REACTION_REMOVE_ALL':
    case 'MESSAGE_REACTION_REMOVE_EMOJI': {
      const event = clearedSchema.safeParse(payload).data;
      if (!event?.guild_id) return undefined;
      const { channel_id: channel, message_id: message, emoji } = event;
      return { kind: 'cleared', channel, message, emoji: emoji && emojiName(emoji) };
    }
    case 'GUILD_CREATE': {
      const guild = guildSchema.safeParse(payload).data;
      // The threads of a server that comes with the connection do not name it.
      return guild && { kind: 'threads', threads: guild.threads.map((one) => ({ ...one, guild_id: guild.id })) };
    }
    case 'THREAD_CREATE': {
      const thread = channelSchema.safeParse(payload).data;
      return thread?.guild_id ? { kind: 'threads', threads: [thread] } : undefined;
    }
    case 'THREAD_DELETE': {
      const thread = z.looseObject({ id: z.string() }).safeParse(payload).data;
      return thread && { kind: 'threadDeleted', thread: thread.id };
    }
    case 'GUILD_DELETE': {
      const guild = leftSchema.safeParse(payload).data;
      // Unavailable means an outage at Discord.
      return guild && !guild.unavailable ? { kind: 'removed', guild: guild.id } : undefined;
    }
    default:
      return undefined;
  }
};

/** The reaction that an event tells of. */
export const reactionIn = (event: Extract<Heard, { kind: 'reaction' }>, { guild, channel }: Place): Reaction => ({
  message: { destination: `discord:${guild}:${channel}`, messageId: event.message },
  person: personOf(guild, event.user),
  emoji: event.emoji,
});
