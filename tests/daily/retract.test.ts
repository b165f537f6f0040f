import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { remedyChannel } from '../../src/daily/catch-up/remedy.ts';
import { createRetract } from '../../src/daily/retract.ts';
import { createDeliver, runChannel } from '../../src/daily/run.ts';
import {
  announcementOf,
  evenScorer,
  remoteFailure,
  type ScriptedPlatform,
  scriptedPlatform,
  scriptedSource,
} from '../fakes/daily.ts';
import { channelOf } from '../fakes/fixtures.ts';
import { quietLogger } from '../fakes/logger.ts';
import { runPartsOf } from '../fakes/run.ts';

const signal = new AbortController().signal;
const tuesday = '2025-07-08';
const channel = channelOf({ post: ['slack:C1', 'discord:D1'], categories: ['cs.LG'] });

let stores: Stores;
let slack: ScriptedPlatform;
let discord: ScriptedPlatform;
beforeEach(() => {
  stores = openStores(':memory:');
  slack = scriptedPlatform();
  discord = scriptedPlatform('discord');
});
afterEach(() => stores.close());

const announcements = {
  tuesday: announcementOf('cs.LG', tuesday, ['1', '2']),
  wednesday: announcementOf('cs.LG', '2025-07-09', ['3']),
};
const partsAt = (now: string, newest = announcements.tuesday) =>
  runPartsOf(now, {
    stores,
    source: scriptedSource({ newest: { 'cs.LG': newest }, on: { 'cs.LG 2025-07-08': announcements.tuesday } }),
    scorers: [evenScorer(9, 9)],
    platforms: [slack, discord],
  });
const onTuesday = () => partsAt('2025-07-08T13:00:00Z');
const onWednesday = () => partsAt('2025-07-09T13:00:00Z', announcements.wednesday);
const run = (parts = onTuesday(), options = {}) => runChannel(channel, options, parts, signal);
const retract = (date = tuesday, platforms = [slack, discord]) => {
  const { clock } = onTuesday();
  const connected = new Map(platforms.map((platform) => [platform.name, platform]));
  return createRetract({ stores, clock, platforms: connected, logger: quietLogger })(
    channel,
    date,
    signal,
    'slack:T1:U1',
  );
};

describe('retracting a digest', () => {
  it('removes the messages at every destination, the header last, and the digest', async () => {
    await run();
    expect(await retract()).toBe(6);
    expect(slack.removed).toEqual(['m3', 'm2', 'm1']);
    expect(discord.posted).toEqual([]);
    expect(await stores.digests.find('foundations', tuesday)).toBeUndefined();
    const [record] = await stores.changes.list('foundations', 'retract');
    expect(record).toMatchObject({ person: 'slack:T1:U1', value: { date: tuesday, messages: 6, rubric: 'rubric-1' } });
    expect(record?.value).toMatchObject({ createdAt: expect.stringMatching(/^2025-07-08T13:00:0/), costUsd: 0 });
  });

  it('reports what could not be removed, keeps the digest, and continues at the next attempt', async () => {
    await run();
    discord.changeFails = (id) =>
      id === 'm2' ? remoteFailure({ message: 'no permission', retryable: false }) : undefined;
    await expect(retract()).rejects.toThrow(
      '4 messages were removed, but not 2 messages in discord:D1 (no permission). The digest stays. Fix that, then type /arxiv retract 2025-07-08 again',
    );
    expect(await stores.digests.find('foundations', tuesday)).toBeDefined();
    expect(await stores.changes.list('foundations', 'retract')).toEqual([]);
    discord.changeFails = () => undefined;
    await retract();
    expect(await stores.digests.find('foundations', tuesday)).toBeUndefined();
    expect(discord.posted).toEqual([]);
  });

  it('keeps the digest if a platform is not connected', async () => {
    await run();
    await expect(retract(tuesday, [slack])).rejects.toThrow(/discord is not connected/);
    expect(await stores.digests.find('foundations', tuesday)).toBeDefined();
  });

  it('retries temporary failures, and finds a message whose sending was interrupted', async () => {
    await run();
    const digest = await stores.digests.find('foundations', tuesday);
    const [, first] = await stores.outbox.list(digest?.digestId ?? 0, 'slack:T1:C1');
    await stores.outbox.sending(first?.deliveryId ?? 0, 1);
    slack.changeFails = (_, tries) => (tries === 1 ? remoteFailure({ status: 503 }) : undefined);
    slack.finds.length = 0;
    expect(await retract()).toBe(6);
    expect(slack.finds).toHaveLength(1);
    expect(slack.posted).toEqual([]);
  });

  it('says that a date has no digest', async () => {
    await expect(retract('2025-07-07')).rejects.toThrow(
      'foundations has no digest for Monday, 7 July 2025. Enter another date.',
    );
  });
});

describe('a retracted digest', () => {
  beforeEach(async () => {
    await run();
    await retract();
    slack.sends = [];
  });

  it('is not remade as the newest or as a missed one', async () => {
    expect(await run()).toMatchObject({ status: 'nothing-new', date: tuesday, sent: 0 });
    expect(await run(onWednesday())).toMatchObject({ status: 'posted', date: '2025-07-09', sent: 1, earlier: [] });
    expect(await stores.digests.find('foundations', tuesday)).toBeUndefined();
  });

  it('is remade by a run of its date', async () => {
    expect(await run(onTuesday(), { date: tuesday })).toMatchObject({ status: 'posted', sent: 2 });
    expect(await run()).toMatchObject({ status: 'nothing-new' });
    expect(slack.posted).toHaveLength(3);
  });

  it('is remade by a remedial run', async () => {
    const results: string[] = [];
    await remedyChannel(channel, [tuesday], onTuesday(), ({ status }) => results.push(status), signal);
    expect(results).toEqual(['posted']);
  });

  it('is remade by the digest command', async () => {
    const deliver = createDeliver({ runParts: async () => onTuesday() });
    expect(await deliver(channel, tuesday, signal, 'slack:T1:U2')).toBe(2);
    expect(await deliver(channel, tuesday, signal)).toBe(0);
    expect(await stores.changes.list('foundations', 'anew')).toMatchObject([
      { person: 'slack:T1:U2', value: { date: tuesday } },
    ]);
  });

  it('is logged as remade each time, with the person', async () => {
    await run(onTuesday(), { date: tuesday });
    await retract();
    await run(onTuesday(), { date: tuesday, dryRun: true });
    await remedyChannel(channel, [tuesday], onTuesday(), () => {}, signal);
    const records = await stores.changes.list('foundations');
    expect(records.map(({ action }) => action)).toEqual(['retract', 'anew', 'retract', 'anew']);
  });
});

describe('sending the rest of a digest', () => {
  const deliver = (one = channel) => createDeliver({ runParts: async () => onTuesday() })(one, tuesday, signal);

  it('sends to a destination that was out of reach, and to a new one', async () => {
    slack.outcome = () => remoteFailure({ retryable: false });
    await run();
    slack.outcome = () => 'arrives';
    expect(await deliver()).toBe(2);
    expect(slack.posted).toHaveLength(3);
    await deliver({ ...channel, post: ['slack:C1', 'slack:C2'] });
    expect(slack.posted.filter(({ destination }) => destination === 'slack:T1:C2')).toHaveLength(3);
  });

  it('says what still fails, or that there is no digest', async () => {
    await expect(deliver()).rejects.toThrow(
      /has no digest for Tuesday, 8 July 2025\. Your Paperboy admin can make it: run --date 2025-07-08/,
    );
    slack.outcome = () => remoteFailure({ message: 'the channel is archived', retryable: false });
    await run();
    await expect(deliver()).rejects.toThrow('Some messages could not be sent: slack:C1: the channel is archived.');
  });
});
