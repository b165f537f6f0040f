import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { HealthFailure } from '../../src/core/health.ts';
import { type Message, plainText } from '../../src/core/message.ts';
import type { Stores } from '../../src/core/stores.ts';
import { announceHealth, keepHealth, modelProbe } from '../../src/monitoring/keep-health.ts';
import { channelOf } from '../fakes/fixtures.ts';
import { quietLogger } from '../fakes/logger.ts';
import { healthOf } from '../fakes/monitoring.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const failure: HealthFailure = { reason: 'it melted', fix: 'Cool it.' };
const minutes = (count: number): number => count * 60_000;

const linesOf = ({ blocks }: Message): string[] =>
  blocks.flatMap((block) => (block.type === 'list' ? block.items.map((item) => plainText(item)) : []));

const setUp = (view: Parameters<typeof healthOf>[1] = {}) => {
  const health = healthOf(stores, view);
  const { clock } = health;
  const notices: { lines: string[]; channels: string[] }[] = [];
  const parts = {
    ...{ health, store: stores.health, clock, logger: quietLogger },
    notify: async (message: Message, channels: readonly { post: string[] }[]) => {
      notices.push({ lines: linesOf(message), channels: channels.flatMap(({ post }) => post) });
    },
  };
  return { health, clock, notices, parts, announce: () => announceHealth(parts) };
};

describe('announcing outages', () => {
  it('tells people once that something fails and once that it works again', async () => {
    const { health, clock, notices, announce } = setUp();
    await health.failed('listening slack', failure);
    await announce();
    expect(notices).toEqual([]);
    await clock.sleep(minutes(15));
    await health.failed('listening slack', failure);
    for (const _ of [1, 2]) await announce();
    expect(notices.map(({ lines }) => lines)).toEqual([['Slack delivers no commands or votes: it melted. Cool it.']]);
    await clock.sleep(minutes(45));
    await health.worked('listening slack');
    for (const _ of [1, 2]) await announce();
    expect(notices.slice(1).map(({ lines }) => lines)).toEqual([['Listening on Slack works again, after 60 minutes.']]);
  });

  it('says nothing about an outage that is over soon', async () => {
    const { health, clock, notices, announce } = setUp();
    await health.failed('arxiv', failure);
    await clock.sleep(minutes(5));
    await health.worked('arxiv');
    await clock.sleep(minutes(30));
    await announce();
    expect(notices).toEqual([]);
  });

  it('says it once also after a restart and from two processes', async () => {
    const first = setUp();
    await first.health.failed('arxiv', failure);
    await first.clock.sleep(minutes(20));
    const second = setUp({ clock: first.clock });
    await Promise.all([first.announce(), second.announce()]);
    expect([...first.notices, ...second.notices]).toHaveLength(1);
    await setUp({ clock: first.clock }).announce();
    expect([...first.notices, ...second.notices]).toHaveLength(1);
  });

  it('puts outages at the same time into one message, for the channels that they are about', async () => {
    const channels = () => [
      channelOf({ name: 'gears', post: ['slack:C1'] }),
      channelOf({ name: 'levers', post: ['discord:1'] }),
    ];
    const { health, clock, notices, announce } = setUp({ view: { channels } });
    await health.failed('platform slack', failure);
    await health.failed('channel gears', failure);
    await clock.sleep(minutes(20));
    await announce();
    expect(notices).toEqual([{ lines: [expect.any(String), expect.any(String)], channels: ['slack:C1'] }]);
  });

  it('sends no message about a run that fails for a reason that was announced', async () => {
    const channels = () => [channelOf({ name: 'gears', post: ['slack:C1'] })];
    const { health, clock, notices, announce } = setUp({ view: { channels } });
    const unreached = { reason: 'Cannot reach arXiv: connection refused. Check the network.', fix: 'Run doctor.' };
    await health.failed('arxiv', unreached);
    await clock.sleep(minutes(15));
    await announce();
    await health.failed('channel gears', unreached);
    await clock.sleep(minutes(20));
    await announce();
    expect(notices).toHaveLength(1);
    await health.worked('arxiv');
    await announce();
    expect(notices.slice(1).map(({ lines }) => lines)).toEqual([
      [expect.stringMatching(/^The last run of gears is not complete/)],
      ['arXiv works again, after 35 minutes.'],
    ]);
  });

  it('does not mention an author index that fails', async () => {
    const channels = () => [channelOf({ minHIndex: 3 })];
    const { health, clock, notices, announce } = setUp({ view: { channels } });
    await health.failed('authors', failure);
    await clock.sleep(minutes(60));
    await announce();
    expect(notices).toEqual([]);
  });
});

describe('keeping watch', () => {
  it('runs each probe at its pace, reports what it finds, and goes on after one breaks', async () => {
    const { health, clock, parts } = setUp();
    const stop = new AbortController();
    const results = [{ name: 'scorer', ok: false, detail: 'it has no such model', fix: 'choose another' }];
    let tests = 0;
    const probes = [
      {
        subject: 'database' as const,
        everyMs: 1,
        test: async () => {
          throw new Error('a bug');
        },
      },
      modelProbe(async () => {
        tests += 1;
        return results.shift() ?? { name: 'scorer', ok: true, detail: 'fine' };
      }),
    ];
    const reasons: string[] = [];
    const sleep: typeof clock.sleep = async (ms, signal) => {
      reasons.push((await health.problems()).map(({ text }) => text).join());
      if (reasons.length > 61) stop.abort();
      return clock.sleep(ms, signal);
    };
    await keepHealth({ ...parts, clock: { ...clock, sleep }, probes }, stop.signal);
    expect(tests).toBe(2);
    expect(reasons[0]).toBe('The language model cannot be used: it has no such model.');
    expect(reasons.at(-1)).toBe('');
  });
});
