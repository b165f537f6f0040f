import { RESTJSONErrorCodes as codes, ThreadAutoArchiveDuration } from 'discord.js';
import QuickLru from 'quick-lru';
import { z } from 'zod';
import type { MessageRef } from '../../core/addresses.ts';
import { ExternalError } from '../../core/errors.ts';
import { shorten } from '../../core/paper.ts';
import type { ChannelRef } from './address.ts';
import type { DiscordCall } from './api.ts';
import { type Channels, channelSchema } from './channels.ts';
import { isRefusal } from './errors.ts';
import { listedSchema } from './messages.ts';
import { headingIn } from './render.ts';

/**
 * Discord's limit for a thread name: https://docs.discord.com/developers/resources/channel#start-thread-from-message
 */
const maxNameLength = 100;

const maxRemembered = 500;

const threadSchema = channelSchema.extend({
  thread_metadata: z.looseObject({ archived: z.boolean(), locked: z.boolean().optional() }).optional(),
});
const activeSchema = z.looseObject({
  threads: z.array(channelSchema.extend({ owner_id: z.string().nullish() })),
});
type Thread = z.infer<typeof threadSchema>;

const nameFrom = (heading: string): string => shorten(heading, maxNameLength) || 'Papers';

export const threadDeleted = (cause?: unknown): ExternalError => {
  const message = 'The thread of this digest was deleted on Discord, so the rest cannot be posted.';
  return new ExternalError({ service: 'Discord', message, retryable: false, cause });
};

/**
 * The threads of headers. A thread has the id of the message that it was started from, so Paperboy finds it without
 * storing anything.
 */
export const createThreads = (call: DiscordCall, channels: Channels, me: () => { userId: string }) => {
  const ids = new QuickLru<string, string>({ maxSize: maxRemembered });
  const headings = new QuickLru<string, string>({ maxSize: maxRemembered });

  const remember = (header: string, thread: Thread): string => {
    channels.learn(thread);
    ids.set(header, thread.id);
    return thread.id;
  };

  const readMessage = ({ channel }: ChannelRef, id: string) =>
    call('get', `/channels/${channel}/messages/${id}`, listedSchema);

  const nameOf = async (at: ChannelRef, header: string): Promise<string> =>
    nameFrom(headings.get(header) ?? headingIn((await readMessage(at, header)).embeds));

  const isHeader = async (at: ChannelRef, id: string): Promise<boolean> => {
    try {
      const found = await readMessage(at, id);
      return found.id === id && found.author.id === me().userId && found.embeds.length > 0;
    } catch (error) {
      if (error instanceof ExternalError && error.status === 404) return false;
      throw error;
    }
  };

  const byName = async (at: ChannelRef, header: string): Promise<Thread | undefined> => {
    const name = await nameOf(at, header);
    const { threads } = await call('get', `/guilds/${at.guild}/threads/active`, activeSchema);
    for (const one of threads) {
      if (one.parent_id !== at.channel || one.owner_id !== me().userId || one.name !== name) continue;
      // A thread with the id of another header belongs to that one, even if the names are the same.
      if (!(await isHeader(at, one.id))) return one;
    }
    return undefined;
  };

  const byId = async (header: string): Promise<Thread | undefined> => {
    try {
      return await call('get', `/channels/${ids.get(header) ?? header}`, threadSchema);
    } catch (error) {
      if (isRefusal(error, codes.UnknownChannel)) return undefined;
      throw error;
    }
  };

  const unarchive = async (thread: string): Promise<void> => {
    await call('patch', `/channels/${thread}`, z.unknown(), { body: { archived: false } });
  };

  const start = async (at: ChannelRef, header: string): Promise<Thread> => {
    // Nobody can react in an archived thread, so it is archived as late as Discord allows.
    const body = { name: await nameOf(at, header), auto_archive_duration: ThreadAutoArchiveDuration.OneWeek };
    try {
      return await call('post', `/channels/${at.channel}/messages/${header}/threads`, threadSchema, { body });
    } catch (error) {
      if (!isRefusal(error, codes.ThreadAlreadyCreatedForMessage)) throw error;
      const thread = (await byId(header)) ?? (await byName(at, header));
      if (thread) return thread;
      throw threadDeleted(error);
    }
  };

  const find = async (at: ChannelRef, header: string): Promise<string | undefined> => {
    const known = ids.get(header);
    if (known) return known;
    try {
      const thread = (await byId(header)) ?? (await byName(at, header));
      return thread && remember(header, thread);
    } catch (error) {
      if (isRefusal(error, codes.UnknownMessage)) return undefined;
      throw error;
    }
  };

  const unarchiveFor = async <T>(header: string, thread: string, work: (thread: string) => Promise<T>): Promise<T> => {
    try {
      try {
        return await work(thread);
      } catch (error) {
        if (!isRefusal(error, codes.InvalidActionOnArchivedThread)) throw error;
        await unarchive(thread);
        return await work(thread);
      }
    } catch (error) {
      if (isRefusal(error, codes.UnknownChannel, codes.InvalidActionOnArchivedThread, codes.ThreadLocked))
        ids.delete(header);
      throw isRefusal(error, codes.UnknownChannel) ? threadDeleted(error) : error;
    }
  };

  return {
    setHeading: (header: string, heading: string): void => void headings.set(header, heading),

    known: (header: string): string | undefined => ids.get(header),

    forget: (header: string): void => void ids.delete(header),

    find,

    /**
     * Runs `post` with the thread's id. Starts or unarchives the thread if needed.
     * @throws ExternalError, not retryable if the thread is locked or was deleted.
     */
    async within<T>(
      at: ChannelRef,
      { messageId: header }: MessageRef,
      post: (thread: string) => Promise<T>,
    ): Promise<T> {
      let id = ids.get(header);
      if (!id) {
        const thread = (await byId(header)) ?? (await start(at, header));
        if (thread.thread_metadata?.archived) await unarchive(thread.id);
        id = remember(header, thread);
      }
      return unarchiveFor(header, id, post);
    },

    /**
     * Runs work on a message of an existing thread.
     * @returns undefined if there is no thread. @throws ExternalError as `within` does.
     */
    async inside<T>(at: ChannelRef, { messageId: header }: MessageRef, work: (thread: string) => Promise<T>) {
      const id = await find(at, header);
      return id === undefined ? undefined : unarchiveFor(header, id, work);
    },

    /** Changes a header, and renames its thread to the new heading. @throws ExternalError */
    async renamed(at: ChannelRef, header: string, heading: string, change: () => Promise<unknown>): Promise<void> {
      const name = nameFrom(heading);
      const thread = (await nameOf(at, header)) === name ? undefined : await find(at, header);
      await change();
      headings.set(header, heading);
      if (!thread) return;
      // Discord strictly limits renaming threads. An old name does no harm: the header is up to date.
      await call('patch', `/channels/${thread}`, z.unknown(), { body: { name } }).catch((error: unknown) => {
        if (!(error instanceof ExternalError)) throw error;
      });
    },

    /** Archives the thread of a header before the header is deleted. Keeps people's messages. @throws ExternalError */
    async archive(at: ChannelRef, header: string): Promise<void> {
      const thread = await find(at, header);
      if (!thread) return;
      await call('patch', `/channels/${thread}`, z.unknown(), { body: { archived: true } }).catch((error: unknown) => {
        // The header is deleted even if Discord refuses.
        if (!(error instanceof ExternalError) || error.retryable) throw error;
      });
      ids.delete(header);
    },
  };
};

export type Threads = ReturnType<typeof createThreads>;
