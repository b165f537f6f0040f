import type { IsoDate } from '../../../src/core/paper.ts';
import { checkRubricPrefix, commandBudget, type Usage } from '../../../src/core/score.ts';
import type { Ledger } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { modelUsageOf, noUsage, usageOf } from '../../rules/ledger.ts';
import { type Database, write } from '../client.ts';
import { storable } from '../columns.ts';
import { rubrics } from '../schema.ts';
import { calls } from '../schema-models.ts';

const { and, asc, between, count, eq, gte, like, sql } = orm;

/** Any number that no other lock of this program has. */
const budgetLock = 7_032_917_306;

/** Amount that calls take from the budget: the cost if known, otherwise the bound. */
const charge = sql`CASE WHEN ${calls.settled} THEN coalesce(${calls.costUsd}, ${calls.boundUsd}) ELSE ${calls.boundUsd} END`;
const charged = sql<number>`coalesce(sum(${charge}), 0)`;
const chargedByCommands = sql<number>`coalesce(sum(${charge}) FILTER (WHERE ${calls.byCommand}), 0)`;

const sums = {
  promptTokens: sql<number>`coalesce(sum(${calls.promptTokens}), 0)`,
  cachedTokens: sql<number>`coalesce(sum(${calls.cachedTokens}), 0)`,
  completionTokens: sql<number>`coalesce(sum(${calls.completionTokens}), 0)`,
  costUsd: sql<number>`coalesce(sum(${calls.costUsd}), 0)`,
  unpriced: sql<number>`count(*) FILTER (WHERE ${calls.costUsd} IS NULL)`,
};

const usedUnder = async (
  db: Database,
  rubric: ReturnType<typeof eq>,
  ...[channel, from, to]: [channel: string, from: IsoDate, to: IsoDate]
): Promise<Usage> => {
  const [row] = await db
    .select(sums)
    .from(calls)
    .innerJoin(rubrics, eq(rubrics.hash, calls.rubric))
    .where(and(eq(calls.channel, channel), between(calls.date, from, to), eq(calls.settled, true), rubric));
  return usageOf(row ?? noUsage);
};

export const createLedger = (db: Database): Ledger => ({
  async book(call, budgetUsd, dayStart) {
    const { rubric, channel, date, model, at } = call;
    const boundUsd = sql`${call.boundUsd}::double precision`;
    const byCommand = sql`${call.byCommand === true}::boolean`;
    return write(db, async (tx) => {
      // Otherwise, two processes could book the same rest of the budget.
      await tx.execute(sql`SELECT pg_advisory_xact_lock(${budgetLock}::bigint)`);
      const { rows } = await tx.execute<{ callId: number }>(sql`
        WITH spent AS (
          SELECT ${charged} AS usd, ${chargedByCommands} AS by_commands FROM ${calls} WHERE ${gte(calls.at, dayStart)}
        )
        INSERT INTO calls (rubric, channel, date, model, at, bound_usd, by_command, settled)
        SELECT ${sql.join([rubric, channel, date, model, at].map(storable), sql`, `)}, ${boundUsd}, ${byCommand}, false
        FROM spent
        WHERE usd + ${boundUsd} <= ${budgetUsd}::double precision
        AND (NOT ${byCommand} OR by_commands + ${boundUsd} <= ${commandBudget(budgetUsd)}::double precision)
        RETURNING call_id AS "callId"`);
      return rows[0]?.callId;
    });
  },

  async settle(callId, { costUsd, ...tokens }: Usage, price) {
    await db
      .update(calls)
      .set({ ...tokens, costUsd: costUsd ?? null, price: price ?? null, settled: true })
      .where(eq(calls.callId, callId));
  },

  async release(callId) {
    await db.delete(calls).where(eq(calls.callId, callId));
  },

  async spent(dayStart) {
    const [sum] = await db.select({ usd: charged }).from(calls).where(gte(calls.at, dayStart));
    return sum?.usd ?? 0;
  },

  async tokens(dayStart) {
    const { promptTokens: prompt, cachedTokens: cached, completionTokens: completion } = sums;
    const settled = and(gte(calls.at, dayStart), eq(calls.settled, true));
    const [sum] = await db.select({ prompt, cached, completion }).from(calls).where(settled);
    return sum ?? { prompt: 0, cached: 0, completion: 0 };
  },

  async questions(channel, from, to) {
    // Questions are booked under a rubric without topics, which no channel has.
    return usedUnder(db, eq(rubrics.topics, ''), channel, from, to);
  },

  async checks(channel, from, to) {
    return usedUnder(db, like(rubrics.hash, `${checkRubricPrefix}%`), channel, from, to);
  },

  async models(rubric, date) {
    const { channel, model, price } = calls;
    const rows = await db
      .select({ channel, model, price, calls: count(), ...sums })
      .from(calls)
      .where(and(eq(calls.rubric, rubric), eq(calls.date, date), eq(calls.settled, true)))
      .groupBy(channel, model, price)
      .orderBy(asc(channel), asc(model), sql`min(${calls.callId})`);
    return rows.map(modelUsageOf);
  },
});
