import { z } from 'zod';
import type { MessageRef } from '../../core/addresses.ts';
import { ExternalError } from '../../core/errors.ts';
import { shorten } from '../../core/paper-text.ts';
import type { Place } from './address.ts';
import type { DiscordCall } from './api.ts';
import { listedSchema } from './delivery.ts';
import { codes, isRefusal } from './errors.ts';
import { createMemory } from './memory.ts';
import { channelSchema, type Places } from './places.ts';
import { headingIn } from './render.ts';

/** Longest name of a thread: https://docs.discord.com/developers/resources/channel#start-thread-from-message */
const nameLength = 100;

/** Minutes of silence after which Discord archives the thread, which ends reacting: the longest that it takes, a week. */
const archiveAfter = 10_080;

/** How many threads and headings are remembered. */
const limit = 500;

const threadSchema = channelSchema.extend({
  thread_metadata: z.looseObject({ archived: z.boolean(), locked: z.boolean().optional() }).optional(),
});
const activeSchema = z.looseObject({
  threads: z.array(channelSchema.extend({ owner_id: z.string().nullish() })),
});
type Thread = z.infer<typeof threadSchema>;

export const threadDeleted = (cause?: unknown): ExternalError => {
  const message = 'The thread of this digest was deleted on Discord, so the rest cannot be posted.';
  return new ExternalError({ service: 'Discord', message, retryable: false, cause });
};

/** Where Discord refuses it, what it is done for goes on without. */
const unlessRefused = async (work: Promise<unknown>): Promise<void> => {
  await work.catch((error: unknown) => {
    if (!(error instanceof ExternalError) || error.retryable) throw error;
  });
};

/**
 * The threads that hang on headers. Discord gives a thread the id of the message that it was started from, so one is
 * found again without any record of it.
 */
export const createThreads = (call: DiscordCall, places: Places, me: () => { userId: string }) => {
  const ids = createMemory<string>(limit);
  const headings = createMemory<string>(limit);

  const remember = (header: string, thread: Thread): string => {
    places.learn(thread);
    ids.set(header, thread.id);
    return thread.id;
  };

  const nameOf = async ({ channel }: Place, header: string): Promise<string> => {
    const read = async () =>
      headingIn((await call('get', `/channels/${channel}/messages/${header}`, listedSchema)).embeds);
    const heading = headings.get(header) ?? (await read());
    return shorten(heading, nameLength) || 'Papers';
  };

  /** Whether a message with this id is a header of ours. */
  const isHeader = async ({ channel }: Place, id: string): Promise<boolean> => {
    try {
      const found = await call('get', `/channels/${channel}/messages/${id}`, listedSchema);
      return found.id === id && found.author.id === me().userId && found.embeds.length > 0;
    } catch (error) {
      if (error instanceof ExternalError && error.status === 404) return false;
      throw error;
    }
  };

  /** A server that gives threads ids of their own lists them; ours there has the name that it was given. */
  const listed = async (place: Place, header: string): Promise<Thread | undefined> => {
    const name = await nameOf(place, header);
    const { threads } = await call('get', `/guilds/${place.guild}/threads/active`, activeSchema);
    for (const one of threads) {
      if (one.parent_id !== place.channel || one.owner_id !== me().userId || one.name !== name) continue;
      // A thread with the id of another header is that header's, though its name be the same.
      if (!(await isHeader(place, one.id))) return one;
    }
    return undefined;
  };

  const byId = async (header: string): Promise<Thread | undefined> => {
    try {
      return await call('get', `/channels/${ids.get(header) ?? header}`, threadSchema);
    } catch (error) {
      if (isRefusal(error, codes.unknownChannel)) return undefined;
      throw error;
    }
  };

  const reopen = async (thread: string): Promise<void> => {
    await call('patch', `/channels/${thread}`, z.unknown(), { body: { archived: false } });
  };

  const started = async (place: Place, header: string): Promise<Thread> => {
    const body = { name: await nameOf(place, header), auto_archive_duration: archiveAfter };
    try {
      return await call('post', `/channels/${place.channel}/messages/${header}/threads`, threadSchema, { body });
    } catch (error) {
      if (!isRefusal(error, codes.threadExists)) throw error;
      const thread = (await byId(header)) ?? (await listed(place, header));
      if (thread) return thread;
      throw threadDeleted(error);
    }
  };

  /** The thread's id, or undefined where there is none. @throws ExternalError */
  const find = async (place: Place, header: string): Promise<string | undefined> => {
    const known = ids.get(header);
    if (known) return known;
    try {
      const thread = (await byId(header)) ?? (await listed(place, header));
      return thread && remember(header, thread);
    } catch (error) {
      if (isRefusal(error, codes.unknownMessage)) return undefined;
      throw error;
    }
  };

  /** Runs work on a thread, which is opened again where Discord says that it is archived: it refused, so nothing was done. */
  const opened = async <T>(header: string, thread: string, work: (thread: string) => Promise<T>): Promise<T> => {
    try {
      try {
        return await work(thread);
      } catch (error) {
        if (!isRefusal(error, codes.threadArchived)) throw error;
        await reopen(thread);
        return await work(thread);
      }
    } catch (error) {
      if (isRefusal(error, codes.unknownChannel, codes.threadArchived, codes.threadLocked)) ids.forget(header);
      throw isRefusal(error, codes.unknownChannel) ? threadDeleted(error) : error;
    }
  };

  return {
    /** Keeps what a header is about, for the name of its thread. */
    headed: (header: string, heading: string): void => headings.set(header, heading),

    /** The thread's id, where it has been met. */
    known: ids.get,

    /** Forgets a thread that is no more. */
    forget: ids.forget,

    find,

    /**
     * Runs `post` with the thread's id. The thread is started where there is none, and opened again where it is archived.
     * @throws ExternalError, not retryable where the thread is locked or was deleted.
     */
    async within<T>(place: Place, { messageId: header }: MessageRef, post: (thread: string) => Promise<T>): Promise<T> {
      let id = ids.get(header);
      if (!id) {
        const thread = (await byId(header)) ?? (await started(place, header));
        if (thread.thread_metadata?.archived) await reopen(thread.id);
        id = remember(header, thread);
      }
      return opened(header, id, post);
    },

    /**
     * Runs work on a message of a thread that is there already.
     * @returns undefined where there is no thread. @throws ExternalError as `within` does.
     */
    async inside<T>(place: Place, { messageId: header }: MessageRef, work: (thread: string) => Promise<T>) {
      const id = await find(place, header);
      return id === undefined ? undefined : opened(header, id, work);
    },

    /** Runs a change of a header, whose thread then goes by the new heading. @throws ExternalError */
    async renamed(place: Place, header: string, heading: string, change: () => Promise<unknown>): Promise<void> {
      const name = shorten(heading, nameLength) || 'Papers';
      const thread = (await nameOf(place, header)) === name ? undefined : await find(place, header);
      await change();
      headings.set(header, heading);
      if (!thread) return;
      // Discord lets a thread be renamed only now and then; the header itself says what it is.
      await call('patch', `/channels/${thread}`, z.unknown(), { body: { name } }).catch((error: unknown) => {
        if (!(error instanceof ExternalError)) throw error;
      });
    },

    /** Closes the thread of a header that is to be taken away: what people wrote in it stays theirs. @throws ExternalError */
    async archive(place: Place, header: string): Promise<void> {
      const thread = await find(place, header);
      if (!thread) return;
      await unlessRefused(call('patch', `/channels/${thread}`, z.unknown(), { body: { archived: true } }));
      ids.forget(header);
    },
  };
};

export type Threads = ReturnType<typeof createThreads>;
