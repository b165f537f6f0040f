import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createActivity } from '../../src/daily/record.ts';
import { type HealthParts, readHealth } from '../../src/monitoring/health.ts';
import { healthOf, pastRun, storeDigest } from '../fakes/monitoring.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const partsOf = (more: Partial<HealthParts> = {}): HealthParts => ({
  channels: [{ name: 'foundations' }],
  stores,
  activity: createActivity(),
  platforms: new Map(),
  connected: new Map(),
  outages: new Map(),
  deaf: new Map(),
  health: healthOf(stores),
  isStarted: () => true,
  version: '1.2.3',
  now: () => new Date('2025-07-09T12:00:00Z'),
  ...more,
});

describe('health', () => {
  it('has no run, digest or plan at the first start', async () => {
    expect(await readHealth(partsOf({ isStarted: () => false }))).toEqual({
      status: 'starting',
      version: '1.2.3',
      time: '2025-07-09T12:00:00.000Z',
      channels: [
        {
          ...{ channel: 'foundations', paused: false, phase: 'idle', scored: 0, toScore: 0 },
          ...{ lastRun: null, lastSuccess: null, newestDigest: null, nextRun: null },
        },
      ],
      platforms: [],
      checks: [],
    });
  });

  it("shows each channel's last run, last success, newest digest and next run", async () => {
    await storeDigest(stores, '2507.00001');
    await stores.runs.add(pastRun('2025-07-08T13:02:00.000Z'));
    const reasons = ['slack:C1: the bot is not in the channel'];
    await stores.runs.add(pastRun('2025-07-09T11:00:00.000Z', { status: 'failed', date: undefined, reasons }));
    const activity = createActivity();
    activity.next('foundations', new Date('2025-07-09T13:00:00Z'));
    activity.began('other');
    activity.progress('other', 24, 120);
    const channels = [{ name: 'foundations' }, { name: 'other', isPaused: true }];
    const health = await readHealth(partsOf({ activity, channels }));
    expect(health.status).toBe('ready');
    expect(health.channels).toEqual([
      {
        ...{ channel: 'foundations', paused: false, phase: 'idle', scored: 0, toScore: 0 },
        lastRun: { at: '2025-07-09T11:00:00.000Z', status: 'failed', date: null, reasons },
        lastSuccess: { at: '2025-07-08T13:02:00.000Z', date: '2025-07-08' },
        newestDigest: '2025-07-08',
        nextRun: '2025-07-09T13:00:00.000Z',
      },
      {
        ...{ channel: 'other', paused: true, phase: 'scoring', scored: 24, toScore: 120 },
        ...{ lastRun: null, lastSuccess: null, newestDigest: null, nextRun: null },
      },
    ]);
  });

  it('shows that the language model failed', async () => {
    const failure = { model: 'gpt-test', papers: 12, reason: 'the key was rejected' };
    const fallback = { ...failure, kind: 'refused', remedy: 'Check the key.' } as const;
    await storeDigest(stores, '2507.00001', { fallback });
    expect((await readHealth(partsOf())).channels[0]).toMatchObject({ fallback: failure });
  });

  it('shows which platforms are not connected and why, without past outages', async () => {
    const health = await readHealth(
      partsOf({
        platforms: new Map([...['slack', 'discord', 'web'].map((name) => [name, {}] as const)]),
        connected: new Map([['slack', {}]]),
        outages: new Map([
          ['slack', 'was out of reach'],
          ['discord', 'the token is refused'],
        ]),
      }),
    );
    expect(health.platforms).toEqual([
      { platform: 'slack', connected: true },
      { platform: 'discord', connected: false, reason: 'the token is refused' },
      { platform: 'web', connected: false },
    ]);
    expect(health.status).toBe('ready');
  });

  it('shows that a platform that delivers no commands is not connected, and why', async () => {
    const health = await readHealth(
      partsOf({
        platforms: new Map([['slack', {}]]),
        connected: new Map([['slack', {}]]),
        deaf: new Map([['slack', 'Slack rejects SLACK_APP_TOKEN.']]),
      }),
    );
    expect(health.platforms).toEqual([
      { platform: 'slack', connected: false, reason: 'Slack rejects SLACK_APP_TOKEN.' },
    ]);
  });

  it('lists what was reported, with what to do about a failure', async () => {
    const health = healthOf(stores);
    await health.worked('arxiv');
    await health.failed('scoring', { reason: 'it is slow', fix: 'Wait.' });
    await health.clock.sleep(60_000);
    await health.failed('scoring', { reason: 'it is gone', fix: 'Call it.' });
    expect((await readHealth(partsOf({ health }))).checks).toEqual([
      {
        ...{ name: 'arxiv', ok: true, lastSuccess: '2025-07-08T13:00:00.000Z', lastFailure: null },
        ...{ since: null, reason: null, fix: null },
      },
      {
        ...{ name: 'scoring', ok: false, lastSuccess: null, lastFailure: '2025-07-08T13:01:00.000Z' },
        ...{ since: '2025-07-08T13:00:00.000Z', reason: 'it is gone', fix: 'Call it.' },
      },
    ]);
  });

  it('is as in docs/monitoring.md', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/monitoring.md'), 'utf8');
    const [shown = ''] = /^ {4}\{\n[\s\S]*?^ {4}\}$/m.exec(page) ?? [];
    await storeDigest(stores, '2507.00001');
    await stores.runs.add(pastRun('2025-07-08T13:02:11.000Z'));
    const activity = createActivity();
    activity.next('foundations', new Date('2025-07-09T13:00:00Z'));
    const model = healthOf(stores);
    const fix = 'Type npm run -s paperboy -- doctor on the machine that runs Paperboy.';
    await model.failed('platform discord', { reason: 'Discord refuses the token.', fix });
    const health = await readHealth(
      partsOf({
        activity,
        health: model,
        platforms: new Map([
          ['slack', {}],
          ['discord', {}],
        ]),
        connected: new Map([['slack', {}]]),
        outages: new Map([['discord', 'Discord refuses the token.']]),
        version: '0.1.0',
        now: () => new Date('2025-07-08T15:00:00Z'),
      }),
    );
    expect(JSON.parse(shown)).toEqual(health);
  });

  it('throws an error of the database', async () => {
    const closed = openStores(':memory:');
    closed.close();
    await expect(readHealth(partsOf({ stores: closed }))).rejects.toThrow();
  });
});
