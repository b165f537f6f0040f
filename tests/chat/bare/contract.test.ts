import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { personText } from '../../../commands/shared/people.ts';
import { environmentVariables, secretsOf } from '../../../config/environment.ts';
import { loadConfig } from '../../../config/load.ts';
import { createApp } from '../../../src/app.ts';
import { readableText } from '../../../src/chat/kit/readable.ts';
import { platforms } from '../../../src/chat/platforms.ts';
import { examine } from '../../../src/cli/doctor.ts';
import type { MessageRef } from '../../../src/core/addresses.ts';
import type { PlatformParts } from '../../../src/core/platform.ts';
import { createRubric } from '../../../src/scoring/rubric.ts';
import { commandsContract } from '../../contracts/commands.ts';
import { platformContract } from '../../contracts/platform.ts';
import { bareDescriptor, createBareServer } from '../../fakes/bare-platform.ts';
import { quietLogger } from '../../fakes/logger.ts';

const noParts = {} as PlatformParts;

const setup = async () => {
  const server = createBareServer();
  const descriptor = bareDescriptor(server);
  const create = () => descriptor.create({} as never, noParts);
  const platform = await create();
  const lines = server.rooms.get('papers') ?? [];
  const starts = new Map<string, number>();
  const sends: typeof platform.send = (request) => {
    starts.set(request.key, lines.length);
    return platform.send(request);
  };
  return {
    platform: { ...platform, send: sends },
    descriptor,
    destination: 'bare:papers',
    elsewhere: { otherTenant: 'bare:abroad:papers', missing: 'bare:nowhere' },
    people: ['bare:home:ada', 'bare:home:bob'] as const,
    async type(text: string) {
      const before = lines.length + 1;
      server.say('papers', 'ada', `/arxiv ${text}`);
      await expect.poll(() => lines.length).toBeGreaterThan(before);
      return lines.slice(before);
    },
    shown: async (thread?: MessageRef) => lines.slice(thread ? starts.get(thread.messageId) : 0),
    visible: (text: string) => readableText(text).replace('\u202e', ''),
    async restart() {
      const restarted = await create();
      await restarted.connect();
      return restarted;
    },
    close: () => platform.close(),
  };
};

platformContract('A bare-bones platform', setup);
commandsContract('A bare-bones platform', setup);

describe('a platform that is added to the list', () => {
  const server = createBareServer();
  const descriptors = [...platforms, bareDescriptor(server)];
  const closed = 'http://127.0.0.1:9';
  const folder = mkdtemp(join(tmpdir(), 'paperboy-bare-'));

  const load = async (post: string, variables: Record<string, string> = { BARE_TOKEN: 'hush hush' }) => {
    const cwd = await folder;
    const path = join(cwd, 'paperboy.yaml');
    await writeFile(join(cwd, 'topics.md'), '# Topics\n\nSorting networks');
    await writeFile(path, `channels: [{ name: main, post: ["${post}"], categories: [cs.LG], topics: topics.md }]\n`);
    const env = {
      PAPERBOY_CONFIG: path,
      ARXIV_WEB_URL: closed,
      ARXIV_RSS_URL: closed,
      S2_API_URL: closed,
      ...variables,
    };
    return loadConfig({ env, cwd, createRubric, platforms: descriptors });
  };

  afterAll(async () => rm(await folder, { recursive: true, force: true }));

  it('is in the config with its addresses, variables and secrets', async () => {
    const config = await load('bare:papers');
    expect(config.channels[0]?.post).toEqual(['bare:papers']);
    expect(secretsOf(config.env).map((secret) => secret.reveal())).toEqual(['hush hush']);
    expect(environmentVariables(descriptors).BARE_TOKEN).toBe('Bare: the bot token');
    await expect(load('bare:#Papers')).rejects.toThrow('"bare:#Papers" names no room; use one such as bare:papers');
    await expect(load('bear:papers')).rejects.toThrow('did you mean "bare"?');
    await expect(load('bare:papers', {})).rejects.toThrow(
      'channels[0].post[0]: "bare:papers" needs the environment variable BARE_TOKEN; set it, or remove the destination',
    );
  });

  it('connects, answers commands and is checked by doctor', async () => {
    const app = await createApp(await load('bare:papers'), {
      ...{ logger: quietLogger, version: '0.0.0', platforms: descriptors, listens: true },
      ...{ output: new PassThrough(), progress: new PassThrough(), signal: new AbortController().signal },
    });
    try {
      await app.connect();
      const platform = app.connected.get('bare');
      await platform?.listen(app.handlers);
      expect((await app.channelAt('bare:home:papers'))?.name).toBe('main');
      server.say('papers', 'ada', '/arxiv pause');
      const lines = server.rooms.get('papers') ?? [];
      await expect.poll(() => lines.at(-1)).toContain('bare:home:ada');
      expect(await examine(app, { version: '1.2.3' })).toContainEqual({
        name: 'Bare bare:papers',
        ok: true,
        detail: 'the room exists',
      });
    } finally {
      await app.close();
    }
  });

  it('reconnects after its server was down, while the other platforms continue', async () => {
    server.isReachable = false;
    const app = await createApp(await load('bare:papers'), {
      ...{ logger: quietLogger, version: '0.0.0', platforms: descriptors },
      ...{ output: new PassThrough(), progress: new PassThrough(), signal: new AbortController().signal },
    });
    await app.connect();
    expect([...app.outages]).toEqual([['bare', 'the server is out of reach']]);
    server.isReachable = true;
    await app.connect();
    expect([...app.connected.keys()]).toEqual(['bare']);
    await app.close();
  });

  it('has its label next to the names of its people', () => {
    expect(personText('bare:home:ada', { person: 'web:local:me', platforms: descriptors })).toBe('ada on Bare');
  });
});
