import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { plainText } from '../../src/core/message.ts';
import type { Scorer } from '../../src/core/score.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createRescore } from '../../src/daily/rescore.ts';
import { runChannel } from '../../src/daily/run.ts';
import { createOpenAiClient } from '../../src/scoring/llm/client.ts';
import { createLlmScorer } from '../../src/scoring/llm/scorer.ts';
import { ask, linesOf } from '../commands/context.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import {
  announcementOf,
  remoteFailure,
  type ScriptedPlatform,
  scriptedPlatform,
  scriptedScorer,
  scriptedSource,
} from '../fakes/daily.ts';
import { channelOf, paperOf, pointsOf } from '../fakes/fixtures.ts';
import { quietLogger } from '../fakes/logger.ts';
import { startFakeOpenAi } from '../fakes/openai.ts';
import { runPartsOf } from '../fakes/run.ts';
import { prices } from '../scoring/llm/setup.ts';

const signal = new AbortController().signal;
const alice = 'slack:T1:U1';
const channel = channelOf({ post: ['slack:C1'], categories: ['cs.LG'], timezone: 'Europe/Berlin' });

let stores: Stores;
let slack: ScriptedPlatform;
let clock: ReturnType<typeof createSteppingClock>;
beforeEach(async () => {
  stores = openStores(':memory:');
  slack = scriptedPlatform();
  clock = createSteppingClock('2025-07-08T13:00:00Z');
  const newest = { 'cs.LG': announcementOf('cs.LG', '2025-07-08', ['1', '2', '3']) };
  const scorers = [
    scriptedScorer([
      [
        ['1', 8, 7],
        ['2', 3, 3],
        ['3', 10, 9],
      ],
    ]),
  ];
  const parts = runPartsOf('2025-07-08T13:00:00Z', {
    ...{ stores, source: scriptedSource({ newest }), scorers, platforms: [slack], clock },
  });
  await runChannel(channel, {}, parts, signal);
  clock.set('2025-07-09T10:00:00Z');
});
afterEach(() => stores.close());

const again = scriptedScorer([
  [
    ['1', 9, 7],
    ['2', 4, 4],
  ],
]);
const create = (scorer: Scorer | undefined = again, limits?: { perCall: number; person: number; address: number }) =>
  createRescore({
    ...{ stores, scorer, clock, limits, logger: quietLogger, timezone: 'Europe/Berlin' },
    platforms: new Map([['slack', slack]]),
  });
const papers = (...ids: string[]) => ids.map((id) => paperOf(id));
const nothing = () => {};

describe('rescoring', () => {
  it('adds scores, returns old and new ones, and reports progress', async () => {
    const progress: string[] = [];
    const done = await create()(
      channel,
      papers('1', '2'),
      { person: alice },
      (a, b) => void progress.push(`${a}/${b}`),
      signal,
    );
    expect(
      done.papers.map(({ paper, before, after }) => [
        paper.id,
        pointsOf(before)?.relevance,
        pointsOf(after)?.relevance,
      ]),
    ).toEqual([
      ['1', 8, 9],
      ['2', 3, 4],
    ]);
    expect(done.papers[0]?.after).toMatchObject({ attempt: 2, engine: 'openai' });
    expect(done.stop).toBeUndefined();
    expect(progress).toEqual(['0/2', '2/2']);
  });

  it('shows the new score in the posted message and leaves the digest as it is', async () => {
    const done = await create()(channel, papers('1', '2'), { person: alice }, nothing, signal);
    expect(done.papers.map(({ isUpdated }) => isUpdated)).toEqual([true, false]);
    expect(slack.edits).toHaveLength(1);
    const [edit] = slack.edits;
    const posted = slack.posted.find(({ messageId }) => messageId === edit?.messageId);
    expect(posted?.text).toBe('2. Title of 1');
    expect(edit?.request).toMatchObject({ key: posted?.key, thread: { messageId: 'm1' }, destination: 'slack:T1:C1' });
    const texts = edit?.request.message.blocks.map((block) =>
      block.type === 'paragraph' ? plainText(block.content) : '',
    );
    expect(texts).toContain('Rescored on 9 July: 8 + 7 → 9 + 7');
    const digest = await stores.digests.find('foundations', '2025-07-08');
    expect(digest?.entries[1]?.score).toMatchObject({ relevance: 8, attempt: 1 });
  });

  it('uses the current rubric of the channel', async () => {
    const rubric = { ...channel.rubric, hash: 'rubric-2', topics: 'others' };
    const done = await create()({ ...channel, rubric }, papers('1'), { person: alice }, nothing, signal);
    expect(done.papers[0]).toMatchObject({ before: { relevance: 8 }, after: { rubric: 'rubric-2', attempt: 1 } });
  });

  it('leaves a message alone if its score did not change', async () => {
    const edited = slack.edits.length;
    const same = scriptedScorer([[['1', 8, 7]]]);
    const done = await create(same)(channel, papers('1'), { person: alice }, nothing, signal);
    expect(done.papers).toMatchObject([{ before: { relevance: 8 }, after: { relevance: 8 }, isUpdated: false }]);
    expect(slack.edits).toHaveLength(edited);
    await create()(channel, papers('1'), { person: alice }, nothing, signal);
    expect(slack.edits).toHaveLength(edited + 1);
    // Otherwise it would still show the score in between.
    await create(same)(channel, papers('1'), { person: alice }, nothing, signal);
    expect(slack.edits).toHaveLength(edited + 2);
  });

  it('logs a message that cannot be edited, and retries temporary failures', async () => {
    slack.changeFails = (_, tries) => (tries === 1 ? remoteFailure({ status: 503 }) : undefined);
    expect((await create()(channel, papers('1'), { person: alice }, nothing, signal)).papers[0]?.isUpdated).toBe(true);
    slack.changeFails = () => remoteFailure({ retryable: false });
    const done = await create()(channel, papers('1'), { person: alice }, nothing, signal);
    expect(done.papers[0]).toMatchObject({ isUpdated: false, after: { attempt: 3 } });
  });

  it('says that the budget ended it, and counts only answered papers', async () => {
    const short = scriptedScorer([[['1', 9, 7]]], {
      stop: { kind: 'budget', reason: 'the daily budget of $1.00 is spent' },
    });
    const done = await create(short)(channel, papers('1', '2'), { person: alice }, nothing, signal);
    expect(done.stop).toBe('The daily budget of $1.00 is spent; try again tomorrow.');
    expect(done.papers.map(({ after }) => pointsOf(after)?.relevance)).toEqual([9, undefined]);
    const [record] = await stores.changes.list('foundations', 'rescore');
    expect(record).toMatchObject({ person: alice, value: { papers: 1, ids: ['1'], rubric: channel.rubric.hash } });
  });

  it('logs which digest does not include its costs', async () => {
    clock.set('2025-07-08T12:00:00Z');
    await create()(channel, papers('1'), { person: alice }, nothing, signal);
    clock.set('2025-07-09T12:00:00Z');
    await create()(channel, papers('1'), { person: alice }, nothing, signal);
    const digest = await stores.digests.find('foundations', '2025-07-08');
    const records = await stores.changes.list('foundations', 'rescore');
    expect(records).toMatchObject([{ value: { after: digest?.createdAt } }, { value: { after: null } }]);
  });

  it('waits for a run under the same rubric', async () => {
    const batches: string[] = [];
    const slow = scriptedScorer(({ papers: some }) => {
      batches.push(some.map(({ id }) => id).join());
      return [];
    });
    const rescore = create(slow);
    const lease = { name: `rubric ${channel.rubric.hash}`, expiresAt: clock.realNow() + 5_000 };
    await stores.leases.acquire({ ...lease, owner: '{"machine":"x"}' });
    await rescore(channel, papers('1'), { person: alice }, nothing, signal);
    expect(batches).toEqual(['1']);
    expect(clock.slept.length).toBeGreaterThan(5);
  });
});

describe('rescoring by a language model', () => {
  it('returns its usage, and stops at the daily budget, including earlier calls', async () => {
    const server = await startFakeOpenAi({ verdict: () => ({ relevance: 6, novelty: 5, comment: 'Again.' }) });
    const llm = (dailyBudgetUsd: number) =>
      createLlmScorer({
        client: createOpenAiClient({ baseUrl: server.url, model: 'priced' }),
        ...{ model: 'priced', batchSize: 1, concurrency: 1, dailyBudgetUsd, ledger: stores.ledger },
        ...{ prices, clock, logger: quietLogger, random: () => 0.5, dayStart: () => '2025-07-09T00:00:00.000Z' },
      });
    try {
      const first = await create(llm(1))(channel, papers('1', '2'), { person: alice }, nothing, signal);
      expect(first.papers.map(({ after }) => after?.comment)).toEqual(['Again.', 'Again.']);
      expect(first.usage.promptTokens).toBeGreaterThan(100);
      expect(first.usage.costUsd).toBeCloseTo(await stores.ledger.spent('2025-07-09T00:00:00.000Z'), 8);
      const stats = linesOf(await ask(stores, 'stats', { now: '2025-07-09T13:00:00Z' }));
      expect(stats).toContainEqual(expect.stringMatching(/^Other costs: \$0\.00(?!00)\d\d for rescoring 2 papers$/));
      const second = await create(llm(0.0001))(channel, papers('1'), { person: alice }, nothing, signal);
      expect(second).toMatchObject({ usage: { promptTokens: 0, costUsd: 0 }, papers: [{ after: undefined }] });
      expect(second.stop).toMatch(
        /^Too little of the daily budget is left for commands \(they may use \$0\.\d+ of \$0\.0001\); try again tomorrow\.$/,
      );
    } finally {
      await server.close();
    }
  });
});

describe('the limits of rescoring', () => {
  it('needs a model and a paper', async () => {
    const none = createRescore({
      ...{ stores, scorer: undefined, clock, logger: quietLogger, timezone: 'UTC', platforms: new Map() },
    });
    await expect(none(channel, papers('1'), { person: alice }, nothing, signal)).rejects.toThrow(
      /needs a language model/,
    );
    await expect(create()(channel, [], { person: alice }, nothing, signal)).rejects.toThrow(/no papers to rescore/);
  });

  it('limits the papers in one call', async () => {
    await expect(
      create(again, { perCall: 1, person: 9, address: 99 })(
        channel,
        papers('1', '2'),
        { person: alice },
        nothing,
        signal,
      ),
    ).rejects.toThrow('2 papers are too many to rescore at once. Name at most 1.');
  });

  it('limits the papers per person and day, even for two calls at once', async () => {
    const rescore = create(again, { perCall: 9, person: 3, address: 7 });
    const two = (who: string) =>
      rescore(channel, papers('1', '2'), { person: who, address: '203.0.113.9' }, nothing, signal);
    const ends = await Promise.allSettled([two(alice), two(alice), two('slack:T1:U2')]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(two(alice)).rejects.toThrow('You can rescore 3 papers a day and have 1 left. Name at most 1.');
    await rescore(channel, papers('1'), { person: alice }, nothing, signal);
    await expect(two(alice)).rejects.toThrow(/which is the limit\. Try again tomorrow\./);
    clock.set('2025-07-09T22:00:01Z');
    await two(alice);
  });

  it('limits the papers of an address, whoever asks there', async () => {
    const rescore = create(again, { perCall: 9, person: 3, address: 5 });
    const two = (who: string, address: string) =>
      rescore(channel, papers('1', '2'), { person: who, address }, nothing, signal);
    for (const who of ['1', '2']) await two(`web:local:${who}`, '203.0.113.9');
    await expect(two('web:local:3', '203.0.113.9')).rejects.toThrow(
      'People at your address can rescore 5 papers a day, and 1 is left. Try again tomorrow.',
    );
    await two('web:local:3', '203.0.113.10');
    clock.set('2025-07-09T22:00:01Z');
    await two('web:local:3', '203.0.113.9');
  });
});
