import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { openStores } from '../../db/sqlite/index.ts';
import { addDays } from '../../src/core/dates.ts';
import { startFakeArxiv } from '../../tests/fakes/arxiv.ts';
import { createRandom } from '../evaluation/metrics.ts';
import { archiveChannel, archiveOf, buildArchive, storeChannels } from './archive.ts';
import { startBot } from './bot.ts';
import { publish } from './report.ts';
import { latenciesOf, timeRequest } from './requests.ts';
import { sendCommands } from './web-commands.ts';

// Measures how long readers wait for pages, the CPU time of a page and of open pages, and the memory after many commands, with
// an archive of many years and many channels: `npm run bench -- pages [--papers N] [--file FILE] [--page-channels N]
// [--readers N] [--seconds S] [--commands N] [--json FILE] [--docs]`. FILE is an archive that `commands` or `pages` has built.

const { values } = parseArgs({
  // Other parts have other options.
  strict: false,
  options: {
    papers: { type: 'string', default: '500000' },
    file: { type: 'string' },
    'page-channels': { type: 'string', default: '100' },
    readers: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '30' },
    commands: { type: 'string', default: '10000' },
  },
});
const count = z.coerce.number().int().positive();
const papers = count.parse(values.papers);
const channels = count.parse(values['page-channels']);
const readers = count.parse(values.readers);
const seconds = count.parse(values.seconds);
const commands = count.parse(values.commands);

const archive = archiveOf(papers);
/** Dates on which every channel has a digest. Each reader opens a page every second. */
const dates = archive.dates.slice(-10);
const pauseMs = 1_000;
const names = [archiveChannel, ...Array.from({ length: channels - 1 }, (_, index) => `${archiveChannel}-${index + 1}`)];

type Pick = <T>(values: readonly T[]) => T;

const pathOf = {
  day: (pick: Pick) => `${pick(names)}/${pick(dates)}.html`,
  channel: (pick: Pick) => `${pick(names)}/`,
  month: (pick: Pick) => `${pick(names)}/${pick(dates).slice(0, 7)}.html`,
  'all channels': () => '',
};

const metric = async (url: string, name: string): Promise<number> => {
  const metrics = await (await fetch(new URL('metrics', url))).text();
  const [, value] = new RegExp(`^${name} ([\\d.e+]+)`, 'm').exec(metrics) ?? [];
  if (value === undefined) throw new Error(`${url}metrics has no ${name}`);
  return Number(value);
};
const cpuOf = (url: string): Promise<number> => metric(url, 'process_cpu_seconds_total');
const memoryOf = async (url: string): Promise<number> => (await metric(url, 'process_resident_memory_bytes')) / 1e6;

/** The share of a CPU that the bot uses meanwhile. */
const idleShare = async (url: string, forSeconds: number): Promise<number> => {
  const before = await cpuOf(url);
  await delay(forSeconds * 1_000);
  return ((await cpuOf(url)) - before) / forSeconds;
};

const maxStartShares = 60;

/** Waits until the bot has checked its database and everything else that it does once. */
const settle = async (url: string): Promise<void> => {
  for (let share = 0; share < maxStartShares; share += 1) if ((await idleShare(url, 5)) < 0.02) return;
};

/** Every reader opens a page a second. With a tag for each path, they have the pages already. */
const read = async (url: string, pathFor: (pick: Pick) => string, tags?: Map<string, string>) => {
  const random = createRandom(1);
  const pick: Pick = (values) => values[Math.floor(random() * values.length)] as (typeof values)[number];
  const times: number[] = [];
  const before = await cpuOf(url);
  const until = performance.now() + seconds * 1_000;
  await Promise.all(
    Array.from({ length: readers }, async (_, reader) => {
      await delay((reader * pauseMs) / readers);
      while (performance.now() < until) {
        const path = pathFor(pick);
        const tag = tags?.get(path);
        const known = tag === undefined ? {} : { headers: { 'if-none-match': tag }, status: 304 };
        const took = await timeRequest(new URL(path, url).href, known);
        times.push(took);
        await delay(Math.max(0, pauseMs - took));
      }
    }),
  );
  const cpuSeconds = (await cpuOf(url)) - before;
  return { ...latenciesOf(times), cpuMs: (1_000 * cpuSeconds) / times.length };
};

const readTags = async (url: string): Promise<Map<string, string>> => {
  const tags = new Map<string, string>();
  for (const name of names)
    for (const date of dates) {
      const path = `${name}/${date}.html`;
      const { headers } = await fetch(new URL(path, url), { method: 'HEAD' });
      tags.set(path, headers.get('etag') ?? '');
    }
  return tags;
};

/** The CPU share while these many pages are open and nothing changes. */
const shareOfOpenPages = async (url: string): Promise<number> => {
  const leaving = new AbortController();
  const open = names.slice(0, readers).map(async (name) => {
    const { body } = await fetch(new URL(`${name}/live`, url), { signal: leaving.signal });
    for await (const _ of body ?? []);
  });
  await delay(5_000);
  const share = await idleShare(url, 20);
  leaving.abort();
  await Promise.allSettled(open);
  return share;
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
    const { url } = bot;
    await settle(url);
    const idle = await idleShare(url, 20);
    const measured: Record<string, Awaited<ReturnType<typeof read>>> = {};
    for (const [kind, pathFor] of Object.entries(pathOf)) measured[kind] = await read(url, pathFor);
    measured['day, not changed (304)'] = await read(url, pathOf.day, await readTags(url));
    const open = await shareOfOpenPages(url);
    const before = await memoryOf(url);
    await sendCommands(url, archive, commands);
    const busy = await memoryOf(url);
    await delay(60_000);
    const after = await memoryOf(url);
    const { maxRssMb } = await bot.stop();
    const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
    await publish({
      part: 'pages',
      tables: [
        [
          ['page', 'requests', 'p50, ms', 'p99, ms', 'longest, ms', 'CPU per page, ms'],
          ...Object.entries(measured).map(([kind, { requests, p50, p99, max, cpuMs }]) => [
            ...[kind, String(requests), p50.toFixed(1), p99.toFixed(1), max.toFixed(1), cpuMs.toFixed(1)],
          ]),
        ],
        [
          [
            ...['CPU when idle', `with ${readers} open pages`, 'memory before commands, MB'],
            ...[`after ${commands.toLocaleString('en-US')} commands, MB`, 'a minute later, MB', 'peak, MB'],
          ],
          [
            ...[percent(idle), percent(open), before.toFixed(0)],
            ...[busy.toFixed(0), after.toFixed(0), maxRssMb.toFixed(0)],
          ],
        ],
      ],
      notes: [
        `${readers} readers open a page per second each for ${seconds} s, of ${channels} channels and ${dates.length} dates, in an archive of ${papers.toLocaleString('en-US')} papers. CPU includes what the bot does besides.`,
        'The commands are lists, searches and papers, two at a time, on the web page. Memory is the resident set, of which the program file of Node is about 65 MB.',
      ],
      data: { papers, channels, readers, seconds, measured, idle, open, memory: { before, busy, after, maxRssMb } },
    });
  } finally {
    await bot.close();
  }
} finally {
  await arxiv.close();
  await rm(folder, { recursive: true, force: true });
}
