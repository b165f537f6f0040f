import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { commands } from '../../commands/index.ts';
import { openStores } from '../../db/sqlite/index.ts';
import { createDispatcher } from '../../src/chat/dispatcher.ts';
import { platforms } from '../../src/chat/platforms.ts';
import { createClock } from '../../src/core/clock.ts';
import { isForm, type Message } from '../../src/core/message.ts';
import type { Stores } from '../../src/core/stores.ts';
import { registryOf } from '../../tests/fakes/channels.ts';
import { channelOf } from '../../tests/fakes/fixtures.ts';
import { servicesOf } from '../../tests/fakes/services.ts';
import { createRandom } from '../evaluation/metrics.ts';
import { archiveOf, buildArchive, destinationOf, archiveChannel as name, rubric } from './archive.ts';
import { quantile } from './quantile.ts';
import { table } from './table.ts';

const ignore = () => {};
const fail = (fields: object, message: string): never => {
  throw new Error(`${message}: ${JSON.stringify(fields)}`);
};

/**
 * Runs real commands through the real dispatcher, in the archive's channel.
 * @param now Simulated time, ISO 8601.
 * @returns A function that rejects if a command was not answered.
 */
const askerOf = (stores: Stores, now: string): ((text: string) => Promise<Message>) => {
  const destination = destinationOf(name);
  const channel = channelOf({ name, post: [destination], categories: ['cs.LG', 'cs.AI', 'stat.ML'], rubric });
  let outcome = '';
  const handlers = createDispatcher({
    ...{
      commands,
      channels: registryOf([channel]),
      channelAt: async () => channel,
      isPerson: () => false,
      admins: [],
      platforms,
      stores,
    },
    services: servicesOf({
      papers: { find: async (id) => (await stores.announcements.paper(id)) ?? fail({ id }, 'no such paper') },
    }),
    clock: createClock(new Date(now)),
    logger: { debug: ignore, info: ignore, warn: fail, error: fail },
    signal: new AbortController().signal,
    onAnswered: (_, how) => {
      outcome = how;
    },
  });
  return async (text) => {
    const answer = await handlers.command({ text, person: 'web:reader-0', destination });
    if (isForm(answer)) throw new Error(`${text}: answered with a form`);
    if (outcome !== 'answered') throw new Error(`${text}: ${answer.summary}`);
    return answer;
  };
};

// Measures how long people wait for commands with an archive of many years: p50, p99, and the longest block of the event loop.
// `npm run bench -- commands [--papers N] [--file FILE]`: FILE keeps the archive and is reused if it exists.

const rounds = 200;
const targets = { read: 50, search: 150, held: 50 };

const { values } = parseArgs({
  args: process.argv.slice(2),
  // Other benchmarks have other options.
  strict: false,
  options: { papers: { type: 'string', default: '500000' }, file: { type: 'string' } },
});
const count = Number(values.papers);
if (!Number.isInteger(count) || count < 1_000) throw new Error('--papers takes a whole number of at least 1000');

const folder = await mkdtemp(join(tmpdir(), 'paperboy-bench-'));
const file = typeof values.file === 'string' ? values.file : join(folder, 'paperboy.db');

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Measured = { name: string; first: number; p50: number; p99: number; held: number; limit: number };

const measure = async (name: string, limit: number, query: () => Promise<unknown>): Promise<Measured> => {
  const timeOf = async (): Promise<number> => {
    const began = performance.now();
    await query();
    return performance.now() - began;
  };
  const first = await timeOf();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // The first reading covers the start of the monitor itself.
  await nextTurn();
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push(await timeOf());
    await nextTurn();
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  times.sort((a, b) => a - b);
  return { ...{ name, first, limit }, p50: quantile(times, 0.5), p99: quantile(times, 0.99), held: delay.max / 1e6 };
};

try {
  await buildArchive(file, count);
  const { words, dates, ids } = archiveOf(count);
  const random = createRandom(1);
  const pick = <T>(list: readonly T[], from = 0, to = list.length): T =>
    list[from + Math.floor(random() * (Math.min(to, list.length) - from))] as T;
  const memoryMb = (): number => process.memoryUsage().rss / 1e6;

  const stores = openStores(file);
  const ask = askerOf(stores, `${dates.at(-1)}T18:00:00Z`);
  // Function words come first in the list, and queries ignore them.
  const common = () => pick(words, 28, 80);
  const rare = () => pick(words, 10_000, 60_000);
  const middle = () => pick(words, 100, 2_000);
  const phrase = async (): Promise<string> => {
    const abstract = (await stores.announcements.paper(pick(ids)))?.abstract ?? '';
    const words = abstract.split(' ');
    const start = Math.floor(random() * (words.length - 3));
    return `"${words.slice(start, start + 3).join(' ')}"`;
  };
  const month = () => pick(dates).slice(0, 7);

  const results: Measured[] = [];
  const { read, search } = targets;
  const add = async (name: string, limit: number, text: () => string | Promise<string>) =>
    void results.push(await measure(name, limit, async () => ask(await text())));

  await add('top, of a day', read, () => `top ${pick(dates)}`);
  await add('top, of a month', read, () => `top 20 ${month()}`);
  await add('top, of a month by votes', read, () => `top 20 ${month()} by votes`);
  await add('show', read, () => `show ${pick(ids)}`);
  const before = memoryMb();
  await add('search, a common word', search, () => `search ${common()}`);
  await add('search, a rare word', search, () => `search ${rare()}`);
  await add('search, two words', search, () => `search ${common()} ${middle()}`);
  await add('search, two common words', search, () => `search ${common()} ${common()}`);
  await add('search, a phrase', search, async () => `search ${await phrase()}`);
  await add('search, since a date', search, () => `search ${common()} since ${pick(dates)}`);
  await add('search, in a category', search, () => `search ${common()} cat stat.ML`);
  await add('search, the last page', search, () => `search ${common()} page 25`);
  await add('similar', search, () => `similar ${pick(ids)}`);
  await add('similar, twenty', search, () => `similar ${pick(ids)} 20`);
  const after = memoryMb();
  stores.close();

  const ms = (value: number): string => value.toFixed(1);
  const isMet = ({ p99, held, limit }: Measured): boolean => p99 < limit && held < targets.held;
  console.log(
    table([
      [`${rounds} commands each, ms`, 'first', 'p50', 'p99', 'loop blocked', 'target of p99', ''],
      ...results.map((one) => [
        ...[one.name, ms(one.first), ms(one.p50), ms(one.p99), ms(one.held), `< ${one.limit}`],
        isMet(one) ? 'met' : 'MISSED',
      ]),
    ]),
  );
  console.log(
    `\nTarget: the event loop is blocked for less than ${targets.held} ms. The search thread took ${Math.round(after - before)} MB.`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
