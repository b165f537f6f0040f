import type { IsoDate } from '../../../src/core/paper.ts';
import { checkRubricPrefix, commandBudget, type Usage } from '../../../src/core/score.ts';
import type { Ledger } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { modelUsageOf, noUsage, usageOf } from '../../rules/ledger.ts';
import { type Database, write } from '../client.ts';
import { rubrics } from '../schema.ts';
import { calls } from '../schema-models.ts';

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

/** Prepared once, because they run for every call to the model and every page. They also work inside a transaction. */
const prepareQueries = (db: Database) => {
  const value = sql.placeholder;
  const { channel, model, price } = calls;
  const ofCall = eq(calls.callId, value('callId'));
  const booking = {
    ...{ rubric: value('rubric'), channel: value('channel'), date: value('date'), model: value('model') },
    ...{ at: value('at'), boundUsd: value('boundUsd'), byCommand: value('byCommand'), settled: false },
  };
  const settlement = {
    ...{ promptTokens: sql`${value('promptTokens')}`, cachedTokens: sql`${value('cachedTokens')}` },
    ...{ completionTokens: sql`${value('completionTokens')}`, costUsd: sql`${value('costUsd')}` },
    ...{ price: sql`${value('price')}`, settled: true },
  };
  return {
    spent: db
      .select({ usd: charged })
      .from(calls)
      .where(gte(calls.at, value('dayStart')))
      .prepare(),
    spentByCommands: db
      .select({ usd: charged })
      .from(calls)
      .where(and(gte(calls.at, value('dayStart')), eq(calls.byCommand, true)))
      .prepare(),
    book: db.insert(calls).values(booking).returning({ callId: calls.callId }).prepare(),
    settle: db.update(calls).set(settlement).where(ofCall).prepare(),
    models: db
      .select({ channel, model, price, calls: sql<number>`count(*)`, ...sums })
      .from(calls)
      .where(and(eq(calls.rubric, value('rubric')), eq(calls.date, value('date')), eq(calls.settled, true)))
      .groupBy(channel, model, price)
      .orderBy(channel, model, sql`min(${calls.callId})`)
      .prepare(),
    release: db.delete(calls).where(ofCall).prepare(),
  };
};

const usedUnder = (db: Database, rubric: ReturnType<typeof eq>, channel: string, from: IsoDate, to: IsoDate): Usage => {
  const row = db
    .select(sums)
    .from(calls)
    .innerJoin(rubrics, eq(rubrics.hash, calls.rubric))
    .where(and(eq(calls.channel, channel), between(calls.date, from, to), eq(calls.settled, true), rubric))
    .get();
  return usageOf(row ?? noUsage);
};

export const createLedger = (db: Database): Ledger => {
  const queries = prepareQueries(db);
  const spentSince = (dayStart: string): number => queries.spent.get({ dayStart })?.usd ?? 0;

  return {
    async book(call, budgetUsd, dayStart) {
      return write(db, () => {
        if (spentSince(dayStart) + call.boundUsd > budgetUsd) return undefined;
        const byCommand = call.byCommand === true;
        const ofCommands = byCommand ? (queries.spentByCommands.get({ dayStart })?.usd ?? 0) : 0;
        if (byCommand && ofCommands + call.boundUsd > commandBudget(budgetUsd)) return undefined;
        return queries.book.get({ ...call, byCommand }).callId;
      });
    },

    async settle(callId, { costUsd, ...tokens }: Usage, price) {
      queries.settle.run({ callId, ...tokens, costUsd: costUsd ?? null, price: price ? JSON.stringify(price) : null });
    },

    async release(callId) {
      queries.release.run({ callId });
    },

    async spent(dayStart) {
      return spentSince(dayStart);
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

    async models(rubric, date) {
      return queries.models.all({ rubric, date }).map(modelUsageOf);
    },
  };
};
