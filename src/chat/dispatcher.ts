import { randomUUID } from 'node:crypto';
import { type PlatformName, platformOf } from '../core/address.ts';
import type { Channel } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import { type CommandContext, type CommandEntry, listedCommands } from '../core/command.ts';
import { ExternalError, UserError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { type Message, textMessage } from '../core/message.ts';
import type { CommandRequest, PlatformHandlers, Reaction } from '../core/platform.ts';
import type { Stores } from '../core/stores.ts';
import { voteOfEmoji } from '../core/vote.ts';
import { grammarProblems } from './grammar.ts';
import { parseCommand } from './parse.ts';
import { suggestionsFor } from './suggest.ts';

export type DispatcherParts = {
  commands: readonly CommandEntry[];
  channels: readonly Channel[];
  /** The channel that a full destination belongs to; undefined for a direct message or a foreign place. */
  channelAt(destination: string): Promise<Channel | undefined>;
  stores: Stores;
  clock: Clock;
  logger: Logger;
  /** Told of every answer: the command's name, `unknown` for what is none, how it went, and the seconds it took. */
  onAnswered?: (command: string, outcome: CommandOutcome, seconds: number) => void;
  /** Told of every vote given or taken back. */
  onVote?: (platform: PlatformName) => void;
};

export type CommandOutcome = 'answered' | 'refused' | 'failed';

const problemMessage = (error: unknown, request: CommandRequest, logger: Logger): Message => {
  if (error instanceof UserError) return textMessage(error.message);
  if (error instanceof ExternalError) {
    logger.warn({ command: request.text, service: error.service, reason: error.message }, 'command failed outside');
    return textMessage(
      `${error.service} does not answer as it should (${error.message}). Please try again in a minute.`,
    );
  }
  const id = randomUUID().slice(0, 8);
  logger.error({ command: request.text, id, err: error }, 'command failed');
  return textMessage(`Something is wrong on my side. The log has it under ${id}; please tell whoever runs me.`);
};

/**
 * What every platform's commands and reactions come to. Each request gets a reply, whatever happens inside.
 *
 * @throws Error when the command list breaks the grammar.
 */
export const createDispatcher = (parts: DispatcherParts): PlatformHandlers => {
  const { commands, channels, stores, clock, logger } = parts;
  const problems = grammarProblems(commands);
  if (problems.length > 0) throw new Error(`the command list is wrong: ${problems.join('; ')}`);

  const channelFor = async (destination: string): Promise<Channel> => {
    const [only, ...others] = channels;
    const channel = await parts.channelAt(destination);
    if (channel) return channel;
    if (only && others.length === 0) return only;
    const names = channels.map(({ name }) => name).join(', ');
    throw new UserError(`I cannot tell which channel you mean; ask in the place where I post one of ${names}.`);
  };

  const tellOfVote = ({ emoji, person }: Reaction): void => {
    if (voteOfEmoji(emoji)) parts.onVote?.(platformOf(person));
  };

  return {
    async command(request) {
      const from = clock.monotonic();
      let name = 'unknown';
      const tell = (outcome: CommandOutcome): void =>
        parts.onAnswered?.(name, outcome, (clock.monotonic() - from) / 1_000);
      try {
        const { command, values } = parseCommand(request.text, commands, clock.now());
        name = listedCommands(commands).find((one) => one.command === command)?.path ?? name;
        const channel = (): Promise<Channel> => channelFor(request.destination);
        const context: CommandContext = { channel, channels, person: request.person, clock, stores, commands };
        const message = await command.run(context, values);
        tell('answered');
        return message;
      } catch (error) {
        tell(error instanceof UserError ? 'refused' : 'failed');
        return problemMessage(error, request, logger);
      }
    },

    async suggest(request) {
      try {
        return await suggestionsFor(request, { commands, stores, channelFor });
      } catch (error) {
        // Whoever types needs no suggestion; only a bug is worth a line.
        if (!(error instanceof UserError)) logger.error({ command: request.command, err: error }, 'no suggestions');
        return [];
      }
    },

    async reactionAdded(reaction) {
      try {
        if (!(await stores.outbox.about(reaction.message))) return;
        await stores.reactions.add(reaction, clock.now().toISOString());
        tellOfVote(reaction);
      } catch (error) {
        logger.error({ err: error }, 'reaction not stored');
      }
    },

    async reactionRemoved(reaction) {
      try {
        await stores.reactions.remove(reaction);
        if (await stores.outbox.about(reaction.message)) tellOfVote(reaction);
      } catch (error) {
        logger.error({ err: error }, 'reaction not removed');
      }
    },
  };
};
