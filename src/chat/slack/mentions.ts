import { z } from 'zod';
import type { Destination, Person } from '../../core/addresses.ts';
import { unescaped } from './events.ts';

/** A message of a person in a channel. */
export type Mention = {
  /** As it was typed, without the mention of the bot. */
  text: string;
  person: Person;
  destination: Destination;
  user: string;
  channel: string;
  /** The thread that it is in, or that an answer to it opens. */
  thread: string;
};

/** https://docs.slack.dev/reference/events/app_mention and https://docs.slack.dev/reference/events/message */
const messageSchema = z.looseObject({
  event_id: z.string(),
  team_id: z.string(),
  event: z.looseObject({
    user: z.string(),
    text: z.string(),
    ts: z.string(),
    channel: z.string(),
    thread_ts: z.string().optional(),
    // What a bot said, and what is no new message or was changed.
    bot_id: z.never().optional(),
    subtype: z.literal('thread_broadcast').optional(),
    edited: z.never().optional(),
  }),
});

/** `<https://…|label>`, `<@U1|name>`, `<#C1|name>` and `<!here>` as people see them, links as their addresses. */
const asTyped = (text: string): string =>
  unescaped(
    text
      .replaceAll(/<(https?:[^>|]*)(?:\|[^>]*)?>/g, '$1')
      .replaceAll(
        /<([@#])([^>|]*)(?:\|([^>]*))?>/g,
        (_, sign: string, id: string, name?: string) => sign + (name || id),
      )
      .replaceAll(/<!([^>|^]*)[^>]*>/g, '@$1'),
  ).trim();

const mentionOf = (bot: string) => new RegExp(`<@${bot}(?:\\|[^>]*)?>`, 'g');

const read = (payload: unknown, bot: string) => {
  const parsed = messageSchema.safeParse(payload).data;
  if (!parsed || parsed.event.user === bot) return undefined;
  const { event_id: id, team_id: team, event } = parsed;
  const message: Mention = {
    text: asTyped(event.text.replaceAll(mentionOf(bot), ' ')).replaceAll(/ {2,}/g, ' '),
    person: `slack:${team}:${event.user}`,
    destination: `slack:${team}:${event.channel}`,
    user: event.user,
    channel: event.channel,
    thread: event.thread_ts ?? event.ts,
  };
  return { id, message, isMention: mentionOf(bot).test(event.text) };
};

/** What a person said to the bot by mentioning it; undefined for bots and for messages that were changed. */
export const readMention = (payload: unknown, bot: string) => read(payload, bot);

/** What a person said that links to a paper, and not to the bot, which hears that as a mention. */
export const readLinked = (payload: unknown, bot: string) => {
  const heard = read(payload, bot);
  if (!heard || heard.isMention) return undefined;
  return /\b(arxiv|alphaxiv)\.org\//i.test(heard.message.text) ? heard : undefined;
};
