import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { channelOf } from '../fakes/fixtures.ts';
import { healthOf } from '../fakes/monitoring.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const failure = { reason: 'the disk melted', fix: 'Buy another' };
const textsOf = (problems: readonly { text: string }[]) => problems.map(({ text }) => text);

describe('the health model', () => {
  it('is the same after a restart', async () => {
    const before = healthOf(stores);
    await before.failed('arxiv', failure);
    await before.clock.sleep(60_000);
    await before.failed('arxiv', failure);
    expect(await healthOf(stores).problems()).toEqual([
      {
        subject: 'arxiv',
        text: 'arXiv cannot be read: the disk melted.',
        fix: 'Buy another.',
        since: '2025-07-08T13:00:00.000Z',
      },
    ]);
  });

  it('forgets a problem once the remote works', async () => {
    const health = healthOf(stores);
    await health.failed('scoring', failure);
    await health.worked('scoring');
    expect(await health.problems()).toEqual([]);
  });

  it('lists the worst first, by the names that people know', async () => {
    const health = healthOf(stores);
    for (const subject of ['scoring', 'channel foundations', 'listening discord', 'platform slack'] as const)
      await health.failed(subject, failure);
    expect(textsOf(await health.problems())).toEqual([
      'Slack is not connected: the disk melted.',
      'Discord delivers no commands or votes: the disk melted.',
      'The last run of foundations is not complete: the disk melted.',
      'The built-in scorer is used, because the language model fails: the disk melted.',
    ]);
  });

  it('shows an unreached remote once, in its own words', async () => {
    const reason = 'Cannot reach arXiv: arxiv.org was not found. Check the network.';
    const health = healthOf(stores);
    for (const subject of ['channel foundations', 'arxiv'] as const)
      await health.failed(subject, { reason, fix: 'Wait' });
    expect(textsOf(await health.problems())).toEqual([reason]);
    await health.worked('arxiv');
    expect(textsOf(await health.problems())).toEqual([`The last run of foundations is not complete. ${reason}`]);
  });

  it('shows a channel only what it needs', async () => {
    const channels = () => [
      channelOf({ name: 'gears', post: ['slack:C1'] }),
      channelOf({ name: 'levers', post: ['discord:1'], minHIndex: 10 }),
    ];
    const health = healthOf(stores, { view: { channels } });
    for (const subject of ['channel gears', 'platform slack', 'listening discord', 'authors', 'model'] as const)
      await health.failed(subject, failure);
    const subjectsOf = async (channel: string) => (await health.problems(channel)).map(({ subject }) => subject);
    expect(await subjectsOf('gears')).toEqual(['platform slack', 'channel gears', 'model']);
    expect(await subjectsOf('levers')).toEqual(['listening discord', 'model', 'authors']);
  });

  it('leaves out what is no longer used and the runs of paused channels', async () => {
    const channels = () => [channelOf({ name: 'gears', post: ['web:gears'], isPaused: true })];
    const health = healthOf(stores, { view: { channels, platforms: () => ['web'], hasModel: false } });
    for (const subject of ['channel gears', 'channel gone', 'platform slack', 'model', 'scoring', 'authors'] as const)
      await health.failed(subject, failure);
    expect(await health.list()).toEqual([]);
  });

  it('mentions backups only if there are any', async () => {
    await healthOf(stores).failed('backup', failure);
    expect(textsOf(await healthOf(stores).problems())).toEqual([
      'The last backup of the database failed: the disk melted.',
    ]);
    expect(await healthOf(stores, { view: { hasBackups: false } }).problems()).toEqual([]);
  });

  it('keeps reports that cannot be stored, and says that the database fails until it can store again', async () => {
    let isFull = true;
    const full = async (): Promise<never> => {
      throw new Error('disk full');
    };
    const store = { ...stores.health };
    const health = healthOf({
      health: {
        ...store,
        worked: (...args) => (isFull ? full() : store.worked(...args)),
        failed: (...args) => (isFull ? full() : store.failed(...args)),
      },
    });
    await health.failed('channel foundations', failure);
    expect(textsOf(await health.problems())).toEqual([
      'The database does not work: disk full.',
      'The last run of foundations is not complete: the disk melted.',
    ]);
    isFull = false;
    await health.worked('channel foundations');
    expect(await health.problems()).toEqual([]);
  });

  it('says that the database fails if it cannot be read', async () => {
    const closed = openStores(':memory:');
    closed.close();
    expect(await healthOf(closed).problems()).toMatchObject([{ subject: 'database' }]);
  });
});
