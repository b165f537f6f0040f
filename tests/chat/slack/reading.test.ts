import { describe, expect, it } from 'vitest';
import { findSent } from '../../fakes/find-sent.ts';
import { connect, destination } from './connect.ts';

const gone = (error: string) => (call: { method: string }) =>
  call.method === 'conversations.replies' ? { body: { ok: false, error } } : undefined;

describe('finding a post again', () => {
  const keyed = (ts: string, key: string, bot_id = 'B0BOT') => ({
    ts,
    bot_id,
    blocks: [{ block_id: `paperboy:${key}` }],
  });
  const paged = (method: string, pages: object[][]) => (call: { method: string; args: Record<string, string> }) => {
    if (call.method !== method) return undefined;
    const page = Number(call.args.cursor ?? 0);
    const next_cursor = page + 1 < pages.length ? String(page + 1) : '';
    return { body: { ok: true, messages: pages[page], response_metadata: { next_cursor } } };
  };
  const others = Array.from({ length: 200 }, (_, index) => ({ ts: `1.${index}`, user: 'U1' }));

  it('reads a channel page by page from shortly before it was sent', async () => {
    const { platform, calls } = await connect(paged('conversations.history', [others, [keyed('2.1', 'k-1')]]));
    const since = Date.UTC(2025, 0, 2);
    expect(await findSent(platform, { destination, key: 'k-1', since })).toEqual({ destination, messageId: '2.1' });
    const [first, second] = calls('conversations.history');
    expect(Number(first?.args.oldest)).toBe(since / 1000 - 120);
    expect(second?.args).toMatchObject({ oldest: first?.args.oldest, cursor: '1', limit: '999' });
  });

  it('reads a thread page by page', async () => {
    const { platform, calls } = await connect(paged('conversations.replies', [others, [keyed('2.1', 'k-1')]]));
    const thread = { destination, messageId: '1.0' };
    expect(await findSent(platform, { destination, thread, key: 'k-1', since: 0 })).toMatchObject({ messageId: '2.1' });
    expect(calls('conversations.replies')[0]?.args).toMatchObject({ channel: 'C01', ts: '1.0' });
  });

  it('ignores messages of other bots and other keys', async () => {
    const messages = [keyed('2.1', 'k-1', 'B99'), keyed('2.2', 'k-10'), { ts: '2.3', bot_id: 'B0BOT' }];
    const { platform } = await connect(paged('conversations.history', [messages]));
    expect(await findSent(platform, { destination, key: 'k-1', since: 0 })).toBeUndefined();
  });

  it.each(['thread_not_found', 'message_not_found'])('finds nothing in a deleted thread: %s', async (error) => {
    const { platform } = await connect(gone(error));
    const thread = { destination, messageId: '1.0' };
    expect(await findSent(platform, { destination, thread, key: 'k-1', since: 0 })).toBeUndefined();
  });
});

describe('the current reactions of a thread', () => {
  it.each(['thread_not_found', 'message_not_found'])('are an error if Slack answers %s', async (error) => {
    const { platform } = await connect(gone(error));
    const reading = platform.reactions({ destination, messageId: '1.0' });
    await expect(reading).rejects.toMatchObject({ name: 'ExternalError', retryable: false });
  });

  it("keep Slack's names and skin tones, and include people whom Slack did not list at first", async () => {
    const messages = [
      {
        ts: '1.0',
        reactions: [
          { name: 'thumbsup', count: 2, users: ['U1', 'U0BOT'] },
          { name: '+1::skin-tone-4', count: 1, users: ['U1'] },
          { name: '-1::skin-tone-2', count: 1, users: ['U2'] },
        ],
      },
      { ts: '1.1', reactions: [{ name: '+1', count: 3, users: ['U1'] }] },
      { ts: '1.2' },
    ];
    const full = { ts: '1.1', reactions: [{ name: '+1', count: 3, users: ['U1', 'U2', 'U3'] }] };
    const { platform, calls } = await connect(({ method }) => {
      if (method === 'conversations.replies') return { body: { ok: true, messages } };
      if (method === 'reactions.get') return { body: { ok: true, type: 'message', message: full } };
      return undefined;
    });
    const found = await platform.reactions({ destination, messageId: '1.0' });
    expect(found.map(({ message, person, emoji }) => [message.messageId, person, emoji])).toEqual([
      ['1.0', 'slack:T01:U1', 'thumbsup'],
      ['1.0', 'slack:T01:U1', '+1::skin-tone-4'],
      ['1.0', 'slack:T01:U2', '-1::skin-tone-2'],
      ['1.1', 'slack:T01:U1', '+1'],
      ['1.1', 'slack:T01:U2', '+1'],
      ['1.1', 'slack:T01:U3', '+1'],
    ]);
    expect(calls('reactions.get').map(({ args }) => args)).toEqual([
      { channel: 'C01', timestamp: '1.1', full: 'true' },
    ]);
  });
});
