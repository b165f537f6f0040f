import type { AuthorCandidate, IndexedAuthor } from '../../src/core/author.ts';
import type { digestStyles, EngineShare, Fallback, ModelUsage, PickReason, Remedial } from '../../src/core/digest.ts';
import type { announceTypes } from '../../src/core/paper.ts';
import type { runOutcomes } from '../../src/core/run.ts';
import type { engines, MatchLimits } from '../../src/core/score.ts';
import type { Prefiltering } from '../../src/core/screening.ts';
import type { Nudge } from '../../src/core/votes.ts';
import { orm } from '../drizzle.ts';
import type { LeftOut } from '../rules/digests.ts';
import { json, long, text, tsvector } from './columns.ts';
import { postgresCore } from './driver.ts';

const { boolean, doublePrecision, foreignKey, index, integer, pgTable, primaryKey, uniqueIndex } = postgresCore;

export const papers = pgTable(
  'papers',
  {
    id: text().notNull(),
    version: integer().notNull(),
    title: text().notNull(),
    authors: json().$type<string[]>().notNull(),
    abstract: text().notNull(),
    categories: json().$type<string[]>().notNull(),
    comments: text(),
    doi: text(),
    journalReference: text('journal_reference'),
    license: text(),
  },
  (table) => [primaryKey({ columns: [table.id, table.version] })],
);

export const announcements = pgTable(
  'announcements',
  {
    date: text().notNull(),
    category: text().notNull(),
    approximate: boolean().notNull().default(false),
    /** True if old papers were deleted from it. */
    pruned: boolean().notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.date, table.category] })],
);

export const announcedPapers = pgTable(
  'announced_papers',
  {
    date: text().notNull(),
    category: text().notNull(),
    paperId: text('paper_id').notNull(),
    version: integer().notNull(),
    type: text().$type<(typeof announceTypes)[number]>().notNull(),
    /** Position in arXiv's order, from 0. */
    position: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.date, table.category, table.paperId] }),
    foreignKey({ columns: [table.paperId, table.version], foreignColumns: [papers.id, papers.version] }),
    foreignKey({
      columns: [table.date, table.category],
      foreignColumns: [announcements.date, announcements.category],
    }).onDelete('cascade'),
    index('announced_papers_paper').on(table.paperId),
  ],
);

export const rubrics = pgTable('rubrics', {
  hash: text().primaryKey(),
  template: text().notNull(),
  topics: text().notNull(),
  criteria: text().notNull(),
  language: text().notNull(),
});

export const scores = pgTable(
  'scores',
  {
    scoreId: long('score_id').primaryKey().generatedByDefaultAsIdentity(),
    paperId: text('paper_id').notNull(),
    version: integer().notNull(),
    rubric: text()
      .notNull()
      .references(() => rubrics.hash),
    engine: text().$type<(typeof engines)[number]>().notNull(),
    model: text().notNull(),
    attempt: integer().notNull(),
    /** Null for scores by the built-in scorer, except those from before it had a position and a match. */
    ...{ relevance: integer(), novelty: integer() },
    /** Null for scores by a language model. */
    ...{ position: integer(), of: integer(), match: doublePrecision() },
    comment: text().notNull(),
    createdAt: text('created_at').notNull(),
  },
  (table) => [
    foreignKey({ columns: [table.paperId, table.version], foreignColumns: [papers.id, papers.version] }),
    uniqueIndex('scores_attempt').on(
      table.paperId,
      table.version,
      table.rubric,
      table.engine,
      table.model,
      table.attempt,
    ),
  ],
);

export const summaries = pgTable(
  'summaries',
  {
    summaryId: integer('summary_id').primaryKey().generatedByDefaultAsIdentity(),
    paperId: text('paper_id').notNull(),
    version: integer().notNull(),
    ...{ language: text().notNull(), model: text().notNull() },
    text: text().notNull(),
    createdAt: text('created_at').notNull(),
  },
  (table) => [
    foreignKey({ columns: [table.paperId, table.version], foreignColumns: [papers.id, papers.version] }),
    uniqueIndex('summaries_once').on(table.paperId, table.version, table.language, table.model),
  ],
);

export const digests = pgTable(
  'digests',
  {
    digestId: integer('digest_id').primaryKey().generatedByDefaultAsIdentity(),
    channel: text().notNull(),
    date: text().notNull(),
    /** Marks sample digests from earlier versions. No longer used, because the sample now has its own channel. */
    sample: boolean()
      .notNull()
      .$default(() => false),
    createdAt: text('created_at').notNull(),
    ...{ announced: integer().notNull(), scanned: integer().notNull() },
    ...{ relevant: integer().notNull(), unscored: integer().notNull() },
    ...{ cutoffRelevance: integer('cutoff_relevance').notNull(), cutoffNovelty: integer('cutoff_novelty').notNull() },
    engines: json().$type<EngineShare[]>().notNull(),
    promptTokens: integer('prompt_tokens').notNull(),
    cachedTokens: integer('cached_tokens').notNull(),
    completionTokens: integer('completion_tokens').notNull(),
    costUsd: doublePrecision('cost_usd'),
    rubric: text()
      .notNull()
      .references(() => rubrics.hash),
    /** Null in digests from early versions. */
    models: json().$type<ModelUsage[]>(),
    notices: json().$type<string[]>().notNull(),
    authorCheck: json('author_check').$type<LeftOut>(),
    remedial: json().$type<Remedial>(),
    groupByTopic: boolean('group_by_topic').notNull().default(false),
    /** Null in digests from before it could be chosen, which are full. */
    style: text().$type<(typeof digestStyles)[number]>(),
    prefilter: json().$type<Prefiltering>(),
    fallback: json().$type<Fallback>(),
    matchLimits: json('match_limits').$type<MatchLimits>(),
  },
  (table) => [uniqueIndex('digests_day').on(table.channel, table.date, table.sample)],
);

export const digestEntries = pgTable(
  'digest_entries',
  {
    digestId: integer('digest_id')
      .notNull()
      .references(() => digests.digestId, { onDelete: 'cascade' }),
    /** `picked`: in the digest; `nearest`: shown because nothing was picked. */
    role: text().$type<'picked' | 'nearest'>().notNull(),
    rank: integer().notNull(),
    channel: text().notNull(),
    paperId: text('paper_id').notNull(),
    version: integer().notNull(),
    scoreId: long('score_id')
      .notNull()
      .references(() => scores.scoreId),
    reason: json().$type<PickReason>().notNull(),
    topic: text(),
    nudge: json().$type<Nudge>(),
    /** Null without a summary. */
    summaryId: integer('summary_id').references(() => summaries.summaryId),
  },
  (table) => [
    primaryKey({ columns: [table.digestId, table.role, table.rank] }),
    foreignKey({ columns: [table.paperId, table.version], foreignColumns: [papers.id, papers.version] }),
    index('digest_entries_paper').on(table.paperId, table.version),
    index('digest_entries_score').on(table.scoreId),
    index('digest_entries_summary').on(table.summaryId),
    uniqueIndex('digest_entries_once')
      .on(table.channel, table.paperId, table.version)
      .where(orm.sql`${table.role} = 'picked'`),
  ],
);

export const unlikelyPapers = pgTable(
  'unlikely_papers',
  {
    digestId: integer('digest_id')
      .notNull()
      .references(() => digests.digestId, { onDelete: 'cascade' }),
    paperId: text('paper_id').notNull(),
    version: integer().notNull(),
    position: integer('place').notNull(),
    isSampled: boolean('is_sampled').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.digestId, table.paperId] }),
    index('unlikely_papers_paper').on(table.paperId),
    foreignKey({ columns: [table.paperId, table.version], foreignColumns: [papers.id, papers.version] }),
  ],
);

export const deliveries = pgTable(
  'deliveries',
  {
    deliveryId: long('delivery_id').primaryKey().generatedByDefaultAsIdentity(),
    key: text().notNull().unique(),
    digestId: integer('digest_id')
      .notNull()
      .references(() => digests.digestId),
    destination: text().notNull(),
    /** 0 for the header. */
    rank: integer().notNull(),
    paperId: text('paper_id'),
    status: text().$type<'pending' | 'sending' | 'sent' | 'refused'>().notNull(),
    /** System time, milliseconds since 1970. */
    firstTriedAt: long('first_tried_at'),
    /** By the clock of the server, milliseconds since 1970. */
    lastTriedAt: long('last_tried_at'),
    sentAt: long('sent_at'),
    messageId: text('message_id'),
  },
  (table) => [
    uniqueIndex('deliveries_place').on(table.digestId, table.destination, table.rank),
    index('deliveries_message').on(table.destination, table.messageId),
    index('deliveries_header').on(table.sentAt).where(orm.sql`${table.rank} = 0`),
    index('deliveries_unsent').on(table.digestId).where(orm.sql`${table.status} IN ('pending', 'sending')`),
  ],
);

/** Headers posted before their digest was complete. A row stays until the complete header has taken its place. */
export const earlyHeaders = pgTable('early_headers', {
  key: text().primaryKey(),
  destination: text().notNull(),
  /** Null while it is being sent, or if it is unknown whether it was. */
  messageId: text('message_id'),
});

export const leases = pgTable('leases', {
  name: text().primaryKey(),
  /** Empty while nobody holds the lease. The row stays, so that tokens never repeat. */
  owner: text().notNull(),
  token: integer().notNull().default(0),
  /** Grows with each renewal. Versions before tokens read it as the system time at which the lease expires. */
  renewal: long('expires_at').notNull(),
});

export const paperAuthors = pgTable('paper_authors', {
  paperId: text('paper_id').primaryKey(),
  /** Null if the author index does not have the paper. */
  authors: json().$type<readonly IndexedAuthor[]>(),
  at: text().notNull(),
});

export const authorCandidates = pgTable('author_candidates', {
  name: text().primaryKey(),
  candidates: json().$type<readonly AuthorCandidate[]>().notNull(),
  at: text().notNull(),
});

export const runs = pgTable(
  'runs',
  {
    runId: integer('run_id').primaryKey().generatedByDefaultAsIdentity(),
    channel: text().notNull(),
    startedAt: text('started_at').notNull(),
    endedAt: text('ended_at').notNull(),
    status: text().$type<(typeof runOutcomes)[number]>().notNull(),
    date: text(),
    sent: integer().notNull(),
    reasons: json().$type<readonly string[]>().notNull(),
  },
  (table) => [index('runs_channel').on(table.channel, table.runId)],
);

/** Times are simulated time, ISO 8601 in UTC. */
export const health = pgTable('health', {
  subject: text().primaryKey(),
  lastSuccess: text('last_success'),
  lastFailure: text('last_failure'),
  ...{ reason: text(), fix: text() },
  ...{ failingSince: text('failing_since'), announcedSince: text('announced_since') },
});

/**
 * The full-text index: the newest version of each paper, without sample papers. Later papers have higher ids.
 * `search/document.ts` says what is in a document.
 */
export const searchedPapers = pgTable(
  'searched_papers',
  {
    searchId: integer('search_id').primaryKey().generatedByDefaultAsIdentity(),
    paperId: text('paper_id').notNull().unique(),
    version: integer().notNull(),
    /** Hash of the indexed text. */
    fingerprint: text().notNull(),
    document: tsvector().notNull(),
  },
  // Without `fastupdate`, which collects new papers in a list that every search must read as a whole.
  (table) => [index('searched_papers_document').using('gin', table.document).with({ fastupdate: false })],
);

/**
 * What `paperboy copy` has copied from a SQLite database, with a row for each of its tables. Empty if the database was not
 * copied. Paperboy does not start while a table is not whole.
 */
export const copiedTables = pgTable('copied_tables', {
  name: text().primaryKey(),
  /** Says which database is copied: a hash of everything in it. */
  source: text().notNull(),
  /** Hash of the rows, in any order. */
  checksum: text().notNull(),
  ...{ rows: long('rows').notNull(), copied: long('copied').notNull() },
  /** True if the rows in this database have been read again, and are the same. */
  isWhole: boolean('is_whole').notNull(),
});
