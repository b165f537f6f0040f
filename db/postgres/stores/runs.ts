import type { RunStore } from '../../../src/core/run.ts';
import { orm } from '../../drizzle.ts';
import { newestRunsOf, oldestKept, successes } from '../../rules/runs.ts';
import type { Database } from '../client.ts';
import { textArray } from '../lists.ts';
import { runs } from '../schema.ts';

const { and, asc, eq, lt, sql } = orm;

export const createRunStore = (db: Database): RunStore => {
  // Runs are added when they end, so the last one added ended last, even if simulated time went backward in between.
  const newestIds = (channels: readonly string[], condition: ReturnType<typeof sql>) =>
    sql`SELECT (SELECT max(r.run_id) FROM runs r WHERE r.channel = c.channel AND ${condition})
      FROM unnest(${textArray(channels)}) AS c (channel)`;
  const isSuccessful = sql`r.status = ANY(${textArray(successes)})`;

  return {
    async add(run) {
      const old = db
        .$with('old')
        .as(db.delete(runs).where(and(eq(runs.channel, run.channel), lt(runs.endedAt, oldestKept(run)))));
      await db.with(old).insert(runs).values(run);
    },

    async newestOf(channels) {
      const ids = sql`${newestIds(channels, sql`true`)} UNION ALL ${newestIds(channels, isSuccessful)}`;
      const rows = await db.select().from(runs).where(sql`${runs.runId} IN (${ids})`).orderBy(asc(runs.runId));
      return newestRunsOf(rows);
    },
  };
};
