import { MessageFlags, RESTJSONErrorCodes, ReactionType } from 'discord.js';
import QuickLru from 'quick-lru';
import { z } from 'zod';
import type { MessageRef } from '../../core/addresses.ts';
import type { Reaction } from '../../core/platform.ts';
import { type ChannelRef, personOf } from './address.ts';
import type { DiscordCall } from './api.ts';
import { isRefusal } from './errors.ts';
import { messagesAfter } from './messages.ts';

export const emojiSchema = z.looseObject({ id: z.string().nullish(), name: z.string().nullish() });

/**
 * Discord's name for an emoji: the characters (`👍`, `👎🏽`), or `NAME:ID` for a server's own emoji, so that it is not
 * confused with another emoji with the same name.
 */
export const emojiName = ({ id, name }: z.infer<typeof emojiSchema>): string =>
  id ? `${name ?? ''}:${id}` : (name ?? '');

/** `count` includes the bot's own reaction; super reactions (`burst`) are separate. */
const reactionSchema = z.looseObject({
  emoji: emojiSchema,
  count: z.number(),
  me: z.boolean().default(false),
  me_burst: z.boolean().default(false),
  count_details: z.looseObject({ burst: z.number(), normal: z.number() }).optional(),
});
const messageSchema = z.looseObject({
  id: z.string(),
  author: z.looseObject({ id: z.string() }),
  flags: z.number().default(0),
  reactions: z.array(reactionSchema).default([]),
});
type ReactedMessage = z.infer<typeof messageSchema>;

const peopleSchema = z.array(z.looseObject({ id: z.string() }));

const pageSize = 100;

const maxRememberedMessages = 2000;

/**
 * Reactions received as events or read from lists. Remembers who reacted, because Discord does not name them when all
 * reactions, or all with one emoji, are removed from a message. Reading the thread again corrects gaps.
 */
export const createReactionCache = () => {
  const messages = new QuickLru<string, Map<string, Reaction>>({ maxSize: maxRememberedMessages });
  const keyOf = ({ person, emoji }: Reaction): string => `${person} ${emoji}`;
  const of = (message: string): Map<string, Reaction> => messages.get(message) ?? new Map();
  return {
    add(reaction: Reaction): void {
      const { messageId } = reaction.message;
      messages.set(messageId, of(messageId).set(keyOf(reaction), reaction));
    },
    remove(reaction: Reaction): void {
      of(reaction.message.messageId).delete(keyOf(reaction));
    },
    clear(message: string, emoji: string | undefined): Reaction[] {
      const cleared = [...of(message).values()].filter((one) => emoji === undefined || one.emoji === emoji);
      for (const one of cleared) of(message).delete(keyOf(one));
      return cleared;
    },
  };
};

export type ReactionCache = ReturnType<typeof createReactionCache>;

/**
 * The current reactions on a header and on the bot's messages in its thread, without the bot's own. Messages include
 * the count of each emoji. If others reacted, also requests who they are, with one call for every hundred people per
 * message and emoji.
 * @param target.threadId undefined if it is not known
 * @throws ExternalError, also if the thread was deleted, because its reactions are then unknown.
 */
export const readReactions = async (
  call: DiscordCall,
  target: { thread: MessageRef; at: ChannelRef; threadId: string | undefined; bot: string },
): Promise<Reaction[]> => {
  const { thread, at, bot } = target;

  const peopleOf = async (channel: string, message: string, emoji: string, type: ReactionType): Promise<string[]> => {
    const people: string[] = [];
    for (;;) {
      const last = people.at(-1);
      const query = { limit: pageSize, type, ...(last && { after: last }) };
      const route = `/channels/${channel}/messages/${message}/reactions/${encodeURIComponent(emoji)}` as const;
      const page = await call('get', route, peopleSchema, { query });
      people.push(...page.map(({ id }) => id));
      if (page.length < pageSize) return people;
    }
  };

  const reactionsOf = async (channel: string, { id, reactions }: ReactedMessage): Promise<Reaction[]> => {
    const found: Reaction[] = [];
    for (const { emoji, count, me, me_burst, count_details } of reactions) {
      const { normal, burst } = count_details ?? { normal: count, burst: 0 };
      const name = emojiName(emoji);
      const people = new Set<string>();
      if (normal > Number(me))
        for (const one of await peopleOf(channel, id, name, ReactionType.Normal)) people.add(one);
      if (burst > Number(me_burst))
        for (const one of await peopleOf(channel, id, name, ReactionType.Super)) people.add(one);
      people.delete(bot);
      const message: MessageRef = { destination: thread.destination, messageId: id };
      for (const person of people) found.push({ message, person: personOf(at.guild, person), emoji: name });
    }
    return found;
  };

  /** A header may be deleted while its thread still exists. */
  const header = async (): Promise<ReactedMessage | undefined> => {
    try {
      return await call('get', `/channels/${at.channel}/messages/${thread.messageId}`, messageSchema);
    } catch (error) {
      if (isRefusal(error, RESTJSONErrorCodes.UnknownMessage)) return undefined;
      throw error;
    }
  };

  const top = await header();
  const found = top ? await reactionsOf(at.channel, top) : [];
  const hasThread = !top || (top.flags & MessageFlags.HasThread) !== 0;
  const threadId = target.threadId ?? (hasThread ? thread.messageId : undefined);
  if (threadId === undefined) return found;
  for await (const messages of messagesAfter(call, threadId, '0', messageSchema)) {
    for (const message of messages) {
      // The first entry of a thread may be its header.
      if (message.author.id === bot && message.id !== thread.messageId)
        found.push(...(await reactionsOf(threadId, message)));
    }
  }
  return found;
};
