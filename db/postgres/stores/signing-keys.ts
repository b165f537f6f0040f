import { Secret, type SigningKeyStore } from '../../../src/core/secret.ts';
import { orm } from '../../drizzle.ts';
import { newSigningKey } from '../../rules/signing-keys.ts';
import type { Database } from '../client.ts';
import { signingKeys } from '../schema-people.ts';

const { eq } = orm;

export const createSigningKeyStore = (db: Database): SigningKeyStore => ({
  async keyFor(purpose) {
    const find = () => db.select().from(signingKeys).where(eq(signingKeys.purpose, purpose));
    const [stored] = await find();
    if (stored) return new Secret(stored.key);
    await db.insert(signingKeys).values({ purpose, key: newSigningKey() }).onConflictDoNothing();
    // Another process may have been faster.
    const [first] = await find();
    if (!first) throw new Error(`the key for ${purpose} is gone`);
    return new Secret(first.key);
  },
});
