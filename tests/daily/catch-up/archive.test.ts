import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import { createArxivClient } from '../../../src/arxiv/client.ts';
import { createArxivSource } from '../../../src/arxiv/source.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { keepArchive } from '../../../src/daily/catch-up/archive.ts';
import { createCollector } from '../../../src/daily/collect/collect.ts';
import { mailingDates } from '../../../src/daily/collect/mailing.ts';
import { type FakeArxiv, type FakePaper, startFakeArxiv } from '../../fakes/arxiv.ts';
import { createQuickClock } from '../../fakes/clock.ts';
import { announcementOf } from '../../fakes/daily.ts';
import { digestOf, rubricOf } from '../../fakes/fixtures.ts';
import { keepWarnings } from '../../fakes/logger.ts';

const today = '2025-07-08';
const categories = ['cs.LG', 'cs.AI'];
const holiday = '2025-07-04';
const dates = mailingDates('2025-06-02', '2025-07-07').filter((date) => date !== holiday);

const papersOf = (date: string): FakePaper[] =>
  categories.map((category, at) => ({
    id: `2506.${date.slice(5).replace('-', '')}${at}`,
    title: `A paper of ${date}`,
    abstract: 'Gears.',
    authors: ['Ada First'],
    categories: [category],
  }));

let arxiv: FakeArxiv;
let stores: Stores;
let stop: AbortController;
let filling: Promise<void> | undefined;
let running = false;
const log: string[] = [];

beforeEach(async () => {
  arxiv = await startFakeArxiv({ days: Object.fromEntries([...dates, today].map((date) => [date, papersOf(date)])) });
  stores = openStores(':memory:');
  await stores.scores.saveRubric(rubricOf());
  for (const category of categories) await stores.announcements.save(announcementOf(category, today, ['1']));
  stop = new AbortController();
  running = false;
  log.length = 0;
});
afterEach(async () => {
  stop.abort(new Error('the test is over'));
  await filling;
  stores.close();
  await arxiv.close();
});

const post = (more: Parameters<typeof digestOf>[1] = {}) =>
  stores.digests.create(digestOf([], { date: today, ...more }), `${today}T13:00:00Z`, ['console']);

const logger = {
  ...keepWarnings().logger,
  info: (_: unknown, message: string) => void log.push(message),
  warn: (_: unknown, message: string) => void log.push(message),
};

/** Fills the archive with short delays, and collects the log. */
const fill = (onRequest: () => void = () => {}): void => {
  const clock = createQuickClock(`${today}T13:00:00Z`);
  const counted: typeof fetch = (...call) => {
    onRequest();
    return fetch(...call);
  };
  const client = createArxivClient({ fetch: counted, clock, logger, userAgent: 'test', random: () => 0 });
  const source = createArxivSource({ webUrl: arxiv.url, rssUrl: arxiv.url, apiUrl: arxiv.url, client, logger });
  const collector = createCollector({ source, announcements: stores.announcements, clock, logger });
  filling = keepArchive(
    () => [{ name: 'foundations', categories }],
    { stores, collector, isRunning: () => running, clock, logger },
    stop.signal,
  );
};

const storedDates = async (): Promise<string[]> => {
  const stored: string[] = [];
  for (const date of dates) if (await stores.announcements.has(date, categories)) stored.push(date);
  return stored;
};
const until = (condition: () => boolean) => expect.poll(condition, { interval: 5 }).toBe(true);
/** Enough for a check with a delay of some milliseconds. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 60));

describe('the archive', () => {
  it('is filled with the ten dates before the newest, without holidays, then left alone', async () => {
    await post();
    fill();
    await until(() => log.includes('archive filled'));
    expect(await storedDates()).toEqual(dates.slice(-10));
    expect(await stores.announcements.read(dates.at(-10) ?? '', categories)).toHaveLength(2);
    const before = arxiv.requests.length;
    await aWhile();
    expect(arxiv.requests).toHaveLength(before);
    const ofDays = arxiv.requests.filter((request) => !request.includes(holiday));
    expect(ofDays).toHaveLength(20);
    expect(new Set(ofDays).size).toBe(20);
  });

  it.each([
    ['there is no digest', async () => {}],
    [
      'ten dates are stored',
      async () => {
        await post();
        for (const date of [...dates.slice(-10), holiday])
          for (const category of categories) await stores.announcements.save(announcementOf(category, date, [date]));
      },
    ],
    [
      'a channel is run',
      async () => {
        await post();
        running = true;
      },
    ],
  ])('sends arXiv no request if %s', async (_, given) => {
    await given();
    fill();
    await aWhile();
    expect(arxiv.requests).toEqual([]);
  });

  it('stops for a run and continues after it', async () => {
    await post();
    let requests = 0;
    let hasRun = false;
    fill(() => {
      requests += 1;
      // Only once: the interrupted request may not have reached arXiv, and is made again.
      if (arxiv.requests.length === 16 && !hasRun) running = true;
    });
    await until(() => running);
    hasRun = true;
    await aWhile();
    const before = requests;
    await aWhile();
    expect(requests).toBe(before);
    expect((await storedDates()).length).toBeLessThan(4);
    running = false;
    await until(() => log.includes('archive filled'));
    expect(await storedDates()).toHaveLength(10);
  });

  it('pauses after a failure of arXiv, and keeps what is stored', async () => {
    await post();
    fill(() => {
      if (arxiv.requests.length === 4) arxiv.failNext({ kind: 'status', status: 404 }, { route: 'catchup', times: 50 });
    });
    await until(() => log.includes('archive not filled, trying again later'));
    const before = arxiv.requests.length;
    expect((await storedDates()).length).toBeGreaterThan(0);
    await aWhile();
    expect(arxiv.requests).toHaveLength(before);
  });

  it('is looked at with one statement, however many channels need it', async () => {
    const statements: unknown[] = [];
    const counted = openStores(':memory:', { onStatement: (sql) => statements.push(sql) });
    statements.length = 0;
    let checks = 0;
    const clock = {
      ...createQuickClock(`${today}T13:00:00Z`),
      async sleep() {
        checks += 1;
        if (checks === 4) stop.abort(new Error('enough'));
      },
    };
    await keepArchive(
      () => Array.from({ length: 30 }, (_, at) => ({ name: `channel-${at}`, categories })),
      { stores: counted, collector: { on: async () => ({ kind: 'none' }) }, isRunning: () => false, clock, logger },
      stop.signal,
    );
    expect(statements).toHaveLength(3);
    counted.close();
  });

  it('stops with the signal', async () => {
    await post();
    fill();
    await until(() => arxiv.requests.length > 1);
    stop.abort(new Error('stopped'));
    await expect(filling).resolves.toBeUndefined();
  });
});
