import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { App } from '../../src/app.ts';
import {
  dueUpdateNotes,
  keepUpdateNotes,
  recentUpdateNotes,
  sendUpdateNotes,
} from '../../src/cli/send-update-notes.ts';
import { updateNotes } from '../../src/cli/update-notes.ts';
import { ExternalError } from '../../src/core/errors.ts';
import { type Message, plainText } from '../../src/core/message.ts';
import type { Stores } from '../../src/core/stores.ts';
import type { UpdateNote } from '../../src/core/update-notes.ts';
import { registryOf } from '../fakes/channels.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { scriptedPlatform } from '../fakes/daily.ts';
import { channelOf } from '../fakes/fixtures.ts';
import { keepingLogger } from '../fakes/logger.ts';
import { storeDigest } from '../fakes/monitoring.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the update notes', () => {
  it('name versions of CHANGELOG.md, oldest first', () => {
    const newestFirst = [...read('CHANGELOG.md').matchAll(/^## \[([^\]]+)\]/gm)].map(([, version = '']) => version);
    const places = updateNotes.map(({ version }) => newestFirst.indexOf(version));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => b - a));
  });

  it('have ids of their own, and name only settings that exist', () => {
    expect(new Set(updateNotes.map(({ id }) => id)).size).toBe(updateNotes.length);
    const keys = updateNotes.flatMap(({ text }) => text.match(/\b[a-z]+\.[a-z]+[A-Z]?\w*\b/g) ?? []);
    expect(keys).toContain('scorer.dailyBudgetUsd');
    const documented = read('docs/configuration.md');
    for (const key of keys.filter((one) => !one.startsWith('manifest'))) expect(documented).toContain(`${key}\``);
  });
});

const signal = new AbortController().signal;
const notes: UpdateNote[] = [
  { id: 'one', version: '1.1.0', text: 'Gears turn left.' },
  { id: 'two', version: '1.2.0', needs: 'language model', text: 'The model reads less.' },
  { id: 'three', version: '1.3.0', text: 'Gears turn right again.' },
];
const [first] = notes;

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const linesOf = ({ blocks }: Message): string[] =>
  blocks.flatMap((block) => (block.type === 'list' ? block.items.map((item) => plainText(item)) : []));

/** The parts of the app that send notes, on Slack with one admin and one channel. */
const setUp = (more: { hasModel?: boolean } = {}) => {
  const clock = createSteppingClock('2025-07-08T12:00:00Z');
  const slack = scriptedPlatform();
  const got: { to: string; lines: string[] }[] = [];
  const failing = new Set<string>();
  const { lines, logger } = keepingLogger();
  const deliver = (to: string, message: Message): void => {
    if (failing.has(to)) throw new ExternalError({ service: 'slack', message: 'no such person' });
    got.push({ to, lines: linesOf(message) });
  };
  const platform = {
    ...slack,
    sendPrivately: async (to: string, { message }: { message: Message }) => deliver(to, message),
    async send(request: Parameters<typeof slack.send>[0]) {
      deliver(request.destination, request.message);
      return slack.send(request);
    },
  };
  const app = {
    ...{ stores, clock, logger },
    ...{ platforms: new Map([['slack', platform]]), connected: new Map([['slack', platform]]) },
    engines: { llm: more.hasModel ? {} : undefined },
    channels: registryOf([channelOf({ post: ['slack:C1'] })]),
    config: { admins: ['slack:U1'], env: { webSecret: undefined } },
  } as unknown as App;
  return { app, clock, got, failing, logged: () => lines.map(({ message }) => message) };
};

const idsOf = (due: readonly UpdateNote[]): string[] => due.map(({ id }) => id);

describe('after an update, the notes', () => {
  it('are sent to the admins once, in one message for all versions', async () => {
    await storeDigest(stores, '2507.00001');
    const { app, got, logged } = setUp({ hasModel: true });
    const due = await dueUpdateNotes(app, notes);
    expect(idsOf(due)).toEqual(['one', 'two', 'three']);
    expect(logged()).toEqual(Array(3).fill('changed in this version'));
    expect(await sendUpdateNotes(due, app, signal)).toBe(true);
    expect(got).toEqual([{ to: 'slack:U1', lines: notes.map(({ text }) => text) }]);
    expect(await dueUpdateNotes(app, notes)).toEqual([]);
    // Another process read what was due at the same time.
    expect(await sendUpdateNotes(due, app, signal)).toBe(true);
    expect(got).toHaveLength(1);
  });

  it('are only those that are new, also after a downgrade', async () => {
    await storeDigest(stores, '2507.00001');
    const { app, got } = setUp({ hasModel: true });
    await sendUpdateNotes(await dueUpdateNotes(app, notes.slice(0, 2)), app, signal);
    expect(await dueUpdateNotes(app, notes.slice(0, 1))).toEqual([]);
    expect(idsOf(await dueUpdateNotes(app, notes))).toEqual(['three']);
    expect(got).toHaveLength(1);
  });

  it('leave out what the installation does not use, also if it uses it later', async () => {
    await storeDigest(stores, '2507.00001');
    expect(idsOf(await dueUpdateNotes(setUp().app, notes))).toEqual(['one', 'three']);
    expect(idsOf(await dueUpdateNotes(setUp({ hasModel: true }).app, notes))).toEqual(['one', 'three']);
  });

  it('are none in a new installation', async () => {
    const { app } = setUp();
    expect(await dueUpdateNotes(app, notes.slice(0, 1))).toEqual([]);
    await storeDigest(stores, '2507.00001');
    expect(await dueUpdateNotes(app, notes.slice(0, 1))).toEqual([]);
    expect(idsOf(await dueUpdateNotes(app, notes))).toEqual(['three']);
  });

  it('are shown by doctor until 30 days after they were sent', async () => {
    await storeDigest(stores, '2507.00001');
    const { app, clock } = setUp();
    expect(idsOf(await recentUpdateNotes(app, notes))).toEqual(['one', 'three']);
    await sendUpdateNotes(await dueUpdateNotes(app, notes), app, signal);
    await clock.sleep(30 * 86_400_000);
    expect(idsOf(await recentUpdateNotes(app, notes))).toEqual(['one', 'three']);
    await clock.sleep(60_000);
    expect(await recentUpdateNotes(app, notes)).toEqual([]);
  });

  it('go to the channels if no admin can be reached', async () => {
    await storeDigest(stores, '2507.00001');
    const { app, got, failing } = setUp();
    failing.add('slack:U1');
    expect(await sendUpdateNotes(await dueUpdateNotes(app, notes), app, signal)).toBe(true);
    expect(got.map(({ to }) => to)).toEqual(['slack:T1:C1']);
    expect(await dueUpdateNotes(app, notes)).toEqual([]);
  });

  it('are sent again every hour until somebody is reached', async () => {
    await storeDigest(stores, '2507.00001');
    const { app, got, failing, clock } = setUp();
    for (const one of ['slack:U1', 'slack:T1:C1']) failing.add(one);
    const tries: string[] = [];
    const sleep: typeof clock.sleep = async (ms, until) => {
      await clock.sleep(ms, until);
      tries.push(clock.now().toISOString().slice(11, 16));
      if (tries.length === 3) failing.clear();
    };
    await keepUpdateNotes(await dueUpdateNotes(app, notes), { ...app, clock: { ...clock, sleep } }, signal);
    expect(tries).toEqual(['12:01', '13:01', '14:01']);
    expect(got.map(({ to }) => to)).toEqual(['slack:U1']);
    expect(await stores.updateNotes.settled()).toContainEqual({ note: first?.id, sentAt: '2025-07-08T14:01:00.000Z' });
  });
});
