import { spawn } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { openStores } from '../../db/sqlite/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createHome } from '../../tests/end-to-end/harness.ts';
import { startBot } from './bot.ts';
import { digestsIn, prepareDay, slackChannel, teamsOf } from './channel-day.ts';
import { readUsage, usageHook } from './process-usage.ts';
import { type Comparison, readComparison } from './replayed/setup.ts';
import { publish } from './report.ts';
import { latenciesOf } from './requests.ts';
import { messageMs, startLimitedSlack } from './slack-limit.ts';

// Measures many channels, each with its own topics, that all run at once: a bot with a model of few slots, a bot with the built-in
// scorer alone, and `run` with a Slack channel each: `npm run bench -- channels --days DIR [--channels N,N] [--channel-papers N]
// [--only model|built-in|run] [--token-ms MS] [--channel-tpm N] [--parallel N] [--scorer JSON] [--json FILE] [--docs]`.

const { values } = parseArgs({
  // Other parts have other options.
  strict: false,
  options: {
    channels: { type: 'string', default: '1,10,100' },
    'channel-papers': { type: 'string', default: '200' },
    'token-ms': { type: 'string', default: '12' },
    'channel-tpm': { type: 'string', default: '2000000' },
    parallel: { type: 'string', default: '30' },
    only: { type: 'string' },
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
const patienceMs = 30 * 60_000;

/** Log lines by which a channel's run is over. */
const isOver = /"channel":"([^"]+)".*"msg":"(?:run ended|run failed|run incomplete)/g;

const polledSchema = z.object({ times: z.array(z.number()), failures: z.array(z.string()) });

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

const readDigests = async (folder: string, names: readonly string[], date: string) => {
  const stores: Stores = openStores(join(folder, 'paperboy.db'));
  try {
    return await digestsIn(stores, names, date);
  } finally {
    await stores.close();
  }
};

type Engine = 'openai' | 'local';

const measureBot = async (comparison: Comparison, channels: number, engine: Engine) => {
  const { server, model, scorer } = comparison;
  const names = teamsOf(channels);
  const {
    date,
    files,
    channels: configured,
    env,
    close,
  } = await prepareDay(comparison, papers, names, { post: () => 'web' });
  server.set({ tokenMs, limits });
  const began = performance.now();
  const paid = { engine, model, dailyBudgetUsd: 10_000, ...scorer };
  const bot = await startBot({
    args: ['start', '--now'],
    files,
    config: { scorer: engine === 'local' ? { engine } : paid, channels: configured },
    env: { ...env, ...(engine === 'openai' && { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'sk-local' }) },
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
    const { times, failures } = await polling.end();
    const { calls, refused, maxOpen } = server.take();
    const made = await readDigests(bot.folder, names, date);
    const usage = await bot.stop();
    const modelMs = calls.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0);
    return {
      ...{ channels, engine, seconds, refused, maxOpen, calls: calls.length, ...made },
      /** If the slots were always in use. */
      leastSeconds: modelMs / 1_000 / Math.min(limits.parallel, Math.max(1, calls.length)),
      health: { ...latenciesOf(times), failures },
      ...{ cpuSeconds: usage.cpuMs / 1_000, peakMb: usage.maxRssMb },
    };
  } finally {
    await bot.close();
    await close();
  }
};

const measureSlack = async (comparison: Comparison, channels: number) => {
  const names = teamsOf(channels);
  const {
    date,
    files,
    channels: configured,
    env,
    close,
  } = await prepareDay(comparison, papers, names, { post: slackChannel });
  const slack = await startLimitedSlack();
  const home = await createHome({
    files,
    config: JSON.stringify({ scorer: { engine: 'local' }, channels: configured }),
    env: { ...env, ...slack.env },
  });
  try {
    const usageFile = join(home.folder, 'usage.json');
    const began = performance.now();
    const { code, stderr } = await home.run(['run', '--json'], {
      ...{ NODE_OPTIONS: `--import ${usageHook}`, BENCH_USAGE_FILE: usageFile },
    });
    const seconds = (performance.now() - began) / 1_000;
    if (code !== 0) throw new Error(`the run ended with ${code}:\n${stderr.slice(-2_000)}`);
    const { posted, refused } = slack.state();
    const usage = await readUsage(usageFile);
    const most = Math.max(...posted);
    return {
      ...{ channels, seconds, refused, most, messages: posted.reduce((sum, each) => sum + each, 0) },
      ...(await readDigests(home.folder, names, date)),
      leastSeconds: ((most - 1) * messageMs) / 1_000,
      ...{ cpuSeconds: usage.cpuMs / 1_000, peakMb: usage.maxRssMb },
    };
  } finally {
    await home.close();
    await slack.close();
    await close();
  }
};

const isWanted = (kind: 'model' | 'built-in' | 'run'): boolean => values.only === undefined || values.only === kind;

const comparison = await readComparison();
if (!comparison) console.log('channels: left out, because it needs days with known picks (--days DIR)');
else {
  try {
    const loads: number[] = [];
    const withLoad = async <T>(measuring: Promise<T>): Promise<T> => {
      const measured = await measuring;
      loads.push(loadavg()[0] ?? 0);
      return measured;
    };
    const bots: Awaited<ReturnType<typeof measureBot>>[] = [];
    for (const [kind, engine] of [
      ['model', 'openai'],
      ['built-in', 'local'],
    ] as const)
      if (isWanted(kind))
        for (const channels of counts) bots.push(await withLoad(measureBot(comparison, channels, engine)));
    const runs: Awaited<ReturnType<typeof measureSlack>>[] = [];
    if (isWanted('run')) for (const channels of counts) runs.push(await withLoad(measureSlack(comparison, channels)));
    await publish({
      part: 'channels',
      tables: [
        [
          [
            ...[
              'channels',
              'scored by',
              'seconds',
              'with all slots in use',
              'digests',
              'fallbacks',
              'calls',
              'at once',
            ],
            ...[
              'refused (429)',
              'peak memory, MB',
              'own CPU, s',
              'per channel',
              '/healthz p50, ms',
              'p99, ms',
              'max',
              'failed',
            ],
          ],
          ...bots.map((one) => [
            ...[String(one.channels), one.engine === 'local' ? 'built-in scorer' : comparison.model],
            ...[one.seconds.toFixed(1), one.engine === 'local' ? '' : one.leastSeconds.toFixed(1), String(one.digests)],
            ...[String(one.fallbacks), String(one.calls), String(one.maxOpen), String(one.refused)],
            ...[one.peakMb.toFixed(0), one.cpuSeconds.toFixed(1), (one.cpuSeconds / one.channels).toFixed(2)],
            ...[one.health.p50, one.health.p99, one.health.max].map((ms) => ms.toFixed(1)),
            String(one.health.failures.length),
          ]),
        ],
        [
          [
            ...['`run` with Slack channels', 'seconds', 'for the messages alone', 'messages', 'most per channel'],
            ...['refused (429)', 'digests', 'peak memory, MB', 'own CPU, s'],
          ],
          ...runs.map((one) => [
            ...[String(one.channels), one.seconds.toFixed(1), one.leastSeconds.toFixed(1), String(one.messages)],
            ...[String(one.most), String(one.refused), String(one.digests)],
            ...[one.peakMb.toFixed(0), one.cpuSeconds.toFixed(1)],
          ]),
        ],
      ],
      notes: [
        `All channels start at once on a day of ${papers} papers, each with its own topics. The model takes ${tokenMs} ms per token and ${limits.parallel} calls at once.`,
        'Seconds are from the start of the process to the last digest, posted to the web page. "With all slots in use" is what the calls of the model alone take.',
        'Memory and CPU time are those of the bot. The prefilter ranks in a process of its own, which ends after the last ranking.',
        '`/healthz` is requested every 50 ms, each time on a new connection, which is part of the CPU time.',
        `The machine has ${availableParallelism()} cores. Its load was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}; a load above its cores makes seconds and milliseconds longer, but hardly memory and CPU time.`,
        '`run` uses the built-in scorer, and Slack refuses a message less than a second after the last one to the same channel.',
      ],
      data: { papers, tokenMs, limits, loads, bots, runs },
    });
    for (const { channels, engine, health } of bots)
      if (health.failures.length > 0)
        console.log(`${channels} channels, ${engine}: ${[...new Set(health.failures)].join('; ')}`);
  } finally {
    await comparison.server.close();
  }
}
