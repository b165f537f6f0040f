import { describe, expect, it } from 'vitest';
import { ExternalError } from '../../../src/core/errors.ts';
import { type Message, textMessage } from '../../../src/core/message.ts';
import type { startDiscordServer } from '../../fakes/discord-server.ts';
import { connect, open, platformOn } from './connect.ts';
import { shownMessage, shownText } from './shown.ts';

const headed = (text: string): Message => ({ summary: text, blocks: [{ type: 'heading', text }] });
const withButton: Message = {
  summary: 'Paper',
  blocks: [
    { type: 'paragraph', content: ['Paper'] },
    { type: 'buttons', buttons: [{ label: 'Save', command: 'save 2503.07639' }] },
  ],
};

const posted = async (fault?: Parameters<typeof startDiscordServer>[0]) => {
  const { server, platform, destination } = await connect(fault);
  const header = await platform.send({ destination, message: headed('Tuesday'), key: 'k-0' });
  const paper = await platform.send({ destination, thread: header, message: withButton, key: 'k-1' });
  const change = (message: Message, by = platform) =>
    by.edit(paper, { destination, thread: header, message, key: 'k-1' });
  const rename = (text: string, by = platform) => by.edit(header, { destination, message: headed(text), key: 'k-0' });
  const restarted = async () => {
    const again = platformOn(server);
    open.unshift(again);
    await again.connect();
    return again;
  };
  const thread = () => server.state.channels.get(header.messageId);
  const papers = () => server.state.ofChannel(header.messageId).map(shownMessage);
  const patched = () => server.called('PATCH', /^\/channels\/\d+$/).map(({ body }) => body);
  return { server, platform, destination, header, paper, change, rename, restarted, thread, papers, patched };
};
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a changed message on Discord', () => {
  it('is replaced as a whole, buttons too, and pings nobody', async () => {
    const { server, change, papers, patched } = await posted();
    expect(papers()).toEqual(['Paper\nSave']);
    await change(textMessage('Paper, rescored'));
    expect(papers()).toEqual(['Paper, rescored']);
    const [call] = server.called('PATCH', /messages/);
    expect(call?.body).toMatchObject({ allowed_mentions: { parse: [] }, components: [] });
    expect(patched()).toEqual([]);
  });

  it('is changed after a restart and in an archived thread, which is unarchived', async () => {
    const { change, papers, restarted, thread } = await posted();
    const metadata = thread()?.thread_metadata ?? { archived: false };
    metadata.archived = true;
    await change(textMessage('Again'), await restarted());
    expect(papers()).toEqual(['Again']);
    expect(metadata.archived).toBe(false);
  });

  it('renames its thread only if its heading is new', async () => {
    const { rename, thread, patched, restarted } = await posted();
    await rename('Tuesday');
    expect(patched()).toEqual([]);
    await rename('Tuesday, again', await restarted());
    expect(thread()?.name).toBe('Tuesday, again');
  });

  it('is changed even if Discord refuses to rename its thread', async () => {
    const { server, rename, thread } = await posted(({ method, path }) =>
      method === 'PATCH' && /^\/channels\/\d+$/.test(path)
        ? { status: 429, headers: { 'retry-after': '500' }, body: { retry_after: 500 } }
        : undefined,
    );
    await rename('Tuesday, again');
    expect(server.shown(server.state.general).map(shownText)).toEqual(['Tuesday, again']);
    expect(thread()?.name).toBe('Tuesday');
  });

  it('fails for good if it or its thread was deleted', async () => {
    const { server, change, header, paper, restarted } = await posted();
    server.state.messages.delete(paper.messageId);
    const gone = await failure(change(textMessage('Again')));
    expect(gone).toMatchObject({ retryable: false, message: expect.stringMatching(/somebody deleted it/) });
    server.state.channels.delete(header.messageId);
    for (const by of [undefined, await restarted()]) {
      const error = await failure(change(textMessage('Again'), by));
      expect(error).toBeInstanceOf(ExternalError);
      expect(error).toMatchObject({ retryable: false, message: expect.stringMatching(/thread .* was deleted/) });
    }
  });

  it('is retryable if Discord fails', async () => {
    const { change, papers } = await posted(({ method, path }, nth) =>
      method === 'PATCH' && /messages/.test(path) && nth === 1 ? { status: 503, body: {} } : undefined,
    );
    expect(await failure(change(textMessage('Again')))).toMatchObject({ retryable: true });
    await change(textMessage('Again'));
    expect(papers()).toEqual(['Again']);
  });
});

describe('a removed message on Discord', () => {
  it("leaves an archived thread with people's messages", async () => {
    const { server, platform, header, paper, papers, thread } = await posted();
    server.state.post(header.messageId, server.state.people.bob, [{ description: 'I liked it' }]);
    await platform.remove(paper, header);
    await platform.remove(header, undefined);
    expect(server.shown(server.state.general).map(shownText)).toEqual([]);
    expect(papers()).toEqual(['I liked it']);
    expect(thread()?.thread_metadata?.archived).toBe(true);
  });

  it('is no error if it, its thread or its channel is gone', async () => {
    const { server, platform, header, paper, restarted } = await posted();
    server.state.channels.delete(header.messageId);
    for (const by of [platform, await restarted()]) await by.remove(paper, header);
    for (const _ of [1, 2]) await platform.remove(header, undefined);
    server.state.channels.delete(server.state.general);
    await platform.remove(header, undefined);
  });

  it('is removed even if the bot may not archive its thread', async () => {
    const { server, platform, header } = await posted(({ method, path }) =>
      method === 'PATCH' && /^\/channels\/\d+$/.test(path) ? { status: 403, body: { code: 50_013 } } : undefined,
    );
    await platform.remove(header, undefined);
    expect(server.state.messages.has(header.messageId)).toBe(false);
  });

  it('stays if Discord fails, and is retryable', async () => {
    const { server, platform, header } = await posted(({ method }, nth) =>
      method === 'DELETE' && nth === 1 ? { status: 500, body: 'no' } : undefined,
    );
    expect(await failure(platform.remove(header, undefined))).toMatchObject({ retryable: true });
    await platform.remove(header, undefined);
    expect(server.state.messages.has(header.messageId)).toBe(false);
  });
});
