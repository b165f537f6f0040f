import type { Destination, MessageRef, Person } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import { ExternalError, UserError } from '../../core/errors.ts';
import type { Platform, PlatformHandlers } from '../../core/platform.ts';
import type { Stores } from '../../core/stores.ts';
import type { Vote } from '../../core/votes.ts';

export type WebPlatformParts = {
  /** The channels' places, such as `web:foundations`. */
  places: readonly Destination[];
  stores: Pick<Stores, 'outbox' | 'reactions' | 'webMessages'>;
  clock: Clock;
};

/** The web page as a platform: what other platforms keep on their servers is in the bot's own database. */
export type WebPlatform = Platform & {
  /** Who hears what is typed and pressed on the page; undefined until somebody listens. */
  handlers(): PlatformHandlers | undefined;
  /**
   * Makes a person's vote on a message the given one; undefined takes it back.
   *
   * @throws UserError where there is no such message.
   */
  vote(on: MessageRef, person: Person, vote: Vote | undefined): Promise<void>;
};

const emoji: Record<Vote, string> = { up: '👍', down: '👎' };

/** A place on the page: `web:` and the name of a channel, which the config knows as `web`. */
const placePattern = /^web:[A-Za-z0-9][A-Za-z0-9_-]*$/;

export const createWebPlatform = ({ places, stores, clock }: WebPlatformParts): WebPlatform => {
  const { outbox, reactions, webMessages } = stores;
  let listener: PlatformHandlers | undefined;

  const isKnown = async (ref: MessageRef): Promise<boolean> => {
    const message = await webMessages.find(ref.messageId);
    return message?.destination === ref.destination || (await outbox.about(ref)) !== undefined;
  };

  return {
    name: 'web',
    async connect() {},
    async resolve(destination) {
      if (placePattern.test(destination)) return destination;
      throw new UserError(`"${destination}" is no place on the web page. Write web alone.`);
    },
    async listen(handlers) {
      listener = handlers;
    },
    handlers: () => listener,
    async send({ destination, thread, message, key }) {
      if (!places.includes(destination))
        throw new ExternalError({
          service: 'web page',
          message: `there is no ${destination}: no channel of that name posts to web`,
          retryable: false,
        });
      await webMessages.add({ key, destination, thread: thread?.messageId, message, sentAt: clock.realNow() });
      return { destination, messageId: key };
    },
    async edit({ messageId }, { message }) {
      // The page draws a digest's papers from their tables; what is kept here stays what was said last.
      await webMessages.replace(messageId, message);
    },
    async remove({ messageId }) {
      await webMessages.remove(messageId);
    },
    async find({ destination, thread, key }) {
      const found = await webMessages.find(key);
      if (found?.destination !== destination || found.thread !== thread?.messageId) return undefined;
      return { destination, messageId: key };
    },
    async reactions(thread) {
      const messages = await webMessages.thread(thread.messageId);
      const keys = messages.filter(({ destination }) => destination === thread.destination).map(({ key }) => key);
      // A thread of an earlier version, which kept no messages, is known by its deliveries alone.
      const stored = keys.length > 0 ? await reactions.on(thread.destination, keys) : await reactions.ofThread(thread);
      return stored.map(({ message, person, emoji }) => ({ message, person, emoji }));
    },
    async vote(message, person, vote) {
      if (!(await isKnown(message)))
        throw new UserError('This paper is no longer here to vote on; load the page again.');
      const stored = await reactions.on(message.destination, [message.messageId]);
      const standing = stored.filter((one) => one.person === person);
      for (const { emoji: taken } of standing) {
        if (vote && taken === emoji[vote]) continue;
        const reaction = { message, person, emoji: taken };
        await reactions.remove(reaction);
        await listener?.reactionRemoved(reaction);
      }
      if (!vote || standing.some((one) => one.emoji === emoji[vote])) return;
      const reaction = { message, person, emoji: emoji[vote] };
      await reactions.add(reaction, clock.now().toISOString());
      await listener?.reactionAdded(reaction);
    },
    async check() {
      // Whether the page is served is the program's to tell.
      return [];
    },
    async close() {
      listener = undefined;
    },
  };
};
