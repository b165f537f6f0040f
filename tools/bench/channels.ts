import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { openStores } from '../../db/index.ts';
import { startFakeArxiv } from '../../tests/fakes/arxiv.ts';
import { startBot } from './bot.ts';
import { asAnnounced, categories } from './replayed/days.ts';
import { type Comparison, readComparison } from './replayed/setup.ts';
import { publish } from './report.ts';
import { latenciesOf } from './requests.ts';

// Measures a bot with many channels, each with its own topics, that all run at once, against a model with few slots:
// `npm run bench -- channels --days DIR [--channels N,N] [--channel-papers N] [--token-ms MS] [--channel-tpm N] [--parallel N]
// [--scorer JSON] [--json FILE] [--docs]`.

const { values } = parseArgs({
  // Other parts have other options.
  strict: false,
  options: {
    channels: { type: 'string', default: '1,10,20' },
    'channel-papers': { type: 'string', default: '200' },
    'token-ms': { type: 'string', default: '12' },
    'channel-tpm': { type: 'string', default: '2000000' },
    parallel: { type: 'string', default: '30' },
  },
});
const count = z.coerce.number().int().positive();
const counts = String(values.channels)
  .split(',')
  .map((text) => count.parse(text));
const papers = count.parse(values['channel-papers']);
const tokenMs = z.coerce.number().positive().parse(values['token-ms']);
const limits = { tokensPerMinute: count.parse(values['channel-tpm']), parallel: count.parse(values.parallel) };

const pollMs = 50;
const patienceMs = 20 * 60_000;

/** Log lines by which a channel's run is over. */
const isOver = /"channel":"([^"]+)".*"msg":"(?:run ended|run failed|run incomplete)/g;

const polledSchema = z.object({ times: z.array(z.number()), failed: z.number() });

const startPolling = (url: string): { end(): Promise<z.infer<typeof polledSchema>> } => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'poll.ts'), url], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const output = text(child.stdout);
  return {
    async end() {
      child.stdin.end();
      return polledSchema.parse(JSON.parse(await output));
    },
  };
};

const measure = async ({ days, cutoffs, server, model, scorer, files }: Comparison, channels: number) => {
  const day = days.findLast((one) => one.papers.length >= papers);
  if (!day) throw new Error(`no day has ${papers} papers; choose fewer with --channel-papers`);
  const names = Array.from({ length: channels }, (_, index) => `team-${index + 1}`);
  const topics = await readFile(files.topics, 'utf8');
  const arxiv = await startFakeArxiv({
    days: { [day.date]: asAnnounced({ ...day, papers: day.papers.slice(0, papers) }) },
  });
  server.set({ tokenMs, limits });
  const began = performance.now();
  const bot = await startBot({
    args: ['start', '--now'],
    files: Object.fromEntries(names.map((name) => [`${name}.md`, `${topics}\nThese are the topics of ${name}.\n`])),
    config: {
      scorer: { engine: 'openai', model, dailyBudgetUsd: 10_000, ...scorer },
      channels: names.map((name) => {
        return { name, post: ['web'], categories, topics: `${name}.md`, criteria: files.criteria, cutoffs, top: 200 };
      }),
    },
    env: {
      ...{ ARXIV_RSS_URL: arxiv.url, ARXIV_WEB_URL: arxiv.url, ARXIV_API_URL: arxiv.url },
      ...{ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'sk-local', PAPERBOY_NOW: `${day.date}T13:00:00Z` },
    },
  });
  try {
    const polling = startPolling(new URL('healthz', bot.url).href);
    const over = (): Set<string> => new Set([...bot.output().matchAll(isOver)].map(([, name = '']) => name));
    while (over().size < channels) {
      if (performance.now() - began > patienceMs)
        throw new Error(`not all channels ended:\n${bot.output().slice(-2_000)}`);
      await delay(pollMs);
    }
    const seconds = (performance.now() - began) / 1_000;
    const { times, failed } = await polling.end();
    const { calls, refused, maxOpen } = server.take();
    const stores = openStores(join(bot.folder, 'paperboy.db'));
    const digests = await Promise.all(names.map((name) => stores.digests.find(name, day.date)));
    stores.close();
    const usage = await bot.stop();
    const modelMs = calls.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0);
    return {
      ...{ channels, seconds, refused, maxOpen, calls: calls.length },
      /** If the slots were always in use. */
      leastSeconds: modelMs / 1_000 / Math.min(limits.parallel, calls.length),
      digests: digests.filter(Boolean).length,
      fallbacks: digests.filter((digest) => digest?.fallback).length,
      health: { ...latenciesOf(times), failed },
      ...{ cpuSeconds: usage.cpuMs / 1_000, peakMb: usage.maxRssMb },
    };
  } finally {
    await bot.close();
    await arxiv.close();
  }
};

const comparison = await readComparison();
if (!comparison) console.log('channels: left out, because it needs days with known picks (--days DIR)');
else {
  try {
    const measured: Awaited<ReturnType<typeof measure>>[] = [];
    for (const channels of counts) measured.push(await measure(comparison, channels));
    await publish({
      part: 'channels',
      tables: [
        [
          [
            ...['channels', 'seconds', 'with all slots in use', 'digests', 'fallbacks', 'calls', 'at once'],
            ...['refused (429)', 'peak memory, MB', 'own CPU, s', '/healthz p50, ms', 'p99, ms', 'failed'],
          ],
          ...measured.map((one) => [
            ...[String(one.channels), one.seconds.toFixed(1), one.leastSeconds.toFixed(1), String(one.digests)],
            ...[String(one.fallbacks), String(one.calls), String(one.maxOpen), String(one.refused)],
            ...[
              one.peakMb.toFixed(0),
              one.cpuSeconds.toFixed(1),
              one.health.p50.toFixed(1),
              one.health.p99.toFixed(1),
              String(one.health.failed),
            ],
          ]),
        ],
      ],
      notes: [
        `All channels start at once on a day of ${papers} papers, each with its own topics. The model takes ${tokenMs} ms per token and ${limits.parallel} calls at once.`,
        'Seconds are from the start of the process to the last digest, posted to the web page.',
      ],
      data: { papers, tokenMs, limits, measured },
    });
  } finally {
    await comparison.server.close();
  }
}
