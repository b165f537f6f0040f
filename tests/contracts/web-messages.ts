import { beforeEach, describe, expect, test } from 'vitest';
import type { Digest } from '../../src/core/digest.ts';
import { type Message, textMessage } from '../../src/core/message.ts';
import type { Stores } from '../../src/core/stores.ts';
import type { WebMessage, WebMessageStore } from '../../src/core/web-message.ts';

const destination = 'web:foundations';
const day = 86_400_000;
const now = Date.parse('2025-07-08T13:00:00Z');

const messageOf = (key: string, more: Partial<WebMessage> = {}): WebMessage => ({
  ...{ key, destination, thread: undefined, message: textMessage(`Text of ${key}`), sentAt: now },
  ...more,
});

/** The contract of every store of web messages; part of the contract of the stores. */
export const webMessagesContract = (opened: () => Stores, storedDigest: (ids: string[]) => Promise<Digest>): void => {
  describe('web messages', () => {
    let messages: WebMessageStore;
    beforeEach(() => {
      messages = opened().webMessages;
    });
    const keys = (found: readonly WebMessage[]) => found.map(({ key }) => key);
    const posts = async (limit = 10, at = destination) =>
      (await messages.posts(at, limit)).flatMap(([header]) => header?.key ?? []);
    const thread = (messageId: string, at = destination) => messages.thread({ destination: at, messageId });
    const remove = (messageId: string, at = destination) => messages.remove({ destination: at, messageId });

    test('finds a message by its key', async () => {
      const messageWith = (code: string): Message => ({
        summary: "'; DROP TABLE web_messages; -- 🙂 \u202e",
        blocks: [
          { type: 'list', ordered: true, items: [['a', { text: 'b', bold: true, url: 'https://example.org' }]] },
          { type: 'code', text: code },
        ],
      });
      const header = messageOf('header', { message: messageWith('\n{}\u0000') });
      const reply = messageOf('reply', { message: header.message, thread: 'header' });
      await messages.add(header);
      await messages.add(reply);
      // Not every database can store a NUL. Some replace it.
      const message = messageWith(expect.stringMatching(/^\n\{\}.$/));
      expect(await messages.find('header')).toEqual({ ...header, message });
      expect(await messages.find('reply')).toEqual({ ...reply, message });
      for (const key of ['Header', 'head', '%', '']) expect(await messages.find(key)).toBeUndefined();
    });

    test('stores a key once and keeps the first message', async () => {
      await messages.add(messageOf('header'));
      await messages.add(messageOf('header', { message: textMessage('Another text'), sentAt: now + 1 }));
      expect(await messages.find('header')).toEqual(messageOf('header'));
      await Promise.all(Array.from({ length: 16 }, () => messages.add(messageOf('another'))));
      expect(await posts()).toEqual(['header', 'another']);
    });

    test('lists what was sent to a place since a time, a thread without its header', async () => {
      await messages.add(messageOf('old', { sentAt: now - 1 }));
      await messages.add(messageOf('first'));
      await messages.add(messageOf('reply', { thread: 'first', sentAt: now + 1 }));
      await messages.add(messageOf('second', { sentAt: now + 2 }));
      await messages.add(messageOf('elsewhere', { destination: 'web:other' }));
      const sent = async (thread?: string, since = now) => keys(await messages.sent(destination, thread, since));
      expect(await sent()).toEqual(['first', 'second']);
      expect(await sent('first')).toEqual(['reply']);
      expect(await sent('second')).toEqual([]);
      expect(await sent(undefined, now + 3)).toEqual([]);
    });

    test('replaces a message as often as wanted', async () => {
      await messages.add(messageOf('header'));
      await messages.add(messageOf('reply', { thread: 'header' }));
      for (const text of ['Second', 'Third']) await messages.replace('reply', textMessage(text));
      await messages.replace('nothing', textMessage('Nothing'));
      expect(await thread('header')).toEqual([
        messageOf('header'),
        messageOf('reply', { thread: 'header', message: textMessage('Third') }),
      ]);
      expect(await messages.find('nothing')).toBeUndefined();
    });

    test('removes a header with its thread, and a reply alone', async () => {
      await messages.add(messageOf('header'));
      await messages.add(messageOf('other'));
      for (const key of ['a', 'b']) await messages.add(messageOf(key, { thread: 'header' }));
      await remove('a');
      expect(keys(await thread('header'))).toEqual(['header', 'b']);
      await remove('header');
      await remove('header');
      expect(await thread('header')).toEqual([]);
      expect(await posts()).toEqual(['other']);
    });

    test('lists a thread with its header in the order of sending, also within a millisecond', async () => {
      await messages.add(messageOf('z-header'));
      await messages.add(messageOf('other'));
      for (const key of ['c', 'a', 'b']) await messages.add(messageOf(key, { thread: 'z-header' }));
      await messages.add(messageOf('d', { thread: 'other' }));
      await messages.add(messageOf('earlier', { thread: 'z-header', sentAt: now - 1 }));
      expect(keys(await thread('z-header'))).toEqual(['z-header', 'c', 'a', 'b', 'earlier']);
      expect(keys(await thread('a'))).toEqual(['a']);
      expect(await thread('nothing')).toEqual([]);
    });

    test('lists the newest messages of a destination outside of threads, oldest first', async () => {
      for (const key of ['d', 'c', 'b', 'a']) await messages.add(messageOf(key));
      await messages.add(messageOf('reply', { thread: 'd' }));
      await messages.add(messageOf('elsewhere', { destination: 'web:robots' }));
      expect(await posts()).toEqual(['d', 'c', 'b', 'a']);
      expect(await posts(2)).toEqual(['b', 'a']);
      expect(await posts(10, 'web:robots')).toEqual(['elsewhere']);
      expect(await posts(10, 'web')).toEqual([]);
    });

    test('lists messages with their threads', async () => {
      for (const key of ['one', 'two']) await messages.add(messageOf(key));
      for (const [key, header] of [
        ['a', 'two'],
        ['b', 'one'],
        ['c', 'two'],
      ] as const)
        await messages.add(messageOf(key, { thread: header }));
      const listed = async (limit: number) => (await messages.posts(destination, limit)).map(keys);
      expect(await listed(10)).toEqual([
        ['one', 'b'],
        ['two', 'a', 'c'],
      ]);
      expect(await listed(1)).toEqual([['two', 'a', 'c']]);
    });

    test('neither lists nor removes a message at another destination', async () => {
      await messages.add(messageOf('header'));
      await messages.add(messageOf('reply', { thread: 'header' }));
      await remove('header', 'web:robots');
      expect(keys(await thread('header'))).toEqual(['header', 'reply']);
      expect(await thread('header', 'web:robots')).toEqual([]);
    });

    test('does not list or count the header of a digest as a post', async () => {
      const { outbox } = opened();
      const digest = await storedDigest(['2507.00001']);
      await outbox.enqueue(digest, [destination]);
      await messages.add(messageOf('before'));
      for (const { key } of await outbox.list(digest.digestId, destination)) await messages.add(messageOf(key));
      expect(await posts(1)).toEqual(['before']);
      await messages.add(messageOf('after'));
      expect(await posts()).toEqual(['before', 'after']);
    });

    test('deletes what is more than 60 days older than an added message, at its destination only', async () => {
      await messages.add(messageOf('old', { sentAt: now - 60 * day - 1 }));
      await messages.add(messageOf('old reply', { thread: 'old', sentAt: now - 60 * day - 1 }));
      await messages.add(messageOf('old elsewhere', { destination: 'web:robots', sentAt: now - 90 * day }));
      await messages.add(messageOf('kept', { sentAt: now - 60 * day }));
      expect(await posts()).toEqual(['old', 'kept']);
      await messages.add(messageOf('new'));
      expect(await posts()).toEqual(['kept', 'new']);
      expect(await thread('old')).toEqual([]);
      expect(await messages.find('old elsewhere')).toBeDefined();
    });
  });
};
