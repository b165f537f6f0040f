import type { MessageRef } from '../../../src/core/addresses.ts';
import type { Reaction } from '../../../src/core/platform.ts';
import type { ReactionStore, StoredReaction } from '../../../src/core/stores.ts';
import { buttonEmoji, isButtonEmoji } from '../../../src/core/votes.ts';
import { orm } from '../../drizzle.ts';
import {
  ballotsOf,
  countsOf,
  postedOf,
  type ReactionToPaper,
  reactionKey,
  reactionOf,
  reactionRowOf,
  type Standing,
  standingOf,
  votedOn,
} from '../../rules/votes.ts';
import { type Database, write } from '../client.ts';
import { deliveries, digestEntries, digests, papers, scores } from '../schema.ts';
import { reactions } from '../schema-people.ts';
import { isPaperOf } from './announcements.ts';

const { and, asc, between, desc, eq, gte, inArray } = orm;

/**
 * Goes from the papers to the digests that picked them, and on to the messages of these digests, because deliveries have
 * no index by paper. CROSS JOIN keeps SQLite from another order.
 * @param papers JSON: pairs of a channel and a paper's id.
 * @param reader The person whose own votes are wanted; null for nobody.
 */
const reactionsToPapers = `
  WITH wanted(channel, paper_id) AS MATERIALIZED (SELECT value ->> 0, value ->> 1 FROM json_each(:papers)),
  picking(digest_id, channel) AS MATERIALIZED (
    SELECT DISTINCT e.digest_id, e.channel FROM wanted w
    CROSS JOIN digest_entries e ON e.channel = w.channel AND e.paper_id = w.paper_id AND e.role = 'picked')
  SELECT p.channel, d.paper_id,
    CASE l.link_id WHEN (SELECT link_id FROM links WHERE person = :reader) THEN :reader ELSE coalesce(l.link_id, r.person) END,
    r.emoji, r.at FROM picking p
  CROSS JOIN deliveries d ON d.digest_id = p.digest_id
  CROSS JOIN reactions r ON r.destination = d.destination AND r.message_id = d.message_id
  LEFT JOIN links l ON l.person = r.person
  WHERE (p.channel, d.paper_id) IN wanted
  ORDER BY r.at, r.destination, r.message_id, r.person, r.emoji`;

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

export const createReactionStore = (db: Database): ReactionStore => {
  type Wanted = { papers: string; reader: string | null };
  const toPapers = db.$client.prepare<[Wanted], ReactionToPaper>(reactionsToPapers).raw();

  const standingIn = (
    papers: Iterable<readonly [channel: string, paperIds: readonly string[]]>,
    reader?: string,
  ): Standing => {
    const wanted = [...papers].flatMap(([channel, paperIds]) => paperIds.map((paperId) => [channel, paperId]));
    return standingOf(toPapers.all({ papers: JSON.stringify(wanted), reader: reader ?? null }));
  };
  const standing = (channel: string, paperIds: readonly string[], reader?: string): Standing =>
    standingIn([[channel, paperIds]], reader);

  return {
    async add(reaction, at) {
      db.insert(reactions).values(reactionRowOf(reaction, at)).onConflictDoNothing().run();
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
          .values(reactionRowOf({ message, person, emoji: buttonEmoji[vote ?? 'none'] }, at))
          .run();
        return true;
      });
    },

    async ofThread(thread) {
      return storedOn(db, thread);
    },

    async replaceThread(thread, { before, listed, readAt }) {
      write(db, (tx) => {
        const known = new Map(before.map((one) => [reactionKey(one), one.at]));
        const listedKeys = new Set(listed.map(reactionKey));
        for (const row of storedOn(tx, thread))
          if (!isButtonEmoji(row.emoji) && !listedKeys.has(reactionKey(row)) && known.get(reactionKey(row)) === row.at)
            tx.delete(reactions).where(rowIs(row)).run();
        // Stored reactions that are no longer listed have been removed. The others keep their time.
        for (const reaction of listed)
          if (!known.has(reactionKey(reaction)))
            tx.insert(reactions).values(reactionRowOf(reaction, readAt)).onConflictDoNothing().run();
      });
    },

    async votes(channel, paperIds) {
      return countsOf(standing(channel, paperIds), channel);
    },

    async votesIn(papers) {
      const found = standingIn(papers);
      return new Map([...papers.keys()].map((channel) => [channel, countsOf(found, channel)]));
    },

    async ballots(channel, paperIds, person) {
      return ballotsOf(standing(channel, paperIds, person), channel, person);
    },

    async votesBetween(channel, from, to) {
      const rows = db
        .select({ date: digests.date, paperId: digestEntries.paperId })
        .from(digestEntries)
        .innerJoin(digests, eq(digests.digestId, digestEntries.digestId))
        .where(and(eq(digests.channel, channel), between(digests.date, from, to), eq(digestEntries.role, 'picked')))
        .orderBy(asc(digests.date), asc(digestEntries.rank))
        .all();
      return votedOn(rows, standing(channel, [...new Set(rows.map(({ paperId }) => paperId))]), channel);
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
      return postedOf(rows, standing(channel, [...new Set(rows.map(({ paper }) => paper.id))]), channel);
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
