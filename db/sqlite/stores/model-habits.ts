import type { ModelHabitStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import type { Database } from '../client.ts';
import { modelHabits } from '../schema-models.ts';

const { and, eq } = orm;

export const createModelHabitStore = (db: Database): ModelHabitStore => ({
  async find(server, model) {
    const isOfModel = and(eq(modelHabits.server, server), eq(modelHabits.model, model));
    const row = db.select().from(modelHabits).where(isOfModel).get();
    return row && { habits: row.habits, at: row.at };
  },

  async save(server, model, habits, at) {
    db.insert(modelHabits)
      .values({ server, model, habits, at })
      .onConflictDoUpdate({ target: [modelHabits.server, modelHabits.model], set: { habits, at } })
      .run();
  },
});
