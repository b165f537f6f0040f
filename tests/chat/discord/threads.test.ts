import { describe, expect, it } from 'vitest';
import type { MessageRef } from '../../../src/core/addresses.ts';
import { ExternalError } from '../../../src/core/errors.ts';
import { type Message, textMessage } from '../../../src/core/message.ts';
import type { startDiscordServer } from '../../fakes/discord-server.ts';
import { connect, open, platformOn } from './connect.ts';
import { shownText } from './shown.ts';

const day: Message = {
  summary: 'arXiv, 8 July',
  blocks: [
    { type: 'heading', text: 'Tuesday, 8 July 2025 · *foundations*' },
    { type: 'paragraph', content: ['3 papers'] },
  ],
};

/** Calls about any channel but the one that the header is in. */
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
  it('is started from the header at the first paper, once, under its heading and for a week', async () => {
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

  it("is its own header's, though another header has the same heading", async () => {
    const { reply, server, restarted, destination } = await started();
    await reply('Of the first');
    const second = await (await restarted()).send({ destination, message: day, key: 'second-0' });
    // Looked for before it is there, as after an unclear end.
    const again = await restarted();
    expect(await again.find({ destination, thread: second, key: 'second-1', since: Date.now() })).toBeUndefined();
    await again.send({ destination, thread: second, message: textMessage('Of the second'), key: 'second-1' });
    expect(server.shown(second.messageId).map(shownText)).toEqual(['Of the second']);
  });

  it('has its name from the posted header after a restart, and goes on in the thread that is there', async () => {
    const { reply, restarted, channel, creations, texts } = await started();
    await reply('First', await restarted());
    expect(channel()?.name).toBe('Tuesday, 8 July 2025 · *foundations*');
    await reply('Second', await restarted());
    expect(creations()).toBe(1);
    expect(texts()).toEqual(['First', 'Second']);
  });

  it('has a name of at most a hundred characters, and one even without a heading', async () => {
    const long = await started(undefined, { ...day, blocks: [{ type: 'heading', text: 'word '.repeat(60) }] });
    await long.reply('First');
    expect(long.channel()?.name).toMatch(/^(word ?){15,}…$/);
    const plain = await started(undefined, textMessage('Just a line'));
    await plain.reply('First');
    expect(plain.channel()?.name).toBe('Just a line');
  });

  it('that another bot has started in between is used', async () => {
    const { server, platform, thread, reply, texts } = await started(({ method, path }, nth) =>
      // It was not there yet when this one looked.
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

  it('is opened again where it was archived, also while the bot was running', async () => {
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

  it('is opened again where Discord says only when it is written to that it is archived', async () => {
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

  it('that is locked cannot be written to, and the error says who can help', async () => {
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

  it('that was deleted is not started again, and the error says so', async () => {
    const { server, thread, reply, restarted } = await started();
    await reply('First');
    server.state.channels.delete(thread.messageId);
    for (const by of [undefined, await restarted()]) {
      const error = await failure(reply('Second', by));
      expect(error).toMatchObject({ retryable: false, message: expect.stringMatching(/thread .* was deleted/) });
    }
  });

  it('cannot be started from a header that was deleted', async () => {
    const { server, thread, reply, restarted } = await started();
    server.state.messages.delete(thread.messageId);
    const error = await failure(reply('First', await restarted()));
    expect(error).toMatchObject({ retryable: false, message: expect.stringMatching(/somebody deleted it/) });
  });

  it('is waited for as long as Discord asks where it limits threads, by the caller', async () => {
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
