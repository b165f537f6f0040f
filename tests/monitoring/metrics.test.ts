import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Registry, register } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createActivity } from '../../src/daily/record.ts';
import { createMetrics, type MetricsParts } from '../../src/monitoring/metrics.ts';
import { healthOf, pastRun, storeDigest } from '../fakes/monitoring.ts';

let stores: Stores;
const statements: unknown[] = [];
beforeEach(() => {
  stores = openStores(':memory:', { onStatement: (sql) => statements.push(sql) });
});
afterEach(() => stores.close());

const now = '2025-07-09T12:00:00.000Z';
const calls = () => ({ inFlight: 3, waiting: 2, concurrency: 8, tokensPerMinute: 200_000 });
const seconds = (time: string): number => Date.parse(time) / 1000;

const partsOf = (more: Partial<MetricsParts> = {}): MetricsParts => ({
  channels: [{ name: 'foundations' }],
  stores,
  activity: createActivity(),
  platforms: new Map(),
  connected: new Map(),
  deaf: new Map(),
  health: healthOf(stores),
  commands: ['top', 'topics show'],
  llm: undefined,
  version: '1.2.3',
  now: () => new Date(now),
  ...more,
});

/** Paperboy's own samples, by their name with labels. */
const samplesOf = (text: string): Record<string, number> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.startsWith('paperboy_'))
      .map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))] as const;
      }),
  );

const read = async (parts: MetricsParts): Promise<Record<string, number>> =>
  samplesOf(await createMetrics(parts).read());

/** The samples of the channels, platforms and models, without what is counted. */
const gaugesOf = (samples: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(samples).filter(([name]) => !/commands_total|duration|votes|build/.test(name)));

describe('metrics', () => {
  it('leave out unknown values at the first start', async () => {
    const samples = await read(partsOf());
    expect(samples['paperboy_build_info{version="1.2.3"}']).toBe(1);
    expect(gaugesOf(samples)).toEqual({
      'paperboy_channel_paused{channel="foundations"}': 0,
      'paperboy_channel_running{channel="foundations"}': 0,
      'paperboy_channel_unsent_deliveries{channel="foundations"}': 0,
    });
  });

  it("show each channel's current state", async () => {
    const activity = createActivity();
    const metrics = createMetrics(
      partsOf({ activity, channels: [{ name: 'foundations' }, { name: 'other', isPaused: true }] }),
    );
    await stores.runs.add(pastRun('2025-07-08T13:02:00.000Z'));
    await metrics.read();
    await storeDigest(stores, '2507.00001', { counts: { announced: 20, scanned: 12, relevant: 3, unscored: 2 } });
    await stores.runs.add(pastRun('2025-07-09T11:00:00.000Z', { status: 'failed' }));
    activity.next('foundations', new Date('2025-07-09T13:00:00Z'));
    activity.began('other');
    const of = (channel: string, values: Record<string, number>) =>
      Object.entries(values).map(([name, value]) => [`paperboy_channel_${name}{channel="${channel}"}`, value]);
    expect(gaugesOf(samplesOf(await metrics.read()))).toEqual({
      'paperboy_channel_last_run_timestamp_seconds{channel="foundations",status="failed"}':
        seconds('2025-07-09T11:00:00Z'),
      ...Object.fromEntries(
        of('foundations', {
          last_success_timestamp_seconds: seconds('2025-07-08T13:02:00Z'),
          next_run_timestamp_seconds: seconds('2025-07-09T13:00:00Z'),
          paused: 0,
          running: 0,
          newest_digest_timestamp_seconds: seconds('2025-07-08T00:00:00Z'),
          announced_papers: 20,
          scanned_papers: 12,
          skipped_papers: 0,
          relevant_papers: 3,
          unscored_papers: 2,
          fallback_papers: 0,
          unsent_deliveries: 4,
        }),
      ),
      ...Object.fromEntries(of('other', { paused: 1, running: 1, unsent_deliveries: 0 })),
    });
  });

  it('take as many statements for many channels as for one', async () => {
    const countFor = async (channels: number): Promise<number> => {
      const names = Array.from({ length: channels }, (_, at) => ({ name: `channel-${at}` }));
      statements.length = 0;
      await read(partsOf({ channels: names }));
      return statements.length;
    };
    expect(await countFor(30)).toBe(await countFor(1));
  });

  it('do not count old deliveries', async () => {
    await storeDigest(stores, '2507.00002', { channel: 'other', date: '2025-07-01' });
    await storeDigest(stores, '2507.00003', { channel: 'other', date: '2025-07-02' });
    const samples = await read(partsOf({ channels: [{ name: 'foundations' }, { name: 'other' }] }));
    expect(samples).toMatchObject({
      'paperboy_channel_unsent_deliveries{channel="foundations"}': 0,
      'paperboy_channel_unsent_deliveries{channel="other"}': 4,
    });
    expect(Object.keys(samples)).not.toContain('paperboy_channel_announced_papers{channel="foundations"}');
  });

  it('show which platforms are connected', async () => {
    const connected = new Map<string, unknown>();
    const metrics = createMetrics(
      partsOf({
        platforms: new Map([
          ['slack', {}],
          ['web', {}],
        ]),
        connected,
      }),
    );
    connected.set('web', {});
    expect(samplesOf(await metrics.read())).toMatchObject({
      'paperboy_platform_connected{platform="slack"}': 0,
      'paperboy_platform_connected{platform="web"}': 1,
    });
  });

  it('show a platform as not connected if it delivers no commands', async () => {
    const [platforms, connected] = [new Map([['slack', {}]]), new Map([['slack', {}]])];
    const samples = await read(partsOf({ platforms, connected, deaf: new Map([['slack', 'refused']]) }));
    expect(samples['paperboy_platform_connected{platform="slack"}']).toBe(0);
  });

  it('show what works and what fails since when', async () => {
    const health = healthOf(stores);
    await health.worked('arxiv');
    await health.failed('listening slack', { reason: 'it is slow', fix: 'Wait.' });
    expect(await read(partsOf({ health }))).toMatchObject({
      'paperboy_check_ok{check="arxiv"}': 1,
      'paperboy_check_last_success_timestamp_seconds{check="arxiv"}': seconds('2025-07-08T13:00:00Z'),
      'paperboy_check_ok{check="listening slack"}': 0,
      'paperboy_check_failing_since_timestamp_seconds{check="listening slack"}': seconds('2025-07-08T13:00:00Z'),
    });
  });

  it("show today's tokens and cost, the budget, and the calls of the moment", async () => {
    await storeDigest(stores, '2507.00001');
    const call = { rubric: 'rubric-1', channel: 'foundations', date: '2025-07-08', model: 'gpt-test', boundUsd: 0.25 };
    const dayStart = '2025-07-09T04:00:00.000Z';
    const book = (at: string) => stores.ledger.book({ ...call, at }, 10, dayStart);
    const usage = { promptTokens: 900, cachedTokens: 500, completionTokens: 70, costUsd: 0.125 };
    await stores.ledger.settle((await book('2025-07-09T03:00:00.000Z')) ?? 0, usage, undefined);
    await stores.ledger.settle((await book('2025-07-09T05:00:00.000Z')) ?? 0, usage, undefined);
    await book(now);
    const llm = { dailyBudgetUsd: 1.5, dayStart: () => dayStart, calls };
    expect(await read(partsOf({ llm }))).toMatchObject({
      paperboy_llm_prompt_tokens_today: 900,
      paperboy_llm_cached_prompt_tokens_today: 500,
      paperboy_llm_completion_tokens_today: 70,
      paperboy_llm_spent_today_usd: 0.375,
      paperboy_llm_daily_budget_usd: 1.5,
      paperboy_llm_calls_in_flight: 3,
      paperboy_llm_calls_waiting: 2,
      paperboy_llm_calls_limit: 8,
      paperboy_llm_tokens_per_minute_limit: 200_000,
    });
  });

  it('count commands, votes and doubles, including those before the first request', async () => {
    const metrics = createMetrics(
      partsOf({
        platforms: new Map([
          ['web', {}],
          ['slack', {}],
        ]),
      }),
    );
    metrics.commandAnswered('top', 'answered', 0.03);
    metrics.doubleRemoved('slack');
    metrics.voteReceived('web');
    await metrics.read();
    metrics.commandAnswered('top', 'answered', 2);
    metrics.commandAnswered('top', 'failed', 0.5);
    metrics.voteReceived('web');
    expect(samplesOf(await metrics.read())).toMatchObject({
      'paperboy_commands_total{command="top",outcome="answered"}': 2,
      'paperboy_commands_total{command="top",outcome="failed"}': 1,
      'paperboy_commands_total{command="topics show",outcome="refused"}': 0,
      'paperboy_command_duration_seconds_bucket{le="0.05",command="top"}': 1,
      'paperboy_command_duration_seconds_sum{command="top"}': 2.53,
      'paperboy_command_duration_seconds_count{command="top"}': 3,
      'paperboy_votes_heard_total{platform="web"}': 2,
      'paperboy_double_messages_total{platform="slack"}': 1,
      'paperboy_double_messages_total{platform="web"}': 0,
    });
  });

  it('lose no command if many come before the first request', async () => {
    const metrics = createMetrics(partsOf());
    for (let count = 0; count < 1_234; count += 1) metrics.commandAnswered('top', 'answered', 0.01);
    expect(samplesOf(await metrics.read())['paperboy_commands_total{command="top",outcome="answered"}']).toBe(1_234);
  });

  it('have no label with text that people typed', async () => {
    const metrics = createMetrics(partsOf());
    metrics.commandAnswered('my "secret" text', 'refused', 0.01);
    const text = await metrics.read();
    expect(text).not.toContain('secret');
    expect(samplesOf(text)['paperboy_commands_total{command="unknown",outcome="refused"}']).toBe(1);
  });

  it('are complete for two readers at once', async () => {
    await storeDigest(stores, '2507.00001');
    const metrics = createMetrics(partsOf());
    const [one, other] = await Promise.all([metrics.read(), metrics.read()]);
    expect(gaugesOf(samplesOf(one))).toEqual(gaugesOf(samplesOf(other)));
    expect(Object.keys(gaugesOf(samplesOf(one)))).toHaveLength(10);
  });

  it('are in Prometheus’ text format, with help, type and the usual process metrics', async () => {
    const metrics = createMetrics(partsOf());
    const text = await metrics.read();
    expect(metrics.contentType).toBe(Registry.PROMETHEUS_CONTENT_TYPE);
    const lines = text.split('\n').filter((line) => line !== '');
    expect(lines.filter((line) => !/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? -?(\d[\d.e+-]*|Nan))$/i.test(line))).toEqual(
      [],
    );
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  });

  it('do not use the process-wide registry, so that two apps do not collide', async () => {
    await createMetrics(partsOf()).read();
    await createMetrics(partsOf({ version: '2' })).read();
    expect(register.getMetricsAsArray()).toEqual([]);
  });

  it('count the runs that were given up, by channel', async () => {
    const run = { channel: 'gears', at: now, reason: 'out of gears' };
    const samples = await read(partsOf({ failedRuns: async () => [run, run, { ...run, channel: 'other' }] }));
    expect(samples['paperboy_failed_runs{channel="gears"}']).toBe(2);
    expect(samples['paperboy_failed_runs{channel="other"}']).toBe(1);
  });

  it('are exactly those in docs/monitoring.md', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/monitoring.md'), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `paperboy_'));
    const explained = rows.flatMap((row) => [...row.matchAll(/`(paperboy_\w+)`/g)].map(([, name]) => name));
    const llm = { dailyBudgetUsd: 1, dayStart: () => now, calls };
    const failedRuns = async () => [];
    const text = await createMetrics(partsOf({ llm, failedRuns })).read();
    const made = [...text.matchAll(/^# TYPE (paperboy_\w+)/gm)].map(([, name]) => name);
    expect(explained.sort()).toEqual(made.sort());
    for (const [name] of page.matchAll(/paperboy_\w+[a-z]\b/g)) expect(made).toContain(name);
  });

  it('throw an error of the database', async () => {
    const closed = openStores(':memory:');
    closed.close();
    await expect(createMetrics(partsOf({ stores: closed })).read()).rejects.toThrow();
  });

  it('measure the process once, however many bots it has had', async () => {
    await createMetrics(partsOf({})).read();
    const measuring = vi.spyOn(createRequire(import.meta.url)('node:perf_hooks'), 'monitorEventLoopDelay');
    const text = await createMetrics(partsOf({})).read();
    expect(text).toContain('nodejs_eventloop_lag_seconds ');
    expect(text).toContain('paperboy_build_info');
    expect(measuring).not.toHaveBeenCalled();
    measuring.mockRestore();
  });

  it('load prom-client at the first request, and let the process exit', () => {
    const script = `
      import { createRequire } from 'node:module';
      import { createMetrics } from './src/monitoring/metrics.ts';
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('prom-client'));
      const nothing = async () => new Map();
      const stores = { runs: { newestOf: nothing }, digests: { newestSummaries: nothing }, outbox: { unsentOf: nothing } };
      const metrics = createMetrics({ channels: [], stores, activity: {}, platforms: new Map(), connected: new Map(),
        deaf: new Map(), health: { list: async () => [] }, commands: [], llm: undefined, version: '1', now: () => new Date() });
      metrics.voteReceived('web');
      const before = loaded();
      const text = await metrics.read();
      console.log(JSON.stringify({ before, after: loaded(), counted: text.includes('paperboy_votes_heard_total{platform="web"} 1') }));
    `;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      ...{ cwd: join(import.meta.dirname, '..', '..'), encoding: 'utf8' },
    });
    expect(JSON.parse(stdout)).toEqual({ before: false, after: true, counted: true });
    expect(status).toBe(0);
  });
});
