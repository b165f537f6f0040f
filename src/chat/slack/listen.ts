import type { Receiver } from '@slack/bolt';
import { z } from 'zod';
import { atMost, type Clock } from '../../core/clock.ts';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { type Answer, type Form, isForm, type Message } from '../../core/message.ts';
import type { CommandRequest, PlatformHandlers } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';
import { createBackground } from '../kit/background.ts';
import { lateForm, noPaper } from '../kit/replies.ts';
import { createSeen, type SeenBy } from '../kit/seen.ts';
import type { ClientOptions, SlackCall } from './api.ts';
import { actionPrefix } from './blocks.ts';
import { formCallback, type ModalView, modalOf } from './forms.ts';
import { type DialogView, renderDialog } from './render.ts';
import { type Reply, type ReplySetup, replyInThread, replyToPerson } from './reply.ts';
import {
  carriedBy,
  type Mention,
  type Origin,
  readClick,
  readCommand,
  readLinked,
  readMention,
  readReaction,
  readShortcut,
  readSubmission,
  type Workspace,
} from './request.ts';

/** Milliseconds after which no form is opened, because Slack accepts its trigger for only 3 seconds. */
const triggerLife = 2500;
/** Milliseconds within which another form may replace a submitted one. After that, the submitted form closes. */
const formPatience = 2000;

/** Callback ids of the message menu, as in manifest.slack.json, and the commands sent with a paper's id. */
export const shortcutCommands: Readonly<Record<string, string>> = {
  paperboy_show: 'show',
  paperboy_similar: 'similar',
  paperboy_save: 'save',
};

/** Slack delivers an event again if it saw no acknowledgement. */
const maxSeenEvents = 1000;

type ConversationSetup = ReplySetup & { own: Workspace; handlers: PlatformHandlers; logger: Logger };

/** Handles every kind of request from Slack. Each method rejects with ExternalError. */
const createConversation = (setup: ConversationSetup) => {
  const { own: workspace, handlers, clock, logger, call } = setup;

  const viewOf = (form: Form, origin: Origin): ModalView =>
    modalOf(form, carriedBy(form.submit.command, origin), clock.monotonic().toString(36));

  const opened = async (view: ModalView | DialogView, origin: Origin, receivedAt: number): Promise<boolean> => {
    if (!origin.trigger || clock.monotonic() - receivedAt > triggerLife) return false;
    try {
      await call('views.open', { trigger_id: origin.trigger, view }, z.looseObject({}));
      return true;
    } catch (error) {
      logger.warn({ reason: errorText(error) }, 'form not opened in Slack');
      return false;
    }
  };

  const requestOf = ({ person, home, destination, thread }: Origin, reply: Reply) => ({
    ...{ person, home, destination, progress: reply.progress },
    ...(thread !== undefined && { thread: { destination, messageId: thread } }),
  });

  const converse = async (
    text: string,
    origin: Origin,
    reply: Reply,
    more: Pick<CommandRequest, 'about' | 'isMention'> = {},
  ): Promise<void> => {
    const receivedAt = clock.monotonic();
    const answer = await handlers.command({ text, ...requestOf(origin, reply), ...more });
    if (isForm(answer)) {
      if (!(await opened(viewOf(answer.form, origin), origin, receivedAt)))
        await reply.answer(lateForm(answer.form, text));
    } else if (!answer.isDialog || !(await opened(renderDialog(answer), origin, receivedAt)))
      await reply.answer(answer);
  };

  return {
    async command(payload: unknown): Promise<void> {
      const { text, origin } = readCommand(payload, clock.realNow(), workspace);
      await converse(text, origin, replyToPerson(setup, origin));
    },

    async click(payload: unknown): Promise<void> {
      const { text, origin } = readClick(payload, clock.realNow(), workspace);
      await converse(text, origin, replyToPerson(setup, origin));
    },

    async shortcut(payload: unknown): Promise<void> {
      const { name, message, origin } = readShortcut(payload, clock.realNow(), workspace);
      const reply = replyToPerson(setup, origin);
      const paper = await handlers.paperOf(message);
      if (paper === undefined) return reply.answer(noPaper);
      await converse(`${shortcutCommands[name] ?? 'show'} ${paper}`, origin, reply);
    },

    async submission(payload: unknown, acknowledge: (next?: ModalView) => Promise<void>): Promise<void> {
      const { text, fields, origin } = readSubmission(payload, clock.realNow(), workspace);
      const reply = replyToPerson(setup, origin);
      let answer: Answer | undefined;
      const working = handlers.command({ text, fields, ...requestOf(origin, reply) }).then((given) => {
        answer = given;
        return given;
      });
      await atMost(formPatience, working, clock);
      if (answer && isForm(answer)) return acknowledge(viewOf(answer.form, origin));
      await acknowledge();
      const given = await working;
      await reply.answer(isForm(given) ? lateForm(given.form, text) : given);
    },

    async mention({ text, person, destination, channel, user, thread, about }: Mention): Promise<void> {
      const origin = { person, destination, channel, user, thread };
      const [shared, own] = [replyInThread(setup, { channel, thread }), replyToPerson(setup, origin)];
      const answer = (message: Message) => (message.isPersonal ? own : shared).answer(message);
      await converse(text, origin, { ...shared, answer }, { about, isMention: true });
    },

    async link({ text, destination, channel, thread }: Mention): Promise<void> {
      const card = await handlers.card(text, destination);
      if (card) await replyInThread(setup, { channel, thread }).answer(card);
    },
  };
};

/** Milliseconds that unfinished work gets when the bot closes. */
const closingTimeout = 1000;

export type Listening = { close(): Promise<void> };

/** Creates the receiver of Slack's events for Bolt. `start` rejects with ExternalError if Slack does not open it. */
export type CreateReceiver = (onError: (error: unknown) => void) => Receiver | Promise<Receiver>;

type Setup = Omit<ReplySetup, 'fetch'> & {
  botToken: Secret;
  createReceiver: CreateReceiver;
  bot: Workspace & { userId: string; botId: string };
  options: ClientOptions;
  call: SlackCall;
  clock: Clock;
  logger: Logger;
  seenBy?: SeenBy | undefined;
};

/**
 * Receives commands and reactions through Bolt. Bolt is loaded here, because it needs about 40 MB and 0.3 s and only a
 * bot that listens uses it. @throws ExternalError if the receiver does not start.
 */
export const listen = async (setup: Setup, handlers: PlatformHandlers): Promise<Listening> => {
  const { botToken, createReceiver, bot, options, call, post, clock, logger, seenBy } = setup;
  const { App } = await import('@slack/bolt');

  const failed = (err: unknown, event: string) =>
    logger.error({ event, reason: errorText(err), err }, 'event from Slack failed');
  const background = createBackground(clock, failed);

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
  const conversation = createConversation({ own: bot, handlers, call, post, fetch: request, clock, logger });

  app.command('/arxiv', async ({ ack, payload }) => {
    await ack();
    await background.run(conversation.command(payload), 'command');
  });
  app.action(new RegExp(`^${actionPrefix}`), async ({ ack, body }) => {
    await ack();
    await background.run(conversation.click(body), 'button');
  });
  for (const callback_id of Object.keys(shortcutCommands)) {
    app.shortcut({ type: 'message_action', callback_id }, async ({ ack, body }) => {
      await ack();
      await background.run(conversation.shortcut(body), 'shortcut');
    });
  }
  app.view(formCallback, async ({ ack, body }) => {
    let isAcknowledged = false;
    const acknowledge: Parameters<typeof conversation.submission>[1] = async (next) => {
      isAcknowledged = true;
      await (next ? ack({ response_action: 'update', view: next }) : ack());
    };
    await background.run(conversation.submission(body, acknowledge), 'form');
    // The form must close even after a failure.
    if (!isAcknowledged) await ack();
  });

  const isNew = createSeen(maxSeenEvents, seenBy);
  const once = async (id: string, work: () => Promise<void>): Promise<void> => ((await isNew(id)) ? work() : undefined);
  app.event('app_mention', async ({ body }) => {
    const received = readMention(body, bot.userId, bot.team);
    if (!received) return;
    await background.run(
      once(received.id, () => conversation.mention(received.message)),
      'mention',
    );
  });
  app.event('message', async ({ body }) => {
    const received = readLinked(body, bot.userId, bot.team);
    if (!received) return;
    await background.run(
      once(received.id, () => conversation.link(received.message)),
      'link',
    );
  });

  // In order, so that a reaction that is removed at once is not added last.
  let last = Promise.resolve();
  const onReaction = async ({ body }: { body: unknown }) => {
    const received = readReaction(body, bot.team);
    if (!received || received.user === bot.userId) return;
    last = background.run(
      last.then(() => once(received.id, () => handlers[received.handler](received.reaction))),
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
