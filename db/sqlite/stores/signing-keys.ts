import { randomBytes } from 'node:crypto';
import { Secret, type SigningKeyStore } from '../../../src/core/secret.ts';
import { type Database, orm, write } from '../client.ts';
import { signingKeys } from '../schema-people.ts';

const { eq } = orm;

/** As many as HMAC-SHA256 has in its output: RFC 2104, 3. */
const keyBytes = 32;

export const createSigningKeyStore = (db: Database): SigningKeyStore => ({
  async keyFor(purpose) {
    return write(db, (tx) => {
      const stored = tx.select().from(signingKeys).where(eq(signingKeys.purpose, purpose)).get();
      if (stored) return new Secret(stored.key);
      const key = randomBytes(keyBytes).toString('base64url');
      tx.insert(signingKeys).values({ purpose, key }).run();
      return new Secret(key);
    });
  },
});
