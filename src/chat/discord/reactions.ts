import { z } from 'zod';
import type { MessageRef } from '../../core/addresses.ts';
import type { Reaction } from '../../core/platform.ts';
import { type Place, personOf } from './address.ts';
import type { DiscordCall } from './api.ts';
import { emojiName, emojiSchema } from './emoji.ts';
import { codes, isRefusal } from './errors.ts';
import { messagesAfter } from './messages.ts';

/** `count` includes the bot's own; super reactions (`burst`) are listed apart. */
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
type Reacted = z.infer<typeof messageSchema>;

const peopleSchema = z.array(z.looseObject({ id: z.string() }));

/** Most people that Discord lists at once. */
const pageSize = 100;

/** Flag of a message that a thread hangs on: https://docs.discord.com/developers/resources/message#message-object-message-flags */
const hasThread = 1 << 5;

/** https://docs.discord.com/developers/resources/message#get-reactions-reaction-types */
const types = { normal: 0, burst: 1 } as const;

/**
 * Reactions that stand on a header and on the bot's messages in its thread, without the bot's own. The messages tell how
 * many there are of each emoji; who they are from is asked for only where there are others than the bot: one call for
 * each message, emoji and hundred people.
 *
 * @param threadId the thread's id, where it is known
 * @throws ExternalError, also where the thread was deleted: that it stands empty is not known.
 */
export const standingReactions = async (
  call: DiscordCall,
  target: { thread: MessageRef; place: Place; threadId: string | undefined; bot: string },
): Promise<Reaction[]> => {
  const { thread, place, bot } = target;

  const peopleOf = async (channel: string, message: string, emoji: string, type: number): Promise<string[]> => {
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

  const reactionsOf = async (channel: string, { id, reactions }: Reacted): Promise<Reaction[]> => {
    const found: Reaction[] = [];
    for (const { emoji, count, me, me_burst, count_details } of reactions) {
      const { normal, burst } = count_details ?? { normal: count, burst: 0 };
      const name = emojiName(emoji);
      const people = new Set<string>();
      if (normal > Number(me)) for (const one of await peopleOf(channel, id, name, types.normal)) people.add(one);
      if (burst > Number(me_burst)) for (const one of await peopleOf(channel, id, name, types.burst)) people.add(one);
      people.delete(bot);
      const message: MessageRef = { destination: thread.destination, messageId: id };
      for (const person of people) found.push({ message, person: personOf(place.guild, person), emoji: name });
    }
    return found;
  };

  /** A header may be deleted while its thread lives on. */
  const header = async (): Promise<Reacted | undefined> => {
    try {
      return await call('get', `/channels/${place.channel}/messages/${thread.messageId}`, messageSchema);
    } catch (error) {
      if (isRefusal(error, codes.unknownMessage)) return undefined;
      throw error;
    }
  };

  const top = await header();
  const found = top ? await reactionsOf(place.channel, top) : [];
  const threadId = target.threadId ?? (!top || top.flags & hasThread ? thread.messageId : undefined);
  if (threadId === undefined) return found;
  for await (const messages of messagesAfter(call, threadId, '0', messageSchema)) {
    for (const message of messages) {
      // The first entry of a thread may stand for the header.
      if (message.author.id === bot && message.id !== thread.messageId)
        found.push(...(await reactionsOf(threadId, message)));
    }
  }
  return found;
};
