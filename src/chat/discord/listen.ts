import { atMost, type Clock } from '../../core/clock.ts';
import type { CommandEntry } from '../../core/command.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { PlatformHandlers } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';
import type { DiscordCall } from './api.ts';
import { registerCommands } from './commands.ts';
import { type Heard, reactionIn, readEvent } from './events.ts';
import { createGateway } from './gateway.ts';
import type { HeardReactions } from './heard.ts';
import { createAnswering } from './interactions.ts';
import type { Places } from './places.ts';
import type { Threads } from './threads.ts';

/** Milliseconds that work under way has to finish in when the bot is closed. */
const closingTimeout = 1000;

export type Listening = { close(): Promise<void> };

type Setup = {
  token: Secret;
  call: DiscordCall;
  bot: { userId: string; application: string };
  commands: readonly CommandEntry[];
  places: Places;
  threads: Pick<Threads, 'forget'>;
  heard: HeardReactions;
  isLocal: boolean;
  clock: Clock;
  logger: Logger;
};

/** Between two tries to register the commands, in milliseconds. */
const registerWait = 30_000;
const maxRegisterWait = 3_600_000;

/** Runs work on one message after the other, on different messages side by side. */
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

/** Hears `/arxiv` and reactions through Discord's gateway. @throws ExternalError where Discord does not take the connection. */
export const listen = async (setup: Setup, handlers: PlatformHandlers): Promise<Listening> => {
  const { call, bot, commands, places, threads, heard, clock, logger } = setup;

  const running = new Set<Promise<void>>();
  const track = (work: Promise<void>, event: string): Promise<void> => {
    const failed = (error: unknown) => logger.error({ event, reason: errorText(error) }, 'event from Discord failed');
    const caught = work.catch(failed).finally(() => running.delete(caught));
    running.add(caught);
    return caught;
  };

  // A reaction that is taken back at once is not to be added last.
  const queue = createQueues((work) => track(work, 'reaction'));
  const answer = createAnswering({ call, commands, handlers, clock, logger });

  const onReaction = async (event: Extract<Heard, { kind: 'reaction' }>): Promise<void> => {
    const reaction = reactionIn(event, await places.of(event.channel));
    if (event.handler === 'reactionAdded') heard.add(reaction);
    else heard.remove(reaction);
    await handlers[event.handler](reaction);
  };

  const onHeard = (event: Heard): void => {
    switch (event.kind) {
      case 'interaction':
        void track(answer(event.payload), 'command');
        break;
      case 'reaction': {
        // What people say to each other is none of the bot's business.
        const isOthers = event.author !== undefined && event.author !== bot.userId;
        if (event.user !== bot.userId && !isOthers) queue(event.message, () => onReaction(event));
        break;
      }
      case 'cleared':
        queue(event.message, async () => {
          for (const reaction of heard.clear(event.message, event.emoji)) await handlers.reactionRemoved(reaction);
        });
        break;
      case 'threads':
        for (const thread of event.threads) places.learn(thread);
        break;
      case 'threadDeleted':
        threads.forget(event.thread);
        break;
      case 'removed':
        logger.warn({ guild: event.guild }, 'the bot was removed from a Discord server and can no longer post there');
    }
  };

  const gateway = createGateway({
    ...setup,
    onEvent(type, payload) {
      const event = readEvent(type, payload);
      if (event) onHeard(event);
    },
  });

  const ending = new AbortController();
  /** @returns the failure where it is worth another try. Votes count meanwhile, and earlier commands may still be there. */
  const register = async (): Promise<ExternalError | undefined> => {
    try {
      if (await registerCommands(call, bot.application, commands)) logger.info({}, 'registered /arxiv with Discord');
    } catch (error) {
      if (!(error instanceof ExternalError)) throw error;
      logger.error({ reason: error.message }, 'could not register /arxiv with Discord');
      if (error.retryable) return error;
    }
    return undefined;
  };
  const registerAgain = async (first: ExternalError): Promise<void> => {
    let failure: ExternalError | undefined = first;
    for (let wait = registerWait; failure; wait = Math.min(maxRegisterWait, 2 * wait)) {
      await clock.sleep(Math.max(wait, failure.retryAfterMs ?? 0), ending.signal);
      failure = await register();
    }
  };

  await gateway.start();
  try {
    const failure = await register();
    if (failure)
      void registerAgain(failure).catch((error: unknown) => {
        if (!ending.signal.aborted) logger.error({ err: error }, 'could not register /arxiv with Discord');
      });
  } catch (error) {
    await gateway.stop();
    throw error;
  }
  logger.info({}, 'listening on Discord');
  return {
    async close() {
      ending.abort();
      await gateway.stop();
      await atMost(closingTimeout, Promise.all(running), clock);
    },
  };
};
