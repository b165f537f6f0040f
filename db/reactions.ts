import type { MessageRef } from '../src/core/address.ts';
import type { Reaction } from '../src/core/platform.ts';
import type { ReactionStore, StoredReaction, VoteCount } from '../src/core/stores.ts';
import type { Database } from './client.ts';
import { orm } from './drizzle.ts';
import { deliveries, digests, reactions } from './schema.ts';

const { and, asc, eq, inArray } = orm;

const thumbs: ReadonlyMap<string, keyof VoteCount> = new Map([
  ['+1', 'up'],
  ['thumbsup', 'up'],
  ['👍', 'up'],
  ['-1', 'down'],
  ['thumbsdown', 'down'],
  ['👎', 'down'],
]);

/** The vote that an emoji means, by name or as a character, in any skin tone: `thumbsup::skin-tone-3`, `👍🏽`. */
const voteEmoji = (emoji: string): keyof VoteCount | undefined =>
  thumbs.get(emoji.replace(/::skin-tone-\d$|[\u{1F3FB}-\u{1F3FF}]$/u, ''));

const keyOf = ({ message, person, emoji }: Reaction): string =>
  JSON.stringify([message.destination, message.messageId, person, emoji]);

const rowOf = ({ message, person, emoji }: Reaction, at: string) => ({ ...message, person, emoji, at });

const rowIs = ({ message, person, emoji }: Reaction) =>
  and(
    eq(reactions.destination, message.destination),
    eq(reactions.messageId, message.messageId),
    eq(reactions.person, person),
    eq(reactions.emoji, emoji),
  );

/** The stored reactions on the messages of the digest whose header this is. */
const storedOn = (db: Pick<Database, 'select'>, thread: MessageRef): StoredReaction[] => {
  const header = db
    .select({ digestId: deliveries.digestId })
    .from(deliveries)
    .where(and(eq(deliveries.destination, thread.destination), eq(deliveries.messageId, thread.messageId)))
    .get();
  if (!header) return [];
  const messageIds = db
    .select({ id: deliveries.messageId })
    .from(deliveries)
    .where(and(eq(deliveries.digestId, header.digestId), eq(deliveries.destination, thread.destination)));
  return db
    .select()
    .from(reactions)
    .where(and(eq(reactions.destination, thread.destination), inArray(reactions.messageId, messageIds)))
    .all()
    .map(({ destination, messageId, ...row }) => ({ ...row, message: { destination, messageId } }));
};

export const createReactionStore = (db: Database): ReactionStore => {
  /** Where a person pressed both thumbs, or the paper stands in several destinations, the newest thumb is the vote. */
  const standing = (channel: string, paperIds: readonly string[]): Map<string, Map<string, keyof VoteCount>> => {
    const rows = db
      .select({ paperId: deliveries.paperId, person: reactions.person, emoji: reactions.emoji })
      .from(reactions)
      .innerJoin(
        deliveries,
        and(eq(deliveries.destination, reactions.destination), eq(deliveries.messageId, reactions.messageId)),
      )
      .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
      .where(and(eq(digests.channel, channel), inArray(deliveries.paperId, [...paperIds])))
      .orderBy(asc(reactions.at))
      .all();
    const votes = new Map<string, Map<string, keyof VoteCount>>();
    for (const { paperId, person, emoji } of rows) {
      const vote = voteEmoji(emoji);
      if (paperId === null || !vote) continue;
      const ofPaper = votes.get(paperId) ?? new Map<string, keyof VoteCount>();
      votes.set(paperId, ofPaper.set(person, vote));
    }
    return votes;
  };

  return {
    async add(reaction, at) {
      db.insert(reactions).values(rowOf(reaction, at)).onConflictDoNothing().run();
    },

    async remove(reaction) {
      db.delete(reactions).where(rowIs(reaction)).run();
    },

    async ofThread(thread) {
      return storedOn(db, thread);
    },

    async replaceThread(thread, { before, listed, readAt }) {
      db.transaction(
        (tx) => {
          const known = new Map(before.map((one) => [keyOf(one), one.at]));
          const stands = new Set(listed.map(keyOf));
          for (const row of storedOn(tx, thread))
            if (!stands.has(keyOf(row)) && known.get(keyOf(row)) === row.at)
              tx.delete(reactions).where(rowIs(row)).run();
          // What is no longer stored though it was before has been taken back. What still stands keeps its time.
          for (const reaction of listed)
            if (!known.has(keyOf(reaction)))
              tx.insert(reactions).values(rowOf(reaction, readAt)).onConflictDoNothing().run();
        },
        { behavior: 'immediate' },
      );
    },

    async votes(channel, paperIds) {
      const counts = new Map<string, VoteCount>();
      for (const [paperId, people] of standing(channel, paperIds)) {
        const count: VoteCount = { up: 0, down: 0 };
        for (const vote of people.values()) count[vote] += 1;
        counts.set(paperId, count);
      }
      return counts;
    },

    async voteOf(channel, paperId, person) {
      return standing(channel, [paperId]).get(paperId)?.get(person);
    },
  };
};
