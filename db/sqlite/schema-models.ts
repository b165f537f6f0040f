import type { BatchedRequest } from '../../src/core/batch.ts';
import type { ModelHabits, Price } from '../../src/core/score.ts';
import { sqliteCore } from './client.ts';
import { rubrics } from './schema.ts';

const { index, integer, primaryKey, real, sqliteTable, text } = sqliteCore;

export const calls = sqliteTable(
  'calls',
  {
    callId: integer('call_id').primaryKey({ autoIncrement: true }),
    rubric: text()
      .notNull()
      .references(() => rubrics.hash),
    channel: text().notNull(),
    date: text().notNull(),
    model: text().notNull(),
    at: text().notNull(),
    /** Upper bound on the cost. Counts toward the budget until the call is settled. */
    boundUsd: real('bound_usd').notNull(),
    /** True if a command made the call. */
    byCommand: integer('by_command', { mode: 'boolean' }).notNull().default(false),
    settled: integer({ mode: 'boolean' }).notNull(),
    promptTokens: integer('prompt_tokens'),
    cachedTokens: integer('cached_tokens'),
    completionTokens: integer('completion_tokens'),
    costUsd: real('cost_usd'),
    price: text({ mode: 'json' }).$type<Price>(),
  },
  (table) => [
    index('calls_at').on(table.at),
    index('calls_day').on(table.channel, table.date),
    index('calls_rubric').on(table.rubric, table.date),
  ],
);

/** What was learned about the models of servers. */
export const modelHabits = sqliteTable(
  'model_habits',
  {
    server: text().notNull(),
    model: text().notNull(),
    habits: text({ mode: 'json' }).$type<ModelHabits>().notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.server, table.model] })],
);

/** Batches of requests to a language model whose answers are not stored yet. */
export const scoringBatches = sqliteTable('scoring_batches', {
  key: text().primaryKey(),
  ...{ server: text().notNull(), model: text().notNull() },
  rubric: text()
    .notNull()
    .references(() => rubrics.hash),
  channel: text().notNull(),
  /** Null until the provider's id is known. */
  remoteId: text('remote_id'),
  createdAt: text('created_at').notNull(),
  requests: text({ mode: 'json' }).$type<readonly BatchedRequest[]>().notNull(),
});
