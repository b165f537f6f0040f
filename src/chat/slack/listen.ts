import type { Receiver } from '@slack/bolt';
import type { Clock } from '../../core/clock.ts';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { PlatformHandlers } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';
import { createBackground } from '../kit/background.ts';
import type { ClientOptions, SlackCall } from './api.ts';
import { actionPrefix } from './blocks.ts';
import { createConversation, shortcutCommands } from './conversation.ts';
import { createSeen, readReaction } from './events.ts';
import { readLinked, readMention } from './mentions.ts';
import { formCallback } from './modal.ts';
import type { ReplySetup } from './reply.ts';

/** Milliseconds that work under way has to finish in when the bot is closed. */
const closingTimeout = 1000;

export type Listening = { close(): Promise<void> };

/**
 * The way on which Slack's events come in, for Bolt: `start` rejects with ExternalError where Slack does not open it.
 * What could not even be handed over is told to `onError`.
 */
export type CreateReceiver = (onError: (error: unknown) => void) => Receiver | Promise<Receiver>;

type Setup = {
  botToken: Secret;
  createReceiver: CreateReceiver;
  bot: { userId: string; botId: string };
  options: ClientOptions;
  call: SlackCall;
  /** Posts what is not a delivery. */
  post: ReplySetup['post'];
  clock: Clock;
  logger: Logger;
};

/**
 * Hears commands in their several ways, and reactions, through Bolt, in the same way whatever the receiver. Bolt is loaded here, since only a
 * bot that stays needs it: about 40 MB and 0.3 s. @throws ExternalError where the receiver does not start.
 */
export const listen = async (setup: Setup, handlers: PlatformHandlers): Promise<Listening> => {
  const { botToken, createReceiver, bot, options, call, post, clock, logger } = setup;
  const { App } = await import('@slack/bolt');

  const failed = (err: unknown, event: string) =>
    logger.error({ event, reason: errorText(err), err }, 'event from Slack failed');
  const background = createBackground(clock, failed);
  const track = background.run;

  const receiver = await createReceiver((error) => failed(error, 'unknown'));
  const app = new App({
    token: botToken.reveal(),
    botId: bot.botId,
    botUserId: bot.userId,
    tokenVerificationEnabled: false,
    receiver,
    clientOptions: options,
    logger: options.logger,
    convoStore: false,
  });
  app.error(async (error) => failed(error, 'unknown'));

  const request = options.fetch ?? fetch;
  const conversation = createConversation({ handlers, call, post, fetch: request, clock, logger });

  app.command('/arxiv', async ({ ack, payload }) => {
    await ack();
    await track(conversation.typed(payload), 'command');
  });
  app.action(new RegExp(`^${actionPrefix}`), async ({ ack, body }) => {
    await ack();
    await track(conversation.clicked(body), 'button');
  });
  for (const callback_id of Object.keys(shortcutCommands)) {
    app.shortcut({ type: 'message_action', callback_id }, async ({ ack, body }) => {
      await ack();
      await track(conversation.chosen(body), 'shortcut');
    });
  }
  app.view(formCallback, async ({ ack, body }) => {
    let isAcknowledged = false;
    const acknowledge: Parameters<typeof conversation.sent>[1] = async (next) => {
      isAcknowledged = true;
      await (next ? ack({ response_action: 'update', view: next }) : ack());
    };
    await track(conversation.sent(body, acknowledge), 'form');
    // Whatever went wrong, the form does not stay open without a word.
    if (!isAcknowledged) await ack();
  });

  const isNew = createSeen();
  app.event('app_mention', async ({ body }) => {
    const heard = readMention(body, bot.userId);
    if (heard && isNew(heard.id)) await track(conversation.mentioned(heard.message), 'mention');
  });
  app.event('message', async ({ body }) => {
    const heard = readLinked(body, bot.userId);
    if (heard && isNew(heard.id)) await track(conversation.linked(heard.message), 'link');
  });

  // One after the other, so that a reaction taken back at once is not added last.
  let last = Promise.resolve();
  const onReaction = async ({ body }: { body: unknown }) => {
    const heard = readReaction(body);
    if (!heard || heard.user === bot.userId || !isNew(heard.id)) return;
    last = track(
      last.then(() => handlers[heard.handler](heard.reaction)),
      'reaction',
    );
    await last;
  };
  app.event('reaction_added', onReaction);
  app.event('reaction_removed', onReaction);

  await receiver.start();
  logger.info({}, 'listening on Slack');
  return {
    async close() {
      await receiver.stop();
      await background.finish(closingTimeout);
    },
  };
};
