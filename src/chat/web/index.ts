import type { Destination, MessageRef, Person } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import { ExternalError, UserError } from '../../core/errors.ts';
import type { Platform, PlatformHandlers } from '../../core/platform.ts';
import type { Stores } from '../../core/stores.ts';
import type { Vote } from '../../core/votes.ts';

export type WebPlatformParts = {
  destinations: readonly Destination[];
  stores: Pick<Stores, 'outbox' | 'reactions' | 'webMessages'>;
  clock: Clock;
};

export type WebPlatform = Platform & {
  /** Undefined until `listen`. */
  handlers(): PlatformHandlers | undefined;
  /** Undefined removes the vote. @throws UserError if there is no such message. */
  vote(on: MessageRef, person: Person, vote: Vote | undefined): Promise<void>;
};

const emoji: Record<Vote, string> = { up: '👍', down: '👎' };

const destinationPattern = /^web:[A-Za-z0-9][A-Za-z0-9_-]*$/;

export const createWebPlatform = ({ destinations, stores, clock }: WebPlatformParts): WebPlatform => {
  const { outbox, reactions, webMessages } = stores;
  let listener: PlatformHandlers | undefined;

  const isKnown = async (ref: MessageRef): Promise<boolean> => {
    const message = await webMessages.find(ref.messageId);
    return message?.destination === ref.destination || (await outbox.about(ref)) !== undefined;
  };

  /**
   * The person's vote on the paper of a message, from here or from a linked identity.
   * @param otherwise Returned if the message is not about a paper.
   */
  const votedOn = async (message: MessageRef, person: Person, otherwise?: Vote): Promise<Vote | undefined> => {
    const { channel, paperId } = (await outbox.about(message)) ?? {};
    if (channel === undefined || paperId === undefined) return otherwise;
    return (await reactions.ballots(channel, [paperId], person)).own.get(paperId);
  };

  /** Takes back the vote of a linked identity, whose reaction cannot be removed from here. */
  const takeBack = async (message: MessageRef, person: Person): Promise<void> => {
    const { channel, paperId } = (await outbox.about(message)) ?? {};
    const vote = await votedOn(message, person);
    if (channel === undefined || paperId === undefined || vote === undefined) return;
    const on = { channel, paperId, destination: message.destination };
    await reactions.press(on, person, undefined, clock.now().toISOString());
    await listener?.reactionRemoved({ message, person, emoji: emoji[vote] });
  };

  return {
    name: 'web',
    isStoredHere: true,
    async connect() {},
    async resolve(destination) {
      if (destinationPattern.test(destination)) return destination;
      throw new UserError(`"${destination}" is not on the web page. Write only web.`);
    },
    async listen(handlers) {
      listener = handlers;
    },
    handlers: () => listener,
    async send({ destination, thread, message, key, ready }) {
      if (!destinations.includes(destination))
        throw new ExternalError({
          service: 'web page',
          message: `there is no ${destination}: no channel with that name posts to web`,
          retryable: false,
        });
      await ready?.();
      await webMessages.add({ key, destination, thread: thread?.messageId, message, sentAt: clock.realNow() });
      return { destination, messageId: key };
    },
    async edit({ messageId }, { message }) {
      // A digest's papers are rendered from their own tables instead.
      await webMessages.replace(messageId, message);
    },
    async remove(message) {
      await webMessages.remove(message);
    },
    async sent({ destination, thread, since }) {
      const messages = await webMessages.sent(destination, thread?.messageId, thread ? 0 : since);
      return messages.map(({ key }) => ({ key, message: { destination, messageId: key } }));
    },
    async reactions(thread) {
      const keys = (await webMessages.thread(thread)).map(({ key }) => key);
      // Threads from earlier versions have deliveries, but no messages here.
      const stored = keys.length > 0 ? await reactions.on(thread.destination, keys) : await reactions.ofThread(thread);
      return stored.map(({ message, person, emoji }) => ({ message, person, emoji }));
    },
    async vote(message, person, vote) {
      if (!(await isKnown(message))) throw new UserError('This paper is no longer here. Reload the page.');
      const stored = await reactions.on(message.destination, [message.messageId]);
      const current = stored.filter((one) => one.person === person);
      const isHere = current.some((one) => vote && one.emoji === emoji[vote]);
      // What a linked identity did later counts instead of the vote here.
      const isCounted = isHere && (await votedOn(message, person, vote)) === vote;
      for (const { emoji: taken } of current) {
        if (vote && taken === emoji[vote] && isCounted) continue;
        const reaction = { message, person, emoji: taken };
        await reactions.remove(reaction);
        await listener?.reactionRemoved(reaction);
      }
      if (!vote) return takeBack(message, person);
      if (isCounted) return;
      const reaction = { message, person, emoji: emoji[vote] };
      await reactions.add(reaction, clock.now().toISOString());
      await listener?.reactionAdded(reaction);
    },
    async check() {
      // doctor checks separately whether the page is served.
      return [];
    },
    async close() {
      listener = undefined;
    },
  };
};
