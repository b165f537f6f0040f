import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { createConnections } from '../../src/chat/connections.ts';
import { createClock } from '../../src/core/clock.ts';
import { ExternalError } from '../../src/core/errors.ts';
import type { Platform, PlatformDescriptor, PlatformHandlers, PlatformParts } from '../../src/core/platform.ts';
import type { Stores } from '../../src/core/stores.ts';
import { registryOf } from '../fakes/channels.ts';
import { channelOf } from '../fakes/fixtures.ts';
import { quietLogger } from '../fakes/logger.ts';
import { healthOf } from '../fakes/monitoring.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const handlers = {} as PlatformHandlers;

/** A remote platform and one on this machine, whose next attempts to connect or listen fail with the given reasons. */
const setUp = async ({ listens = true }: { listens?: boolean } = {}) => {
  const failures: { connect: string[]; listen: string[] } = { connect: [], listen: [] };
  let onConnection: ((lost: string | undefined) => void) | undefined;
  const attempt = (reasons: string[]): void => {
    const message = reasons.shift();
    if (message !== undefined) throw new ExternalError({ service: 'Post', message });
  };
  const platformOf = (name: string): Platform => ({
    ...({} as Platform),
    name,
    ...(name === 'post' && { ownTenant: () => (connections.connected.has('post') ? 'T1' : undefined) }),
    connect: async () => attempt(name === 'post' ? failures.connect : []),
    async listen(_handlers, changed) {
      attempt(name === 'post' ? failures.listen : []);
      if (name === 'post') onConnection = changed;
    },
  });
  const descriptorOf = (name: string, requiredVariable?: string): PlatformDescriptor => ({
    ...{ name, label: name, example: `${name}:1`, variables: {} },
    ...(requiredVariable === undefined ? {} : { requiredVariable }),
    parseAddress: () => ({ tenant: undefined, id: '1' }),
    readEnvironment: () => ({}),
    create: async () => platformOf(name),
  });
  const channels = [channelOf({ post: ['post:1', 'here:1'] })];
  const view = { channels: () => channels, platforms: () => ['post', 'here'] };
  const health = healthOf(stores, { view });
  const connections = await createConnections({
    ...({} as PlatformParts),
    descriptors: [descriptorOf('post', 'POST_TOKEN'), descriptorOf('here')],
    settings: { post: {}, here: {} },
    channels: registryOf(channels),
    ...{ listens, health, clock: createClock(), logger: quietLogger },
  });
  const failing = async () =>
    (await health.list()).flatMap(({ subject, failingSince }) => (failingSince ? [subject] : []));
  return { connections, failures, failing, health, lose: (lost: string | undefined) => onConnection?.(lost) };
};

describe('an address of a person in the config', () => {
  it('means somebody in the workspace that the bot is connected to, unless it names another', async () => {
    const { connections } = await setUp();
    expect(connections.isPerson('post:U1', 'post:T1:U1')).toBe(false);
    await connections.connect();
    expect(connections.isPerson('post:U1', 'post:T1:U1')).toBe(true);
    expect(connections.isPerson('post:U1', 'post:T9:U1')).toBe(false);
    expect(connections.isPerson('post:T9:U1', 'post:T9:U1')).toBe(true);
    expect(connections.isPerson('post:T1:U1', 'post:T9:U1')).toBe(false);
  });

  it('means the same person everywhere on a platform whose ids are the same everywhere', async () => {
    const { connections } = await setUp();
    expect(connections.isPerson('here:1', 'here:G1:1')).toBe(true);
    expect(connections.isPerson('here:1', 'here:G2:1')).toBe(true);
    expect(connections.isPerson('here:1', 'post:T1:1')).toBe(false);
  });
});

describe('the connections of a bot', () => {
  it('are deaf until they are listened to', async () => {
    const { connections, failing } = await setUp();
    await connections.connect();
    expect([...connections.deaf.keys()]).toEqual(['post', 'here']);
    expect(await connections.listen(handlers)).toEqual([]);
    expect([...connections.deaf]).toEqual([]);
    expect(await failing()).toEqual([]);
  });

  it('still post while nothing arrives, with the reason, until it does', async () => {
    const { connections, failures, failing } = await setUp();
    failures.listen.push('the token is refused');
    await connections.connect();
    expect(await connections.listen(handlers)).toEqual(['post']);
    expect([...connections.deaf]).toEqual([['post', 'the token is refused']]);
    expect([...connections.connected.keys()]).toEqual(['post', 'here']);
    expect(await failing()).toEqual(['listening post']);
    expect(await connections.listen(handlers)).toEqual([]);
    expect([...connections.deaf]).toEqual([]);
    expect(await failing()).toEqual([]);
  });

  it('become deaf if the connection is lost later', async () => {
    const { connections, failing, lose } = await setUp();
    await connections.connect();
    await connections.listen(handlers);
    lose('the line is cut');
    expect([...connections.deaf]).toEqual([['post', 'the line is cut']]);
    await expect.poll(failing).toEqual(['listening post']);
    lose(undefined);
    await expect.poll(failing).toEqual([]);
    expect([...connections.deaf]).toEqual([]);
  });

  it('report a platform that does not connect, and nothing about those on this machine', async () => {
    const { connections, failures, failing, health } = await setUp();
    failures.connect.push('out of reach');
    await connections.connect();
    expect([...connections.outages]).toEqual([['post', 'out of reach']]);
    expect(await failing()).toEqual(['platform post']);
    await connections.connect();
    await connections.listen(handlers);
    expect((await health.list()).map(({ subject }) => subject)).toEqual(['listening post', 'platform post']);
    expect(await failing()).toEqual([]);
  });

  it('are not deaf in a process that only posts', async () => {
    const { connections } = await setUp({ listens: false });
    await connections.connect();
    expect([...connections.deaf]).toEqual([]);
  });
});
