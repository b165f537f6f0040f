import { z } from 'zod';
import type { MessageRef } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import type { CommandEntry } from '../../core/command.ts';
import { isLoopback } from '../../core/http.ts';
import type { Logger } from '../../core/logger.ts';
import type { Platform, SendRequest } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';
import { addressOf, type Place, readDestination } from './address.ts';
import { createCaller } from './api.ts';
import { applicationSchema, checkDiscord, userSchema } from './check.ts';
import { deliveryNonce, deliveryUrl, isDelivery, listedSchema } from './delivery.ts';
import { codes, isRefusal } from './errors.ts';
import { createHeard } from './heard.ts';
import { type Listening, listen } from './listen.ts';
import { createMemory } from './memory.ts';
import { firstIdAt, messagesAfter } from './messages.ts';
import { channelSchema, checkPostable, createPlaces, placeOf } from './places.ts';
import { standingReactions } from './reactions.ts';
import { headingOf, renderPost } from './render.ts';
import { createThreads, threadDeleted } from './threads.ts';

type DiscordSetup = {
  token: Secret;
  /** Another base of Discord's API, such as `http://127.0.0.1:3000/api`. */
  apiUrl?: string | undefined;
  clock: Clock;
  logger: Logger;
  /** What `/arxiv` is registered with. */
  commands: readonly CommandEntry[];
  fetch?: typeof fetch;
};

/** Milliseconds by which the clocks here and at Discord may differ. */
const clockSkew = 120_000;

/** How many destinations are remembered that the config writes without their server. */
const resolvedLimit = 500;

/** Discord as a platform: posts through the HTTP API, hears through the gateway. */
export const createDiscordPlatform = (setup: DiscordSetup): Platform => {
  const { token, apiUrl, clock, logger, commands } = setup;
  const { call, close } = createCaller(setup);
  const places = createPlaces(call);
  const heard = createHeard();
  const resolved = createMemory<Place>(resolvedLimit);
  let identity: { userId: string; application: string } | undefined;
  let listening: Listening | undefined;

  const me = () => {
    if (!identity) throw new Error('connect() comes before all else.');
    return identity;
  };
  const threads = createThreads(call, places, me);

  const placeIn = async (destination: string): Promise<Place> => {
    const { guild, channel: id } = readDestination(destination);
    if (guild) return { guild, channel: id };
    // A command asks it of every destination, and its answer never changes.
    const known = resolved.get(id);
    if (known) return known;
    const channel = await call('get', `/channels/${id}`, channelSchema);
    checkPostable(channel, destination);
    places.learn(channel);
    const place = placeOf(channel);
    resolved.set(id, place);
    return place;
  };

  /** A message as Discord takes it, with the key that it is found by. */
  const bodyOf = (place: Place, { message, key }: Pick<SendRequest, 'message' | 'key'>) => ({
    ...renderPost(message, deliveryUrl(place, key)),
    allowed_mentions: { parse: [] },
  });

  return {
    name: 'discord',

    async connect() {
      const { id: userId, username } = await call('get', '/users/@me', userSchema);
      const { id: application } = await call('get', '/applications/@me', applicationSchema);
      identity = { userId, application };
      logger.info({ bot: username }, 'connected to Discord');
    },

    resolve: async (destination) => addressOf(await placeIn(destination)),

    async listen(handlers) {
      const isLocal = apiUrl !== undefined && isLoopback(new URL(apiUrl));
      const shared = { token, call, commands, places, threads, heard, clock, logger };
      listening = await listen({ ...shared, bot: me(), isLocal }, handlers);
    },

    async send({ destination, thread, message, key }): Promise<MessageRef> {
      const place = await placeIn(destination);
      const body = { ...bodyOf(place, { message, key }), nonce: deliveryNonce(place, key), enforce_nonce: true };
      const post = (channel: string) =>
        call('post', `/channels/${channel}/messages`, z.looseObject({ id: z.string() }), { body });
      const { id } = thread ? await threads.within(place, thread, post) : await post(place.channel);
      if (!thread) threads.headed(id, headingOf(message));
      return { destination: addressOf(place), messageId: id };
    },

    async edit({ destination, messageId }, { thread, message, key }) {
      const place = await placeIn(destination);
      const body = bodyOf(place, { message, key });
      const change = async (channel: string): Promise<true> => {
        await call('patch', `/channels/${channel}/messages/${messageId}`, z.unknown(), { body });
        return true;
      };
      if (!thread) await threads.renamed(place, messageId, headingOf(message), () => change(place.channel));
      else if (!(await threads.inside(place, thread, change))) throw threadDeleted();
    },

    async remove({ destination, messageId }, thread) {
      const place = await placeIn(destination);
      const take = (channel: string): Promise<unknown> =>
        call('delete', `/channels/${channel}/messages/${messageId}`, z.unknown());
      try {
        if (thread) await threads.inside(place, thread, take);
        else {
          await threads.archive(place, messageId);
          await take(place.channel);
        }
      } catch (error) {
        if (!isRefusal(error, codes.unknownMessage, codes.unknownChannel)) throw error;
      }
    },

    async find({ destination, thread, key, since }): Promise<MessageRef | undefined> {
      const place = await placeIn(destination);
      const channel = thread ? await threads.find(place, thread.messageId) : place.channel;
      if (channel === undefined) return undefined;
      const { userId } = me();
      try {
        for await (const messages of messagesAfter(call, channel, firstIdAt(since - clockSkew), listedSchema)) {
          const found = messages.find((one) => one.author.id === userId && isDelivery(one, place, key));
          if (found) return { destination: addressOf(place), messageId: found.id };
        }
      } catch (error) {
        // In a thread that people deleted there is nothing to find.
        if (!thread || !isRefusal(error, codes.unknownChannel)) throw error;
        threads.forget(thread.messageId);
      }
      return undefined;
    },

    async reactions(thread) {
      const place = await placeIn(thread.destination);
      const threadId = threads.known(thread.messageId);
      const found = await standingReactions(call, { thread, place, threadId, bot: me().userId });
      for (const reaction of found) heard.add(reaction);
      return found;
    },

    check: (destinations) => checkDiscord(call, destinations),

    async close() {
      await listening?.close();
      close();
    },
  };
};
