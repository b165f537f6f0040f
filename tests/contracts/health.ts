import { beforeEach, describe, expect, test } from 'vitest';
import type { HealthStore } from '../../src/core/health.ts';
import type { Stores } from '../../src/core/stores.ts';

const [nine, ten, eleven] = ['09', '10', '11'].map((hour) => `2025-07-08T${hour}:00:00.000Z`) as [
  string,
  string,
  string,
];
const slow = { reason: 'it is slow', fix: 'Wait.' };
const gone = { reason: "'; DROP TABLE health; -- 🙂", fix: 'Call it.' };

/** The contract of every health store; part of the contract of the stores. */
export const healthContract = (opened: () => Stores): void => {
  describe('health', () => {
    let health: HealthStore;
    beforeEach(() => {
      health = opened().health;
    });

    test('has no record before the first report', async () => {
      expect(await health.list()).toEqual([]);
    });

    test('keeps the beginning of an outage and its newest reason', async () => {
      await health.failed('arxiv', slow, nine);
      await health.failed('arxiv', gone, ten);
      expect(await health.list()).toEqual([
        {
          ...{ subject: 'arxiv', lastSuccess: undefined, lastFailure: { ...gone, at: ten } },
          ...{ failingSince: nine, announcedSince: undefined },
        },
      ]);
    });

    test('ends the outage with a success, and keeps the last failure', async () => {
      await health.worked('channel foundations', nine);
      await health.failed('channel foundations', slow, ten);
      await health.worked('channel foundations', eleven);
      expect(await health.list()).toEqual([
        {
          ...{ subject: 'channel foundations', lastSuccess: eleven, lastFailure: { ...slow, at: ten } },
          ...{ failingSince: undefined, announcedSince: undefined },
        },
      ]);
      await health.failed('channel foundations', gone, eleven);
      expect(await health.list()).toMatchObject([{ failingSince: eleven }]);
    });

    test('lists subjects by name', async () => {
      for (const subject of ['platform slack', 'arxiv', 'listening slack'] as const) await health.worked(subject, nine);
      expect((await health.list()).map(({ subject }) => subject)).toEqual([
        'arxiv',
        'listening slack',
        'platform slack',
      ]);
    });

    test('lets one caller announce a beginning and an end', async () => {
      await Promise.all(Array.from({ length: 16 }, () => health.failed('model', slow, nine)));
      const announced = await Promise.all(Array.from({ length: 16 }, () => health.announce('model', undefined, nine)));
      expect(announced.filter((isFirst) => isFirst)).toHaveLength(1);
      expect(await health.announce('model', undefined, nine)).toBe(false);
      await health.worked('model', ten);
      expect(await health.list()).toMatchObject([{ announcedSince: nine, failingSince: undefined }]);
      expect(await health.announce('model', nine, undefined)).toBe(true);
      expect(await health.announce('model', nine, undefined)).toBe(false);
      expect(await health.announce('scoring', undefined, nine)).toBe(false);
    });
  });
};
