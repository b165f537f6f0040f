import { describe, expect, it } from 'vitest';
import type { MessageRef } from '../../../src/core/addresses.ts';
import { ExternalError } from '../../../src/core/errors.ts';
import { type Message, textMessage } from '../../../src/core/message.ts';
import type { startDiscordServer } from '../../fakes/discord-server.ts';
import { findSent } from '../../fakes/find-sent.ts';
import { connect, open, platformOn } from './connect.ts';
import { shownText } from './shown.ts';

const day: Message = {
  summary: 'arXiv, 8 July',
  blocks: [
    { type: 'heading', text: 'Tuesday, 8 July 2025 · *foundations*' },
    { type: 'paragraph', content: ['3 papers'] },
  ],
};

/** Calls about any channel but the header's. */
const inThread = /^\/channels\/(?!200000000000000001)\d+(\/messages)?$/;

const started = async (fault?: Parameters<typeof startDiscordServer>[0], header: Message = day) => {
  const { server, platform, destination } = await connect(fault);
  const thread = await platform.send({ destination, message: header, key: 'k-0' });
  let keys = 0;
  const reply = (text: string, by = platform): Promise<MessageRef> =>
    by.send({ destination, thread, message: textMessage(text), key: `k-${++keys}` });
  const restarted = async () => {
    const again = platformOn(server);
    open.unshift(again);
    await again.connect();
    return again;
  };
  const texts = () => server.shown(thread.messageId).map(shownText);
  const channel = () => server.state.channels.get(thread.messageId);
  const creations = () => server.called('POST', /\/threads$/).length;
  return { server, platform, destination, thread, reply, restarted, texts, channel, creations };
};
const failure = async (promise: Promise<unknown>): Promise<ExternalError> => {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ExternalError);
  return error as ExternalError;
};

describe("a day's thread on Discord", () => {
  it("is started once, with the first paper, under the header's heading, for a week", async () => {
    const { reply, channel, creations, texts } = await started();
    expect(creations()).toBe(0);
    await reply('First');
    await reply('Second');
    expect(creations()).toBe(1);
    expect(channel()).toMatchObject({
      ...{ name: 'Tuesday, 8 July 2025 · *foundations*', thread_metadata: { auto_archive_duration: 10_080 } },
    });
    expect(texts()).toEqual(['First', 'Second']);
  });

  it('belongs to its own header, even if another has the same heading', async () => {
    const { reply, server, restarted, destination } = await started();
    await reply('Of the first');
    const second = await (await restarted()).send({ destination, message: day, key: 'second-0' });
    // As after a crash: it is looked for before it exists.
    const again = await restarted();
    expect(await findSent(again, { destination, thread: second, key: 'second-1', since: Date.now() })).toBeUndefined();
    await again.send({ destination, thread: second, message: textMessage('Of the second'), key: 'second-1' });
    expect(server.shown(second.messageId).map(shownText)).toEqual(['Of the second']);
  });

  it('takes its name from the posted header after a restart, and continues in the existing thread', async () => {
    const { reply, restarted, channel, creations, texts } = await started();
    await reply('First', await restarted());
    expect(channel()?.name).toBe('Tuesday, 8 July 2025 · *foundations*');
    await reply('Second', await restarted());
    expect(creations()).toBe(1);
    expect(texts()).toEqual(['First', 'Second']);
  });

  it('has a name of at most a hundred characters, even without a heading', async () => {
    const long = await started(undefined, { ...day, blocks: [{ type: 'heading', text: 'word '.repeat(60) }] });
    await long.reply('First');
    expect(long.channel()?.name).toMatch(/^(word ?){15,}…$/);
    const plain = await started(undefined, textMessage('Just a line'));
    await plain.reply('First');
    expect(plain.channel()?.name).toBe('Just a line');
  });

  it('is used if another bot has started it in between', async () => {
    const { server, platform, thread, reply, texts } = await started(({ method, path }, nth) =>
      // It did not exist yet when this bot looked.
      method === 'GET' && inThread.test(path) && nth === 1
        ? { status: 404, body: { code: 10_003, message: 'Unknown Channel' } }
        : undefined,
    );
    const message = server.state.messages.get(thread.messageId);
    if (message) message.hasThread = true;
    server.state.addChannel({ id: thread.messageId, type: 11, name: 'x', parent_id: server.state.general });
    await reply('First', platform);
    expect(texts()).toEqual(['First']);
  });

  it('is unarchived, even if it was archived while the bot was running', async () => {
    const { server, reply, restarted, channel, texts } = await started();
    await reply('First');
    const metadata = channel()?.thread_metadata;
    if (!metadata) throw new Error('no thread');
    metadata.archived = true;
    await reply('Second', await restarted());
    expect(metadata.archived).toBe(false);
    expect(server.called('PATCH', /^\/channels\//).map(({ body }) => body)).toEqual([{ archived: false }]);
    expect(texts()).toEqual(['First', 'Second']);
  });

  it('is unarchived if only a post to it shows that it is archived', async () => {
    const { server, reply, texts } = await started(({ method, path }, nth) =>
      method === 'POST' && inThread.test(path) && path.endsWith('/messages') && nth === 2
        ? { status: 400, body: { code: 50_083, message: 'Thread is archived' } }
        : undefined,
    );
    await reply('First');
    await reply('Second');
    expect(texts()).toEqual(['First', 'Second']);
    expect(server.called('PATCH', /^\/channels\//)).toHaveLength(1);
  });

  it('fails if it is locked, and the error says who can help', async () => {
    const { reply, channel } = await started();
    await reply('First');
    const metadata = channel()?.thread_metadata;
    if (metadata) metadata.locked = true;
    const error = await failure(reply('Second'));
    expect(error).toMatchObject({ retryable: false, isAboutMessage: false });
    expect(error.message).toMatch(/locked.*Manage Threads/);
    if (metadata) metadata.locked = false;
    await reply('Second');
  });

  it('is not started again if it was deleted, and the error says so', async () => {
    const { server, thread, reply, restarted } = await started();
    await reply('First');
    server.state.channels.delete(thread.messageId);
    for (const by of [undefined, await restarted()]) {
      const error = await failure(reply('Second', by));
      expect(error).toMatchObject({ retryable: false, message: expect.stringMatching(/thread .* was deleted/) });
    }
  });

  it('cannot be started from a deleted header', async () => {
    const { server, thread, reply, restarted } = await started();
    server.state.messages.delete(thread.messageId);
    const error = await failure(reply('First', await restarted()));
    expect(error).toMatchObject({ retryable: false, message: expect.stringMatching(/somebody deleted it/) });
  });

  it('passes on how long to wait if Discord limits threads', async () => {
    const { reply, creations, texts } = await started((call, nth) =>
      call.path.endsWith('/threads') && nth === 1
        ? { status: 429, headers: { 'retry-after': '280' }, body: { retry_after: 279.6 } }
        : undefined,
    );
    expect(await failure(reply('First'))).toMatchObject({ retryAfterMs: 280_000, retryable: true });
    expect(creations()).toBe(1);
    await reply('First');
    expect(creations()).toBe(2);
    expect(texts()).toEqual(['First']);
  });
});
