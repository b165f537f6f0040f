import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrationsFolder } from '../../db/sqlite/client.ts';
import { openStores } from '../../db/sqlite/index.ts';
import type { App } from '../../src/app.ts';
import {
  checkChannels,
  checkDatabase,
  checkReports,
  checkSchema,
  checkSummaries,
  checkTopics,
  checkYield,
  renderCheck,
} from '../../src/cli/doctor.ts';
import { createClock } from '../../src/core/clock.ts';
import type { DatabaseSize, Stores } from '../../src/core/stores.ts';
import { registryOf } from '../fakes/channels.ts';
import { saveDigest } from '../fakes/digest.ts';
import { channelOf, paperOf } from '../fakes/fixtures.ts';
import { healthOf } from '../fakes/monitoring.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

/** The parts of the app that these checks read. */
const appOf = (channel = channelOf(), health = healthOf(stores)): App =>
  ({ stores, health, channels: registryOf([channel]), channel: () => channel }) as unknown as App;

const saveDays = async (scanned: readonly number[]): Promise<void> => {
  for (const [index, count] of scanned.entries()) {
    const counts = { announced: 18, scanned: count, relevant: 0, unscored: 0 };
    await saveDigest(stores, [paperOf(`2507.0000${index}`)], { date: `2025-07-0${index + 1}`, counts });
  }
};

describe('the check of what a channel can yield', () => {
  it('fails if the last three digests had no candidate, and says what to change', async () => {
    await saveDays([12, 0, 0, 0]);
    const [check] = await checkYield(appOf(channelOf({ primaryOnly: true, categories: ['cs.RO'] })));
    expect(check).toMatchObject({
      ...{ name: 'papers of foundations', ok: false, fix: expect.stringContaining('set primaryOnly to false') },
      detail: expect.stringContaining('none of the 54 papers that cs.RO announced'),
    });
  });

  it('names the announce types if the channel reads cross-lists too', async () => {
    await saveDays([0, 0, 0]);
    const [check] = await checkYield(appOf(channelOf({ announceTypes: ['replace-cross'] })));
    expect(check?.fix).toContain('announceTypes (now replace-cross)');
  });

  it.each([[[0, 0]], [[0, 5, 0]], [[]]])('says nothing after digests with %j candidates', async (scanned) => {
    await saveDays(scanned);
    expect(await checkYield(appOf())).toEqual([]);
  });
});

describe('the time of the next run', () => {
  const channel = channelOf({ schedule: '0 9 * * 1-5', timezone: 'UTC' });
  const detailAt = async (now: string) => {
    const app = { ...appOf(channel), config: { isExample: false }, clock: createClock(new Date(now)) };
    const channels = { ...app.channels, origin: () => undefined };
    return (await checkChannels({ ...app, channels } as unknown as App))[0]?.detail;
  };
  const scheduled = 'run Wednesday, 9 July 2025 at 09:00 (UTC)';

  it('is the start for a channel without a digest, unless it waits for its scheduled time', async () => {
    expect(await detailAt('2025-07-08T12:00:00Z')).toContain(
      `; runs as soon as Paperboy starts; next scheduled ${scheduled}`,
    );
    const setUp = { at: '2025-07-08T11:00:00.000Z', person: 'web:local:alice', channel: channel.name } as const;
    await stores.changes.add({ ...setUp, action: 'postpone', value: {} });
    expect(await detailAt('2025-07-08T12:00:00Z')).toContain(`; next ${scheduled}`);
  });

  it('is soon after a run that failed', async () => {
    const [startedAt, endedAt] = ['2025-07-08T09:00:00.000Z', '2025-07-08T09:01:00.000Z'];
    const run = { channel: channel.name, startedAt, endedAt, date: undefined, sent: 0, reasons: ['it broke'] };
    await stores.runs.add({ ...run, status: 'failed' });
    expect(await detailAt('2025-07-08T12:00:00Z')).toContain(
      '; Paperboy tries again within an hour, or as soon as it starts;',
    );
    await stores.runs.add({ ...run, status: 'no-announcement', endedAt: '2025-07-08T09:12:00.000Z' });
    expect(await detailAt('2025-07-08T12:00:00Z')).toContain(`; next ${scheduled}`);
  });
});

describe('the check of the database', () => {
  const check = (damage: Stores['damage'], limitMs = 60_000) => {
    const config = { env: { database: { kind: 'sqlite', file: 'paperboy.db' } }, retention: { paperMonths } };
    const parts = { ...stores, damage, size: async () => size };
    return checkDatabase({ ...appOf(), config, stores: parts } as unknown as App, limitMs);
  };
  let size: DatabaseSize;
  let paperMonths: number | null;
  beforeEach(() => {
    size = { bytes: 379_000_000, freeBytes: 30_000_000, yearBytes: 412_000_000 };
    paperMonths = null;
  });

  it('shows what a year takes, the free space, and what is deleted', async () => {
    const detailOf = async () => (await check(stores.damage)).detail;
    expect(await detailOf()).toBe('paperboy.db (379 MB) is intact; no digest yet; a year takes about 412 MB');
    paperMonths = 24;
    size = { bytes: 379_000_000, freeBytes: 90_000_000, yearBytes: undefined };
    expect(await detailOf()).toBe(
      'paperboy.db (379 MB, 90 MB of it free) is intact; no digest yet; papers nobody needs are deleted after 24 months',
    );
  });

  it('says that the file is intact, or what is damaged', async () => {
    expect(await check(stores.damage)).toEqual({
      ...{
        name: 'database',
        ok: true,
        detail: 'paperboy.db (379 MB) is intact; no digest yet; a year takes about 412 MB',
      },
    });
    const failure = { reason: 'It is damaged.', fix: 'Restore a backup.' };
    expect(await check(async () => failure)).toMatchObject({ ok: false, detail: failure.reason, fix: failure.fix });
  });

  it('is skipped if the file is too large to be read in time', async () => {
    const endless: Stores['damage'] = (signal) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    expect(await check(endless, 10)).toEqual({
      ...{ name: 'database', ok: true, isSkipped: true },
      detail:
        'paperboy.db (379 MB) was not read to its end within 0.01 seconds; a running Paperboy checks it once a day; no digest yet; a year takes about 412 MB',
    });
  });
});

describe('the schema in doctor', () => {
  it('counts the migrations and names the last one', () => {
    const names = readdirSync(migrationsFolder).filter((name) => name.endsWith('.sql'));
    const last = names.sort().at(-1)?.replace('.sql', '');
    expect(checkSchema({ stores })).toEqual({
      ...{ name: 'schema', ok: true },
      detail: `${names.length} of ${names.length} migrations, the last one is ${last}`,
    });
  });
});

describe('the check of the topics', () => {
  const checkWith = (engine: string, isFatal: boolean) => {
    const understand = async () => ({
      wanted: [],
      unwanted: [],
      problem: { text: 'Few.', fix: 'Add gears.', isFatal },
    });
    return checkTopics({ ...appOf(), understand, config: { scorer: { engine } } } as unknown as App);
  };

  it('fails only if the built-in scorer scores and cannot match any paper', async () => {
    const name = 'topics of foundations';
    const problem = { name, detail: 'Few.', fix: 'Add gears.' };
    expect(await checkWith('local', true)).toEqual([{ ...problem, ok: false }]);
    expect(await checkWith('openai', true)).toEqual([{ name, ok: true, detail: 'Few. Add gears.' }]);
    const [warning] = await checkWith('local', false);
    expect(warning).toEqual({ ...problem, ok: true, isWarning: true });
    expect(warning && renderCheck(warning)).toBe('⚠ topics of foundations: Few.\n  → Add gears.');
  });
});

describe('the check of summaries', () => {
  const usage = { promptTokens: 6_000, cachedTokens: 0, completionTokens: 700, costUsd: 0.001_32 };
  const summarizer = { model: 'gpt-test', dailyBudgetUsd: 1, estimate: () => usage };
  const checkWith = (digestSummary: boolean, llm?: object) =>
    checkSummaries({ ...appOf(channelOf({ digestSummary })), engines: { llm } } as unknown as App);

  it('shows what they cost, if a channel has them', async () => {
    expect(await checkWith(false, { summarizer })).toEqual([]);
    const detail =
      'about $0.0013 a day for 20 papers (6,700 tokens of gpt-test). It counts toward the daily budget of $1.00.';
    expect(await checkWith(true, { summarizer })).toEqual([{ name: 'summaries of foundations', ok: true, detail }]);
  });

  it('fails without a language model', async () => {
    expect(await checkWith(true)).toEqual([
      {
        ...{ name: 'summaries of foundations', ok: false },
        detail: 'there are none, because no language model is configured',
        fix: 'set OPENAI_API_KEY or OPENAI_BASE_URL, or turn off digest.summary for foundations',
      },
    ]);
  });
});

describe('the reports of the running bot', () => {
  const failure = { reason: 'it melted', fix: 'Cool it.' };

  it('show what failed last and since when, but not what doctor tests itself', async () => {
    const health = healthOf(stores);
    for (const subject of ['channel foundations', 'scoring', 'arxiv', 'listening slack'] as const)
      await health.failed(subject, failure);
    const checks = await checkReports(appOf(channelOf(), health), false);
    expect(checks.map(({ name }) => name)).toEqual(['channel foundations', 'scoring']);
    expect(checks[0]).toMatchObject({
      ...{ ok: false, fix: 'Cool it.' },
      detail: 'since Tuesday, 8 July 2025 at 09:00: The last run of foundations is not complete: it melted.',
    });
  });

  it('name the channel of a platform, and leave out what another check says', async () => {
    const health = healthOf(stores);
    const reason = 'slack:C02: The bot is not in the Slack channel.';
    await health.failed('channel foundations', { reason, fix: 'Paperboy tries again automatically.' });
    const check = {
      name: 'Slack slack:C02',
      detail: 'the bot is not in #papers',
      about: { destination: 'slack:C02', label: '#papers' },
    };
    const reports = (ok: boolean) => checkReports(appOf(channelOf(), health), false, [{ ...check, ok }]);
    expect(await reports(false)).toEqual([]);
    expect((await reports(true))[0]?.detail).toContain('not complete: #papers: The bot is not in');
  });

  it('leave out the scorer if it was just asked', async () => {
    const health = healthOf(stores);
    await health.failed('scoring', failure);
    expect(await checkReports(appOf(channelOf(), health), true)).toEqual([]);
  });
});
