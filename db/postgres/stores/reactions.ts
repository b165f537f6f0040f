import type { MessageRef } from '../../../src/core/addresses.ts';
import type { Reaction } from '../../../src/core/platform.ts';
import type { ReactionStore, StoredReaction } from '../../../src/core/stores.ts';
import { buttonEmoji, isButtonEmoji } from '../../../src/core/votes.ts';
import { orm } from '../../drizzle.ts';
import {
  ballotsOf,
  countsOf,
  postedOf,
  reactionKey,
  reactionOf,
  reactionRowOf,
  type Standing,
  standingOf,
  votedOn,
} from '../../rules/votes.ts';
import { type Database, write } from '../client.ts';
import { isOneOf, rowsAs, textArray } from '../lists.ts';
import { deliveries, digestEntries, digests, papers, scores } from '../schema.ts';
import { reactions } from '../schema-people.ts';
import { isPaperOf } from './announcements.ts';

const { and, asc, between, desc, eq, gte, inArray, isNotNull, sql } = orm;

type PapersOfChannels = Iterable<readonly [channel: string, paperIds: readonly string[]]>;

type ToPaper = { channel: string; paperId: string; person: string; emoji: string; at: string };

/**
 * Goes from the papers to the digests that picked them, and on to their messages: deliveries have no index by paper.
 * @param reader The person whose own votes are wanted, if any.
 */
const readStanding = async (db: Database, ofChannels: PapersOfChannels, reader?: string): Promise<Standing> => {
  const wanted = [...ofChannels].flatMap(([channel, paperIds]) => paperIds.map((paperId) => ({ channel, paperId })));
  if (wanted.length === 0) return new Map();
  const own = sql`CAST(${reader ?? null} AS text)`;
  const { rows } = await db.execute<ToPaper>(sql`
    SELECT e.channel, d.paper_id AS "paperId", r.emoji, r.at,
      CASE l.link_id WHEN (SELECT link_id FROM links WHERE person = ${own}) THEN ${own}
        ELSE coalesce(l.link_id, r.person) END AS person
    FROM unnest(${textArray(wanted.map(({ channel }) => channel))}, ${textArray(wanted.map(({ paperId }) => paperId))})
      AS w (channel, paper_id)
    JOIN digest_entries e ON e.channel = w.channel AND e.paper_id = w.paper_id AND e.role = 'picked'
    JOIN deliveries d ON d.digest_id = e.digest_id AND d.paper_id = e.paper_id
    JOIN reactions r ON r.destination = d.destination AND r.message_id = d.message_id
    LEFT JOIN links l ON l.person = r.person
    ORDER BY r.at, r.destination, r.message_id, r.person, r.emoji`);
  return standingOf(rows.map(({ channel, paperId, person, emoji, at }) => [channel, paperId, person, emoji, at]));
};

const isMessage = ({ destination, messageId }: MessageRef) =>
  and(eq(reactions.destination, destination), eq(reactions.messageId, messageId));

const isRow = ({ message, person, emoji }: Reaction) =>
  and(isMessage(message), eq(reactions.person, person), eq(reactions.emoji, emoji));

/** In the order of their keys, because two processes that store the same ones could wait for each other. */
const inOrder = <T extends Reaction>(list: readonly T[]): T[] =>
  list.toSorted((a, b) => (reactionKey(a) < reactionKey(b) ? -1 : 1));

const rowColumns = 'destination text, "messageId" text, person text, emoji text, at text';

export const createReactionStore = (db: Database): ReactionStore => {
  const standing = (channel: string, paperIds: Iterable<string>, reader?: string): Promise<Standing> =>
    readStanding(db, [[channel, [...new Set(paperIds)]]], reader);

  return {
    async add(reaction, at) {
      await db.insert(reactions).values(reactionRowOf(reaction, at)).onConflictDoNothing();
    },

    async remove(reaction) {
      await db.delete(reactions).where(isRow(reaction));
    },

    press({ channel, paperId, destination }, person, vote, at) {
      return write(db, async (tx) => {
        const sent = await tx
          .select({ destination: deliveries.destination, messageId: deliveries.messageId })
          .from(digestEntries)
          .innerJoin(
            deliveries,
            and(eq(deliveries.digestId, digestEntries.digestId), eq(deliveries.paperId, digestEntries.paperId)),
          )
          .where(
            and(
              ...[eq(digestEntries.channel, channel), eq(digestEntries.paperId, paperId)],
              ...[eq(digestEntries.role, 'picked'), eq(deliveries.status, 'sent'), isNotNull(deliveries.messageId)],
            ),
          )
          .orderBy(desc(deliveries.deliveryId))
          // A second press at the same time waits, and then replaces this one.
          .for('no key update', { of: deliveries });
        const messages = sent.map((one): MessageRef => ({ ...one, messageId: one.messageId ?? '' }));
        const message = messages.find((one) => one.destination === destination) ?? messages[0];
        if (!message) return false;
        const byPerson = and(eq(reactions.person, person), inArray(reactions.emoji, Object.values(buttonEmoji)));
        const ids = `destination text, "messageId" text`;
        const onMessages = sql`(${reactions.destination}, ${reactions.messageId}) IN (
          SELECT m.destination, m."messageId" FROM ${rowsAs(messages, 'm', ids)})`;
        await tx.delete(reactions).where(and(byPerson, onMessages));
        await tx.insert(reactions).values(reactionRowOf({ message, person, emoji: buttonEmoji[vote ?? 'none'] }, at));
        return true;
      });
    },

    async ofThread({ destination, messageId }) {
      const isAt = eq(deliveries.destination, destination);
      const digest = db
        .select({ digestId: deliveries.digestId })
        .from(deliveries)
        .where(and(isAt, eq(deliveries.messageId, messageId)));
      const messageIds = db
        .select({ id: deliveries.messageId })
        .from(deliveries)
        .where(and(isAt, inArray(deliveries.digestId, digest)));
      const rows = await db
        .select()
        .from(reactions)
        .where(and(eq(reactions.destination, destination), inArray(reactions.messageId, messageIds)))
        .orderBy(asc(reactions.messageId), asc(reactions.person), asc(reactions.emoji));
      return rows.map(reactionOf);
    },

    async replaceThread(_thread, { before, listed, readAt }) {
      const listedKeys = new Set(listed.map(reactionKey));
      const known = new Set(before.map(reactionKey));
      const gone = before.filter((one) => !isButtonEmoji(one.emoji) && !listedKeys.has(reactionKey(one)));
      // Stored reactions that are no longer listed have been removed. The others keep their time.
      const fresh = listed.filter((one) => !known.has(reactionKey(one)));
      await write(db, async (tx) => {
        if (gone.length > 0) {
          const rows = inOrder(gone).map((one) => reactionRowOf(one, one.at));
          // One with another time was removed and added again meanwhile.
          await tx.execute(sql`
            DELETE FROM reactions r USING ${rowsAs(rows, 'g', rowColumns)}
            WHERE r.destination = g.destination AND r.message_id = g."messageId"
              AND r.person = g.person AND r.emoji = g.emoji AND r.at = g.at`);
        }
        if (fresh.length > 0)
          await tx
            .insert(reactions)
            .values(inOrder(fresh).map((one) => reactionRowOf(one, readAt)))
            .onConflictDoNothing();
      });
    },

    async votes(channel, paperIds) {
      return countsOf(await standing(channel, paperIds), channel);
    },

    async votesIn(ofChannels) {
      const found = await readStanding(db, ofChannels);
      return new Map([...ofChannels.keys()].map((channel) => [channel, countsOf(found, channel)]));
    },

    async ballots(channel, paperIds, person) {
      return ballotsOf(await standing(channel, paperIds, person), channel, person);
    },

    async votesBetween(channel, from, to) {
      const rows = await db
        .select({ date: digests.date, paperId: digestEntries.paperId })
        .from(digestEntries)
        .innerJoin(digests, eq(digests.digestId, digestEntries.digestId))
        .where(and(eq(digests.channel, channel), between(digests.date, from, to), eq(digestEntries.role, 'picked')))
        .orderBy(asc(digests.date), asc(digestEntries.rank));
      const found = await standing(
        channel,
        rows.map(({ paperId }) => paperId),
      );
      return votedOn(rows, found, channel);
    },

    async posted(channel, since) {
      const rows = await db
        .select({ date: digests.date, paper: papers, topic: digestEntries.topic, score: scores })
        .from(digestEntries)
        .innerJoin(digests, eq(digests.digestId, digestEntries.digestId))
        .innerJoin(papers, isPaperOf(digestEntries))
        .innerJoin(scores, eq(scores.scoreId, digestEntries.scoreId))
        .where(and(eq(digests.channel, channel), gte(digests.createdAt, since), eq(digestEntries.role, 'picked')))
        .orderBy(asc(digests.date), asc(digestEntries.rank));
      const found = await standing(
        channel,
        rows.map(({ paper }) => paper.id),
      );
      return postedOf(rows, found, channel);
    },

    async on(destination, messageIds): Promise<StoredReaction[]> {
      const rows = await db
        .select()
        .from(reactions)
        .where(and(eq(reactions.destination, destination), isOneOf(reactions.messageId, messageIds)))
        .orderBy(asc(reactions.messageId), asc(reactions.person), asc(reactions.emoji));
      return rows.map(reactionOf);
    },
  };
};
