import type { MessageRef } from '../src/core/address.ts';
import type { Reaction } from '../src/core/platform.ts';
import type { ReactionStore, VoteCount } from '../src/core/stores.ts';
import type { Database } from './client.ts';
import { orm } from './drizzle.ts';
import { deliveries, digests, reactions } from './schema.ts';

const { and, asc, eq, inArray } = orm;

const voteEmoji: Record<string, keyof VoteCount> = { '+1': 'up', '-1': 'down' };

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
      .where(
        and(
          eq(digests.channel, channel),
          inArray(deliveries.paperId, [...paperIds]),
          inArray(reactions.emoji, Object.keys(voteEmoji)),
        ),
      )
      .orderBy(asc(reactions.at))
      .all();
    const votes = new Map<string, Map<string, keyof VoteCount>>();
    for (const { paperId, person, emoji } of rows) {
      const vote = voteEmoji[emoji];
      if (paperId === null || !vote) continue;
      const ofPaper = votes.get(paperId) ?? new Map<string, keyof VoteCount>();
      votes.set(paperId, ofPaper.set(person, vote));
    }
    return votes;
  };

  const rowOf = (reaction: Reaction, at: string) => {
    const { message, person, emoji } = reaction;
    return { ...message, person, emoji, at };
  };

  return {
    async add(reaction, at) {
      db.insert(reactions).values(rowOf(reaction, at)).onConflictDoNothing().run();
    },

    async remove({ message, person, emoji }) {
      db.delete(reactions)
        .where(
          and(
            eq(reactions.destination, message.destination),
            eq(reactions.messageId, message.messageId),
            eq(reactions.person, person),
            eq(reactions.emoji, emoji),
          ),
        )
        .run();
    },

    async replaceThread(thread: MessageRef, current, at) {
      db.transaction(
        (tx) => {
          const header = tx
            .select({ digestId: deliveries.digestId })
            .from(deliveries)
            .where(and(eq(deliveries.destination, thread.destination), eq(deliveries.messageId, thread.messageId)))
            .get();
          if (!header) return;
          const inThread = and(
            eq(deliveries.digestId, header.digestId),
            eq(deliveries.destination, thread.destination),
          );
          const messageIds = tx.select({ id: deliveries.messageId }).from(deliveries).where(inThread);
          const ofThread = and(eq(reactions.destination, thread.destination), inArray(reactions.messageId, messageIds));
          const keyOf = (one: { messageId: string; person: string; emoji: string }): string =>
            JSON.stringify([one.messageId, one.person, one.emoji]);
          // What still stands keeps the time at which it was learned of.
          const kept = new Map(
            tx
              .select()
              .from(reactions)
              .where(ofThread)
              .all()
              .map((row) => [keyOf(row), row.at]),
          );
          tx.delete(reactions).where(ofThread).run();
          for (const reaction of current) {
            const row = rowOf(reaction, at);
            tx.insert(reactions)
              .values({ ...row, at: kept.get(keyOf(row)) ?? at })
              .onConflictDoNothing()
              .run();
          }
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
