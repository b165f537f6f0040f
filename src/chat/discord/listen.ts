import { GatewayDispatchEvents, type RESTOptions } from 'discord.js';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { CommandEntry } from '../../core/command.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { OnConnection, PlatformHandlers } from '../../core/platform.ts';
import { retry } from '../../core/retry.ts';
import type { Secret } from '../../core/secret.ts';
import { createBackground } from '../kit/background.ts';
import { createSeen, type SeenBy } from '../kit/seen.ts';
import { addressOf, personOf } from './address.ts';
import type { DiscordCall } from './api.ts';
import { type Channels, channelSchema } from './channels.ts';
import { registerCommands } from './commands.ts';
import { createGateway } from './gateway.ts';
import { createMentionAnswering, readMention } from './mention.ts';
import { emojiName, emojiSchema, type ReactionCache } from './reactions.ts';
import { createAnswering } from './reply.ts';
import type { Threads } from './threads.ts';

const closeTimeoutMs = 1000;

/** A resumed session may deliver an event again. */
const maxSeenMentions = 1000;

const minRegisterDelayMs = 30_000;
const maxRegisterDelayMs = 3_600_000;

/**
 * https://docs.discord.com/developers/events/gateway-events#message-reaction-add and the next three events on that page
 */
const reactionSchema = z.looseObject({
  user_id: z.string(),
  channel_id: z.string(),
  message_id: z.string(),
  guild_id: z.string().optional(),
  message_author_id: z.string().nullish(),
  emoji: emojiSchema,
});
const clearedSchema = z.looseObject({
  message_id: z.string(),
  guild_id: z.string().optional(),
  emoji: emojiSchema.optional(),
});
const guildSchema = z.looseObject({ id: z.string(), threads: z.array(channelSchema).default([]) });
const leftGuildSchema = z.looseObject({ id: z.string(), unavailable: z.boolean().default(false) });
const deletedSchema = z.looseObject({ id: z.string() });

export type Listening = { close(): Promise<void> };

type Setup = {
  token: Secret;
  call: DiscordCall;
  rest: Partial<RESTOptions>;
  bot: { userId: string; application: string };
  commands: readonly CommandEntry[];
  channels: Channels;
  threads: Pick<Threads, 'forget'>;
  reactions: ReactionCache;
  isLocal: boolean;
  clock: Clock;
  logger: Logger;
  seenBy?: SeenBy | undefined;
  onConnection?: OnConnection | undefined;
};

/** Runs work on the same message in order, and work on different messages in parallel. */
const createQueues = (run: (work: Promise<void>) => Promise<void>) => {
  const last = new Map<string, Promise<void>>();
  return (message: string, work: () => Promise<void>): void => {
    const mine = run((last.get(message) ?? Promise.resolve()).then(work));
    last.set(message, mine);
    void mine.then(() => {
      if (last.get(message) === mine) last.delete(message);
    });
  };
};

/**
 * Receives `/arxiv` and reactions through Discord's gateway. @throws ExternalError if Discord refuses the connection.
 */
export const listen = async (setup: Setup, handlers: PlatformHandlers): Promise<Listening> => {
  const { call, bot, commands, channels, threads, reactions, clock, logger, seenBy } = setup;

  const background = createBackground(clock, (error, event) =>
    logger.error({ event, reason: errorText(error) }, 'event from Discord failed'),
  );
  // In order, so that a reaction that is removed at once does not end up added.
  const queue = createQueues((work) => background.run(work, 'reaction'));
  const answer = createAnswering({ call, commands, handlers, clock, logger });
  const answerMention = createMentionAnswering({ call, channels, handlers, clock, logger });
  const isNew = createSeen(maxSeenMentions, seenBy);

  const onMessage = (payload: unknown): void => {
    const mention = readMention(payload, bot.userId);
    if (!mention) return;
    const answering = async (): Promise<void> => ((await isNew(mention.id)) ? answerMention(mention) : undefined);
    void background.run(answering(), 'mention');
  };

  const onReaction = (handler: 'reactionAdded' | 'reactionRemoved', payload: unknown): void => {
    const event = reactionSchema.safeParse(payload).data;
    // Reactions in direct messages do not count.
    if (!event?.guild_id || event.user_id === bot.userId) return;
    // Discord names the author only when a reaction is added.
    if (event.message_author_id && event.message_author_id !== bot.userId) return;
    queue(event.message_id, async () => {
      const ref = await channels.of(event.channel_id);
      const message = { destination: addressOf(ref), messageId: event.message_id };
      const reaction = { message, person: personOf(ref.guild, event.user_id), emoji: emojiName(event.emoji) };
      if (handler === 'reactionAdded') reactions.add(reaction);
      else reactions.remove(reaction);
      await handlers[handler](reaction);
    });
  };

  const onCleared = (payload: unknown): void => {
    const event = clearedSchema.safeParse(payload).data;
    if (!event?.guild_id) return;
    const { message_id: message, emoji } = event;
    queue(message, async () => {
      for (const reaction of reactions.clear(message, emoji && emojiName(emoji)))
        await handlers.reactionRemoved(reaction);
    });
  };

  const onEvent = (type: string, payload: unknown): void => {
    switch (type) {
      case GatewayDispatchEvents.InteractionCreate:
        void background.run(answer(payload), 'command');
        break;
      case GatewayDispatchEvents.MessageCreate:
        onMessage(payload);
        break;
      case GatewayDispatchEvents.MessageReactionAdd:
        onReaction('reactionAdded', payload);
        break;
      case GatewayDispatchEvents.MessageReactionRemove:
        onReaction('reactionRemoved', payload);
        break;
      case GatewayDispatchEvents.MessageReactionRemoveAll:
      case GatewayDispatchEvents.MessageReactionRemoveEmoji:
        onCleared(payload);
        break;
      case GatewayDispatchEvents.GuildCreate: {
        const guild = guildSchema.safeParse(payload).data;
        // Discord leaves out the server in these threads.
        for (const thread of guild?.threads ?? []) channels.learn({ ...thread, guild_id: guild?.id });
        break;
      }
      case GatewayDispatchEvents.ThreadCreate: {
        const thread = channelSchema.safeParse(payload).data;
        if (thread?.guild_id) channels.learn(thread);
        break;
      }
      case GatewayDispatchEvents.ThreadDelete: {
        const thread = deletedSchema.safeParse(payload).data;
        if (thread) threads.forget(thread.id);
        break;
      }
      case GatewayDispatchEvents.GuildDelete: {
        const guild = leftGuildSchema.safeParse(payload).data;
        // Unavailable means an outage at Discord.
        if (guild && !guild.unavailable)
          logger.warn({ guild: guild.id }, 'the bot was removed from a Discord server and can no longer post there');
      }
    }
  };

  const gateway = createGateway({ ...setup, onEvent });
  const closing = new AbortController();

  /** Resolves after the first attempt; later attempts run in the background. Rejects only because of a bug. */
  const register = (): Promise<void> => {
    const attempted = Promise.withResolvers<void>();
    const logFailure = (error: ExternalError): void => {
      logger.error({ reason: error.message }, 'could not register /arxiv with Discord');
      attempted.resolve();
    };
    retry(() => registerCommands(call, bot.application, commands), {
      ...{ maxAttempts: Number.POSITIVE_INFINITY, minDelayMs: minRegisterDelayMs, maxDelayMs: maxRegisterDelayMs },
      ...{ clock, signal: closing.signal },
      onRetry: ({ error }) => logFailure(error),
    })
      .then((isNew) => {
        if (isNew) logger.info({}, 'registered /arxiv with Discord');
        attempted.resolve();
      })
      .catch((error: unknown) => {
        if (closing.signal.aborted) return attempted.resolve();
        // Votes still count, and commands that were registered before still work.
        if (error instanceof ExternalError) logFailure(error);
        else attempted.reject(error);
      });
    return attempted.promise;
  };

  await gateway.start();
  try {
    await register();
  } catch (error) {
    await gateway.stop();
    throw error;
  }
  logger.info({}, 'listening on Discord');
  return {
    async close() {
      closing.abort();
      await gateway.stop();
      await background.finish(closeTimeoutMs);
    },
  };
};
