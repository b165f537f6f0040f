import type { AuthorCandidate, IndexedAuthor } from '../../src/core/author.ts';
import {
  digestStyles,
  type EngineShare,
  type Fallback,
  type ModelUsage,
  type PickReason,
  type Remedial,
} from '../../src/core/digest.ts';
import { announceTypes } from '../../src/core/paper.ts';
import { runOutcomes } from '../../src/core/run.ts';
import { engines, type MatchLimits } from '../../src/core/score.ts';
import type { Prefiltering } from '../../src/core/screening.ts';
import type { Nudge } from '../../src/core/votes.ts';
import { orm } from '../drizzle.ts';
import type { LeftOut } from '../rules/digests.ts';
import { sqliteCore } from './client.ts';

const { foreignKey, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } = sqliteCore;

export const papers = sqliteTable(
  'papers',
  {
    id: text().notNull(),
    version: integer().notNull(),
    title: text().notNull(),
    authors: text({ mode: 'json' }).$type<string[]>().notNull(),
    abstract: text().notNull(),
    categories: text({ mode: 'json' }).$type<string[]>().notNull(),
    comments: text(),
    doi: text(),
    journalReference: text('journal_reference'),
    license: text(),
  },
  (table) => [primaryKey({ columns: [table.id, table.version] })],
);

export const announcements = sqliteTable(
  'announcements',
  {
    date: text().notNull(),
    category: text().notNull(),
    approximate: integer({ mode: 'boolean' }).notNull().default(false),
    /** True if old papers were deleted from it. */
    pruned: integer({ mode: 'boolean' }).notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.date, table.category] })],
);

export const announcedPapers = sqliteTable(
  'announced_papers',
  {
    date: text().notNull(),
    category: text().notNull(),
    paperId: text('paper_id').notNull(),
    version: integer().notNull(),
    type: text({ enum: announceTypes }).notNull(),
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

export const rubrics = sqliteTable('rubrics', {
  hash: text().primaryKey(),
  template: text().notNull(),
  topics: text().notNull(),
  criteria: text().notNull(),
  language: text().notNull(),
});

export const scores = sqliteTable(
  'scores',
  {
    scoreId: integer('score_id').primaryKey({ autoIncrement: true }),
    paperId: text('paper_id').notNull(),
    version: integer().notNull(),
    rubric: text()
      .notNull()
      .references(() => rubrics.hash),
    engine: text({ enum: engines }).notNull(),
    model: text().notNull(),
    attempt: integer().notNull(),
    /** Null for scores by the built-in scorer, except those from before it had a position and a match. */
    ...{ relevance: integer(), novelty: integer() },
    /** Null for scores by a language model. */
    ...{ position: integer(), of: integer(), match: real() },
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

export const summaries = sqliteTable(
  'summaries',
  {
    summaryId: integer('summary_id').primaryKey({ autoIncrement: true }),
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

export const digests = sqliteTable(
  'digests',
  {
    digestId: integer('digest_id').primaryKey({ autoIncrement: true }),
    channel: text().notNull(),
    date: text().notNull(),
    /** Marks sample digests from earlier versions. No longer used, because the sample now has its own channel. */
    sample: integer({ mode: 'boolean' })
      .notNull()
      .$default(() => false),
    createdAt: text('created_at').notNull(),
    ...{ announced: integer().notNull(), scanned: integer().notNull() },
    ...{ relevant: integer().notNull(), unscored: integer().notNull() },
    ...{ cutoffRelevance: integer('cutoff_relevance').notNull(), cutoffNovelty: integer('cutoff_novelty').notNull() },
    engines: text({ mode: 'json' }).$type<EngineShare[]>().notNull(),
    promptTokens: integer('prompt_tokens').notNull(),
    cachedTokens: integer('cached_tokens').notNull(),
    completionTokens: integer('completion_tokens').notNull(),
    costUsd: real('cost_usd'),
    rubric: text()
      .notNull()
      .references(() => rubrics.hash),
    /** Null in digests from early versions. */
    models: text({ mode: 'json' }).$type<ModelUsage[]>(),
    notices: text({ mode: 'json' }).$type<string[]>().notNull(),
    authorCheck: text('author_check', { mode: 'json' }).$type<LeftOut>(),
    remedial: text({ mode: 'json' }).$type<Remedial>(),
    groupByTopic: integer('group_by_topic', { mode: 'boolean' }).notNull().default(false),
    /** Null in digests from before it could be chosen, which are full. */
    style: text({ enum: digestStyles }),
    prefilter: text({ mode: 'json' }).$type<Prefiltering>(),
    fallback: text({ mode: 'json' }).$type<Fallback>(),
    matchLimits: text('match_limits', { mode: 'json' }).$type<MatchLimits>(),
  },
  (table) => [uniqueIndex('digests_day').on(table.channel, table.date, table.sample)],
);

export const digestEntries = sqliteTable(
  'digest_entries',
  {
    digestId: integer('digest_id')
      .notNull()
      .references(() => digests.digestId, { onDelete: 'cascade' }),
    /** `picked`: in the digest; `nearest`: shown because nothing was picked. */
    role: text({ enum: ['picked', 'nearest'] }).notNull(),
    rank: integer().notNull(),
    channel: text().notNull(),
    paperId: text('paper_id').notNull(),
    version: integer().notNull(),
    scoreId: integer('score_id')
      .notNull()
      .references(() => scores.scoreId),
    reason: text({ mode: 'json' }).$type<PickReason>().notNull(),
    topic: text(),
    nudge: text({ mode: 'json' }).$type<Nudge>(),
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

export const unlikelyPapers = sqliteTable(
  'unlikely_papers',
  {
    digestId: integer('digest_id')
      .notNull()
      .references(() => digests.digestId, { onDelete: 'cascade' }),
    paperId: text('paper_id').notNull(),
    version: integer().notNull(),
    position: integer('place').notNull(),
    isSampled: integer('is_sampled', { mode: 'boolean' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.digestId, table.paperId] }),
    index('unlikely_papers_paper').on(table.paperId),
    foreignKey({ columns: [table.paperId, table.version], foreignColumns: [papers.id, papers.version] }),
  ],
);

export const deliveries = sqliteTable(
  'deliveries',
  {
    deliveryId: integer('delivery_id').primaryKey({ autoIncrement: true }),
    key: text().notNull().unique(),
    digestId: integer('digest_id')
      .notNull()
      .references(() => digests.digestId),
    destination: text().notNull(),
    /** 0 for the header. */
    rank: integer().notNull(),
    paperId: text('paper_id'),
    status: text({ enum: ['pending', 'sending', 'sent', 'refused'] }).notNull(),
    /** System time, milliseconds since 1970. */
    firstTriedAt: integer('first_tried_at'),
    sentAt: integer('sent_at'),
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
export const earlyHeaders = sqliteTable('early_headers', {
  key: text().primaryKey(),
  destination: text().notNull(),
  /** Null while it is being sent, or if it is unknown whether it was. */
  messageId: text('message_id'),
});

export const leases = sqliteTable('leases', {
  name: text().primaryKey(),
  /** Empty while nobody holds the lease. The row stays, so that tokens never repeat. */
  owner: text().notNull(),
  token: integer().notNull().default(0),
  /** Grows with each renewal. Versions before tokens read it as the system time at which the lease expires. */
  renewal: integer('expires_at').notNull(),
});

export const paperAuthors = sqliteTable('paper_authors', {
  paperId: text('paper_id').primaryKey(),
  /** Null if the author index does not have the paper. */
  authors: text({ mode: 'json' }).$type<readonly IndexedAuthor[]>(),
  at: text().notNull(),
});

export const authorCandidates = sqliteTable('author_candidates', {
  name: text().primaryKey(),
  candidates: text({ mode: 'json' }).$type<readonly AuthorCandidate[]>().notNull(),
  at: text().notNull(),
});

export const runs = sqliteTable(
  'runs',
  {
    runId: integer('run_id').primaryKey({ autoIncrement: true }),
    channel: text().notNull(),
    startedAt: text('started_at').notNull(),
    endedAt: text('ended_at').notNull(),
    status: text({ enum: runOutcomes }).notNull(),
    date: text(),
    sent: integer().notNull(),
    reasons: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
  },
  (table) => [index('runs_channel').on(table.channel, table.runId)],
);

/** Times are simulated time, ISO 8601 in UTC. */
export const health = sqliteTable('health', {
  subject: text().primaryKey(),
  lastSuccess: text('last_success'),
  lastFailure: text('last_failure'),
  ...{ reason: text(), fix: text() },
  ...{ failingSince: text('failing_since'), announcedSince: text('announced_since') },
});

/**
 * The papers in the full-text index `papers_fts`, a contentless FTS5 table whose rowid is the `search_id`. Contains the
 * newest version of each paper. Later papers have higher ids.
 */
export const searchedPapers = sqliteTable('searched_papers', {
  searchId: integer('search_id').primaryKey({ autoIncrement: true }),
  paperId: text('paper_id').notNull().unique(),
  version: integer().notNull(),
});
