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
import { type Database, write } from '../client.ts';
import { createRowReader } from '../rows.ts';
import { deliveries, digestEntries, digests, papers, scores, summaries, unlikelyPapers } from '../schema.ts';
import { isPaperOf } from './announcements.ts';
import { removeDigest, retractions } from './outbox.ts';
import { readPastDays } from './past-days.ts';

const { and, asc, between, desc, eq, getTableColumns, inArray, lt, lte, max, ne, sql } = orm;

type Reader = Pick<Database, 'select'>;

const entryFields = {
  entry: getTableColumns(digestEntries),
  paper: getTableColumns(papers),
  score: getTableColumns(scores),
  summary: { text: summaries.text },
};
const readEntry = createRowReader(entryFields);
const selectEntries = (reader: Reader) =>
  reader
    .select({ ...entryFields, digest: { channel: digests.channel, date: digests.date } })
    .from(digestEntries)
    .innerJoin(digests, eq(digests.digestId, digestEntries.digestId))
    .innerJoin(papers, isPaperOf(digestEntries))
    .innerJoin(scores, eq(scores.scoreId, digestEntries.scoreId))
    .leftJoin(summaries, eq(summaries.summaryId, digestEntries.summaryId));

const digestFields = { digest: getTableColumns(digests) };
const readDigest = createRowReader(digestFields);

/** The values of a placeholder that holds a JSON array, so that lists of any length need one statement. */
const listed = (name: string) => sql`(SELECT value FROM json_each(${sql.placeholder(name)}))`;

/** Queries of the web pages, prepared once, because building one takes longer than running it. */
const prepareQueries = (db: Database) => {
  const ofChannel = eq(digests.channel, sql.placeholder('channel'));
  const inRange = and(ofChannel, between(digests.date, sql.placeholder('from'), sql.placeholder('to')));
  const newest = sql`SELECT (SELECT d.digest_id FROM digests d WHERE d.channel = c.value ORDER BY d.date DESC LIMIT 1)
    FROM json_each(${sql.placeholder('channels')}) c`;
  const pickedCount = sql`(SELECT count(*) FROM digest_entries e WHERE e.digest_id = digests.digest_id AND e.role = 'picked')`;
  return {
    entries: selectEntries(db)
      .where(
        and(inArray(digestEntries.digestId, listed('digestIds')), lte(digestEntries.rank, sql.placeholder('maxRank'))),
      )
      .orderBy(asc(digestEntries.digestId), asc(digestEntries.rank))
      .prepare(),
    digests: db.select(digestFields).from(digests).where(inRange).orderBy(desc(digests.date)).prepare(),
    newest: db
      .select({ ...digestFields, picked: pickedCount })
      .from(digests)
      .where(sql`${digests.digestId} IN (${newest})`)
      .prepare(),
    newestRow: db.select(digestFields).from(digests).where(ofChannel).orderBy(desc(digests.date)).limit(1).prepare(),
    dates: db.select({ date: digests.date }).from(digests).where(ofChannel).orderBy(desc(digests.date)).prepare(),
    // From one channel to the next in the index, because DISTINCT reads the whole index.
    channels: db.$client
      .prepare<[], string>(
        `WITH RECURSIVE known(channel) AS (
          SELECT min(channel) FROM digests
          UNION ALL SELECT (SELECT min(channel) FROM digests WHERE channel > known.channel) FROM known WHERE channel IS NOT NULL)
        SELECT channel FROM known WHERE channel IS NOT NULL`,
      )
      .pluck(),
    newestDates: db.$client
      .prepare<[string], [string, string | null]>(
        'SELECT c.value, (SELECT max(date) FROM digests WHERE channel = c.value) FROM json_each(?) c',
      )
      .raw(),
  };
};

const anyRank = Number.MAX_SAFE_INTEGER;

export const createDigestStore = (db: Database): DigestStore => {
  const queries = prepareQueries(db);

  const withEntries = (rows: readonly DigestRow[], maxRank = anyRank): Digest[] => {
    const digestIds = JSON.stringify(rows.map(({ digestId }) => digestId));
    const entries = queries.entries.values({ digestIds, maxRank }).map((row) => readEntry(row));
    return digestsOf(rows, entries);
  };
  const first = (row: DigestRow | undefined): Digest | undefined => row && withEntries([row])[0];
  const rowsOf = (channel: string, range: { from: string; to: string }): DigestRow[] =>
    queries.digests.values({ channel, ...range }).map((row) => readDigest(row).digest);

  return {
    async create(draft, createdAt, destinations) {
      return write(db, (tx) => {
        const row = tx.insert(digests).values(digestRowOf(draft, createdAt)).returning().get();
        const { digestId, channel, date } = row;
        for (const entry of entryRowsOf(draft, digestId)) tx.insert(digestEntries).values(entry).run();
        for (const paper of draft.unlikely ?? [])
          tx.insert(unlikelyPapers)
            .values({ digestId, ...paper })
            .run();
        const { entries } = draft;
        const digest = { digestId, entries, channel, date };
        const queued = deliveriesOf(digest, [...new Set(destinations)], retractions(tx, digest));
        if (queued.length > 0) tx.insert(deliveries).values(queued).run();
        // The prepared query uses the same connection, so it reads inside the transaction.
        const [created] = withEntries([row]);
        if (!created) throw new Error('a digest was not created');
        return created;
      });
    },

    async find(channel, date) {
      return first(rowsOf(channel, { from: date, to: date })[0]);
    },

    async newest(channel) {
      return first(queries.newestRow.values({ channel }).map((row) => readDigest(row).digest)[0]);
    },

    async newestOf(channels, maxEntries) {
      const found = queries.newest.values({ channels: JSON.stringify(channels) }).map((row) => ({
        row: readDigest(row).digest,
        picked: Number(row.at(-1)),
      }));
      const rows = found.map(({ row }) => row);
      return withEntries(rows, maxEntries).map((digest, index) => ({ digest, picked: found[index]?.picked ?? 0 }));
    },

    async dates(channel) {
      return queries.dates.values({ channel }).map(([date]) => String(date));
    },

    async newestDates(channels) {
      const rows = queries.newestDates.all(JSON.stringify(channels));
      return new Map(rows.flatMap(([channel, date]): [string, string][] => (date === null ? [] : [[channel, date]])));
    },

    async summaries(channel, range = anyDate) {
      return rowsOf(channel, range).map(summaryOf);
    },

    async between(channel, from, to) {
      return withEntries(rowsOf(channel, { from, to }).reverse());
    },

    async best(channel, from, to, limit) {
      const order = [
        asc(sql`${scores.engine} = 'local'`),
        desc(
          sql`case when ${scores.engine} = 'local' then ${scores.match} else ${scores.relevance} + ${scores.novelty} end`,
        ),
        desc(sql`case when ${scores.engine} = 'local' then 0 else ${scores.relevance} end`),
        desc(digests.date),
        asc(digestEntries.rank),
      ];
      // Only the keys are sorted, because whole papers take long to carry along.
      const best = db
        .select({ digestId: digestEntries.digestId, role: digestEntries.role, rank: digestEntries.rank })
        .from(digestEntries)
        .innerJoin(digests, eq(digests.digestId, digestEntries.digestId))
        .innerJoin(scores, eq(scores.scoreId, digestEntries.scoreId))
        .where(and(eq(digests.channel, channel), between(digests.date, from, to), eq(digestEntries.role, 'picked')))
        .orderBy(...order)
        .limit(limit);
      const rows = selectEntries(db)
        .where(sql`(${digestEntries.digestId}, ${digestEntries.role}, ${digestEntries.rank}) IN ${best}`)
        .orderBy(...order)
        .all();
      return rows.map((row) => ({ date: row.digest.date, entry: entryOf(row) }));
    },

    async channels() {
      return queries.channels.all();
    },

    async withPaper(channel, paperId) {
      const ofChannel = channel === undefined ? undefined : eq(digestEntries.channel, channel);
      const rows = selectEntries(db)
        .where(and(ofChannel, eq(digestEntries.paperId, paperId), eq(digestEntries.role, 'picked')))
        .orderBy(desc(digests.date), asc(digests.channel))
        .all();
      return rows.map((row) => ({ ...row.digest, entry: entryOf(row) }));
    },

    async remove(digestId) {
      removeDigest(db, digestId);
    },

    async setReason(digestId, paperId, reason) {
      const picked = and(eq(digestEntries.digestId, digestId), eq(digestEntries.paperId, paperId));
      db.update(digestEntries)
        .set({ reason })
        .where(and(picked, eq(digestEntries.role, 'picked')))
        .run();
    },

    async alreadyPicked(channel, date, paperIds) {
      const rows = db
        .select({ paperId: digestEntries.paperId, version: max(digestEntries.version) })
        .from(digestEntries)
        .innerJoin(digests, eq(digests.digestId, digestEntries.digestId))
        .where(
          and(
            eq(digestEntries.channel, channel),
            eq(digestEntries.role, 'picked'),
            ne(digests.date, date),
            inArray(digestEntries.paperId, [...paperIds]),
          ),
        )
        .groupBy(digestEntries.paperId)
        .all();
      return new Map(rows.map((row) => [row.paperId, row.version ?? 0]));
    },

    pastDays: (channel, query, before, count) => readPastDays(db, channel, query, before, count),

    async unlikely(digestId, paperId) {
      const ofPaper = and(eq(unlikelyPapers.digestId, digestId), eq(unlikelyPapers.paperId, paperId));
      const row = db.select().from(unlikelyPapers).where(ofPaper).get();
      return row && unlikelyOf(row);
    },

    async scannedBefore(channel, date, count) {
      const rows = db
        .select({ scanned: digests.scanned })
        .from(digests)
        .where(and(eq(digests.channel, channel), lt(digests.date, date)))
        .orderBy(desc(digests.date))
        .limit(count)
        .all();
      return rows.map(({ scanned }) => scanned);
    },

    async newestSummaries(channels) {
      const rows = queries.newest.values({ channels: JSON.stringify(channels) }).map((row) => readDigest(row).digest);
      return new Map(rows.map((row) => [row.channel, stateOf(row)]));
    },
  };
};
