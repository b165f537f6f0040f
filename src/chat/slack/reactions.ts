import { z } from 'zod';
import type { MessageRef } from '../../core/addresses.ts';
import type { Reaction } from '../../core/platform.ts';
import { messagePages, type SlackCall } from './api.ts';

const reactionSchema = z.looseObject({ name: z.string(), count: z.number(), users: z.array(z.string()) });
const messageSchema = z.looseObject({ ts: z.string(), reactions: z.array(reactionSchema).optional() });
type Reacted = z.infer<typeof messageSchema>;

/**
 * Reactions that stand on a message and its replies, without the bot's own.
 * @throws ExternalError, also where the thread was deleted: that it stands empty is not known.
 */
export const standingReactions = async (
  call: SlackCall,
  thread: { ref: MessageRef; team: string; channel: string; bot: string },
): Promise<Reaction[]> => {
  const { ref, team, channel, bot } = thread;
  const complete = async (message: Reacted): Promise<Reacted> => {
    // Slack lists only some of the people where there are many.
    if (!message.reactions?.some((reaction) => reaction.count > reaction.users.length)) return message;
    const args = { channel, timestamp: message.ts, full: true };
    return (await call('reactions.get', args, z.looseObject({ message: messageSchema }))).message;
  };

  const found: Reaction[] = [];
  const args = { channel, ts: ref.messageId };
  for await (const messages of messagePages(call, 'conversations.replies', args, messageSchema)) {
    for (const { ts, reactions } of await Promise.all(messages.map(complete))) {
      for (const { name, users } of reactions ?? []) {
        const message: MessageRef = { destination: ref.destination, messageId: ts };
        for (const user of users.filter((user) => user !== bot))
          found.push({ message, person: `slack:${team}:${user}`, emoji: name });
      }
    }
  }
  return found;
};
