import type { Digest, DigestEntry, DigestSummary, NewDigest } from '../../src/core/digest.ts';
import type { UnlikelyPaper } from '../../src/core/screening.ts';
import type { DigestStore } from '../../src/core/stores.ts';
import { type Database, orm, write } from '../client.ts';
import { deliveries, digestEntries, digests, papers, scores, summaries, unlikelyPapers } from '../schema.ts';
import { isPaperOf, paperOf } from './announcements.ts';
import { deliveriesOf, removeDigest } from './outbox.ts';
import { readPastDays } from './past-days.ts';
import { scoreOf } from './scores.ts';

const { and, asc, between, desc, eq, inArray, lt, max, ne, sql } = orm;

type DigestRow = typeof digests.$inferSelect;
type EntryRole = (typeof digestEntries.$inferSelect)['role'];
type Reader = Pick<Database, 'select'>;

type EntryRow = {
  digest_entries: typeof digestEntries.$inferSelect;
  papers: typeof papers.$inferSelect;
  scores: typeof scores.$inferSelect;
  summaries: typeof summaries.$inferSelect | null;
};

const entryOf = ({ digest_entries, papers, scores, summaries }: EntryRow): DigestEntry => {
  const { rank, reason, topic, nudge } = digest_entries;
  return {
    ...{ rank, reason, paper: paperOf(papers), score: scoreOf(scores), topic: topic ?? undefined },
    ...(nudge && { nudge }),
    ...(summaries && { summary: { summaryId: summaries.summaryId, text: summaries.text } }),
  };
};

type ReadEntries = (digestId: number) => { role: EntryRole; entry: DigestEntry }[];

const selectEntries = (reader: Reader) =>
  reader
    .select()
    .from(digestEntries)
    .innerJoin(digests, eq(digests.digestId, digestEntries.digestId))
    .innerJoin(papers, isPaperOf(digestEntries))
    .innerJoin(scores, eq(scores.scoreId, digestEntries.scoreId))
    .leftJoin(summaries, eq(summaries.summaryId, digestEntries.summaryId));

/** Prepared once, because building the query for each digest of a month takes longer than running it. */
const createReadEntries = (reader: Reader): ReadEntries => {
  const query = selectEntries(reader)
    .where(eq(digestEntries.digestId, sql.placeholder('digestId')))
    .orderBy(asc(digestEntries.rank))
    .prepare();
  return (digestId) => query.all({ digestId }).map((row) => ({ role: row.digest_entries.role, entry: entryOf(row) }));
};

const summaryOf = (row: DigestRow): DigestSummary => {
  const { announced, scanned, relevant, unscored, cutoffRelevance, cutoffNovelty } = row;
  const { promptTokens, cachedTokens, completionTokens, costUsd } = row;
  const { digestId, channel, date, createdAt, engines, remedial, matchLimits } = row;
  return {
    ...{ digestId, channel, date, createdAt, engines },
    counts: { announced, scanned, relevant, unscored },
    cutoffs: { relevance: cutoffRelevance, novelty: cutoffNovelty },
    usage: { promptTokens, cachedTokens, completionTokens, costUsd: costUsd ?? undefined },
    remedial: remedial ?? undefined,
    ...(matchLimits && { matchLimits }),
  };
};

const digestOf = (row: DigestRow, readEntries: ReadEntries): Digest => {
  const entries = readEntries(row.digestId);
  const inRole = (role: EntryRole): DigestEntry[] => entries.filter((one) => one.role === role).map((one) => one.entry);
  const { rubric, notices, authorCheck, prefilter, groupByTopic, style, models, fallback } = row;
  return {
    ...summaryOf(row),
    ...{ rubric, notices, groupByTopic },
    ...(style && { style }),
    authorCheck: authorCheck ?? undefined,
    ...(prefilter && { prefilter }),
    ...(fallback && { fallback }),
    models: (models ?? []).map((one) => ({ ...one, usage: { ...one.usage, costUsd: one.usage.costUsd ?? undefined } })),
    entries: inRole('picked'),
    nearest: inRole('nearest'),
  };
};

export const createDigestStore = (db: Database): DigestStore => {
  const readEntries = createReadEntries(db);
  const first = (row: DigestRow | undefined): Digest | undefined => row && digestOf(row, readEntries);

  return {
    async create(draft: NewDigest, createdAt, destinations) {
      return write(db, (tx) => {
        const { counts, cutoffs, usage, entries, nearest, unlikely, ...rest } = draft;
        const { relevance: cutoffRelevance, novelty: cutoffNovelty } = cutoffs;
        const values = { ...rest, ...counts, ...usage, cutoffRelevance, cutoffNovelty, createdAt };
        const row = tx.insert(digests).values(values).returning().get();
        const { digestId, channel } = row;
        const insert = (role: EntryRole, some: readonly DigestEntry[]): void => {
          for (const { paper, score, summary, ...entry } of some) {
            const { id: paperId, version } = paper;
            const ids = { paperId, version, scoreId: score.scoreId, summaryId: summary?.summaryId };
            tx.insert(digestEntries)
              .values({ ...entry, ...ids, digestId, role, channel })
              .run();
          }
        };
        insert('picked', entries);
        insert('nearest', nearest);
        for (const paper of unlikely ?? [])
          tx.insert(unlikelyPapers)
            .values({ digestId, ...paper })
            .run();
        const queued = deliveriesOf(tx, { digestId, entries, channel, date: row.date }, [...new Set(destinations)]);
        if (queued.length > 0) tx.insert(deliveries).values(queued).run();
        // The prepared query uses the same connection, so it reads inside the transaction.
        return digestOf(row, readEntries);
      });
    },

    async find(channel, date) {
      const day = and(eq(digests.channel, channel), eq(digests.date, date));
      return first(db.select().from(digests).where(day).limit(1).get());
    },

    async newest(channel) {
      const ofChannel = eq(digests.channel, channel);
      return first(db.select().from(digests).where(ofChannel).orderBy(desc(digests.date)).limit(1).get());
    },

    async summaries(channel) {
      return db
        .select()
        .from(digests)
        .where(eq(digests.channel, channel))
        .orderBy(desc(digests.date))
        .all()
        .map(summaryOf);
    },

    async between(channel, from, to) {
      const inRange = and(eq(digests.channel, channel), between(digests.date, from, to));
      const rows = db.select().from(digests).where(inRange).orderBy(asc(digests.date)).all();
      return rows.map((row) => digestOf(row, readEntries));
    },

    async best(channel, from, to, limit) {
      const rows = selectEntries(db)
        .where(and(eq(digests.channel, channel), between(digests.date, from, to), eq(digestEntries.role, 'picked')))
        .orderBy(
          asc(sql`${scores.engine} = 'local'`),
          desc(
            sql`case when ${scores.engine} = 'local' then ${scores.match} else ${scores.relevance} + ${scores.novelty} end`,
          ),
          desc(sql`case when ${scores.engine} = 'local' then 0 else ${scores.relevance} end`),
          desc(digests.date),
          asc(digestEntries.rank),
        )
        .limit(limit)
        .all();
      return rows.map((row) => ({ date: row.digests.date, entry: entryOf(row) }));
    },

    async channels() {
      const rows = db.selectDistinct({ channel: digests.channel }).from(digests);
      return rows
        .all()
        .map(({ channel }) => channel)
        .sort();
    },

    async withPaper(channel, paperId) {
      const ofChannel = channel === undefined ? undefined : eq(digestEntries.channel, channel);
      const rows = selectEntries(db)
        .where(and(ofChannel, eq(digestEntries.paperId, paperId), eq(digestEntries.role, 'picked')))
        .orderBy(desc(digests.date), asc(digests.channel))
        .all();
      return rows.map((row) => ({ channel: row.digests.channel, date: row.digests.date, entry: entryOf(row) }));
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
      if (!row) return undefined;
      const { version, position, isSampled } = row;
      return { paperId, version, position, isSampled } satisfies UnlikelyPaper;
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
  };
};
