import { expect, test } from 'vitest';
import type { Stores } from '../../src/core/stores.ts';

/** Keys of this Paperboy's own, for any implementation of the stores. */
export const signingKeysContract = (stores: () => Stores): void => {
  test('makes a key once and keeps it', async () => {
    const [first, ...others] = await Promise.all(
      Array.from({ length: 16 }, () => stores().signingKeys.keyFor('web sessions')),
    );
    expect(Buffer.from(first?.reveal() ?? '', 'base64url')).toHaveLength(32);
    for (const other of others) expect(other.reveal()).toBe(first?.reveal());
    expect((await stores().signingKeys.keyFor('web sessions')).reveal()).toBe(first?.reveal());
    expect((await stores().signingKeys.keyFor('known browsers')).reveal()).not.toBe(first?.reveal());
  });
};
