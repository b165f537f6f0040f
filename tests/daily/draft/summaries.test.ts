import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Channel } from '../../../src/core/channel.ts';
import type { Scorer } from '../../../src/core/score.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { createSummarize, createSummaryCost } from '../../../src/daily/draft/summaries.ts';
import { type RunOptions, runChannel } from '../../../src/daily/run.ts';
import { describeCost, describeSummaryCost } from '../../../src/digest/text.ts';
import { createOpenAiClient } from '../../../src/scoring/llm/client.ts';
import { createSummarizer } from '../../../src/scoring/llm/summarize.ts';
import { linesOf } from '../../commands/context.ts';
import { createQuickClock } from '../../fakes/clock.ts';
import {
  announcementOf,
  evenScorer,
  type ScriptedPlatform,
  scriptedPlatform,
  scriptedScorer,
  scriptedSource,
} from '../../fakes/daily.ts';
import { channelOf, digestOf, rubricOf } from '../../fakes/fixtures.ts';
import { keepingLogger } from '../../fakes/logger.ts';
import type { FakeOpenAi, FakeOpenAiOptions } from '../../fakes/openai.ts';
import { runPartsOf } from '../../fakes/run.ts';
import { prices, startServer } from '../../scoring/llm/setup.ts';

const date = '2025-07-08';
const now = '2025-07-08T13:00:00Z';
const dayStart = '2025-07-08T04:00:00.000Z';
const ids = ['2507.00001', '2507.00002', '2507.00003', '2507.00004'];
/** Two of the four papers reach the cutoffs. */
const scorer = () => scriptedScorer([ids.map((id, index) => [id, 10 - 2 * index, 9])], { model: 'priced' });
const on = channelOf({ post: ['slack:C1'], categories: ['cs.LG'], digestSummary: true });

let stores: Stores;
let slack: ScriptedPlatform;
let log: ReturnType<typeof keepingLogger>;
beforeEach(() => {
  stores = openStores(':memory:');
  slack = scriptedPlatform();
  log = keepingLogger();
});
afterEach(() => stores.close());

type Day = {
  channel?: Channel;
  options?: RunOptions;
  scorers?: Scorer[];
  dailyBudgetUsd?: number;
  limitMs?: number;
  /** Papers per request, as learned from the server. */
  batchSize?: number;
  signal?: AbortSignal;
  model?: string;
};

/** One run of a channel with the summaries of a server; undefined for no language model. */
const runWith = async (server: FakeOpenAi | undefined, day: Day = {}) => {
  const { channel = on, options = {}, scorers = [scorer()], dailyBudgetUsd = 1, batchSize, limitMs } = day;
  const clock = createQuickClock(now);
  const source = scriptedSource({ newest: { 'cs.LG': announcementOf('cs.LG', date, ids) } });
  const client = server && createOpenAiClient({ baseUrl: server.url, model: day.model ?? 'priced' });
  client?.habits.change({ batchSize });
  const summarizer =
    client &&
    createSummarizer({
      ...{ client, stores, prices, clock, dailyBudgetUsd, concurrency: 1, random: () => 0.5 },
      dayStart: () => dayStart,
    });
  const summarize = createSummarize({ summarizer, stores, clock, logger: log.logger, ...(limitMs && { limitMs }) });
  const parts = { ...runPartsOf(now, { stores, source, scorers, platforms: [slack], clock }), summarize };
  const result = await runChannel(channel, options, parts, day.signal ?? new AbortController().signal);
  return { ...result, summaries: result.digest?.entries.map(({ summary }) => summary?.text) };
};

const start = (options: FakeOpenAiOptions = {}) => startServer(options);
const asked = (server: FakeOpenAi) => server.requests.map((request) => request.ids);
const posted = () => slack.sends.map(({ message }) => linesOf(message).join('\n'));
const spent = () => stores.ledger.spent(dayStart);

describe('a run with summaries', () => {
  it('posts one with each picked paper, from one request after the selection', async () => {
    const server = await start();
    const { status, summaries, digest } = await runWith(server);
    expect([status, summaries]).toEqual(['posted', ['Summary of 2507.00001.', 'Summary of 2507.00002.']]);
    expect(asked(server)).toEqual([['2507.00001', '2507.00002']]);
    expect(posted()[1]).toContain('10 + 9 · Summary of 2507.00001.\nWhy: Comment on 2507.00001.');
    const stored = await stores.digests.find('foundations', date);
    expect(stored?.entries.map(({ summary }) => summary?.text)).toEqual(summaries);
    expect(digest?.notices).toEqual([]);
  });

  it('counts the cost in the digest', async () => {
    const { digest } = await runWith(await start({ tokens: () => ({ prompt: 1_000, cached: 0, completion: 100 }) }));
    const usage = { promptTokens: 1_000, cachedTokens: 0, completionTokens: 100, costUsd: 0.0014 };
    expect(digest?.models).toMatchObject([{ purpose: 'summaries', channel: 'foundations', calls: 1, usage }]);
    expect(digest?.usage).toEqual(usage);
    expect(digest && describeCost(digest)).toBe('1,100 tokens · $0.0014');
    expect(await spent()).toBeCloseTo(0.0014, 8);
  });

  it('asks for none unless the channel wants them', async () => {
    const server = await start();
    const { summaries, digest } = await runWith(server, { channel: { ...on, digestSummary: false } });
    expect([summaries, digest?.models, asked(server)]).toEqual([[undefined, undefined], [], []]);
  });

  it('asks for none if nothing was picked', async () => {
    const server = await start();
    expect((await runWith(server, { scorers: [evenScorer(1, 1, { model: 'priced' })] })).summaries).toEqual([]);
    expect(asked(server)).toEqual([]);
  });

  it('has them in the language of the channel', async () => {
    const server = await start({ summary: (id) => `Zusammenfassung von ${id} auf „Deutsch“.` });
    const german = { ...on, rubric: rubricOf({ hash: 'german', language: 'German' }) };
    expect((await runWith(server, { channel: german })).summaries?.[0]).toContain('Zusammenfassung');
    expect(server.requests[0]?.messages[0]?.content).toContain('one sentence in German');
  });

  it('posts a hostile answer as plain text on one line', async () => {
    const hostile = '<!channel> *x*\n\u202e[a](https://evil.example)\u0007 <script>alert(1)</script>';
    await runWith(await start({ summary: () => hostile }));
    expect(posted()[1]).toContain('10 + 9 · <!channel> *x* [a](https://evil.example) <script>alert(1)</script>\n');
  });
});

describe('a stored summary', () => {
  it('is not paid for again after a dry run', async () => {
    const server = await start();
    await runWith(server, { options: { dryRun: true } });
    const { summaries, digest } = await runWith(server);
    expect(summaries).toEqual(['Summary of 2507.00001.', 'Summary of 2507.00002.']);
    expect(asked(server)).toHaveLength(1);
    // The digest includes what the dry run paid.
    expect(digest?.models).toHaveLength(1);
  });

  it('is not paid for again if the run is killed before the digest is made', async () => {
    const killed = new AbortController();
    const server = await start({
      hold: async (call) => {
        if (call === 1) killed.abort(new Error('killed'));
      },
    });
    await expect(runWith(server, { batchSize: 1, signal: killed.signal })).rejects.toThrow('killed');
    expect(posted()).toEqual([]);
    const { summaries } = await runWith(server, { batchSize: 1 });
    expect(summaries).toEqual(['Summary of 2507.00001.', 'Summary of 2507.00002.']);
    expect(asked(server)).toEqual([['2507.00001'], ['2507.00002'], ['2507.00002']]);
  });

  it('is used by other channels with the same language and model only', async () => {
    const server = await start();
    await runWith(server);
    const other = { ...on, name: 'other' };
    const { summaries, digest } = await runWith(server, { channel: { ...other, rubric: rubricOf({ hash: 'two' }) } });
    expect([summaries?.length, digest?.models, asked(server).length]).toEqual([2, [], 1]);
    await runWith(server, {
      channel: { ...on, name: 'third', rubric: rubricOf({ hash: 'three', language: 'German' }) },
    });
    expect(asked(server)).toHaveLength(2);
    await runWith(server, { channel: { ...on, name: 'fourth' }, model: 'free' });
    expect(asked(server)).toHaveLength(3);
  });

  it('is used when a digest is remade', async () => {
    const server = await start();
    const { digest } = await runWith(server);
    const stored = await stores.digests.find('foundations', date);
    await stores.digests.remove(stored?.digestId ?? 0);
    expect((await runWith(server)).digest?.entries).toEqual(digest?.entries);
    expect(asked(server)).toHaveLength(1);
  });

  it('is asked for once by two channels that run at the same time', async () => {
    const server = await start({ latencyMs: 50 });
    const both = await Promise.all([runWith(server), runWith(server, { channel: { ...on, name: 'other' } })]);
    expect(both.map(({ summaries }) => summaries?.[1])).toEqual(['Summary of 2507.00002.', 'Summary of 2507.00002.']);
    expect(asked(server)).toHaveLength(1);
  });
});

describe('a run without all summaries', () => {
  it.each([
    ['the budget is spent', {}, { dailyBudgetUsd: 0.000_1 }, 'the daily budget of $0.0001 is spent'],
    ['the model fails', { fault: () => ({ kind: 'status', status: 401 }) }, {}, 'rejected the key (401)'],
    ['the answer has none', { fault: () => ({ kind: 'text', content: 'Sorry.' }) }, {}, 'priced gave no valid answer'],
    ['the model is silent', { fault: () => ({ kind: 'hang' }) }, { limitMs: 200 }, 'priced did not answer within 0.2'],
  ] satisfies [string, FakeOpenAiOptions, Day, string][])('posts the papers if %s', async (_, options, day, reason) => {
    const { status, summaries, digest } = await runWith(await start(options), day);
    expect([status, summaries]).toEqual(['posted', [undefined, undefined]]);
    expect(digest?.notices).toEqual([expect.stringMatching(/^No summaries: .*\.$/)]);
    expect(digest?.notices[0]).toContain(reason);
    expect(posted()[1]).toContain('10 + 9 · Comment on 2507.00001.');
    expect(log.lines.at(-1)).toMatchObject({
      ...{ level: 'warn', message: 'papers not summarized' },
      fields: { channel: 'foundations', papers: 2, reason: expect.stringContaining(reason) },
    });
  });

  it('says how many are missing', async () => {
    const { summaries, digest } = await runWith(
      await start({ fault: (call) => (call === 1 ? { kind: 'status', status: 400 } : undefined) }),
      { batchSize: 1 },
    );
    expect(summaries).toEqual(['Summary of 2507.00001.', undefined]);
    expect(digest?.notices[0]).toMatch(/^1 of 2 papers has no summary: .*refused the request \(400\)\.$/);
  });

  it('posts the papers without a language model, and logs why', async () => {
    const { summaries, digest } = await runWith(undefined);
    expect([summaries, digest?.notices]).toEqual([[undefined, undefined], []]);
    expect(log.lines).toMatchObject([{ message: expect.stringContaining('no language model is configured') }]);
  });

  it('does not ask a model that just failed to score', async () => {
    const server = await start();
    const stop = { kind: 'outage', reason: 'OpenAI failed (503)' } as const;
    const failing = () => [scriptedScorer([], { stop, model: 'priced' }), evenScorer(10, 9)];
    const { summaries, digest } = await runWith(server, { scorers: failing() });
    expect(summaries?.some(Boolean)).toBe(false);
    expect(digest?.notices).toEqual([expect.stringContaining('OpenAI failed (503)')]);
    expect(asked(server)).toEqual([]);
    expect(log.lines.at(-1)).toMatchObject({ fields: { papers: 4, reason: 'OpenAI failed (503)' } });
    // Another channel paid for them.
    const query = { language: 'English', model: 'priced' };
    await stores.summaries.add(query, [{ paperId: ids[0] ?? '', version: 1, text: 'Stored.' }], now);
    const again = await runWith(server, { scorers: failing(), channel: { ...on, name: 'other' } });
    expect(again.summaries).toContain('Stored.');
  });
});

describe('the estimated cost', () => {
  const costOf = (channel: Channel, isConfigured = true) => {
    const estimate = (count: number, papers: readonly unknown[]) => {
      return {
        promptTokens: count * 100 + papers.length,
        cachedTokens: 0,
        completionTokens: 0,
        costUsd: count / 1_000,
      };
    };
    const summarizer = { model: 'priced', dailyBudgetUsd: 1, estimate } as unknown as Parameters<
      typeof createSummarize
    >[0]['summarizer'];
    return createSummaryCost({ summarizer: isConfigured ? summarizer : undefined, stores })(channel);
  };

  it('is for the papers that the channel posts on average, or its maximum', async () => {
    expect(await costOf(on, false)).toBeUndefined();
    expect(await costOf(on)).toMatchObject({ papers: 20, usage: { promptTokens: 2_000, costUsd: 0.02 } });
    await stores.announcements.save(announcementOf('cs.LG', date, ids));
    await stores.scores.saveRubric(rubricOf());
    for (const [day, relevant] of [5, 8, 90].entries()) {
      const counts = { announced: 100, scanned: 100, relevant, unscored: 0 };
      await stores.digests.create(digestOf([], { date: `2025-07-0${day + 1}`, counts }), now, []);
    }
    const cost = await costOf(on);
    expect(cost).toMatchObject({ papers: 11, usage: { promptTokens: 1_104 } });
    expect(cost && describeSummaryCost(cost)).toBe(
      'about $0.0110 a day for 11 papers (1,104 tokens of priced). It counts toward the daily budget of $1.00.',
    );
    expect(cost && describeSummaryCost({ ...cost, usage: { ...cost.usage, costUsd: undefined } })).toBe(
      'about 1,104 tokens a day for 11 papers. The price of priced is unknown, so the daily budget does not limit it.',
    );
  });
});
