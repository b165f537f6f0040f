import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../db/sqlite/client.ts';

let db: Database;
beforeEach(() => {
  db = openDatabase(':memory:');
});
afterEach(() => db.$client.close());

const select = (nth: number, length = 0): string => `SELECT ${nth} -- ${'x'.repeat(length)}`;

describe('a prepared statement', () => {
  it('is kept while it is in use', () => {
    const { $client } = db;
    const first = $client.prepare(select(0));
    for (let nth = 1; nth < 1_000; nth += 1) {
      $client.prepare(select(nth));
      expect($client.prepare(select(0))).toBe(first);
    }
  });

  it('is dropped after many others', () => {
    const { $client } = db;
    const first = $client.prepare(select(0));
    for (let nth = 1; nth < 1_000; nth += 1) $client.prepare(select(nth));
    expect($client.prepare(select(0))).not.toBe(first);
  });

  it('is dropped after a few long ones, which take much memory', () => {
    const { $client } = db;
    const first = $client.prepare(select(0));
    for (let nth = 1; nth < 100; nth += 1) $client.prepare(select(nth, 10_000));
    expect($client.prepare(select(0))).not.toBe(first);
  });
});
