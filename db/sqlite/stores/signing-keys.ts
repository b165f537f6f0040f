import { Secret, type SigningKeyStore } from '../../../src/core/secret.ts';
import { orm } from '../../drizzle.ts';
import { newSigningKey } from '../../rules/signing-keys.ts';
import { type Database, write } from '../client.ts';
import { signingKeys } from '../schema-people.ts';

const { eq } = orm;

export const createSigningKeyStore = (db: Database): SigningKeyStore => ({
  async keyFor(purpose) {
    return write(db, (tx) => {
      const stored = tx.select().from(signingKeys).where(eq(signingKeys.purpose, purpose)).get();
      if (stored) return new Secret(stored.key);
      const key = newSigningKey();
      tx.insert(signingKeys).values({ purpose, key }).run();
      return new Secret(key);
    });
  },
});
