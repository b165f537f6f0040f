import type { ModelUsage } from '../../src/core/digest.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import { checkRubricPrefix, commandBudget, type Usage } from '../../src/core/score.ts';
import type { Ledger } from '../../src/core/stores.ts';
import { type Database, orm, write } from '../client.ts';
import { calls, rubrics } from '../schema.ts';

const { and, between, eq, gte, like, sql } = orm;

/** Amount that calls take from the budget: the cost if known, otherwise the bound. */
const charged = sql<number>`coalesce(sum(CASE WHEN ${calls.settled} THEN coalesce(${calls.costUsd}, ${calls.boundUsd}) ELSE ${calls.boundUsd} END), 0)`;

const sums = {
  promptTokens: sql<number>`coalesce(sum(${calls.promptTokens}), 0)`,
  cachedTokens: sql<number>`coalesce(sum(${calls.cachedTokens}), 0)`,
  completionTokens: sql<number>`coalesce(sum(${calls.completionTokens}), 0)`,
  costUsd: sql<number>`coalesce(sum(${calls.costUsd}), 0)`,
  unpriced: sql<number>`coalesce(sum(${calls.costUsd} IS NULL), 0)`,
};

const usageOf = ({ unpriced, costUsd, ...tokens }: Record<keyof typeof sums, number>): Usage => {
  return { ...tokens, costUsd: unpriced > 0 ? undefined : costUsd };
};

const spentSince = (reader: Pick<Database, 'select'>, dayStart: string, by?: 'commands'): number =>
  reader
    .select({ usd: charged })
    .from(calls)
    .where(and(gte(calls.at, dayStart), by && eq(calls.byCommand, true)))
    .get()?.usd ?? 0;

const usedUnder = (db: Database, rubric: ReturnType<typeof eq>, channel: string, from: IsoDate, to: IsoDate): Usage => {
  const row = db
    .select(sums)
    .from(calls)
    .innerJoin(rubrics, eq(rubrics.hash, calls.rubric))
    .where(and(eq(calls.channel, channel), between(calls.date, from, to), eq(calls.settled, true), rubric))
    .get();
  return row ? usageOf(row) : { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 };
};

export const createLedger = (db: Database): Ledger => ({
  async book(call, budgetUsd, dayStart) {
    return write(db, (tx) => {
      if (spentSince(tx, dayStart) + call.boundUsd > budgetUsd) return undefined;
      if (call.byCommand && spentSince(tx, dayStart, 'commands') + call.boundUsd > commandBudget(budgetUsd))
        return undefined;
      return tx
        .insert(calls)
        .values({ ...call, settled: false })
        .returning({ callId: calls.callId })
        .get().callId;
    });
  },

  async settle(callId, usage: Usage, price) {
    db.update(calls)
      .set({ settled: true, ...usage, price: price ?? null })
      .where(eq(calls.callId, callId))
      .run();
  },

  async release(callId) {
    db.delete(calls).where(eq(calls.callId, callId)).run();
  },

  async spent(dayStart) {
    return spentSince(db, dayStart);
  },

  async tokens(dayStart) {
    const { promptTokens: prompt, cachedTokens: cached, completionTokens: completion } = sums;
    const settled = and(gte(calls.at, dayStart), eq(calls.settled, true));
    const sum = db.select({ prompt, cached, completion }).from(calls).where(settled).get();
    return sum ?? { prompt: 0, cached: 0, completion: 0 };
  },

  async questions(channel, from, to) {
    // Questions are booked under a rubric without topics, which no channel has.
    return usedUnder(db, eq(rubrics.topics, ''), channel, from, to);
  },

  async checks(channel, from, to) {
    return usedUnder(db, like(rubrics.hash, `${checkRubricPrefix}%`), channel, from, to);
  },

  async models(rubric, date): Promise<ModelUsage[]> {
    const { channel, model, price } = calls;
    const rows = db
      .select({ channel, model, price, calls: sql<number>`count(*)`, ...sums })
      .from(calls)
      .where(and(eq(calls.rubric, rubric), eq(calls.date, date), eq(calls.settled, true)))
      .groupBy(channel, model, price)
      .orderBy(channel, model)
      .all();
    return rows.map(({ channel, model, price, calls, ...summed }) => {
      return { channel, model, price: price ?? undefined, calls, usage: usageOf(summed) };
    });
  },
});
