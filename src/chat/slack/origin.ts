import { z } from 'zod';
import type { Destination, MessageRef, Person } from '../../core/addresses.ts';
import { readCommand } from './events.ts';
import { filledIn, stateSchema } from './modal.ts';

/** Takes five messages within 30 minutes: https://docs.slack.dev/interactivity/handling-user-interaction */
type ResponseUrl = {
  url: string;
  /** Real time in milliseconds at which Slack gave it. */
  at: number;
  /** Whether `replace_original` is about what was sent there before; after a click it is about the button's message. */
  replaces: boolean;
};

/** Where somebody asked for something, and how to answer them there. */
export type Origin = {
  person: Person;
  destination: Destination;
  /** Slack's own ids of the two. */
  user: string;
  channel: string;
  /** The thread in which it was asked. */
  thread?: string | undefined;
  response?: ResponseUrl | undefined;
  /** Opens a form within three seconds. */
  trigger?: string | undefined;
};

const id = z.looseObject({ id: z.string() });
const givenSchema = z.looseObject({ response_url: z.string().optional(), trigger_id: z.string().optional() });

/** What a click on a button, a menu on a message and a form that was sent have in common. */
const interactionSchema = givenSchema.extend({
  team: id.nullish(),
  user: z.looseObject({ id: z.string(), team_id: z.string().optional() }),
});
type Interaction = z.infer<typeof interactionSchema>;

const placeSchema = z.looseObject({ thread_ts: z.string().optional(), channel_id: z.string().optional() });
/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
const clickSchema = interactionSchema.extend({
  channel: id.nullish(),
  container: placeSchema.nullish(),
  message: placeSchema.nullish(),
  actions: z.array(z.looseObject({ value: z.string() })).min(1),
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

const originOf = (heard: Interaction, channel: string, thread: string | undefined, now: number): Origin => {
  const team = heard.team?.id ?? heard.user.team_id ?? '';
  return {
    person: `slack:${team}:${heard.user.id}`,
    destination: `slack:${team}:${channel}`,
    user: heard.user.id,
    channel,
    thread,
    response: heard.response_url ? { url: heard.response_url, at: now, replaces: false } : undefined,
    trigger: heard.trigger_id,
  };
};

/** A slash command. @throws ZodError where it lacks who typed it or where. `now` is real time in milliseconds. */
export const readTyped = (payload: unknown, now: number): { text: string; origin: Origin } => {
  const { text, person, destination } = readCommand(payload);
  const { response_url: url, trigger_id: trigger } = givenSchema.parse(payload);
  const [user = '', channel = ''] = [person, destination].map((address) => address.split(':').at(-1));
  return {
    text,
    origin: {
      person,
      destination,
      user,
      channel,
      response: url ? { url, at: now, replaces: true } : undefined,
      trigger,
    },
  };
};

/** A button that was pressed, with its command. @throws ZodError */
export const readClick = (payload: unknown, now: number): { text: string; origin: Origin } => {
  const heard = clickSchema.parse(payload);
  const channel = heard.channel?.id ?? heard.container?.channel_id ?? '';
  const thread = heard.message?.thread_ts ?? heard.container?.thread_ts;
  return { text: heard.actions[0]?.value ?? '', origin: originOf(heard, channel, thread, now) };
};

/** An entry of the menu on a message. @throws ZodError */
export const readShortcut = (payload: unknown, now: number): { name: string; message: MessageRef; origin: Origin } => {
  const heard = shortcutSchema.parse(payload);
  const origin = originOf(heard, heard.channel.id, heard.message.thread_ts, now);
  return { name: heard.callback_id, message: { destination: origin.destination, messageId: heard.message.ts }, origin };
};

/** What a form carries from where it was asked for to where it is sent. */
const carriedSchema = z.looseObject({
  command: z.string(),
  channel: z.string(),
  thread: z.string().optional(),
  response: z.looseObject({ url: z.string(), at: z.number(), replaces: z.boolean() }).optional(),
});

/** What a form about to be opened carries, at most 3,000 characters. */
export const carriedBy = (command: string, { channel, thread, response }: Origin): string =>
  JSON.stringify({ command, channel, thread, response });

/** A form that was sent. @throws ZodError, SyntaxError where it is none of ours. */
export const readSubmission = (payload: unknown, now: number) => {
  const heard = submissionSchema.parse(payload);
  const { command, channel, thread, response } = carriedSchema.parse(JSON.parse(heard.view.private_metadata));
  const origin: Origin = { ...originOf(heard, channel, thread, now), response };
  return { text: command, fields: filledIn(heard.view.state), origin };
};
