import type { BatchedRequest } from '../../src/core/batch.ts';
import type { ModelHabits, Price } from '../../src/core/score.ts';
import { json, long, text } from './columns.ts';
import { postgresCore } from './driver.ts';
import { rubrics } from './schema.ts';

const { boolean, doublePrecision, index, integer, pgTable, primaryKey } = postgresCore;

export const calls = pgTable(
  'calls',
  {
    callId: long('call_id').primaryKey().generatedByDefaultAsIdentity(),
    rubric: text()
      .notNull()
      .references(() => rubrics.hash),
    channel: text().notNull(),
    date: text().notNull(),
    model: text().notNull(),
    at: text().notNull(),
    /** Upper bound on the cost. Counts toward the budget until the call is settled. */
    boundUsd: doublePrecision('bound_usd').notNull(),
    /** True if a command made the call. */
    byCommand: boolean('by_command').notNull().default(false),
    settled: boolean().notNull(),
    promptTokens: integer('prompt_tokens'),
    cachedTokens: integer('cached_tokens'),
    completionTokens: integer('completion_tokens'),
    costUsd: doublePrecision('cost_usd'),
    price: json().$type<Price>(),
  },
  (table) => [
    index('calls_at').on(table.at),
    index('calls_day').on(table.channel, table.date),
    index('calls_rubric').on(table.rubric, table.date),
  ],
);

/** What was learned about the models of servers. */
export const modelHabits = pgTable(
  'model_habits',
  {
    server: text().notNull(),
    model: text().notNull(),
    habits: json().$type<ModelHabits>().notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.server, table.model] })],
);

/** Batches of requests to a language model whose answers are not stored yet. */
export const scoringBatches = pgTable('scoring_batches', {
  key: text().primaryKey(),
  ...{ server: text().notNull(), model: text().notNull() },
  rubric: text()
    .notNull()
    .references(() => rubrics.hash),
  channel: text().notNull(),
  /** Null until the provider's id is known. */
  remoteId: text('remote_id'),
  createdAt: text('created_at').notNull(),
  requests: json().$type<readonly BatchedRequest[]>().notNull(),
});
