import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { createConnections, whileHeld } from '../../src/chat/connections.ts';
import { createClock } from '../../src/core/clock.ts';
import { ExternalError } from '../../src/core/errors.ts';
import type { Held } from '../../src/core/lease.ts';
import { textMessage } from '../../src/core/message.ts';
import type { Platform, PlatformDescriptor, PlatformHandlers, PlatformParts } from '../../src/core/platform.ts';
import type { Role } from '../../src/core/role.ts';
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
const setUp = async ({ listens = true, role }: { listens?: boolean; role?: Role } = {}) => {
  let stops = 0;
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
    async stopListening() {
      stops += 1;
    },
  });
  const descriptorOf = (name: string, requiredVariable?: string): PlatformDescriptor => ({
    ...{ name, label: name, example: `${name}:1`, variables: {} },
    ...(requiredVariable === undefined ? {} : { requiredVariable, hasOneListener: true }),
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
    ...{ listens, role, health, clock: createClock(), logger: quietLogger },
  });
  const failing = async () =>
    (await health.list()).flatMap(({ subject, failingSince }) => (failingSince ? [subject] : []));
  const stopped = () => stops;
  return { connections, failures, failing, health, stopped, lose: (lost: string | undefined) => onConnection?.(lost) };
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

describe('the connections of several processes', () => {
  it.each([
    ['all', 'in turn'],
    ['gateway', 'in turn'],
    ['worker', 'never'],
    ['web', 'never'],
  ] as const)('listen in the role %s to a platform with one listener: %s', async (role, how) => {
    const { connections } = await setUp({ role });
    expect(connections.listensTo('post')).toBe(how);
    expect(connections.listensTo('here')).toBe('always');
    await connections.connect();
    expect([...connections.deaf.keys()]).toEqual(['here']);
    expect(await connections.listen(handlers, ['here'])).toEqual([]);
    expect([...connections.deaf.keys()]).toEqual([]);
  });

  it('listen again after they have stopped', async () => {
    const { connections, failures, stopped } = await setUp({ role: 'gateway' });
    await connections.connect();
    expect(await connections.listen(handlers, ['post'])).toEqual([]);
    failures.listen.push('refused');
    await connections.stopListening('post');
    expect(stopped()).toBe(1);
    expect(await connections.listen(handlers, ['post'])).toEqual(['post']);
    expect([...connections.deaf]).toContainEqual(['post', 'refused']);
    await connections.stopListening('post');
    expect([...connections.deaf.keys()]).toEqual(['here']);
    expect(await connections.listen(handlers, ['post'])).toEqual([]);
  });

  it('do nothing about an event that another process has handled', async () => {
    let isLost = false;
    const check = async () => {
      if (isLost) throw new Error('another process took the lease');
    };
    const held: Held = Object.assign(new AbortController().signal, {
      ...{ fence: { name: 'gateway post', owner: 'me', token: 1 }, isLost: async () => isLost, check },
    });
    const handled: string[] = [];
    const handle =
      <R>(name: string, result: R) =>
      async (): Promise<R> => {
        handled.push(name);
        return result;
      };
    const all = whileHeld(
      {
        command: handle('command', textMessage('done')),
        paperOf: handle('paperOf', '2507.00001'),
        card: handle('card', textMessage('card')),
        suggest: handle('suggest', [{ label: 'a', value: 'a' }]),
        reactionAdded: handle('added', undefined),
        reactionRemoved: handle('removed', undefined),
      },
      held,
    );
    const message = { destination: 'post:1', messageId: '1' };
    const reaction = { message, person: 'post:U1', emoji: '+1' };
    const request = { text: 'top', person: 'post:U1', destination: 'post:1' };
    expect(await all.command(request)).toEqual(textMessage('done'));
    await all.reactionAdded(reaction);
    expect(handled).toEqual(['command', 'added']);
    isLost = true;
    expect(JSON.stringify(await all.command(request))).toContain('Send the command again.');
    expect(await all.paperOf(message)).toBeUndefined();
    expect(await all.card('text', 'post:1')).toBeUndefined();
    expect(await all.suggest({ ...request, command: 'top', option: 'n', input: '' })).toEqual([]);
    await all.reactionAdded(reaction);
    await all.reactionRemoved(reaction);
    expect(handled).toEqual(['command', 'added']);
  });
});
