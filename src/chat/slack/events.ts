import { z } from 'zod';
import type { PlatformHandlers, Reaction } from '../../core/platform.ts';

/** https://docs.slack.dev/interactivity/implementing-slash-commands */
const commandSchema = z.looseObject({
  text: z.string().default(''),
  team_id: z.string(),
  channel_id: z.string(),
  user_id: z.string(),
});

/** https://docs.slack.dev/reference/events/reaction_added */
const reactionSchema = z.looseObject({
  event_id: z.string(),
  team_id: z.string(),
  event: z.looseObject({
    type: z.enum(['reaction_added', 'reaction_removed']),
    user: z.string(),
    reaction: z.string(),
    item: z.looseObject({ type: z.literal('message'), channel: z.string(), ts: z.string() }),
  }),
});

/** Slack escapes these three in all that people type. */
export const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** A slash command as Slack sends it. @throws ZodError where it lacks who typed it or where. */
export const readCommand = (payload: unknown) => {
  const { text, team_id: team, channel_id, user_id } = commandSchema.parse(payload);
  return {
    text: unescaped(text).trim(),
    person: `slack:${team}:${user_id}`,
    destination: `slack:${team}:${channel_id}`,
  };
};

/** A reaction to a message as Slack sends it; undefined for one to anything else. */
export const readReaction = (payload: unknown) => {
  const parsed = reactionSchema.safeParse(payload).data;
  if (!parsed) return undefined;
  const { event_id: id, team_id: team, event } = parsed;
  const reaction: Reaction = {
    message: { destination: `slack:${team}:${event.item.channel}`, messageId: event.item.ts },
    person: `slack:${team}:${event.user}`,
    emoji: event.reaction,
  };
  const handler: keyof PlatformHandlers = event.type === 'reaction_added' ? 'reactionAdded' : 'reactionRemoved';
  return { id, user: event.user, reaction, handler } as const;
};

/** Says whether an id is new. Slack sends an event again that it thinks was missed; 1,000 ids reach back far enough. */
export const createSeen = (limit = 1000) => {
  const ids = new Set<string>();
  return (id: string): boolean => {
    if (ids.has(id)) return false;
    ids.add(id);
    for (const oldest of ids) {
      if (ids.size <= limit) break;
      ids.delete(oldest);
    }
    return true;
  };
};
