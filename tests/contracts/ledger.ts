import { beforeEach, describe, expect, test } from 'vitest';
import type { CallBooking, Stores } from '../../src/core/stores.ts';
import { rubricOf } from '../fakes/fixtures.ts';

const at = '2025-07-08T12:00:00.000Z';

/** The contract of every ledger; part of the contract of the stores. */
export const ledgerContract = (opened: () => Stores): void => {
  describe('ledger', () => {
    const call = (boundUsd: number): CallBooking => ({
      ...{ rubric: 'rubric-1', channel: 'foundations', date: '2025-07-08', model: 'gpt-test', at, boundUsd },
    });
    const tokens = { promptTokens: 100, cachedTokens: 50, completionTokens: 10 };
    const dayStart = '2025-07-08T04:00:00.000Z';
    let stores: Stores;
    beforeEach(async () => {
      stores = opened();
      await stores.scores.saveRubric(rubricOf());
    });

    test('books no call that could exceed the budget, and counts a settled call at its cost', async () => {
      const first = await stores.ledger.book(call(0.012), 0.02, dayStart);
      expect(first).toBeDefined();
      expect(await stores.ledger.book(call(0.012), 0.02, dayStart)).toBeUndefined();
      await stores.ledger.settle(first ?? 0, { ...tokens, costUsd: 0.004 }, undefined);
      expect(await stores.ledger.book(call(0.012), 0.02, dayStart)).toBeDefined();
      expect(await stores.ledger.spent(dayStart)).toBeCloseTo(0.016);
    });

    test('books no call over the budget, however many are booked at once', async () => {
      const book = (boundUsd: number, byCommand: boolean) =>
        stores.ledger.book({ ...call(boundUsd), byCommand }, 4, dayStart);
      const ids = await Promise.all(Array.from({ length: 48 }, (_, nth) => book(0.125, nth % 3 === 0)));
      expect(new Set(ids.filter((id) => id !== undefined)).size).toBe(32);
      expect(await stores.ledger.spent(dayStart)).toBe(4);
    });

    test('keeps half of the budget from commands, and none of it from digests', async () => {
      const byCommand = (boundUsd: number) => stores.ledger.book({ ...call(boundUsd), byCommand: true }, 1, dayStart);
      const first = await byCommand(0.3);
      expect(await byCommand(0.3)).toBeUndefined();
      expect(await byCommand(0.2)).toBeDefined();
      expect(await byCommand(0.01)).toBeUndefined();
      expect(await stores.ledger.book(call(0.5), 1, dayStart)).toBeDefined();
      await stores.ledger.settle(first ?? 0, { ...tokens, costUsd: 0.1 }, undefined);
      expect(await stores.ledger.book(call(0.15), 1, dayStart)).toBeDefined();
      // The commands have spent 0.3, but the digests have spent more than their half.
      expect(await byCommand(0.1)).toBeUndefined();
      expect(await byCommand(0.05)).toBeDefined();
    });

    test('counts neither a released call nor yesterday', async () => {
      const id = await stores.ledger.book(call(0.02), 0.02, dayStart);
      await stores.ledger.release(id ?? 0);
      await stores.ledger.book({ ...call(1), at: '2025-07-07T12:00:00.000Z' }, 2, '2025-07-07T04:00:00.000Z');
      expect(await stores.ledger.spent(dayStart)).toBe(0);
    });

    test('counts the tokens of the calls settled since the day began', async () => {
      expect(await stores.ledger.tokens(dayStart)).toEqual({ prompt: 0, cached: 0, completion: 0 });
      const settle = async (callAt: string) =>
        stores.ledger.settle(
          (await stores.ledger.book({ ...call(0), at: callAt }, 1, dayStart)) ?? 0,
          { ...tokens, costUsd: undefined },
          undefined,
        );
      await settle(at);
      await settle(dayStart);
      await settle('2025-07-08T03:59:59.999Z');
      await stores.ledger.book(call(0.1), 1, dayStart);
      expect(await stores.ledger.tokens(dayStart)).toEqual({ prompt: 200, cached: 100, completion: 20 });
    });

    test('sums usage by model, paying channel and price', async () => {
      const price = {
        prompt: 1,
        cachedPrompt: 0.5,
        completion: 2,
        source: 'https://example.org',
        date: '2025-07-01',
      };
      const settle = async (more: Partial<CallBooking>, costUsd: number | undefined, at: typeof price | undefined) =>
        stores.ledger.settle(
          (await stores.ledger.book({ ...call(0), ...more }, 1, dayStart)) ?? 0,
          { ...tokens, costUsd },
          at,
        );
      await settle({}, 0.25, price);
      await settle({}, 0.5, price);
      await settle({ channel: 'other' }, 0.125, { ...price, prompt: 3 });
      await settle({ model: 'unpriced' }, undefined, undefined);
      await settle({ date: '2025-07-09' }, 1, price);
      await stores.ledger.book(call(0.1), 2, dayStart);
      const twice = { promptTokens: 200, cachedTokens: 100, completionTokens: 20 };
      const foundations = { channel: 'foundations' };
      expect(await stores.ledger.models('rubric-1', '2025-07-08')).toEqual([
        { ...foundations, model: 'gpt-test', calls: 2, usage: { ...twice, costUsd: 0.75 }, price },
        { ...foundations, model: 'unpriced', calls: 1, usage: { ...tokens, costUsd: undefined }, price: undefined },
        {
          ...{ channel: 'other', model: 'gpt-test', calls: 1 },
          ...{ usage: { ...tokens, costUsd: 0.125 }, price: { ...price, prompt: 3 } },
        },
      ]);
      expect(await stores.ledger.models('rubric-2', '2025-07-08')).toEqual([]);
    });

    test('sums the usage of questions by channel and date', async () => {
      await stores.scores.saveRubric(rubricOf({ hash: 'questions', topics: '', criteria: '' }));
      const settle = async (more: Partial<CallBooking>, costUsd: number | undefined) =>
        stores.ledger.settle(
          (await stores.ledger.book({ ...call(0), ...more }, 9, dayStart)) ?? 0,
          { ...tokens, costUsd },
          undefined,
        );
      await settle({ rubric: 'questions' }, 0.25);
      await settle({ rubric: 'questions', date: '2025-07-09' }, 0.125);
      await settle({ rubric: 'questions', channel: 'other' }, 1);
      await settle({}, 1);
      await stores.ledger.book({ ...call(0.1), rubric: 'questions' }, 9, dayStart);
      expect(await stores.ledger.questions('foundations', '2025-07-08', '2025-07-08')).toEqual({
        ...tokens,
        costUsd: 0.25,
      });
      expect(await stores.ledger.questions('foundations', '2025-07-01', '2025-07-31')).toMatchObject({
        costUsd: 0.375,
      });
      expect(await stores.ledger.questions('foundations', '2025-07-01', '2025-07-07')).toMatchObject({ costUsd: 0 });
      await settle({ rubric: 'questions' }, undefined);
      expect((await stores.ledger.questions('foundations', '2025-07-08', '2025-07-08')).costUsd).toBeUndefined();
    });

    test('has no cost for a model with an unpriced call, and does not count bookings', async () => {
      const price = { prompt: 1, cachedPrompt: 0.5, completion: 2, source: 'https://example.org', date: '2025-07-01' };
      const settle = async (costUsd: number | undefined) =>
        stores.ledger.settle((await stores.ledger.book(call(0), 1, dayStart)) ?? 0, { ...tokens, costUsd }, price);
      await settle(0.5);
      await settle(undefined);
      await stores.ledger.book(call(0.1), 1, dayStart);
      const [only, ...others] = await stores.ledger.models('rubric-1', '2025-07-08');
      expect(others).toEqual([]);
      expect(only?.usage).toEqual({ promptTokens: 200, cachedTokens: 100, completionTokens: 20, costUsd: undefined });
    });
  });
};
