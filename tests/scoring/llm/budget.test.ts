import { describe, expect, test } from 'vitest';
import { callBoundUsd, completionBound, promptBound } from '../../../src/scoring/llm/budget.ts';
import { promptMessages, systemPrompt } from '../../../src/scoring/llm/prompt.ts';
import { collect, papersOf, prices, rubric, scorerFor, startServer, taskOf } from './setup.ts';

const price = prices.of('priced');
const dayStart = '2024-01-08T00:00:00.000Z';

describe('the upper bound of a call', () => {
  const system = systemPrompt(rubric);

  test('holds even if each byte of a paper is a token', () => {
    const papers = papersOf(3).map((paper) => ({ ...paper, abstract: '∮ξ→😀'.repeat(200) }));
    for (const form of ['schema', 'lines'] as const) {
      const [, user] = promptMessages(rubric, papers, form);
      expect(promptBound(rubric, papers)).toBeGreaterThan(Buffer.byteLength(user?.content ?? '') + system.length / 3);
    }
  });

  test('is the price of the uncached prompt and the longest completion', () => {
    const papers = papersOf(2);
    const millionths = promptBound(rubric, papers) * 1 + completionBound(2, 4) * 4;
    expect(callBoundUsd(rubric, papers, 4, price)).toBeCloseTo(millionths / 1e6, 12);
  });

  test('is 0 if the price is unknown', () => {
    expect(callBoundUsd(rubric, papersOf(2), 1, undefined)).toBe(0);
  });
});

describe('the budget', () => {
  test.each([
    [0.03, 1],
    [0.03, 4],
    [0.1, 4],
    [0.25, 8],
  ])(
    'of $%d is never exceeded by %i parallel calls, bookings included, and is mostly used',
    async (budget, concurrency) => {
      const server = await startServer({ latencyMs: 1 });
      const { scorer, ledger } = scorerFor(server.url, {
        model: 'priced',
        batchSize: 6,
        concurrency,
        dailyBudgetUsd: budget,
      });
      const { verdicts, stop } = await collect(scorer, taskOf(papersOf(2000)));
      expect(stop).toMatchObject({
        kind: 'budget',
        reason: expect.stringMatching(/^the daily budget of \$0\.\d+ is spent$/),
      });
      expect(ledger.highest()).toBeLessThanOrEqual(budget);
      const spent = await ledger.spent(dayStart);
      expect(spent).toBeLessThanOrEqual(budget);
      expect(spent).toBeGreaterThan(budget - 0.006);
      expect(verdicts.length).toBeGreaterThan(15);
      expect(verdicts.length).toBeLessThan(2000);
    },
  );

  test('that is too small for a batch leads to smaller batches', async () => {
    const server = await startServer();
    const bound = callBoundUsd(rubric, papersOf(3), 1, price);
    const { scorer } = scorerFor(server.url, {
      model: 'priced',
      batchSize: 12,
      concurrency: 1,
      dailyBudgetUsd: bound * 1.01,
    });
    const { stop } = await collect(scorer, taskOf(papersOf(12)));
    expect(server.requests[0]?.ids).toEqual(papersOf(3).map(({ id }) => id));
    expect(stop?.kind).toBe('budget');
  });

  test('of 0 allows no call', async () => {
    const server = await startServer();
    const { stop } = await collect(
      scorerFor(server.url, { model: 'priced', dailyBudgetUsd: 0 }).scorer,
      taskOf(papersOf(4)),
    );
    expect(stop).toMatchObject({ kind: 'budget', reason: 'the daily budget of $0.00 is spent' });
    expect(server.requests).toHaveLength(0);
  });

  test('includes the cost of other calls of the day, but not of the day before', async () => {
    const server = await startServer();
    const { scorer, ledger } = scorerFor(server.url, { model: 'priced', dailyBudgetUsd: 1 });
    const call = { rubric: 'r', channel: 'other', date: '2024-01-08', model: 'priced', boundUsd: 0.99 };
    await ledger.book({ ...call, at: '2024-01-07T23:00:00.000Z' }, 1, '');
    expect((await collect(scorer, taskOf(papersOf(8)))).stop).toBeUndefined();
    await ledger.book({ ...call, at: '2024-01-08T01:00:00.000Z' }, 10, '');
    expect((await collect(scorer, taskOf(papersOf(80)))).stop?.kind).toBe('budget');
    expect(await ledger.spent(dayStart)).toBeLessThanOrEqual(1);
  });

  test('does not limit a model with an unknown price, whose cost stays undefined', async () => {
    const server = await startServer();
    const { scorer, ledger } = scorerFor(server.url, { dailyBudgetUsd: 0 });
    expect((await collect(scorer, taskOf(papersOf(8)))).ids).toHaveLength(8);
    const usage = await ledger.usage('gears', '2024-01-08');
    expect(usage.costUsd).toBeUndefined();
    expect(usage.promptTokens).toBeGreaterThan(0);
  });
});

describe('the ledger', () => {
  test('has the real tokens and cost of each call', async () => {
    const server = await startServer();
    const { scorer, ledger } = scorerFor(server.url, { model: 'priced', concurrency: 1 });
    await collect(scorer, taskOf(papersOf(8)));
    const { promptTokens, cachedTokens, completionTokens, costUsd } = await ledger.usage('gears', '2024-01-08');
    expect(cachedTokens).toBeGreaterThan(0);
    expect(costUsd).toBeCloseTo((promptTokens - cachedTokens + cachedTokens * 0.5 + completionTokens * 4) / 1e6, 12);
    expect([...ledger.entries.values()][0]?.call).toMatchObject({
      channel: 'gears',
      date: '2024-01-08',
      rubric: rubric.hash,
    });
  });

  test.each([
    ['drops a refused call', { kind: 'status', status: 429 } as const, 0],
    ['keeps a call that may have been charged', { kind: 'reset' } as const, 1],
    ['keeps a call without token counts', { kind: 'noUsage' } as const, 1],
  ])('%s', async (_, fault, kept) => {
    const server = await startServer({ fault: (call) => (call === 0 ? fault : undefined) });
    const { scorer, ledger } = scorerFor(server.url, { model: 'priced', concurrency: 1 });
    await collect(scorer, taskOf(papersOf(8)));
    expect([...ledger.entries.values()].filter(({ usage }) => usage === undefined)).toHaveLength(kept);
  });
});
