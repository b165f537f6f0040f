import { deliveryKey } from '../../../src/core/delivery-key.ts';
import type { EarlyHeaderStore } from '../../../src/core/early-header.ts';
import { orm } from '../../drizzle.ts';
import { earlyHeaderOf } from '../../rules/early-headers.ts';
import { type Database, write } from '../client.ts';
import { earlyHeaders } from '../schema.ts';
import { retractions } from './outbox.ts';
import { isHeld, whileHeld } from './runs.ts';

const { and, eq } = orm;

export const createEarlyHeaderStore = (db: Database): EarlyHeaderStore => ({
  async begin({ channel, date }, destination, fence) {
    return write(db, (tx) => {
      if (!isHeld(tx, fence)) return undefined;
      const generation = retractions(tx, { channel, date });
      const key = deliveryKey({ channel, date, destination, paperId: undefined, generation });
      const isNew = tx.insert(earlyHeaders).values({ key, destination }).onConflictDoNothing().run().changes > 0;
      return isNew ? key : undefined;
    });
  },

  async sent(key, { messageId }, fence) {
    const wanted = and(eq(earlyHeaders.key, key), whileHeld(db, fence));
    return db.update(earlyHeaders).set({ messageId }).where(wanted).run().changes > 0;
  },

  async find(key) {
    const row = db.select().from(earlyHeaders).where(eq(earlyHeaders.key, key)).get();
    return row && earlyHeaderOf(row);
  },

  async completed(key) {
    db.delete(earlyHeaders).where(eq(earlyHeaders.key, key)).run();
  },
});
