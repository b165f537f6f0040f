import type { MessageRef } from '../../src/core/addresses.ts';
import type { Reaction } from '../../src/core/platform.ts';
import { comparableTotal } from '../../src/core/score.ts';
import type { ReactionStore, StoredReaction } from '../../src/core/stores.ts';
import { buttonEmoji, isButtonEmoji, type Vote, type VoteCount, voteOfEmoji } from '../../src/core/votes.ts';
import { type Database, orm, write } from '../client.ts';
import { deliveries, digestEntries, digests, papers, scores } from '../schema.ts';
import { reactions } from '../schema-people.ts';
import { isPaperOf } from './announcements.ts';
import { scoreOf } from './scores.ts';

const { and, asc, between, desc, eq, gte, inArray } = orm;

type StandingVote = { vote: Vote; at: string };

const keyOf = ({ message, person, emoji }: Reaction): string =>
  JSON.stringify([message.destination, message.messageId, person, emoji]);

const rowOf = ({ message, person, emoji }: Reaction, at: string) => ({ ...message, person, emoji, at });

const reactionOf = ({ destination, messageId, ...row }: typeof reactions.$inferSelect): StoredReaction => ({
  ...row,
  message: { destination, messageId },
});

const rowIs = ({ message, person, emoji }: Reaction) =>
  and(
    eq(reactions.destination, message.destination),
    eq(reactions.messageId, message.messageId),
    eq(reactions.person, person),
    eq(reactions.emoji, emoji),
  );

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
    .map(reactionOf);
};

const counts = (standing: ReadonlyMap<string, ReadonlyMap<string, StandingVote>>): Map<string, VoteCount> => {
  const counted = new Map<string, VoteCount>();
  for (const [paperId, people] of standing) {
    const count: VoteCount = { up: 0, down: 0 };
    for (const { vote } of people.values()) count[vote] += 1;
    counted.set(paperId, count);
  }
  return counted;
};

export const createReactionStore = (db: Database): ReactionStore => {
  /** If a person used both thumbs or voted at several destinations, the newest thumb is the vote. */
  const standing = (channel: string, paperIds: readonly string[]): Map<string, Map<string, StandingVote>> => {
    const rows = db
      .select({ paperId: deliveries.paperId, person: reactions.person, emoji: reactions.emoji, at: reactions.at })
      .from(reactions)
      .innerJoin(
        deliveries,
        and(eq(deliveries.destination, reactions.destination), eq(deliveries.messageId, reactions.messageId)),
      )
      .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
      .where(and(eq(digests.channel, channel), inArray(deliveries.paperId, [...paperIds])))
      .orderBy(asc(reactions.at))
      .all();
    const votes = new Map<string, Map<string, StandingVote>>();
    for (const { paperId, person, emoji, at } of rows) {
      const vote = voteOfEmoji(emoji);
      if (paperId === null) continue;
      const ofPaper = votes.get(paperId) ?? new Map<string, StandingVote>();
      if (vote) votes.set(paperId, ofPaper.set(person, { vote, at }));
      else if (emoji === buttonEmoji.none) ofPaper.delete(person);
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

    async press({ channel, paperId, destination }, person, vote, at) {
      return write(db, (tx) => {
        const messages = tx
          .select({ destination: deliveries.destination, messageId: deliveries.messageId })
          .from(deliveries)
          .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
          .where(and(eq(digests.channel, channel), eq(deliveries.paperId, paperId), eq(deliveries.status, 'sent')))
          .orderBy(desc(deliveries.deliveryId))
          .all()
          .flatMap(({ destination, messageId }) => (messageId === null ? [] : [{ destination, messageId }]));
        const message = messages.find((one) => one.destination === destination) ?? messages[0];
        if (!message) return false;
        for (const one of messages)
          for (const emoji of Object.values(buttonEmoji))
            tx.delete(reactions)
              .where(rowIs({ message: one, person, emoji }))
              .run();
        tx.insert(reactions)
          .values(rowOf({ message, person, emoji: buttonEmoji[vote ?? 'none'] }, at))
          .run();
        return true;
      });
    },

    async ofThread(thread) {
      return storedOn(db, thread);
    },

    async replaceThread(thread, { before, listed, readAt }) {
      write(db, (tx) => {
        const known = new Map(before.map((one) => [keyOf(one), one.at]));
        const listedKeys = new Set(listed.map(keyOf));
        for (const row of storedOn(tx, thread))
          if (!isButtonEmoji(row.emoji) && !listedKeys.has(keyOf(row)) && known.get(keyOf(row)) === row.at)
            tx.delete(reactions).where(rowIs(row)).run();
        // Stored reactions that are no longer listed have been removed. The others keep their time.
        for (const reaction of listed)
          if (!known.has(keyOf(reaction)))
            tx.insert(reactions).values(rowOf(reaction, readAt)).onConflictDoNothing().run();
      });
    },

    async votes(channel, paperIds) {
      return counts(standing(channel, paperIds));
    },

    async votesOf(channel, paperIds, person) {
      return new Map(
        [...standing(channel, paperIds)].flatMap(([paperId, people]): [string, Vote][] => {
          const vote = people.get(person)?.vote;
          return vote ? [[paperId, vote]] : [];
        }),
      );
    },

    async votesBetween(channel, from, to) {
      const rows = db
        .select({ date: digests.date, paperId: digestEntries.paperId })
        .from(digestEntries)
        .innerJoin(digests, eq(digests.digestId, digestEntries.digestId))
        .where(and(eq(digests.channel, channel), between(digests.date, from, to), eq(digestEntries.role, 'picked')))
        .orderBy(asc(digests.date), asc(digestEntries.rank))
        .all();
      const votes = counts(standing(channel, [...new Set(rows.map(({ paperId }) => paperId))]));
      return rows.flatMap(({ date, paperId }) => {
        const count = votes.get(paperId);
        return count ? [{ date, paperId, ...count }] : [];
      });
    },

    async posted(channel, since) {
      const rows = db
        .select({ date: digests.date, paper: papers, topic: digestEntries.topic, score: scores })
        .from(digestEntries)
        .innerJoin(digests, eq(digests.digestId, digestEntries.digestId))
        .innerJoin(papers, isPaperOf(digestEntries))
        .innerJoin(scores, eq(scores.scoreId, digestEntries.scoreId))
        .where(and(eq(digests.channel, channel), gte(digests.createdAt, since), eq(digestEntries.role, 'picked')))
        .orderBy(asc(digests.date), asc(digestEntries.rank))
        .all();
      const votes = standing(channel, [...new Set(rows.map(({ paper }) => paper.id))]);
      return rows.map(({ date, paper, topic, score }) => ({
        date,
        paper,
        topic: topic ?? undefined,
        total: comparableTotal(scoreOf(score)),
        votes: [...(votes.get(paper.id) ?? [])].map(([person, vote]) => ({ person, ...vote })),
      }));
    },

    async on(destination, messageIds) {
      return db
        .select()
        .from(reactions)
        .where(and(eq(reactions.destination, destination), inArray(reactions.messageId, [...messageIds])))
        .all()
        .map(reactionOf);
    },
  };
};
