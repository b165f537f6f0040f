import { z } from 'zod';
import type { Destination, MessageRef } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import { ExternalError, UserError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Platform } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';
import { channelIn, fullDestination } from './address.ts';
import { clientOptions, createCaller, messagePages } from './api.ts';
import { checkSlack } from './check.ts';
import { isGone } from './errors.ts';
import { type CreateReceiver, type Listening, listen } from './listen.ts';
import { createPace } from './pace.ts';
import { standingReactions } from './reactions.ts';
import { renderPost, type SlackMessage } from './render.ts';
import { createSocketReceiver } from './socket.ts';
import { createSlackWebhook } from './webhook.ts';

type SlackSetup = {
  /** Begins with `xoxb-`. */
  botToken: Secret;
  /** Begins with `xapp-`; with it the bot listens in Socket Mode. */
  appToken?: Secret | undefined;
  /** With it, and without an app-level token, the bot listens in HTTP mode. */
  signingSecret?: Secret | undefined;
  /** Another Slack API base, with or without the last slash. */
  apiUrl?: string | undefined;
  clock: Clock;
  logger: Logger;
  fetch?: typeof fetch;
};

const identitySchema = z.looseObject({ team_id: z.string(), user_id: z.string(), bot_id: z.string() });
const postedSchema = z.looseObject({ ts: z.string() });
const sentSchema = z.looseObject({
  ts: z.string(),
  bot_id: z.string().optional(),
  blocks: z.array(z.looseObject({ block_id: z.string().optional() })).optional(),
});

/** Milliseconds by which the clocks here and at Slack may differ. */
const clockSkew = 120_000;

const unheard =
  'To hear commands and reactions on Slack, set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode).';

/** Nothing in a message is markup, nothing of it is previewed, and nobody is called by it. */
const asIs = { mrkdwn: false, parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false };

/** The block of a message that carries its delivery key; at most 255 characters are allowed. */
const blockId = (key: string): string => `paperboy:${key}`;

/** Slack as a platform: posts through the Web API, hears through Socket Mode or at a webhook. */
export const createSlackPlatform = (setup: SlackSetup): Platform => {
  const { botToken, appToken, signingSecret, apiUrl, clock, logger } = setup;
  const options = clientOptions(setup);
  const call = createCaller(botToken, options);
  const http = signingSecret && !appToken ? createSlackWebhook({ signingSecret, clock, logger }) : undefined;
  const ending = new AbortController();
  const pace = createPace(clock, apiUrl, ending.signal);
  let identity: { team: string; userId: string; botId: string } | undefined;
  let listening: Listening | undefined;

  const me = () => {
    if (!identity) throw new Error('connect() comes before all else.');
    return identity;
  };

  const resolve = (destination: string): Destination => fullDestination(destination, me().team);
  const channelOf = (destination: Destination): string => channelIn(resolve(destination));

  /** Waits for a channel's turn. @throws ExternalError where the platform is closed meanwhile. */
  const turn = async (channel: string): Promise<void> =>
    pace(channel).catch((cause: unknown) => {
      throw new ExternalError({ service: 'Slack', message: 'The connection to Slack was closed.', cause });
    });

  /** Posts a message. @returns its id */
  const post = async (to: { channel: string; thread?: string | undefined; message: SlackMessage }): Promise<string> => {
    await turn(to.channel);
    const thread = to.thread ? { thread_ts: to.thread } : {};
    const args = { channel: to.channel, ...thread, ...to.message, ...asIs };
    return (await call('chat.postMessage', args, postedSchema)).ts;
  };

  /** @throws UserError where neither mode is set up. */
  const howToHear = (): CreateReceiver => {
    if (appToken) return (onError) => createSocketReceiver({ appToken, options, clock, logger }, onError);
    if (http) return http.receiver;
    throw new UserError(unheard);
  };

  return {
    name: 'slack',
    webhook: http?.webhook,

    async connect() {
      const { team_id: team, user_id: userId, bot_id: botId } = await call('auth.test', {}, identitySchema);
      identity = { team, userId, botId };
      logger.info({ team, bot: userId }, 'connected to Slack');
    },

    resolve: async (destination) => resolve(destination),

    async listen(handlers) {
      const createReceiver = howToHear();
      if (signingSecret && appToken)
        logger.info({}, 'both SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are set, so Slack is heard in Socket Mode');
      listening = await listen({ botToken, createReceiver, bot: me(), options, call, post, clock, logger }, handlers);
    },

    async send({ destination, thread, message, key }): Promise<MessageRef> {
      const channel = channelOf(destination);
      const ts = await post({ channel, thread: thread?.messageId, message: renderPost(message, blockId(key)) });
      return { destination: resolve(destination), messageId: ts };
    },

    async edit(sent, { message, key }) {
      const channel = channelOf(sent.destination);
      await turn(channel);
      const { mrkdwn, parse, link_names } = asIs;
      const args = { channel, ts: sent.messageId, ...renderPost(message, blockId(key)), mrkdwn, parse, link_names };
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

    async find({ destination, thread, key, since }): Promise<MessageRef | undefined> {
      const channel = channelOf(destination);
      const oldest = String((since - clockSkew) / 1000);
      const read = thread
        ? messagePages(call, 'conversations.replies', { channel, ts: thread.messageId }, sentSchema)
        : messagePages(call, 'conversations.history', { channel, oldest }, sentSchema);
      const isSent = ({ bot_id, blocks }: z.infer<typeof sentSchema>): boolean =>
        bot_id === me().botId && blocks?.some((block) => block.block_id === blockId(key)) === true;
      try {
        for await (const messages of read) {
          const found = messages.find(isSent);
          if (found) return { destination: resolve(destination), messageId: found.ts };
        }
      } catch (error) {
        // In a thread that people deleted there is nothing to find.
        if (!isGone(error)) throw error;
      }
      return undefined;
    },

    reactions: async (thread) => {
      const { team, userId: bot } = me();
      return standingReactions(call, { ref: thread, team, channel: channelOf(thread.destination), bot });
    },

    check: (destinations) => {
      const appCall = appToken && createCaller(appToken, options);
      return checkSlack({ call, appCall, webhook: http?.webhook, destinations });
    },

    async close() {
      ending.abort();
      await listening?.close();
    },
  };
};
