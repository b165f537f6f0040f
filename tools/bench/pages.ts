import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { openStores } from '../../db/index.ts';
import { addDays } from '../../src/core/dates.ts';
import { startFakeArxiv } from '../../tests/fakes/arxiv.ts';
import { createRandom } from '../evaluation/metrics.ts';
import { archiveChannel, archiveOf, buildArchive, storeChannels } from './archive.ts';
import { startBot } from './bot.ts';
import { publish } from './report.ts';
import { latenciesOf, timeRequest } from './requests.ts';

// Measures how long readers wait for the page of a day, and the CPU time of a page, with an archive of many years and many
// channels: `npm run bench -- pages [--papers N] [--file FILE] [--page-channels N] [--readers N] [--seconds S] [--json FILE]
// [--docs]`. FILE is an archive that `commands` or `pages` has built.

const { values } = parseArgs({
  // Other parts have other options.
  strict: false,
  options: {
    papers: { type: 'string', default: '500000' },
    file: { type: 'string' },
    'page-channels': { type: 'string', default: '100' },
    readers: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '30' },
  },
});
const count = z.coerce.number().int().positive();
const papers = count.parse(values.papers);
const channels = count.parse(values['page-channels']);
const readers = count.parse(values.readers);
const seconds = count.parse(values.seconds);

/** Dates on which every channel has a digest. Each reader opens a page every second. */
const dates = archiveOf(papers).dates.slice(-10);
const pauseMs = 1_000;

const cpuOf = async (url: string): Promise<number> => {
  const metrics = await (await fetch(new URL('metrics', url))).text();
  const [, value] = /^process_cpu_seconds_total ([\d.]+)/m.exec(metrics) ?? [];
  if (value === undefined) throw new Error(`${url}metrics has no CPU time`);
  return Number(value);
};

const names = [archiveChannel, ...Array.from({ length: channels - 1 }, (_, index) => `${archiveChannel}-${index + 1}`)];

const read = async (url: string): Promise<number[]> => {
  const random = createRandom(1);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const times: number[] = [];
  const until = performance.now() + seconds * 1_000;
  await Promise.all(
    Array.from({ length: readers }, async (_, reader) => {
      await delay((reader * pauseMs) / readers);
      while (performance.now() < until) {
        const took = await timeRequest(new URL(`${pick(names)}/${pick(dates)}.html`, url).href);
        times.push(took);
        await delay(Math.max(0, pauseMs - took));
      }
    }),
  );
  return times;
};

const folder = await mkdtemp(join(tmpdir(), 'paperboy-bench-'));
const arxiv = await startFakeArxiv({ days: {} });
try {
  const database = join(folder, 'paperboy.db');
  // A copy, because the bot writes into its database.
  if (typeof values.file === 'string') await copyFile(await buildArchive(values.file, papers), database);
  else await buildArchive(database, papers);
  const stores = openStores(database);
  await storeChannels(stores, names.slice(1), dates);
  stores.close();

  const now = `${addDays(dates.at(-1) ?? '', 1)}T12:00:00Z`;
  const bot = await startBot({
    args: ['start'],
    config: {
      scorer: { engine: 'local' },
      channels: names.map((name) => {
        // Once a year, so that nothing runs meanwhile.
        return { name, post: ['web'], categories: ['cs.LG', 'cs.AI'], topics: 'topics.md', schedule: '0 9 1 1 *' };
      }),
    },
    env: {
      ...{ ARXIV_RSS_URL: arxiv.url, ARXIV_WEB_URL: arxiv.url, ARXIV_API_URL: arxiv.url },
      ...{ DATABASE_URL: `file:${database}`, PAPERBOY_NOW: now },
    },
  });
  try {
    const first = await timeRequest(new URL(`${archiveChannel}/${dates[0]}.html`, bot.url).href);
    await delay(5_000);
    const idleFrom = await cpuOf(bot.url);
    await delay(5_000);
    const from = await cpuOf(bot.url);
    const latencies = latenciesOf(await read(bot.url));
    const cpuSeconds = (await cpuOf(bot.url)) - from;
    const idleShare = (from - idleFrom) / 5;
    const { maxRssMb } = await bot.stop();
    const cpuMs = (1_000 * (cpuSeconds - idleShare * seconds)) / latencies.requests;
    await publish({
      part: 'pages',
      tables: [
        [
          [
            'pages',
            'first, ms',
            'p50, ms',
            'p99, ms',
            'longest, ms',
            'CPU per page, ms',
            'CPU when idle',
            'peak memory, MB',
          ],
          [
            ...[String(latencies.requests), first.toFixed(0), latencies.p50.toFixed(1), latencies.p99.toFixed(1)],
            ...[latencies.max.toFixed(1), cpuMs.toFixed(1), `${(100 * idleShare).toFixed(1)}%`, maxRssMb.toFixed(0)],
          ],
        ],
      ],
      notes: [
        `${readers} readers open a page per second each for ${seconds} s, of ${channels} channels and ${dates.length} dates, in an archive of ${papers.toLocaleString('en-US')} papers.`,
      ],
      data: { papers, channels, readers, seconds, first, latencies, cpuMs, idleShare, maxRssMb },
    });
  } finally {
    await bot.close();
  }
} finally {
  await arxiv.close();
  await rm(folder, { recursive: true, force: true });
}
