import { deliveryKey } from '../../../src/core/delivery-key.ts';
import type { EarlyHeaderStore } from '../../../src/core/early-header.ts';
import { orm } from '../../drizzle.ts';
import { earlyHeaderOf } from '../../rules/early-headers.ts';
import { type Database, write } from '../client.ts';
import { isChanged } from '../results.ts';
import { earlyHeaders } from '../schema.ts';
import { keepLease, whileHeld } from './leases.ts';
import { retractions } from './outbox.ts';

const { and, eq } = orm;

export const createEarlyHeaderStore = (db: Database): EarlyHeaderStore => ({
  async begin({ channel, date }, destination, fence) {
    return write(db, async (tx) => {
      if (!(await keepLease(tx, fence))) return undefined;
      const generation = await retractions(tx, { channel, date });
      const key = deliveryKey({ channel, date, destination, paperId: undefined, generation });
      const isNew = isChanged(await tx.insert(earlyHeaders).values({ key, destination }).onConflictDoNothing());
      return isNew ? key : undefined;
    });
  },

  async sent(key, { messageId }, fence) {
    const wanted = and(eq(earlyHeaders.key, key), whileHeld(db, fence));
    return isChanged(await db.update(earlyHeaders).set({ messageId }).where(wanted));
  },

  async find(key) {
    const [row] = await db.select().from(earlyHeaders).where(eq(earlyHeaders.key, key));
    return row && earlyHeaderOf(row);
  },

  async completed(key) {
    await db.delete(earlyHeaders).where(eq(earlyHeaders.key, key));
  },
});
