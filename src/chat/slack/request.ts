import { z } from 'zod';
import type { Destination, MessageRef, Person } from '../../core/addresses.ts';
import type { PlatformHandlers, Reaction } from '../../core/platform.ts';
import { filledIn, stateSchema } from './forms.ts';

/** Accepts five messages within 30 minutes: https://docs.slack.dev/interactivity/handling-user-interaction */
type ResponseUrl = {
  url: string;
  /** System time in milliseconds when Slack sent it. */
  at: number;
  /**
   * True if `replace_original` replaces the last message sent to this URL. After a click, it replaces the button's
   * message.
   */
  replaces: boolean;
};

/** The bot's workspace, and the grid that it belongs to. */
export type Workspace = { team: string; enterprise?: string | undefined };

export type Origin = {
  person: Person;
  /** The person's address in their own workspace, if it is another one. */
  home?: Person | undefined;
  destination: Destination;
  user: string;
  channel: string;
  thread?: string | undefined;
  response?: ResponseUrl | undefined;
  /** Trigger id, which can open a form for three seconds. */
  trigger?: string | undefined;
};

/** Slack escapes these three characters. */
const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Within a grid, a person has the same id in every workspace. */
const homeOf = (
  user: string,
  { team, enterprise }: { team: string | undefined; enterprise: string | null | undefined },
  own: Workspace | undefined,
): Person | undefined => {
  const isOurs =
    !own || !team || team === own.team || (typeof enterprise === 'string' && enterprise === own.enterprise);
  return isOurs ? undefined : `slack:${team}:${user}`;
};

const givenSchema = z.looseObject({ response_url: z.string().optional(), trigger_id: z.string().optional() });

/** https://docs.slack.dev/interactivity/implementing-slash-commands */
const commandSchema = givenSchema.extend({
  text: z.string().default(''),
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  channel_id: z.string(),
  user_id: z.string(),
});

/**
 * A slash command. `now` is system time in milliseconds.
 * @param own The bot's workspace. In a shared channel, Slack sends the person's workspace, which may be another one.
 * @throws ZodError if person or channel is missing.
 */
export const readCommand = (payload: unknown, now: number, own?: Workspace): { text: string; origin: Origin } => {
  const given = commandSchema.parse(payload);
  const team = own?.team ?? given.team_id;
  const { channel_id: channel, user_id: user, response_url: url, trigger_id: trigger } = given;
  const origin: Origin = {
    ...{ person: `slack:${team}:${user}`, destination: `slack:${team}:${channel}`, user, channel, trigger },
    home: homeOf(user, { team: given.team_id, enterprise: given.enterprise_id }, own),
    response: url ? { url, at: now, replaces: true } : undefined,
  };
  return { text: unescaped(given.text).trim(), origin };
};

const id = z.looseObject({ id: z.string() });

const interactionSchema = givenSchema.extend({
  team: id.extend({ enterprise_id: z.string().nullish() }).nullish(),
  enterprise: id.nullish(),
  user: z.looseObject({ id: z.string(), team_id: z.string().optional() }),
});

const containerSchema = z.looseObject({ thread_ts: z.string().optional(), channel_id: z.string().optional() });
/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
const clickSchema = interactionSchema.extend({
  channel: id.nullish(),
  container: containerSchema.nullish(),
  message: containerSchema.nullish(),
  actions: z
    .array(
      z.union([
        z.looseObject({ value: z.string() }),
        // An entry of a menu.
        z
          .looseObject({ selected_option: z.looseObject({ value: z.string() }) })
          .transform(({ selected_option }) => selected_option),
      ]),
    )
    .min(1),
});
/** https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload */
const shortcutSchema = interactionSchema.extend({
  callback_id: z.string(),
  channel: id,
  message: z.looseObject({ ts: z.string(), thread_ts: z.string().optional() }),
});
const submissionSchema = interactionSchema.extend({
  view: z.looseObject({ private_metadata: z.string(), state: stateSchema }),
});

const originOf = (
  interaction: z.infer<typeof interactionSchema>,
  channel: string,
  thread: string | undefined,
  now: number,
  own: Workspace | undefined,
): Origin => {
  const { user, team: named, enterprise, response_url: url, trigger_id: trigger } = interaction;
  const from = { team: named?.id ?? user.team_id, enterprise: named?.enterprise_id ?? enterprise?.id };
  const team = own?.team ?? from.team ?? '';
  return {
    ...{ person: `slack:${team}:${user.id}`, destination: `slack:${team}:${channel}`, user: user.id },
    ...{ channel, thread, trigger },
    home: homeOf(user.id, from, own),
    response: url ? { url, at: now, replaces: false } : undefined,
  };
};

export const readClick = (payload: unknown, now: number, own?: Workspace): { text: string; origin: Origin } => {
  const click = clickSchema.parse(payload);
  const channel = click.channel?.id ?? click.container?.channel_id ?? '';
  const thread = click.message?.thread_ts ?? click.container?.thread_ts;
  return { text: click.actions[0]?.value ?? '', origin: originOf(click, channel, thread, now, own) };
};

export const readShortcut = (
  payload: unknown,
  now: number,
  own?: Workspace,
): { name: string; message: MessageRef; origin: Origin } => {
  const { callback_id: name, channel, message, ...shortcut } = shortcutSchema.parse(payload);
  const origin = originOf(shortcut, channel.id, message.thread_ts, now, own);
  return { name, message: { destination: origin.destination, messageId: message.ts }, origin };
};

const carriedSchema = z.looseObject({
  command: z.string(),
  channel: z.string(),
  thread: z.string().optional(),
  response: z.looseObject({ url: z.string(), at: z.number(), replaces: z.boolean() }).optional(),
});

/** A form's metadata, which Slack returns with the submission. At most 3,000 characters. */
export const carriedBy = (command: string, { channel, thread, response }: Origin): string =>
  JSON.stringify({ command, channel, thread, response });

/** Reads a submitted form. @throws ZodError, or SyntaxError if the form is not from Paperboy. */
export const readSubmission = (payload: unknown, now: number, own?: Workspace) => {
  const submission = submissionSchema.parse(payload);
  const { command, channel, thread, response } = carriedSchema.parse(JSON.parse(submission.view.private_metadata));
  const origin: Origin = { ...originOf(submission, channel, thread, now, own), response };
  return { text: command, fields: filledIn(submission.view.state), origin };
};

const envelopeSchema = z.looseObject({
  event_id: z.string(),
  team_id: z.string(),
  authorizations: z
    .array(z.looseObject({ team_id: z.string().nullish() }))
    .nullish()
    .catch(undefined),
});

/**
 * The workspace that an event is meant for. In a channel shared with another organization, or with another workspace of
 * a grid, `team_id` may be the other one: https://docs.slack.dev/apis/events-api/#authorizations
 */
const teamOf = ({ team_id: team, authorizations }: z.infer<typeof envelopeSchema>, own: string | undefined): string => {
  const named = [...(authorizations ?? []).flatMap((one) => one.team_id ?? []), team];
  return (own !== undefined && named.includes(own) ? own : named[0]) ?? team;
};

/** https://docs.slack.dev/reference/events/reaction_added */
const reactionSchema = envelopeSchema.extend({
  event: z.looseObject({
    type: z.enum(['reaction_added', 'reaction_removed']),
    user: z.string(),
    reaction: z.string(),
    item: z.looseObject({ type: z.literal('message'), channel: z.string(), ts: z.string() }),
  }),
});

/** A reaction to a message; undefined for reactions to anything else. */
export const readReaction = (payload: unknown, own?: string) => {
  const parsed = reactionSchema.safeParse(payload).data;
  if (!parsed) return undefined;
  const { event_id: id, event } = parsed;
  const team = teamOf(parsed, own);
  const reaction: Reaction = {
    message: { destination: `slack:${team}:${event.item.channel}`, messageId: event.item.ts },
    person: `slack:${team}:${event.user}`,
    emoji: event.reaction,
  };
  const handler: keyof PlatformHandlers = event.type === 'reaction_added' ? 'reactionAdded' : 'reactionRemoved';
  return { id, user: event.user, reaction, handler } as const;
};

export type Mention = {
  text: string;
  person: Person;
  destination: Destination;
  user: string;
  channel: string;
  /** The thread of the message, or the thread that an answer starts. */
  thread: string;
  /** A message that the text links to. */
  about?: MessageRef | undefined;
};

/** https://slack.com/help/articles/203274767: the id in the link to a message has no point. */
const messageLink = /https:\/\/[a-z0-9.-]+\.slack\.com\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})\S*/;

/** https://docs.slack.dev/reference/events/app_mention and https://docs.slack.dev/reference/events/message */
const messageSchema = envelopeSchema.extend({
  event: z.looseObject({
    user: z.string(),
    text: z.string(),
    ts: z.string(),
    channel: z.string(),
    thread_ts: z.string().optional(),
    // Excludes messages from bots, edited messages and notices such as "joined".
    bot_id: z.never().optional(),
    subtype: z.literal('thread_broadcast').optional(),
    edited: z.never().optional(),
  }),
});

/** Converts `<@U1|name>`, `<#C1|name>` and `<!here>` to what people see, and `<https://…|label>` to its address. */
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

const readMessage = (payload: unknown, bot: string, own: string | undefined) => {
  const parsed = messageSchema.safeParse(payload).data;
  if (!parsed || parsed.event.user === bot) return undefined;
  const { event_id: id, event } = parsed;
  const team = teamOf(parsed, own);
  const [before = '', ...after] = event.text.split(mentionOf(bot));
  // Text before a mention is a greeting, unless nothing follows the mention.
  const text = after.some((part) => /[\p{L}\p{N}]/u.test(part)) ? after.join(' ') : before;
  const typed = asTyped(text);
  const [link = '', linkedChannel, seconds, rest] = messageLink.exec(typed) ?? [];
  const message: Mention = {
    text: typed.replace(link, '').replaceAll(/ {2,}/g, ' ').trim(),
    person: `slack:${team}:${event.user}`,
    destination: `slack:${team}:${event.channel}`,
    user: event.user,
    channel: event.channel,
    thread: event.thread_ts ?? event.ts,
    about: link ? { destination: `slack:${team}:${linkedChannel}`, messageId: `${seconds}.${rest}` } : undefined,
  };
  return { id, message, isMention: mentionOf(bot).test(event.text) };
};

/** A message that mentions the bot; undefined for bots and edited messages. */
export const readMention = (payload: unknown, bot: string, own?: string) => readMessage(payload, bot, own);

/** A message that links to a paper without mentioning the bot; `readMention` reads messages that mention it. */
export const readLinked = (payload: unknown, bot: string, own?: string) => {
  const received = readMessage(payload, bot, own);
  if (!received || received.isMention) return undefined;
  return /\b(arxiv|alphaxiv)\.org\//i.test(received.message.text) ? received : undefined;
};
