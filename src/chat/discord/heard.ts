import type { Reaction } from '../../core/platform.ts';
import { createMemory } from './memory.ts';

/** How many messages' reactions are remembered. */
const limit = 2000;

const keyOf = ({ person, emoji }: Reaction): string => `${person} ${emoji}`;

/**
 * The reactions that this process has been told of, by an event or by a list. Discord says only that all of a message's
 * reactions, or all of one emoji, were removed; whose they were is known from here. What is not known here is put right
 * when the thread's reactions are read again.
 */
export const createHeard = () => {
  const messages = createMemory<Map<string, Reaction>>(limit);
  const of = (message: string): Map<string, Reaction> => messages.get(message) ?? new Map();
  return {
    add(reaction: Reaction): void {
      const { messageId } = reaction.message;
      messages.set(messageId, of(messageId).set(keyOf(reaction), reaction));
    },
    remove(reaction: Reaction): void {
      of(reaction.message.messageId).delete(keyOf(reaction));
    },
    /** Takes out a message's reactions, or those of one emoji. */
    clear(message: string, emoji: string | undefined): Reaction[] {
      const cleared = [...of(message).values()].filter((one) => emoji === undefined || one.emoji === emoji);
      for (const one of cleared) of(message).delete(keyOf(one));
      return cleared;
    },
  };
};

export type HeardReactions = ReturnType<typeof createHeard>;
