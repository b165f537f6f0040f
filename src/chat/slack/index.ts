import { z } from 'zod';
import { type Destination, isPersonOf, type MessageRef } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import { ExternalError, UserError } from '../../core/errors.ts';
import { isLoopback } from '../../core/http.ts';
import type { Logger } from '../../core/logger.ts';
import type { OnConnection, Platform, Reaction, SendRequest, SentMessage } from '../../core/platform.ts';
import type { SeenBy } from '../kit/seen.ts';
import { clientOptions, createCaller, messagePages, type SlackCall } from './api.ts';
import { checkSlack, userTokenFault } from './check.ts';
import { channelIn, fullDestination, type SlackSettings } from './descriptor.ts';
import { isGone } from './errors.ts';
import { type CreateReceiver, type Listening, listen } from './listen.ts';
import { renderPost, type SlackMessage } from './render.ts';
import { createSocketReceiver } from './socket.ts';
import { createSlackWebhook } from './webhook.ts';

type SlackSetup = SlackSettings & {
  clock: Clock;
  logger: Logger;
  memory?: SeenBy['memory'] | undefined;
  fetch?: typeof fetch;
};

const identitySchema = z.looseObject({
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  user_id: z.string(),
  bot_id: z.string().optional(),
});
const postedSchema = z.looseObject({ ts: z.string() });
const sentSchema = z.looseObject({
  ts: z.string(),
  bot_id: z.string().optional(),
  blocks: z.array(z.looseObject({ block_id: z.string().optional() })).optional(),
});

/** Maximum difference between this machine's clock and Slack's, in milliseconds. */
const clockSkew = 120_000;

/** Turns off markup, previews and mentions in messages. */
const plainArgs = { mrkdwn: false, parse: 'none', link_names: false };
const noPreviews = { unfurl_links: false, unfurl_media: false };

const blockId = (key: string): string => `paperboy:${key}`;

const keyIn = ({ blocks = [] }: z.infer<typeof sentSchema>): string | undefined => {
  for (const { block_id: id } of blocks) if (id?.startsWith(blockId(''))) return id.slice(blockId('').length);
  return undefined;
};

/** Before each digest, the messages of some hours are read, in one request if possible. */
const maxPageSize = 999;

/** Seen up to 8,000 in reports of messages that a history lacked. */
const maxHistoryLag = 10_000;

/** Milliseconds between two messages to one channel: https://docs.slack.dev/apis/web-api/rate-limits */
const spacing = 1050;

/** Waits for a channel's turn, except for a server on this machine. @throws the reason of `signal` */
export const createPace = ({ clock, apiUrl }: Pick<SlackSetup, 'clock' | 'apiUrl'>, signal: AbortSignal) => {
  if (apiUrl && isLoopback(new URL(apiUrl))) return async () => {};
  const free = new Map<string, number>();
  return async (channel: string): Promise<void> => {
    const now = clock.monotonic();
    const turn = Math.max(now, free.get(channel) ?? 0);
    free.set(channel, turn + spacing);
    if (turn > now) await clock.sleep(turn - now, signal);
  };
};

const reactedSchema = z.looseObject({
  ts: z.string(),
  reactions: z.array(z.looseObject({ name: z.string(), count: z.number(), users: z.array(z.string()) })).optional(),
});
type Reacted = z.infer<typeof reactedSchema>;

/** @throws ExternalError, also if the thread was deleted, because its reactions are then unknown. */
const currentReactions = async (
  call: SlackCall,
  thread: { ref: MessageRef; team: string; channel: string; bot: string },
): Promise<Reaction[]> => {
  const { ref, team, channel, bot } = thread;
  const complete = async (message: Reacted): Promise<Reacted> => {
    // If many people reacted, Slack lists only some of them.
    if (!message.reactions?.some((reaction) => reaction.count > reaction.users.length)) return message;
    const args = { channel, timestamp: message.ts, full: true };
    return (await call('reactions.get', args, z.looseObject({ message: reactedSchema }))).message;
  };

  const found: Reaction[] = [];
  const args = { channel, ts: ref.messageId };
  for await (const messages of messagePages(call, 'conversations.replies', args, reactedSchema)) {
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

/** Slack as a platform. Posts through the Web API, and listens in Socket Mode or at a webhook. */
export const createSlackPlatform = (setup: SlackSetup): Platform => {
  const { botToken, appToken, signingSecret, clock, logger, memory } = setup;
  const seenBy = memory && { memory, kind: 'slack event' };
  const options = clientOptions(setup);
  const call = createCaller(botToken, options);
  const http = signingSecret && !appToken ? createSlackWebhook({ signingSecret, clock, logger, seenBy }) : undefined;
  const ending = new AbortController();
  const pace = createPace(setup, ending.signal);
  let identity: { team: string; enterprise: string | undefined; userId: string; botId: string } | undefined;
  let listening: Listening | undefined;

  const me = () => {
    if (!identity) throw new Error('Call connect() first.');
    return identity;
  };

  const resolve = (destination: string): Destination => fullDestination(destination, me().team);
  const channelOf = (destination: Destination): string => channelIn(resolve(destination));

  const turn = async (channel: string): Promise<void> =>
    pace(channel).catch((cause: unknown) => {
      throw new ExternalError({ service: 'Slack', message: 'The connection to Slack was closed.', cause });
    });

  const post = async (to: {
    channel: string;
    thread?: string | undefined;
    message: SlackMessage;
    ready?: SendRequest['ready'];
  }): Promise<string> => {
    await turn(to.channel);
    await to.ready?.();
    const thread = to.thread ? { thread_ts: to.thread } : {};
    const args = { channel: to.channel, ...thread, ...to.message, ...plainArgs, ...noPreviews };
    return (await call('chat.postMessage', args, postedSchema)).ts;
  };

  const receiverMaker = (onConnection: OnConnection | undefined): CreateReceiver => {
    if (appToken) return (onError) => createSocketReceiver({ appToken, options, clock, logger, onConnection }, onError);
    if (http) return http.receiver;
    throw new UserError(
      'To receive commands and reactions on Slack, set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode).',
    );
  };

  return {
    name: 'slack',
    webhook: http?.webhook,

    async connect() {
      const found = await call('auth.test', {}, identitySchema);
      const { team_id: team, user_id: userId, bot_id: botId } = found;
      if (botId === undefined) throw new ExternalError({ service: 'Slack', message: userTokenFault, retryable: false });
      identity = { team, enterprise: found.enterprise_id ?? undefined, userId, botId };
      logger.info({ team, bot: userId }, 'connected to Slack');
    },

    ownTenant: () => identity?.team,

    resolve: async (destination) => resolve(destination),

    async listen(handlers, onConnection) {
      const createReceiver = receiverMaker(onConnection);
      if (signingSecret && appToken)
        logger.info({}, 'using Socket Mode, because both SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are set');
      listening = await listen(
        { botToken, createReceiver, bot: me(), options, call, post, clock, logger, seenBy },
        handlers,
      );
    },

    async send({ destination, thread, message, key, ready }): Promise<MessageRef> {
      const channel = channelOf(destination);
      const rendered = renderPost(message, blockId(key));
      const ts = await post({ channel, thread: thread?.messageId, message: rendered, ready });
      return { destination: resolve(destination), messageId: ts };
    },

    async sendPrivately(person, { message, key }) {
      const { team } = me();
      // The id alone would be somebody else's.
      if (!isPersonOf(person, `slack:${team}:${channelIn(person)}`, team))
        throw new UserError(
          `"${person}" is not in the bot’s Slack workspace (${team}), so no private message reaches them.`,
        );
      // Slack delivers a message to a person's id as a direct message. This needs no scope besides chat:write.
      await post({ channel: channelIn(person), message: renderPost(message, blockId(key)) });
    },

    async edit(sent, { message, key }) {
      const channel = channelOf(sent.destination);
      await turn(channel);
      const args = { channel, ts: sent.messageId, ...renderPost(message, blockId(key)), ...plainArgs };
      await call('chat.update', args, z.looseObject({}));
    },

    async remove(sent) {
      const channel = channelOf(sent.destination);
      await turn(channel);
      try {
        await call('chat.delete', { channel, ts: sent.messageId }, z.looseObject({}));
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },

    hasEarlyHeaders: true,
    lagMs: maxHistoryLag,

    async sent({ destination, thread, since }) {
      const channel = channelOf(destination);
      const oldest = String((since - clockSkew) / 1000);
      const read = thread
        ? messagePages(call, 'conversations.replies', { channel, ts: thread.messageId }, sentSchema)
        : messagePages(call, 'conversations.history', { channel, oldest, limit: maxPageSize }, sentSchema);
      const found: SentMessage[] = [];
      try {
        for await (const messages of read)
          for (const message of messages) {
            const key = message.bot_id === me().botId ? keyIn(message) : undefined;
            if (key === undefined || message.ts === thread?.messageId) continue;
            found.push({ key, message: { destination: resolve(destination), messageId: message.ts } });
          }
      } catch (error) {
        // A deleted thread contains nothing.
        if (!isGone(error)) throw error;
      }
      return found.sort((a, b) => Number(a.message.messageId) - Number(b.message.messageId));
    },

    reactions: async (thread) => {
      const { team, userId: bot } = me();
      return currentReactions(call, { ref: thread, team, channel: channelOf(thread.destination), bot });
    },

    check: (destinations) => {
      const app = appToken && { call: createCaller(appToken, options, 'SLACK_APP_TOKEN'), token: appToken };
      return checkSlack({ call, app, webhook: http?.webhook, destinations });
    },

    async close() {
      ending.abort();
      await listening?.close();
    },
  };
};
