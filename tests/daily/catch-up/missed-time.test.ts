import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { ChannelOrigin } from '../../../src/core/channel.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { missedTheirTime } from '../../../src/daily/catch-up/missed.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { channelOf, digestOf, paperOf } from '../../fakes/fixtures.ts';

/** Weekdays at nine in New York, which is 13:00 in UTC. */
const channel = channelOf({ schedule: '0 9 * * 1-5', timezone: 'America/New_York' });

let stores: Stores;
const statements: unknown[] = [];
beforeEach(() => {
  stores = openStores(':memory:', { onStatement: (sql) => statements.push(sql) });
});
afterEach(() => stores.close());

const missedAt = async (now: string, madeAt?: string): Promise<boolean> => {
  const origin: ChannelOrigin | undefined =
    madeAt === undefined ? undefined : { changeId: 1, by: 'slack:T1:U1', at: madeAt };
  const parts = { stores, channels: { origin: () => origin }, clock: { now: () => new Date(now) } };
  return (await missedTheirTime([channel], parts)).length > 0;
};

it('runs a channel of the file without a digest at once', async () => {
  expect(await missedAt('2025-07-08T15:00:00Z')).toBe(true);
});

it('runs a channel at once if its time has passed since its newest digest', async () => {
  // Made at 13:00 on 8 July.
  await saveDigest(stores, [paperOf('2507.00001')]);
  expect(await missedAt('2025-07-09T12:00:00Z')).toBe(false);
  expect(await missedAt('2025-07-09T14:00:00Z')).toBe(true);
});

it('waits for the first time of a channel created in chat, even if one of its name had digests', async () => {
  const made = '2025-07-10T15:00:00.000Z';
  expect(await missedAt('2025-07-10T16:00:00Z', made)).toBe(false);
  expect(await missedAt('2025-07-11T14:00:00Z', made)).toBe(true);
  await saveDigest(stores, [paperOf('2507.00001')]);
  expect(await missedAt('2025-07-10T16:00:00Z', made)).toBe(false);
  expect(await missedAt('2025-07-11T14:00:00Z', made)).toBe(true);
});

it('waits for the first time of a channel whose set-up only showed a preview', async () => {
  const setUp = { at: '2025-07-10T15:00:00.000Z', person: 'web:local:alice', channel: channel.name } as const;
  await stores.changes.add({ ...setUp, action: 'postpone', value: {} });
  expect(await missedAt('2025-07-10T16:00:00Z')).toBe(false);
  expect(await missedAt('2025-07-11T14:00:00Z')).toBe(true);
});

it('runs a channel at once if messages of its newest digest are unsent, but not for those of earlier ones', async () => {
  const old = await saveDigest(stores, [paperOf('2507.00001')], { date: '2025-07-07' });
  await stores.outbox.enqueue(old, ['web']);
  expect(await missedAt('2025-07-08T14:00:00Z')).toBe(true);
  const later = '2025-07-08T13:30:00.000Z';
  await stores.digests.create(digestOf([], { date: '2025-07-08' }), later, []);
  expect(await missedAt('2025-07-08T14:00:00Z')).toBe(false);
});

it('takes three statements, however many channels there are', async () => {
  const channels = Array.from({ length: 30 }, (_, at) => channelOf({ name: `channel-${at}` }));
  for (const { name } of channels.slice(0, 2)) await saveDigest(stores, [paperOf('2507.00001')], { channel: name });
  statements.length = 0;
  const parts = {
    stores,
    channels: { origin: () => undefined },
    clock: { now: () => new Date('2025-07-08T12:00:00Z') },
  };
  expect(await missedTheirTime(channels, parts)).toEqual(channels.slice(2));
  expect(statements).toHaveLength(3);
});
