import { describe, expect, it } from 'vitest';
import { ExternalError, UserError } from '../../../src/core/errors.ts';
import { textMessage } from '../../../src/core/message.ts';
import { keepingLogger } from '../../fakes/logger.ts';
import type { SlackApiAnswer } from '../../fakes/slack-api.ts';
import { connect, destination } from './connect.ts';

const hello = { destination, message: textMessage('Hello'), key: 'k-1' };
const failure = async (promise: Promise<unknown>): Promise<ExternalError> => {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ExternalError);
  return error as ExternalError;
};
const onPost = (post: SlackApiAnswer) => (call: { method: string }) =>
  call.method === 'chat.postMessage' ? post : undefined;
const refused = (error: string, more = {}) => onPost({ body: { ok: false, error, ...more } });

describe('posting to Slack', () => {
  it('asks for no link previews, no markup and no mentions', async () => {
    const { platform, calls } = await connect(undefined);
    await platform.send({ ...hello, thread: { destination, messageId: '1.5' } });
    expect(calls('chat.postMessage')[0]).toMatchObject({
      token: 'xoxb-1',
      args: {
        channel: 'C01',
        thread_ts: '1.5',
        text: 'Hello',
        mrkdwn: 'false',
        parse: 'none',
        link_names: 'false',
        unfurl_links: 'false',
        unfurl_media: 'false',
      },
    });
  });

  it('posts once per call if the connection breaks, and lets the caller retry', async () => {
    const { platform, calls } = await connect(({ method }, nth) =>
      method === 'chat.postMessage' && nth <= 2 ? 'reset' : undefined,
    );
    const error = await failure(platform.send(hello));
    expect(error).toMatchObject({ service: 'Slack', retryable: true, status: undefined });
    expect(error.message).toMatch(/^Cannot reach Slack: connection closed\. Check the network\.$/);
    expect(calls('chat.postMessage')).toHaveLength(1);
    await failure(platform.send(hello));
    await platform.send(hello);
    expect(calls('chat.postMessage')).toHaveLength(3);
  });

  it('stops reading an answer that is too long', async () => {
    const { platform } = await connect(onPost({ body: `{"ok":true,"a":"${' '.repeat(8_000_000)}"}` }));
    expect(await failure(platform.send(hello))).toMatchObject({
      message: 'Slack sent an answer of more than 8 MB.',
      ...{ service: 'Slack', retryable: true, status: 200 },
    });
  });

  it('passes on how long Slack asks it to wait, without waiting itself', async () => {
    const { platform, calls } = await connect(onPost({ status: 429, headers: { 'retry-after': '30' } }));
    const error = await failure(platform.send(hello));
    expect(error).toMatchObject({ status: 429, retryAfterMs: 30_000, retryable: true });
    expect(calls('chat.postMessage')).toHaveLength(1);
  });

  it.each([
    { status: 500, retryable: true },
    { status: 503, retryable: true, headers: { 'retry-after': '7' }, retryAfterMs: 7000 },
    { status: 404, retryable: false },
  ])('treats HTTP $status as retryable: $retryable', async ({ retryable, retryAfterMs, ...post }) => {
    const { platform, calls } = await connect(onPost(post));
    const expected = { status: post.status, retryable, retryAfterMs };
    expect(await failure(platform.send(hello))).toMatchObject(expected);
    expect(calls('chat.postMessage')).toHaveLength(1);
  });

  it.each([
    { code: 'not_in_channel', says: /Type \/invite/ },
    { code: 'channel_not_found', says: /Check its id/ },
    { code: 'is_archived', says: /Unarchive/ },
    { code: 'invalid_auth', says: /SLACK_BOT_TOKEN/ },
    { code: 'token_revoked', says: /Install the app again/ },
    { code: 'msg_blocks_too_long', says: /too long/ },
    { code: 'some_new_code', says: /some_new_code/ },
  ])('treats $code as final and says what to do', async ({ code, says }) => {
    const { platform } = await connect(refused(code));
    const error = await failure(platform.send(hello));
    expect(error.retryable).toBe(false);
    expect(error.message).toMatch(says);
  });

  it('names the missing scope', async () => {
    const { platform } = await connect(refused('missing_scope', { needed: 'chat:write', provided: 'commands' }));
    expect((await failure(platform.send(hello))).message).toMatch(/scope chat:write.*reinstall/);
  });

  it.each([
    ['a failure of its own', { ok: false, error: 'internal_error' }],
    ['a page of a proxy', '<html>Sign in to the hotel</html>'],
    ['an answer without the message', { ok: true }],
  ])('lets the caller retry after %s', async (_, body) => {
    const { platform } = await connect(onPost({ body }));
    expect((await failure(platform.send(hello))).retryable).toBe(true);
  });

  it('never shows a token', async () => {
    const { lines, logger } = keepingLogger();
    const { platform } = await connect(refused('invalid_auth'), { logger });
    const error = await failure(platform.send(hello));
    expect(JSON.stringify([lines, error, error.cause])).not.toContain('xoxb-1');
  });

  it('refuses destinations outside its workspace, and says what to write', async () => {
    const { platform } = await connect(undefined);
    expect(await platform.resolve('slack:C01GEN')).toBe('slack:T01:C01GEN');
    for (const wrong of ['slack:T02:C01', 'slack:#general', 'slack:', 'slack:U01ALICE', 'discord:1:2']) {
      await expect(platform.resolve(wrong)).rejects.toThrow(UserError);
    }
  });
});

describe('changing and removing a post on Slack', () => {
  const sent = { destination, messageId: '1.5' };
  const refusing =
    (error: string) =>
    ({ method }: { method: string }) =>
      method === 'chat.postMessage' || method === 'auth.test' ? undefined : { body: { ok: false, error } };

  it('keeps the delivery key on a changed message', async () => {
    const { platform, calls } = await connect(({ method }) =>
      method === 'chat.update' ? { body: { ok: true } } : undefined,
    );
    await platform.edit(sent, { ...hello, message: textMessage('<!channel>') });
    const [call] = calls('chat.update');
    expect(call?.args).toMatchObject({ channel: 'C01', ts: '1.5', text: '&lt;!channel&gt;', parse: 'none' });
    expect(JSON.parse(call?.args.blocks ?? '[]')[0].block_id).toBe('paperboy:k-1');
  });

  it('accepts that a message to remove is gone, but not one to change', async () => {
    const { platform } = await connect(refusing('message_not_found'));
    await platform.remove(sent, undefined);
    expect(await failure(platform.edit(sent, hello))).toMatchObject({ retryable: false });
  });

  it.each(['cant_update_message', 'cant_delete_message', 'internal_error'])('fails with %s', async (code) => {
    const { platform } = await connect(refusing(code));
    const retryable = code === 'internal_error';
    expect(await failure(platform.edit(sent, hello))).toMatchObject({ retryable });
    expect(await failure(platform.remove(sent, undefined))).toMatchObject({ retryable });
  });
});
