import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectDatabase } from '../../db/sqlite/backup/inspect.ts';
import { copyNightly } from '../../db/sqlite/backup/nightly.ts';
import { openStores } from '../../db/sqlite/index.ts';
import { keepBackups } from '../../src/cli/keep-backups.ts';
import { addDays } from '../../src/core/dates.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { quietLogger } from '../fakes/logger.ts';
import { healthOf, storeDigest } from '../fakes/monitoring.ts';

let folder: string;
let file: string;
let stores: Stores;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-nightly-'));
  file = join(folder, 'paperboy.db');
  stores = openStores(file);
});
afterEach(() => {
  stores.close();
  rmSync(folder, { recursive: true });
});

const backups = () => join(folder, 'backups');
const copies = () => (existsSync(backups()) ? readdirSync(backups()).sort() : []);
const keep = { daily: 7, weekly: 4 };
const unstopped = new AbortController().signal;

/** Runs the bot's backups until a time, in New York. */
const keepUntil = async (end: string, clock: ReturnType<typeof createSteppingClock>) => {
  const stop = new AbortController();
  const health = healthOf(stores, { clock });
  const stopping = {
    ...clock,
    sleep: async (ms: number, signal?: AbortSignal) => {
      await clock.sleep(ms, signal);
      if (clock.now() >= new Date(end)) stop.abort();
    },
  };
  const parts = { database: file, keep, timezone: 'America/New_York', stores, health, logger: quietLogger };
  await keepBackups({ ...parts, clock: stopping }, stop.signal);
  return health;
};

describe('nightly copies', () => {
  it('are made once a night, at three, and half an hour after the start if the bot was off', async () => {
    await storeDigest(stores, '2507.00001');
    // Noon in New York.
    const clock = createSteppingClock('2025-07-08T16:00:00Z');
    await keepUntil('2025-07-08T16:20:00Z', clock);
    expect(copies()).toEqual([]);
    const health = await keepUntil('2025-07-09T06:50:00Z', clock);
    expect(copies()).toEqual(['paperboy-2025-07-08.db']);
    expect((await health.list()).map(({ subject, lastSuccess }) => [subject, lastSuccess])).toEqual([
      ['backup', '2025-07-08T16:50:00.000Z'],
    ]);
    await storeDigest(stores, '2507.00002', { date: '2025-07-09' });
    await keepUntil('2025-07-09T23:00:00Z', clock);
    expect(copies()).toEqual(['paperboy-2025-07-08.db', 'paperboy-2025-07-09.db']);
    expect(inspectDatabase(join(backups(), 'paperboy-2025-07-08.db'))).toMatchObject({ digests: 1 });
    expect(inspectDatabase(join(backups(), 'paperboy-2025-07-09.db'))).toMatchObject({ digests: 2 });
  });

  it('stay for seven days and four weeks before them', async () => {
    // Tuesday.
    const clock = createSteppingClock('2025-07-01T16:00:00Z');
    await keepUntil('2025-08-15T16:00:00Z', clock);
    const days = ['08-09', '08-10', '08-11', '08-12', '08-13', '08-14', '08-15'];
    const mondays = ['07-14', '07-21', '07-28', '08-04'];
    expect(copies()).toEqual([...mondays, ...days].map((day) => `paperboy-2025-${day}.db`));
  });

  it('keep the first copy of a week if its Monday is missing, and leave other files alone', async () => {
    await mkdir(backups());
    const others = ['notes.txt', 'paperboy-2024-01-01.db.gz', 'paperboy-old.db', 'papers-2024-01-01.db'];
    for (const name of others) await writeFile(join(backups(), name), '');
    for (const date of ['2025-06-04', '2025-06-05', '2025-06-13'])
      await writeFile(join(backups(), `paperboy-${date}.db`), '');
    await writeFile(join(backups(), 'paperboy-2025-06-14.db.1.part'), '');
    for (let day = 0; day < 3; day += 1)
      await copyNightly(file, addDays('2025-07-01', day), { daily: 2, weekly: 1 }, unstopped);
    const kept = ['07-01', '07-02', '07-03'].map((day) => `paperboy-2025-${day}.db`);
    expect(copies()).toEqual([...others, ...kept].sort());
    await copyNightly(file, '2025-07-04', { daily: 1, weekly: 9 }, unstopped);
    expect(copies()).toEqual([...others, 'paperboy-2025-07-01.db', 'paperboy-2025-07-04.db'].sort());
  });
});

describe('a nightly copy that fails', () => {
  it('is reported, tried again after an hour, and stops nothing', async () => {
    writeFileSync(backups(), 'no folder');
    const clock = createSteppingClock('2025-07-08T16:00:00Z');
    const health = await keepUntil('2025-07-08T16:40:00Z', clock);
    expect(await health.problems()).toMatchObject([
      {
        subject: 'backup',
        text: expect.stringMatching(/^The last backup of the database failed: .*backups/),
        fix: expect.stringMatching(/backup: off/),
        since: '2025-07-08T16:30:00.000Z',
      },
    ]);
    rmSync(backups());
    await keepUntil('2025-07-08T17:40:00Z', clock);
    expect(copies()).toEqual(['paperboy-2025-07-08.db']);
    expect(await health.problems()).toEqual([]);
  });

  it('ends with the bot, and what it left behind is deleted the next time', async () => {
    const stop = new AbortController();
    const copying = copyNightly(file, '2025-07-08', keep, stop.signal);
    stop.abort();
    await expect(copying).rejects.toThrow(/abort/i);
    await mkdir(backups(), { recursive: true });
    await writeFile(join(backups(), 'paperboy-2025-07-08.db.123.part'), '');
    await copyNightly(file, '2025-07-09', keep, unstopped);
    expect(copies()).toEqual(['paperboy-2025-07-09.db']);
  });

  it('leaves the disk alone if less than twice the size is free', async () => {
    const { bavail, bsize } = statfsSync(folder);
    const huge = join(folder, 'huge.db');
    writeFileSync(huge, '');
    // Sparse, so it takes no space.
    truncateSync(huge, bavail * bsize);
    await expect(copyNightly(huge, '2025-07-08', keep, unstopped)).rejects.toThrow(
      /^The disk has \d.* free, and a copy of the database needs \d.*\(.*backups\)\.$/,
    );
    expect(copies()).toEqual([]);
  });
});
