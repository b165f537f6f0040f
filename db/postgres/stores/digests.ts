import type { Digest } from '../../../src/core/digest.ts';
import type { DigestStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { deliveriesOf } from '../../rules/deliveries.ts';
import {
  anyDate,
  type DigestRow,
  digestRowOf,
  digestsOf,
  entryOf,
  entryRowsOf,
  stateOf,
  summaryOf,
  unlikelyOf,
} from '../../rules/digests.ts';
import type { SharedReads } from '../../rules/shared-reads.ts';
import { type Database, type Reader, write } from '../client.ts';
import { chunks, insertInto, intArray, isOneOf, textArray } from '../lists.ts';
import { deliveries, digestEntries, digests, papers, scores, summaries, unlikelyPapers } from '../schema.ts';
import { isPaperOf } from './announcements.ts';
import { retractions } from './outbox.ts';
import { readPastDays } from './past-days.ts';
import { removeDigest } from './remove-digest.ts';

const { and, asc, between, desc, eq, getTableColumns, lt, lte, max, ne, sql } = orm;

const selectEntries = (reader: Reader) =>
  reader
    .select({
      entry: getTableColumns(digestEntries),
      paper: getTableColumns(papers),
      score: getTableColumns(scores),
      summary: { text: summaries.text },
      digest: { channel: digests.channel, date: digests.date },
    })
    .from(digestEntries)
    .innerJoin(digests, eq(digests.digestId, digestEntries.digestId))
    .innerJoin(papers, isPaperOf(digestEntries))
    .innerJoin(scores, eq(scores.scoreId, digestEntries.scoreId))
    .leftJoin(summaries, eq(summaries.summaryId, digestEntries.summaryId));

const withEntries = async (
  reader: Reader,
  rows: readonly DigestRow[],
  maxRank?: number | undefined,
): Promise<Digest[]> => {
  if (rows.length === 0) return [];
  const ofDigests = sql`${digestEntries.digestId} = ANY (${intArray(rows.map(({ digestId }) => digestId))})`;
  const isFirst = maxRank === undefined ? undefined : lte(digestEntries.rank, maxRank);
  const entries = await selectEntries(reader)
    .where(and(ofDigests, isFirst))
    .orderBy(asc(digestEntries.digestId), asc(digestEntries.rank));
  return digestsOf(rows, entries);
};

const isPicked = eq(digestEntries.role, 'picked');

const pickedCount = sql<number>`(SELECT count(*) FROM digest_entries e WHERE e.digest_id = digests.digest_id AND e.role = 'picked')`;

const newestOfEach = (channels: readonly string[]) => sql`${digests.digestId} IN (
  SELECT n.digest_id FROM unnest(${textArray(channels)}) AS c (name)
  CROSS JOIN LATERAL (SELECT digest_id FROM digests WHERE channel = c.name ORDER BY date DESC LIMIT 1) n)`;

/** From one channel to the next in the index, because DISTINCT reads the whole index. */
const readChannels = sql`
  WITH RECURSIVE known (channel) AS (
    SELECT min(channel) FROM digests
    UNION ALL
    SELECT (SELECT min(channel) FROM digests WHERE channel > known.channel) FROM known WHERE channel IS NOT NULL)
  SELECT channel FROM known WHERE channel IS NOT NULL`;

/** The best first. In Postgres, a missing number would be the highest. */
const bestFirst = [
  asc(sql`${scores.engine} = 'local'`),
  sql`CASE WHEN ${scores.engine} = 'local' THEN ${scores.match} ELSE ${scores.relevance} + ${scores.novelty} END DESC NULLS LAST`,
  sql`CASE WHEN ${scores.engine} = 'local' THEN 0 ELSE ${scores.relevance} END DESC NULLS LAST`,
  desc(digests.date),
  asc(digestEntries.rank),
];

const unlikelyFields = ['digestId', 'paperId', 'version', 'position', 'isSampled'] as const;

export const createDigestStore = (db: Database, shared: SharedReads): DigestStore => {
  const first = async (rows: readonly DigestRow[]): Promise<Digest | undefined> =>
    (await withEntries(db, rows.slice(0, 1)))[0];
  const inRange = (channel: string, { from, to }: { from: string; to: string }) =>
    and(eq(digests.channel, channel), between(digests.date, from, to));
  const rowsOf = (channel: string, range: { from: string; to: string }) =>
    db.select().from(digests).where(inRange(channel, range)).orderBy(desc(digests.date));

  return {
    create(draft, createdAt, destinations) {
      return write(db, async (tx) => {
        const [row] = await tx.insert(digests).values(digestRowOf(draft, createdAt)).returning();
        if (!row) throw new Error('a digest was not created');
        const { digestId, channel, date } = row;
        const entryRows = entryRowsOf(draft, digestId);
        if (entryRows.length > 0) await tx.insert(digestEntries).values(entryRows);
        for (const some of chunks(draft.unlikely ?? []))
          await tx.execute(
            insertInto(
              unlikelyPapers,
              unlikelyFields,
              some.map((paper) => ({ digestId, ...paper })),
            ),
          );
        const digest = { digestId, entries: draft.entries, channel, date };
        const addressed = [...new Set(destinations)];
        const generation = addressed.length > 0 ? await retractions(tx, digest) : 0;
        for (const some of chunks(deliveriesOf(digest, addressed, generation)))
          await tx.insert(deliveries).values(some);
        const [created] = await withEntries(tx, [row]);
        if (!created) throw new Error('a digest was not created');
        return created;
      });
    },

    async find(channel, date) {
      return first(await rowsOf(channel, { from: date, to: date }));
    },

    async newest(channel) {
      return first(await rowsOf(channel, anyDate).limit(1));
    },

    async newestOf(channels, maxEntries) {
      const found = await db
        .select({ row: digests, picked: pickedCount })
        .from(digests)
        .where(newestOfEach(channels))
        .orderBy(asc(digests.digestId));
      const whole = await withEntries(
        db,
        found.map(({ row }) => row),
        maxEntries,
      );
      return whole.map((digest, index) => ({ digest, picked: found[index]?.picked ?? 0 }));
    },

    async dates(channel) {
      const rows = await db
        .select({ date: digests.date })
        .from(digests)
        .where(eq(digests.channel, channel))
        .orderBy(desc(digests.date));
      return rows.map(({ date }) => date);
    },

    async newestDates(channels) {
      const { rows } = await db.execute<{ channel: string; date: string | null }>(
        sql`SELECT c.name AS channel, (SELECT max(date) FROM digests WHERE channel = c.name) AS date
          FROM unnest(${textArray(channels)}) AS c (name)`,
      );
      return new Map(rows.flatMap(({ channel, date }): [string, string][] => (date === null ? [] : [[channel, date]])));
    },

    async summaries(channel, range = anyDate) {
      return (await rowsOf(channel, range)).map(summaryOf);
    },

    async between(channel, from, to) {
      return withEntries(db, (await rowsOf(channel, { from, to })).reverse());
    },

    async best(channel, from, to, limit) {
      // Only the keys are sorted, because whole papers take long to carry along.
      const best = db
        .select({ digestId: digestEntries.digestId, role: digestEntries.role, rank: digestEntries.rank })
        .from(digestEntries)
        .innerJoin(digests, eq(digests.digestId, digestEntries.digestId))
        .innerJoin(scores, eq(scores.scoreId, digestEntries.scoreId))
        .where(and(inRange(channel, { from, to }), isPicked))
        .orderBy(...bestFirst)
        .limit(limit);
      const rows = await selectEntries(db)
        .where(sql`(${digestEntries.digestId}, ${digestEntries.role}, ${digestEntries.rank}) IN ${best}`)
        .orderBy(...bestFirst);
      return rows.map((row) => ({ date: row.digest.date, entry: entryOf(row) }));
    },

    async channels() {
      const { rows } = await db.execute<{ channel: string }>(readChannels);
      return rows.map(({ channel }) => channel);
    },

    async withPaper(channel, paperId) {
      const ofChannel = channel === undefined ? undefined : eq(digestEntries.channel, channel);
      const rows = await selectEntries(db)
        .where(and(ofChannel, eq(digestEntries.paperId, paperId), isPicked))
        .orderBy(desc(digests.date), asc(digests.channel));
      return rows.map((row) => ({ ...row.digest, entry: entryOf(row) }));
    },

    remove: (digestId) => removeDigest(db, digestId),

    async setReason(digestId, paperId, reason) {
      await db
        .update(digestEntries)
        .set({ reason })
        .where(and(eq(digestEntries.digestId, digestId), eq(digestEntries.paperId, paperId), isPicked));
    },

    async alreadyPicked(channel, date, paperIds) {
      const rows = await db
        .select({ paperId: digestEntries.paperId, version: max(digestEntries.version) })
        .from(digestEntries)
        .innerJoin(digests, eq(digests.digestId, digestEntries.digestId))
        .where(
          and(
            eq(digestEntries.channel, channel),
            isPicked,
            ne(digests.date, date),
            isOneOf(digestEntries.paperId, paperIds),
          ),
        )
        .groupBy(digestEntries.paperId);
      return new Map(rows.map((row) => [row.paperId, row.version ?? 0]));
    },

    pastDays: (channel, query, before, count) => readPastDays(db, shared, channel, query, before, count),

    async unlikely(digestId, paperId) {
      const ofPaper = and(eq(unlikelyPapers.digestId, digestId), eq(unlikelyPapers.paperId, paperId));
      const [row] = await db.select().from(unlikelyPapers).where(ofPaper);
      return row && unlikelyOf(row);
    },

    async scannedBefore(channel, date, count) {
      const rows = await db
        .select({ scanned: digests.scanned })
        .from(digests)
        .where(and(eq(digests.channel, channel), lt(digests.date, date)))
        .orderBy(desc(digests.date))
        .limit(count);
      return rows.map(({ scanned }) => scanned);
    },

    async newestSummaries(channels) {
      const rows = await db.select().from(digests).where(newestOfEach(channels)).orderBy(asc(digests.digestId));
      return new Map(rows.map((row) => [row.channel, stateOf(row)]));
    },
  };
};
