import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { keepRetention } from '../../src/cli/keep-retention.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { keepingLogger } from '../fakes/logger.ts';

let folder: string;
let file: string;
let stores: Stores;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-retention-'));
  file = join(folder, 'paperboy.db');
  stores = openStores(file);
});
afterEach(() => {
  stores.close();
  rmSync(folder, { recursive: true });
});

const announce = (date: string, id: string) =>
  stores.announcements.save({ date, category: 'cs.LG', papers: [{ paper: paperOf(id), type: 'new' }] });

/** Runs the bot's nights from noon in New York until a time. Returns what it logged, each with the time. */
const keepUntil = async (
  end: string,
  more: { stores?: Pick<Stores, 'leases' | 'prune'>; paperMonths?: number | null } = {},
) => {
  const stop = new AbortController();
  const clock = createSteppingClock('2025-07-08T16:00:00Z');
  const { lines, logger } = keepingLogger();
  const logged: string[] = [];
  const sleep: typeof clock.sleep = async (ms, signal) => {
    for (const { message } of lines.splice(0)) logged.push(`${clock.now().toISOString().slice(5, 16)} ${message}`);
    await clock.sleep(ms, signal);
    if (clock.now() >= new Date(end)) stop.abort();
  };
  const parts = { paperMonths: 12, timezone: 'America/New_York', stores, logger, ...more };
  await keepRetention({ ...parts, clock: { ...clock, sleep } }, stop.signal);
  return logged;
};

describe('papers', () => {
  it('are deleted at night once they are older than the config says, and soon after the start', async () => {
    for (const [date, id] of [
      ['2024-07-05', '2407.00001'],
      ['2024-07-08', '2407.00002'],
      ['2024-07-09', '2407.00003'],
    ] as const)
      await announce(date, id);
    expect(await keepUntil('2025-07-09T16:00:00Z')).toEqual([
      '07-08T16:30 old papers deleted',
      '07-09T07:00 old papers deleted',
    ]);
    const found = await Promise.all(['2407.00001', '2407.00002', '2407.00003'].map(stores.announcements.paper));
    expect(found.map((paper) => paper?.id)).toEqual([undefined, undefined, '2407.00003']);
  });

  it('stay for ever by default', async () => {
    await announce('2004-07-05', '0407.00001');
    expect(await keepUntil('2025-07-10T16:00:00Z', { paperMonths: null })).toEqual([]);
    expect(await stores.announcements.paper('0407.00001')).toBeDefined();
  });

  it('stay if they cannot be deleted, and the bot tries again after an hour', async () => {
    const failing = { leases: stores.leases, prune: () => Promise.reject(new Error('no such file')) };
    expect(await keepUntil('2025-07-08T18:00:00Z', { stores: failing })).toEqual([
      '07-08T16:30 old papers not deleted',
      '07-08T17:30 old papers not deleted',
    ]);
  });
});
