import { RESTJSONErrorCodes as codes } from 'discord.js';
import QuickLru from 'quick-lru';
import { z } from 'zod';
import type { MessageRef } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import type { CommandEntry } from '../../core/command.ts';
import { isLoopback } from '../../core/http.ts';
import type { Logger } from '../../core/logger.ts';
import type { Platform, SendRequest, SentMessage } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';
import type { SeenBy } from '../kit/seen.ts';
import { addressOf, type ChannelRef, noGuild, readDestination } from './address.ts';
import { createCaller } from './api.ts';
import { channelRefOf, channelSchema, checkPostable, createChannels } from './channels.ts';
import { applicationSchema, checkDiscord, userSchema } from './check.ts';
import { isRefusal } from './errors.ts';
import { createGateway } from './gateway.ts';
import { type Listening, listen } from './listen.ts';
import { deliveryNonce, deliveryUrl, firstIdAt, keyIn, listedSchema, messagesAfter } from './messages.ts';
import { createReactionCache, readReactions } from './reactions.ts';
import { headingOf, renderPost } from './render.ts';
import { createThreads, threadDeleted } from './threads.ts';

type DiscordSetup = {
  token: Secret;
  apiUrl?: string | undefined;
  clock: Clock;
  logger: Logger;
  commands: readonly CommandEntry[];
  memory?: SeenBy['memory'] | undefined;
  fetch?: typeof fetch;
};

/** Maximum difference between this machine's clock and Discord's, in milliseconds. */
const maxClockSkew = 120_000;

const maxResolved = 500;

export const createDiscordPlatform = (setup: DiscordSetup): Platform => {
  const { token, apiUrl, clock, logger, commands, memory } = setup;
  const { call, options: rest, close } = createCaller(setup);
  const channels = createChannels(call);
  const reactions = createReactionCache();
  const resolved = new QuickLru<string, ChannelRef>({ maxSize: maxResolved });
  let identity: { userId: string; application: string } | undefined;
  let listening: Listening | undefined;

  const me = () => {
    if (!identity) throw new Error('Call connect() first.');
    return identity;
  };
  const threads = createThreads(call, channels, me);
  const isLocal = apiUrl !== undefined && isLoopback(new URL(apiUrl));
  const gatewayParts = { token, call, rest, isLocal, clock, logger };

  const channelAt = async (destination: string): Promise<ChannelRef> => {
    const { guild, channel: id } = readDestination(destination);
    if (guild) return { guild, channel: id };
    // Commands resolve every destination, and the answer never changes.
    const known = resolved.get(id);
    if (known) return known;
    const channel = await call('get', `/channels/${id}`, channelSchema);
    checkPostable(channel, destination);
    channels.learn(channel);
    const ref = channelRefOf(channel);
    resolved.set(id, ref);
    return ref;
  };

  const bodyOf = (at: ChannelRef, { message, key }: Pick<SendRequest, 'message' | 'key'>) => ({
    ...renderPost(message, deliveryUrl(at, key)),
    allowed_mentions: { parse: [] },
  });

  const stopListening = async (): Promise<void> => {
    const ended = listening;
    listening = undefined;
    await ended?.close();
  };

  return {
    name: 'discord',

    async connect() {
      const { id: userId, username } = await call('get', '/users/@me', userSchema);
      const { id: application } = await call('get', '/applications/@me', applicationSchema);
      identity = { userId, application };
      logger.info({ bot: username }, 'connected to Discord');
    },

    resolve: async (destination) => addressOf(await channelAt(destination)),

    async listen(handlers, onConnection) {
      const seenBy = memory && { memory, kind: 'discord event' };
      const parts = { ...gatewayParts, commands, channels, threads, reactions, seenBy };
      listening = await listen({ ...parts, bot: me(), onConnection }, handlers);
    },

    stopListening,

    async send({ destination, thread, message, key, ready }): Promise<MessageRef> {
      const at = await channelAt(destination);
      const body = { ...bodyOf(at, { message, key }), nonce: deliveryNonce(at, key), enforce_nonce: true };
      const post = async (channel: string) => {
        await ready?.();
        return call('post', `/channels/${channel}/messages`, z.looseObject({ id: z.string() }), { body });
      };
      const { id } = thread ? await threads.within(at, thread, post) : await post(at.channel);
      if (!thread) threads.setHeading(id, headingOf(message));
      return { destination: addressOf(at), messageId: id };
    },

    async sendPrivately(person, { message, key }) {
      const recipient_id = person.split(':').at(-1);
      const direct = await call('post', '/users/@me/channels', z.looseObject({ id: z.string() }), {
        body: { recipient_id },
      });
      const body = bodyOf({ guild: noGuild, channel: direct.id }, { message, key });
      await call('post', `/channels/${direct.id}/messages`, z.looseObject({}), { body });
    },

    async edit({ destination, messageId }, { thread, message, key }) {
      const at = await channelAt(destination);
      const body = bodyOf(at, { message, key });
      const change = async (channel: string): Promise<true> => {
        await call('patch', `/channels/${channel}/messages/${messageId}`, z.unknown(), { body });
        return true;
      };
      if (!thread) await threads.renamed(at, messageId, headingOf(message), () => change(at.channel));
      else if (!(await threads.inside(at, thread, change))) throw threadDeleted();
    },

    async remove({ destination, messageId }, thread) {
      const at = await channelAt(destination);
      const removeFrom = (channel: string): Promise<unknown> =>
        call('delete', `/channels/${channel}/messages/${messageId}`, z.unknown());
      try {
        if (thread) await threads.inside(at, thread, removeFrom);
        else {
          await threads.archive(at, messageId);
          await removeFrom(at.channel);
        }
      } catch (error) {
        if (!isRefusal(error, codes.UnknownMessage, codes.UnknownChannel)) throw error;
      }
    },

    hasEarlyHeaders: true,

    async sent({ destination, thread, since }) {
      const at = await channelAt(destination);
      const channel = thread ? await threads.find(at, thread.messageId) : at.channel;
      if (channel === undefined) return [];
      const { userId } = me();
      const found: SentMessage[] = [];
      // Every message of a thread has a higher id than its header.
      const after = thread?.messageId ?? firstIdAt(since - maxClockSkew);
      try {
        for await (const messages of messagesAfter(call, channel, after, listedSchema))
          for (const message of messages) {
            const key = message.author.id === userId ? keyIn(message) : undefined;
            if (key !== undefined) found.push({ key, message: { destination: addressOf(at), messageId: message.id } });
          }
      } catch (error) {
        // A deleted thread contains no messages.
        if (!thread || !isRefusal(error, codes.UnknownChannel)) throw error;
        threads.forget(thread.messageId);
      }
      return found.sort((a, b) => (BigInt(a.message.messageId) < BigInt(b.message.messageId) ? -1 : 1));
    },

    async reactions(thread) {
      const at = await channelAt(thread.destination);
      const threadId = threads.known(thread.messageId);
      const found = await readReactions(call, { thread, at, threadId, bot: me().userId });
      for (const reaction of found) reactions.add(reaction);
      return found;
    },

    async check(destinations) {
      const gateway = createGateway({ ...gatewayParts, onEvent: () => {} });
      try {
        return await checkDiscord(call, gateway, destinations);
      } finally {
        await gateway.stop();
      }
    },

    async close() {
      await stopListening();
      close();
    },
  };
};
