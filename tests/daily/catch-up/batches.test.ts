import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { BatchNotice } from '../../../src/core/batch.ts';
import type { Prefilter } from '../../../src/core/screening.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { remedyChannel } from '../../../src/daily/catch-up/remedy.ts';
import { batchNotice, finishForgotten } from '../../../src/daily/draft/batches.ts';
import { prepareRun } from '../../../src/daily/preparation.ts';
import { type RunParts, type RunResult, runChannel } from '../../../src/daily/run.ts';
import { createEngines } from '../../../src/scoring/engines.ts';
import { createSteppingClock, type SteppingClock } from '../../fakes/clock.ts';
import {
  announcedOf,
  announcementOf,
  type ScriptedPlatform,
  scriptedPlatform,
  scriptedSource,
} from '../../fakes/daily.ts';
import { channelOf } from '../../fakes/fixtures.ts';
import { quietLogger } from '../../fakes/logger.ts';
import { type FakeOpenAi, type FakeOpenAiOptions, startFakeOpenAi } from '../../fakes/openai.ts';
import { runPartsOf } from '../../fakes/run.ts';

const channel = channelOf({ post: ['slack:C1'], categories: ['cs.LG'] });
const never = Number.POSITIVE_INFINITY;
const idsOf = (day: number, count = 30): string[] =>
  Array.from({ length: count }, (_, at) => `250${day}.${String(at + 1).padStart(5, '0')}`);
/** Ten of each day pass the cutoffs. */
const verdict = (id: string) => ({
  ...{
    relevance: Number(id.slice(-2)) <= 10 ? 9 : 3,
    novelty: Number(id.slice(-2)) <= 10 ? 8 : 4,
    comment: `On ${id}.`,
  },
});
const days = { '2025-07-01': idsOf(1), '2025-07-02': idsOf(2), '2025-07-07': idsOf(3), '2025-07-08': idsOf(4) };

let stores: Stores;
let slack: ScriptedPlatform;
let clock: SteppingClock;
let servers: FakeOpenAi[];
let notices: BatchNotice[];
beforeEach(() => {
  stores = openStores(':memory:');
  slack = scriptedPlatform();
  clock = createSteppingClock('2025-07-08T10:00:00Z');
  [servers, notices] = [[], []];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  stores.close();
});

const source = scriptedSource({
  newest: { 'cs.LG': announcementOf('cs.LG', '2025-07-08', days['2025-07-08']) },
  on: Object.fromEntries(
    ['2025-07-01', '2025-07-02', '2025-07-03', '2025-07-04', '2025-07-07', '2025-07-08'].map((date) => [
      `cs.LG ${date}`,
      date in days ? announcementOf('cs.LG', date, days[date as keyof typeof days]) : undefined,
    ]),
  ),
});

const start = async (
  options: FakeOpenAiOptions = { batches: {} },
  batch: 'auto' | { maxWaitMinutes: number } = { maxWaitMinutes: 60 },
) => {
  const server = await startFakeOpenAi({ verdict, ...options });
  servers.push(server);
  await stores.modelHabits.save(
    server.url,
    'gpt-4o-mini',
    { form: 'schema', limit: 'max_completion_tokens', temperature: true, isProven: true },
    '2025-07-08T00:00:00.000Z',
  );
  const parts = async (): Promise<RunParts> => {
    const { llm, local } = await createEngines({
      settings: {
        ...{ engine: 'openai', model: 'gpt-4o-mini', batchSize: 10, concurrency: undefined, timeoutSeconds: 60 },
        ...{ dailyBudgetUsd: 1, repeat: 0, batch },
      },
      ...{ openai: { baseUrl: server.url }, timezone: 'America/New_York', stores, clock, logger: quietLogger },
    });
    return {
      ...runPartsOf('', { stores, source, scorers: llm ? [llm.scorer, local] : [local], platforms: [slack], clock }),
      batch: llm?.batch,
      onBatch: (_, notice) => void notices.push(notice),
    };
  };
  return { server, parts };
};

const signal = () => new AbortController().signal;
const remedy = async (dates: string[], parts: RunParts, isUrgent = false, until = signal()): Promise<RunResult[]> => {
  const results: RunResult[] = [];
  await remedyChannel(channel, dates, parts, (result) => results.push(result), until, isUrgent);
  return results;
};
const shown = (results: RunResult[]) => results.map(({ date, status, sent }) => `${date} ${status} ${sent}`);
const scoringCalls = ({ requests }: FakeOpenAi) =>
  requests.filter(({ messages }) => messages.at(-1)?.content.includes('Score the'));
const bothDays = ['2025-07-01', '2025-07-02'];

describe('a remedy with batches', () => {
  it('scores the papers of all days in one batch, then posts in order', async () => {
    const { server, parts } = await start();
    const results = await remedy(bothDays, await parts());
    expect(shown(results)).toEqual(['2025-07-01 posted 10', '2025-07-02 posted 10']);
    expect(server.batches.calls('create')).toBe(1);
    expect(server.batched.map(({ ids }) => ids.length)).toEqual([10, 10, 10, 10, 10, 10]);
    expect(scoringCalls(server)).toEqual([]);
    expect(notices).toEqual([
      { kind: 'sent', service: new URL(server.url).host, papers: 60, minutes: 60 },
      { kind: 'ended', service: new URL(server.url).host, asked: 60, scored: 60, problem: undefined, isFirst: true },
    ]);
    expect(await stores.batches.list()).toEqual([]);
  });

  it('pays half, which the digest shows, and explains batches once', async () => {
    const { parts } = await start();
    const [first, second] = await remedy(bothDays, await parts());
    const [ordinary, batched] = (first?.digest?.models ?? []).toSorted(
      (a, b) => (b.price?.prompt ?? 0) - (a.price?.prompt ?? 0),
    );
    expect(ordinary).toMatchObject({ price: { prompt: 0.15, cachedPrompt: 0.075, completion: 0.6 } });
    expect(batched).toMatchObject({
      calls: 3,
      price: { prompt: 0.075, cachedPrompt: 0.075, completion: 0.3, isBatch: true },
    });
    const { promptTokens = 0, completionTokens = 0, costUsd } = batched?.usage ?? {};
    expect(costUsd).toBeCloseTo((promptTokens * 0.075 + completionTokens * 0.3) / 1e6, 12);
    expect(first?.digest?.notices).toContain(batchNotice);
    expect(second?.digest?.notices).not.toContain(batchNotice);
  });

  it('scores the rest with ordinary calls if the batch is not finished in time', async () => {
    const { server, parts } = await start({ batches: { plan: () => ({ looks: never, answered: 2 }) } });
    const from = clock.realNow();
    expect(shown(await remedy(bothDays, await parts()))).toEqual(['2025-07-01 posted 10', '2025-07-02 posted 10']);
    expect(clock.realNow() - from).toBeLessThan(75 * 60_000);
    expect(
      scoringCalls(server)
        .flatMap(({ ids }) => ids)
        .sort(),
    ).toEqual([...idsOf(1).slice(20), ...idsOf(2)].sort());
    expect(notices.at(-1)).toMatchObject({
      kind: 'ended',
      asked: 60,
      scored: 20,
      problem: 'it was not finished in time',
    });
    const digest = await stores.digests.find(channel.name, '2025-07-01');
    expect(digest?.fallback).toBeUndefined();
  });

  it('sends the papers that the prefilter adds after the first scores in a second batch', async () => {
    const { server, parts } = await start();
    const [first, second] = [idsOf(1).slice(0, 20), idsOf(1, 50).slice(0, 45)];
    const skippedBy = (read: readonly string[]) => new Set(idsOf(1, 50).filter((id) => !read.includes(id)));
    const prefilter: Prefilter = async () => ({
      likeliest: { ids: [], brief: new Set() },
      read: async ({ read, scoreOf }) => {
        const early = await read({ skipped: skippedBy(first), brief: new Set() });
        const isScored = first.every((id) => scoreOf(id));
        const stop = early ?? (isScored ? await read({ skipped: skippedBy(second), brief: new Set() }) : undefined);
        return { prefiltered: { prefilter: { skipped: 5, sampled: 0, days: 0 }, unlikely: [] }, stop };
      },
    });
    await stores.announcements.save(announcementOf('cs.LG', '2025-07-01', idsOf(1, 50)));
    const [result] = await remedy(['2025-07-01'], { ...(await parts()), prefilter });
    expect(notices.flatMap((notice) => (notice.kind === 'sent' ? [notice.papers] : []))).toEqual([20, 25]);
    expect(scoringCalls(server)).toEqual([]);
    expect(result?.digest?.engines).toEqual([{ engine: 'openai', model: 'gpt-4o-mini', papers: 45 }]);
  });

  it('continues the batch of a run that was killed, and pays once', async () => {
    const stop = new AbortController();
    const { server, parts } = await start({
      batches: {
        plan: () => ({ looks: 3 }),
        onCall: (route) => void (route === 'state' && stop.abort(new Error('killed'))),
      },
    });
    await expect(remedy(bothDays, await parts(), false, stop.signal)).rejects.toThrow('killed');
    expect(await stores.batches.list()).toHaveLength(1);
    expect(slack.posted).toEqual([]);
    expect(shown(await remedy(bothDays, await parts()))).toEqual(['2025-07-01 posted 10', '2025-07-02 posted 10']);
    expect(server.batches.calls('create')).toBe(1);
    expect(server.batched).toHaveLength(6);
    expect(scoringCalls(server)).toEqual([]);
    expect(notices.map(({ kind }) => kind)).toEqual(['sent', 'continued', 'ended']);
    expect(await stores.ledger.spent('')).toBeLessThan(0.01);
  });

  it.each([
    ['at once on request', bothDays, true],
    ['at once if the newest announcement is among the dates', [...bothDays, '2025-07-08'], false],
  ])('scores %s', async (_, dates, isUrgent) => {
    const { server, parts } = await start();
    expect(await remedy(dates, await parts(), isUrgent)).toHaveLength(dates.length);
    expect(server.batches.calls('upload')).toBe(0);
    expect(notices).toEqual([]);
  });

  it('uses batches by default only with OpenAI', async () => {
    const { server, parts } = await start({ batches: {} }, 'auto');
    expect((await parts()).batch).toBeUndefined();
    expect(shown(await remedy(['2025-07-01'], await parts()))).toEqual(['2025-07-01 posted 10']);
    expect(server.batches.calls('upload')).toBe(0);
  });

  it('remembers that a server has no batches', async () => {
    const { server, parts } = await start({});
    expect(shown(await remedy(['2025-07-01'], await parts()))).toEqual(['2025-07-01 posted 10']);
    expect(notices).toMatchObject([{ kind: 'ended', scored: 0, problem: expect.stringContaining('has no Batch API') }]);
    expect((await stores.modelHabits.find(server.url, 'gpt-4o-mini'))?.habits.hasBatches).toBe(false);
    await remedy(['2025-07-02'], await parts());
    expect(notices).toHaveLength(1);
  });

  it('holds no lease of the channel while it waits', async () => {
    let held: Promise<unknown> | undefined;
    const { parts } = await start({
      batches: {
        plan: () => ({ looks: 2 }),
        onCall: (route) => {
          if (route !== 'state') return;
          const lease = { name: `channel ${channel.name}`, owner: 'other', expiresAt: 1 };
          held ??= stores.leases.acquire(lease).then(async ({ fence }) => {
            if (fence) await stores.leases.release(fence);
            return fence;
          });
        },
      },
    });
    await remedy(['2025-07-01'], await parts());
    expect(await held).toBeDefined();
  });
});

describe('the preparation of a run', () => {
  const time = new Date('2025-07-08T13:00:00Z');

  it('scores the newest announcement before its time, and the run only comments on it', async () => {
    const { server, parts } = await start();
    expect(await prepareRun(channel, time, await parts(), signal())).toEqual({ isReady: true, isFirst: true });
    expect(server.batched.flatMap(({ ids }) => ids).sort()).toEqual(idsOf(4));
    expect(slack.posted).toEqual([]);
    const result = await runChannel(channel, { notices: [batchNotice] }, await parts(), signal());
    expect(result).toMatchObject({ date: '2025-07-08', sent: 10, digest: { notices: [batchNotice] } });
    expect(scoringCalls(server)).toEqual([]);
  });

  it('gives up a quarter of an hour before the time', async () => {
    clock.set('2025-07-08T12:20:00Z');
    const { server, parts } = await start({ batches: { plan: () => ({ looks: never }) } });
    await prepareRun(channel, time, await parts(), signal());
    expect(server.batches.calls('cancel')).toBe(1);
    expect(clock.now().getTime()).toBeLessThan(Date.parse('2025-07-08T12:56:00Z'));
    expect(notices.at(-1)).toMatchObject({ scored: 0, problem: 'it was not finished in time' });
  });

  it('sends nothing if too little time is left', async () => {
    clock.set('2025-07-08T12:35:00Z');
    const { server, parts } = await start();
    expect((await prepareRun(channel, time, await parts(), signal())).isReady).toBe(true);
    expect(server.batches.calls('upload')).toBe(0);
  });

  it('is not ready before the announcement is out', async () => {
    clock.set('2025-07-09T10:00:00Z');
    const { parts } = await start();
    const prepared = await prepareRun(channel, new Date('2025-07-09T13:00:00Z'), await parts(), signal());
    expect(prepared.isReady).toBe(false);
  });

  it('can be for missed days alone, and then does nothing without them', async () => {
    const { server, parts } = await start();
    await prepareRun(channel, time, await parts(), signal(), { onlyMissed: true });
    expect(server.batches.calls('upload')).toBe(0);
  });

  it('includes missed days', async () => {
    const { server, parts } = await start();
    clock.set('2025-07-02T13:00:00Z');
    const earlier = scriptedSource({ newest: { 'cs.LG': announcementOf('cs.LG', '2025-07-02', idsOf(2)) } });
    const { collector } = runPartsOf('', { stores, source: earlier, scorers: [], platforms: [], clock });
    await runChannel(channel, {}, { ...(await parts()), collector }, signal());
    clock.set('2025-07-08T10:00:00Z');
    await prepareRun(channel, time, await parts(), signal(), { onlyMissed: true });
    expect(server.batched.flatMap(({ ids }) => ids).sort()).toEqual([...idsOf(3), ...idsOf(4)]);
    const result = await runChannel(channel, {}, await parts(), signal());
    expect(result).toMatchObject({ sent: 20, earlier: [{ date: '2025-07-07', sent: 10 }] });
  });
});

describe('a batch that no run continues', () => {
  it('is taken later, and its papers are not scored twice', async () => {
    const stop = new AbortController();
    const { server, parts } = await start({
      batches: {
        plan: () => ({ looks: never, answered: 4 }),
        onCall: (route) => void (route === 'state' && stop.abort(new Error('killed'))),
      },
    });
    await expect(remedy(bothDays, await parts(), false, stop.signal)).rejects.toThrow('killed');
    await remedy(['2025-07-01'], await parts(), true);
    const ahead = { ...(await parts()), logger: quietLogger };
    await finishForgotten(ahead, signal());
    expect(await stores.batches.list()).toHaveLength(1);
    clock.set('2025-07-08T12:00:00Z');
    await finishForgotten(ahead, signal());
    expect(await stores.batches.list()).toEqual([]);
    expect(server.batches.calls('cancel')).toBe(1);
    const query = { rubric: channel.rubric.hash, engine: 'openai', model: 'gpt-4o-mini' } as const;
    const scores = await stores.scores.current(
      query,
      announcedOf([...idsOf(1), ...idsOf(2)]).map(({ paper }) => paper),
    );
    expect(scores.map(({ paperId, attempt }) => `${paperId} ${attempt}`).sort()).toEqual(
      [...idsOf(1), ...idsOf(2).slice(0, 10)].map((id) => `${id} 1`).sort(),
    );
  });
});
