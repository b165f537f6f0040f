import { randomUUID } from 'node:crypto';
import { type Person, type PlatformName, platformOf } from '../core/addresses.ts';
import type { Channel, ChannelRegistry } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import type { Command, CommandContext, CommandEntry, CommandOutcome } from '../core/command.ts';
import { longDate } from '../core/dates.ts';
import { ExternalError, errorText, systemFault, UserError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import {
  type Answer,
  button,
  buttonRow,
  isForm,
  type Message,
  maxValueLength,
  message,
  note,
  paragraph,
  textMessage,
} from '../core/message.ts';
import { authorsLine, findPaperLinks, grouped, linkedTitle } from '../core/paper.ts';
import type { CommandRequest, PlatformHandlers, Reaction } from '../core/platform.ts';
import { longScoreText } from '../core/score.ts';
import type { Services } from '../core/services.ts';
import type { Stores } from '../core/stores.ts';
import { voteOfEmoji } from '../core/votes.ts';
import { grammarProblems } from './language/grammar.ts';
import { NearMiss, namedPath, type ParsedCommand, readCommand } from './language/parse.ts';
import { suggestionsFor } from './language/suggest.ts';
import { createLists } from './lists.ts';
import { createNextPages } from './next-pages.ts';

type Sender = Pick<CommandRequest, 'person' | 'home' | 'isOwner'>;

/** Admins may change everything; managers, their channel. An owner is an admin. */
export const rightsOf = (
  sender: Sender,
  admins: readonly string[],
  isPerson: (written: string, person: Person) => boolean,
) => {
  const person = sender.home ?? sender.person;
  const isAdmin = sender.isOwner === true || admins.some((one) => isPerson(one, person));
  const mayManage = (channel: Channel | undefined): boolean =>
    isAdmin || (channel?.managers.some((one) => isPerson(one, person)) ?? false);
  return {
    mayManage,
    requireManager(channel: Channel | undefined): void {
      if (mayManage(channel)) return;
      const who = channel ? `the managers of ${channel.name} and the admins` : 'admins';
      throw new UserError(
        `Only ${who} may do this. Ask your Paperboy admin to add ${person} to admins${channel ? ' or to the channel’s managers' : ''} in the config file.`,
      );
    },
  };
};

type Parts = {
  stores: Pick<Stores, 'announcements' | 'digests' | 'reactions'>;
  channelAt(destination: string): Promise<Channel | undefined>;
};

const linkCard = async (
  text: string,
  destination: string,
  { stores, channelAt }: Parts,
): Promise<Message | undefined> => {
  const [id] = findPaperLinks(text);
  const channel = await channelAt(destination);
  const paper = id === undefined ? undefined : await stores.announcements.paper(id);
  if (!paper || !channel) return undefined;
  const [picked] = await stores.digests.withPaper(channel.name, paper.id);
  const scores = picked ? `${longScoreText(picked.entry.score)} · ${longDate(picked.date)}` : 'Not posted here.';
  return message(paper.title, [
    paragraph(linkedTitle(paper, true)),
    paragraph({ text: authorsLine(paper.authors, 6), italic: true }),
    note(scores),
    buttonRow(button('Show', ['show', paper.id])),
  ]);
};

type DispatcherParts = {
  commands: readonly CommandEntry[];
  channels: ChannelRegistry;
  /** Undefined for direct messages and destinations that no channel posts to. */
  channelAt(destination: string): Promise<Channel | undefined>;
  admins: readonly string[];
  /** True if an address in `admins` or `managers` means this person. */
  isPerson(written: string, person: Person): boolean;
  platforms: CommandContext['platforms'];
  stores: Stores;
  services: Services;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
  onAnswered?: (command: string, outcome: CommandOutcome, seconds: number) => void;
  /** Also called if a vote is removed. */
  onVote?: (platform: PlatformName, about: { channel: string; paperId: string | undefined }) => void;
};

const problemMessage = (error: unknown, request: CommandRequest, logger: Logger): Message => {
  // A fault of this machine is for its admin; the text with the path of a file is for the terminal.
  const fault = systemFault(error)?.what;
  if (error instanceof NearMiss)
    return message(error.message, [paragraph(error.message), buttonRow(button('Yes', [error.command], 'primary'))]);
  if (error instanceof UserError && fault === undefined) return textMessage(error.message);
  const command = request.text ?? request.command;
  if (error instanceof ExternalError) {
    logger.warn(
      { command, service: error.service, reason: error.message },
      'command failed because of a remote service',
    );
    return textMessage(`${error.service} failed (${error.message.replace(/\.$/, '')}). Please try again in a minute.`);
  }
  const id = randomUUID().slice(0, 8);
  logger.error({ command, id, err: error }, 'command failed');
  const what = fault ?? 'Something went wrong';
  return textMessage(`${what} (error ${id}). Please tell your Paperboy admin.`);
};

/** Checks fields, because a form may show them again. @throws UserError if one is too long for a field. */
const validFields = (fields: CommandRequest['fields'] = {}): Record<string, string> => {
  if (Object.values(fields).some(({ length }) => length > maxValueLength))
    throw new UserError(`That is too long; write at most ${grouped(maxValueLength)} characters in a field.`);
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, text.toWellFormed()]));
};

/** Handles the commands and reactions of every platform. @throws Error if the command list breaks the grammar. */
export const createDispatcher = (parts: DispatcherParts): PlatformHandlers => {
  const { commands, channels, platforms, stores, services, clock, logger, signal } = parts;
  const problems = grammarProblems(commands);
  if (problems.length > 0) throw new Error(`the command list is wrong: ${problems.join('; ')}`);

  const rights = (sender: Sender) => rightsOf(sender, parts.admins, parts.isPerson);

  /**
   * The channel that posts to a destination. Elsewhere, the only channel, but only for those who may manage it: nobody
   * else is known to belong to it.
   */
  const channelFor = async (sender: Sender & Pick<CommandRequest, 'destination'>): Promise<Channel> => {
    const channel = await parts.channelAt(sender.destination);
    if (channel) return channel;
    const { mayManage } = rights(sender);
    const own = channels.list().filter(mayManage);
    const [only] = own;
    if (only && channels.list().length === 1) return only;
    const where = own.length > 0 ? ` (${own.map(({ name }) => name).join(', ')})` : '';
    throw new UserError(
      `Paperboy does not post here. Use this command where it posts${where}, or ask an admin to set it up here with /arxiv here.`,
    );
  };

  const lists = createLists({ stores, clock, channelFor });
  const nextPages = createNextPages({ stores, clock });

  /** Id of the paper of the message that a request replies to, or of the message whose thread it is in. */
  const paperOf = async ({ about, thread }: CommandRequest): Promise<string | undefined> => {
    const named = about && (await stores.outbox.about(about))?.paperId;
    return named ?? (thread && (await stores.outbox.about(thread))?.paperId);
  };

  const contextOf = (request: CommandRequest, about: string | undefined): CommandContext => {
    const { person, address, destination, thread, isMention = false, progress } = request;
    const fields = validFields(request.fields);
    const { mayManage, requireManager } = rights(request);
    return {
      ...{
        channels,
        person,
        address,
        destination,
        thread,
        isMention,
        about,
        mayManage,
        requireManager,
        fields,
        clock,
        platforms,
        stores,
        services,
        commands,
        signal,
      },
      channel: () => channelFor(request),
      progress: async (message) => progress?.(message),
    };
  };

  const remember = (answered: Message, request: CommandRequest): Promise<void> =>
    lists
      .remember(answered, request)
      .catch((error: unknown) => logger.error({ err: error }, 'list of an answer not stored'));

  const answer = async (
    command: Command,
    values: ParsedCommand['values'],
    request: CommandRequest,
    about: string | undefined,
  ): Promise<Answer> => {
    const context = contextOf(request, about);
    // Before /arxiv here there is no channel.
    if (command.rights === 'managers') context.requireManager(await parts.channelAt(request.destination));
    const answered = await command.run(context, await lists.resolve(command, values, request));
    if (!isForm(answered)) {
      nextPages.remember(answered, request);
      await remember(answered, request);
    }
    return command.isPersonal && !isForm(answered) ? { ...answered, isPersonal: true } : answered;
  };

  const countVote = ({ emoji, person }: Reaction, about: { channel: string; paperId: string | undefined }): void => {
    if (voteOfEmoji(emoji)) parts.onVote?.(platformOf(person), about);
  };

  return {
    async command(given) {
      let request = given;
      const from = clock.monotonic();
      let name = 'unknown';
      const report = (outcome: CommandOutcome): void =>
        parts.onAnswered?.(name, outcome, (clock.monotonic() - from) / 1_000);
      try {
        request = await nextPages.asked(given);
        // The name is known even if the options cannot be read.
        name = namedPath(request, commands) ?? name;
        const about = await paperOf(request);
        const setting = { isMention: request.isMention, about };
        const { command, path, values } = readCommand(request, commands, clock.now(), setting);
        name = path;
        const answered = await answer(command, values, request, about);
        report('answered');
        return answered;
      } catch (error) {
        report(error instanceof UserError ? 'refused' : 'failed');
        return problemMessage(error, request, logger);
      }
    },

    async suggest(request) {
      try {
        return await suggestionsFor(request, { commands, stores, channelFor });
      } catch (error) {
        // Suggestions are optional, so only a bug is logged.
        if (!(error instanceof UserError)) logger.error({ command: request.command, err: error }, 'no suggestions');
        return [];
      }
    },

    async paperOf(message) {
      try {
        return (await stores.outbox.about(message))?.paperId;
      } catch (error) {
        logger.error({ err: error }, 'paper of a message not read');
        return undefined;
      }
    },

    async card(text, destination) {
      try {
        return (await parts.channelAt(destination))?.linkCards ? await linkCard(text, destination, parts) : undefined;
      } catch (error) {
        logger.warn({ reason: errorText(error) }, 'card for a link failed');
        return undefined;
      }
    },

    async reactionAdded(reaction) {
      try {
        const about = await stores.outbox.about(reaction.message);
        if (!about) return;
        await stores.reactions.add(reaction, clock.now().toISOString());
        countVote(reaction, about);
      } catch (error) {
        logger.error({ err: error }, 'reaction not stored');
      }
    },

    async reactionRemoved(reaction) {
      try {
        await stores.reactions.remove(reaction);
        const about = await stores.outbox.about(reaction.message);
        if (about) countVote(reaction, about);
      } catch (error) {
        logger.error({ err: error }, 'reaction not removed');
      }
    },
  };
};
