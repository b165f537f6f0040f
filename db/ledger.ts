import type { Usage } from '../src/core/score.ts';
import type { Ledger } from '../src/core/stores.ts';
import type { Database } from './client.ts';
import { orm } from './drizzle.ts';
import { calls } from './schema.ts';

const { and, eq, gte, sql } = orm;

/** What a call counts against the budget: its cost where that is known, else its bound. */
const charged = sql<number>`coalesce(sum(CASE WHEN ${calls.settled} THEN coalesce(${calls.costUsd}, ${calls.boundUsd}) ELSE ${calls.boundUsd} END), 0)`;

const spentSince = (reader: Pick<Database, 'select'>, dayStart: string): number =>
  reader.select({ usd: charged }).from(calls).where(gte(calls.at, dayStart)).get()?.usd ?? 0;

export const createLedger = (db: Database): Ledger => ({
  async book(call, budgetUsd, dayStart) {
    return db.transaction(
      (tx) => {
        if (spentSince(tx, dayStart) + call.boundUsd > budgetUsd) return undefined;
        return tx
          .insert(calls)
          .values({ ...call, settled: false })
          .returning({ callId: calls.callId })
          .get().callId;
      },
      { behavior: 'immediate' },
    );
  },

  async settle(callId, usage: Usage) {
    db.update(calls)
      .set({ settled: true, ...usage })
      .where(eq(calls.callId, callId))
      .run();
  },

  async release(callId) {
    db.delete(calls).where(eq(calls.callId, callId)).run();
  },

  async spent(dayStart) {
    return spentSince(db, dayStart);
  },

  async usage(channel, date): Promise<Usage> {
    const row = db
      .select({
        promptTokens: sql<number>`coalesce(sum(${calls.promptTokens}), 0)`,
        cachedTokens: sql<number>`coalesce(sum(${calls.cachedTokens}), 0)`,
        completionTokens: sql<number>`coalesce(sum(${calls.completionTokens}), 0)`,
        costUsd: sql<number>`coalesce(sum(${calls.costUsd}), 0)`,
        unpriced: sql<number>`coalesce(sum(${calls.costUsd} IS NULL), 0)`,
      })
      .from(calls)
      .where(and(eq(calls.channel, channel), eq(calls.date, date), eq(calls.settled, true)))
      .get();
    if (!row) return { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 };
    const { unpriced, costUsd, ...tokens } = row;
    return { ...tokens, costUsd: unpriced > 0 ? undefined : costUsd };
  },
});
