import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCaller } from '../../../src/chat/discord/api.ts';
import { createClock } from '../../../src/core/clock.ts';
import { ExternalError, UserError } from '../../../src/core/errors.ts';
import { textMessage } from '../../../src/core/message.ts';
import { Secret } from '../../../src/core/secret.ts';
import { type DiscordApiCall, type DiscordApiFault, startDiscordServer } from '../../fakes/discord-server.ts';
import { keepingLogger } from '../../fakes/logger.ts';
import { connect, open, platformOn } from './connect.ts';
import { shownText } from './shown.ts';

const message = textMessage('Hello');
const failure = async (promise: Promise<unknown>): Promise<ExternalError> => {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ExternalError);
  return error as ExternalError;
};
const isPost = ({ method, path }: DiscordApiCall) => method === 'POST' && /^\/channels\/\d+\/messages$/.test(path);
const onPost =
  (fault: DiscordApiFault, times = Number.POSITIVE_INFINITY) =>
  (call: DiscordApiCall, nth: number) =>
    isPost(call) && nth <= times ? fault : undefined;
const refused = (status: number, code: number, more = 'refused') => onPost({ status, body: { code, message: more } });

const sending = async (fault?: (call: DiscordApiCall, nth: number) => DiscordApiFault | undefined) => {
  const { server, platform, destination } = await connect(fault);
  const send = (key = 'k-1') => platform.send({ destination, message, key });
  return { server, platform, destination, send, posts: () => server.calls.filter(isPost) };
};

describe('posting to Discord', () => {
  it('allows no mentions, and no second message with the same key', async () => {
    const { send, posts } = await sending();
    await send('2025-07-08-0123456789abcdef-0123456789abcdef');
    await send('another');
    const [one, other] = posts().map(({ body }) => body);
    expect(one).toMatchObject({ allowed_mentions: { parse: [] }, enforce_nonce: true });
    expect(String(one?.nonce)).toMatch(/^[\w-]{25}$/);
    expect(other?.nonce).not.toBe(one?.nonce);
  });

  it('posts once per call if the connection breaks, and once in all if the message had arrived', async () => {
    const { server, send, posts } = await sending(onPost('answered, then reset', 2));
    expect(await failure(send())).toMatchObject({ service: 'Discord', retryable: true, status: undefined });
    expect(posts()).toHaveLength(1);
    expect((await failure(send())).message).toMatch(/^Cannot reach Discord: connection closed\. Check the network\.$/);
    await send();
    expect(posts()).toHaveLength(3);
    expect(server.shown(server.state.general).map(shownText)).toEqual(['Hello']);
  });

  it.each<[string, Record<string, string>, object | string, number]>([
    ['in the header', { 'retry-after': '65' }, 'error code: 1015', 65_000],
    ['in the body, to the millisecond', {}, { message: 'limited', retry_after: 0.64, global: false }, 640],
    [
      'in both, of minutes',
      { 'retry-after': '280' },
      { message: 'limited', retry_after: 279.31, global: false },
      280_000,
    ],
    ['for everything', { 'retry-after': '3', 'x-ratelimit-global': 'true' }, { retry_after: 2.5, global: true }, 3_000],
  ])('passes on how long Discord asks it to wait, %s, without waiting or retrying', async (_, headers, body, ms) => {
    const { send, posts } = await sending(onPost({ status: 429, headers, body }));
    expect(await failure(send())).toMatchObject({ status: 429, retryAfterMs: ms, retryable: true });
    expect(posts()).toHaveLength(1);
  });

  it('waits for an announced rate limit of seconds, and throws a longer one', async () => {
    const used = (after: string) => ({
      'x-ratelimit-limit': '5',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset-after': after,
    });
    const { send, posts } = await sending((call, nth) => {
      if (!isPost(call) || nth > 2) return undefined;
      return { headers: used(nth === 1 ? '0.25' : '90'), body: { id: `${nth}` } };
    });
    await send('k-1');
    const began = performance.now();
    await send('k-2');
    expect(performance.now() - began).toBeGreaterThan(200);
    const error = await failure(send('k-3'));
    expect(error).toMatchObject({ status: 429, retryable: true });
    expect(error.retryAfterMs).toBeGreaterThan(85_000);
    expect(posts()).toHaveLength(2);
  });

  it.each([
    { status: 500, retryable: true },
    { status: 503, retryable: true },
    { status: 404, retryable: true },
  ])('treats a page with HTTP $status as retryable: $retryable', async ({ status, retryable }) => {
    const { send, posts } = await sending(onPost({ status, headers: { 'content-type': 'text/html' }, body: '<html>' }));
    expect(await failure(send())).toMatchObject({ status, retryable });
    expect(posts()).toHaveLength(1);
  });

  it.each([
    ['half an answer', '{"id": "1'],
    ['an answer without the message', { type: 0 }],
  ])('lets the caller retry after %s', async (_, body) => {
    const { send, posts } = await sending(onPost({ body }));
    expect((await failure(send())).retryable).toBe(true);
    expect(posts()).toHaveLength(1);
  });

  it.each([
    { status: 404, code: 10_003, says: /Check its id/ },
    { status: 403, code: 50_001, says: /View Channel.*doctor prints the link/ },
    {
      status: 403,
      code: 50_013,
      says: /View Channel, Send Messages, Embed Links, Read Message History, Create Public Threads and Send Messages in Threads/,
    },
    { status: 400, code: 50_008, says: /text and announcement channels/ },
    { status: 400, code: 160_006, says: /active threads/ },
    { status: 400, code: 99_999, says: /refuses the request \(99999\): refused/ },
  ])('treats $code as final and says what to do', async ({ status, code, says }) => {
    const { send } = await sending(refused(status, code));
    const error = await failure(send());
    expect(error).toMatchObject({ status, retryable: false, isAboutMessage: false });
    expect(error.message).toMatch(says);
  });

  it.each([20_009, 50_035, 200_000, 200_001, 240_000])('marks %i as about this message alone', async (code) => {
    const { send } = await sending(refused(400, code, 'Invalid Form Body\nembeds[0]: too long'));
    expect(await failure(send())).toMatchObject({ retryable: false, isAboutMessage: true });
  });

  it.each([20_028, 130_000])('lets the caller retry after %i, which is temporary', async (code) => {
    const { send } = await sending(refused(400, code));
    expect((await failure(send())).retryable).toBe(true);
  });

  it('says what to do about a refused token each time, and never shows it', async () => {
    const server = await startDiscordServer();
    const { lines, logger } = keepingLogger();
    const platform = platformOn(server, { logger, token: 'wrong-token-0123456789' });
    open.push(platform, server);
    for (const _ of [1, 2]) {
      const error = await failure(platform.connect());
      expect(error).toMatchObject({ status: 401, retryable: false, message: expect.stringMatching(/DISCORD_TOKEN/) });
      expect(JSON.stringify([lines, error, error.cause])).not.toContain('wrong-token');
    }
  });

  it.each<[string, DiscordApiFault]>([
    ['no answer', 'silence'],
    ['an answer that never ends', { headers: { 'content-length': '1000' }, body: '{' }],
  ])('gives up on %s in time', async (_, fault) => {
    const server = await startDiscordServer(() => fault);
    const { call, close } = createCaller({
      ...{ token: new Secret('t'), apiUrl: server.apiUrl, clock: createClock(), timeoutMs: 150 },
    });
    open.push({ close: async () => close() }, server);
    const error = await failure(call('get', '/users/@me', z.unknown()));
    expect(error).toMatchObject({ retryable: true, status: undefined });
    expect(error.message).toMatch(/^Cannot reach Discord: no answer within [\d.]+ seconds\./);
  });

  it('stops reading an answer that is too long', async () => {
    const { send } = await sending(onPost({ body: `{"a":"${' '.repeat(8_000_000)}"}` }));
    expect(await failure(send())).toMatchObject({
      message: 'Discord sent an answer of more than 8 MB.',
      ...{ service: 'Discord', retryable: true, status: 200 },
    });
  });

  it.each(['/', '/v10', '/v10/'])('accepts a base that ends with %s', async (end) => {
    const server = await startDiscordServer();
    const platform = platformOn({ ...server, apiUrl: `${server.apiUrl}${end}` });
    open.push(platform, server);
    await platform.connect();
    expect(server.calls[0]?.path).toBe('/users/@me');
  });
});

describe('a destination on Discord', () => {
  it('looks up a missing server once, and does not look up a given one', async () => {
    const { server, platform } = await connect();
    const before = server.calls.length;
    expect(await platform.resolve('discord:100000000000000007:200000000000000007')).toBe(
      'discord:100000000000000007:200000000000000007',
    );
    expect(server.calls).toHaveLength(before);
    const { guild, general } = server.state;
    for (const _ of [1, 2]) expect(await platform.resolve(`discord:${general}`)).toBe(`discord:${guild.id}:${general}`);
    expect(server.calls).toHaveLength(before + 1);
  });

  it.each(['slack:C01', 'discord:', 'discord:#general', 'discord:general', 'discord:1:2:3', 'discord:@me:2'])(
    'is refused if it is not a Discord channel: %s',
    async (written) => {
      const { platform } = await connect();
      await expect(platform.resolve(written)).rejects.toThrow(UserError);
      await expect(platform.resolve(written)).rejects.toThrow(/Copy Channel ID/);
    },
  );

  it.each([
    ['a thread', { type: 11, parent_id: '200000000000000001' }, /its channel/],
    ['a voice channel', { type: 2 }, /text or announcement channel/],
    ['a forum', { type: 15 }, /text or announcement channel/],
  ])('is refused if it is %s', async (_, more, says) => {
    const { server, platform } = await connect();
    server.state.addChannel({ id: '200000000000000077', name: 'other', ...more });
    await expect(platform.resolve('discord:200000000000000077')).rejects.toThrow(says);
  });
});
