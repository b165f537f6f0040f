import { z } from 'zod';
import type { MessageRef } from '../../core/address.ts';
import type { Reaction } from '../../core/platform.ts';
import { messagePages, type SlackCall } from './api.ts';

const aliases: Readonly<Record<string, string>> = { thumbsup: '+1', thumbsdown: '-1' };

/** Slack's name of an emoji without skin tone, and one name for each thumb: `thumbsup::skin-tone-3` is `+1`. */
export const emojiName = (name: string): string => {
  const bare = name.replace(/::skin-tone-\d$/, '');
  return aliases[bare] ?? bare;
};

const reactionSchema = z.looseObject({ name: z.string(), count: z.number(), users: z.array(z.string()) });
const messageSchema = z.looseObject({ ts: z.string(), reactions: z.array(reactionSchema).optional() });
type Reacted = z.infer<typeof messageSchema>;

/** Reactions that stand on a message and its replies, without the bot's own. @throws ExternalError */
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

  const found = new Map<string, Reaction>();
  const args = { channel, ts: ref.messageId };
  for await (const messages of messagePages(call, 'conversations.replies', args, messageSchema)) {
    for (const { ts, reactions } of await Promise.all(messages.map(complete))) {
      for (const { name, users } of reactions ?? []) {
        const emoji = emojiName(name);
        for (const user of users.filter((user) => user !== bot)) {
          // One person may have left the same thumb in two skin tones.
          found.set(`${ts} ${user} ${emoji}`, {
            message: { destination: ref.destination, messageId: ts },
            person: `slack:${team}:${user}`,
            emoji,
          });
        }
      }
    }
  }
  return [...found.values()];
};
