import { expect, it } from 'vitest';
import type { MessageRef } from '../../src/core/addresses.ts';
import { type Message, textMessage } from '../../src/core/message.ts';
import type { Capability, Platform } from '../../src/core/platform.ts';
import { findSent } from '../fakes/find-sent.ts';
import type { PlatformUnderTest } from './platform.ts';

type Given = {
  under: PlatformUnderTest;
  platform: Platform;
  destination: string;
  can(capability: Capability): boolean;
  send(message: Message, thread?: MessageRef, key?: string): Promise<MessageRef>;
  nextKey(): string;
  since: number;
};

/** What a platform lists of the bot's own messages; part of the contract of every platform. */
export const sentContract = (given: () => Given): void => {
  it('finds the message of a key after a restart, in the channel and in a thread', async () => {
    const { under, destination, can, send, nextKey, since } = given();
    const [top, inside] = [nextKey(), nextKey()];
    await send(textMessage('Another header'));
    const header = await send(textMessage('Header to find'), undefined, top);
    await send(textMessage('Another reply'), header);
    const reply = await send(textMessage('Reply to find'), header, inside);
    const restarted = await under.restart();
    const found = can('find');
    expect(await findSent(restarted, { destination, key: top, since })).toEqual(found ? header : undefined);
    const again = await findSent(restarted, { destination, thread: header, key: inside, since });
    expect(again).toEqual(found ? reply : undefined);
    expect(await findSent(restarted, { destination, thread: header, key: `${inside}0`, since })).toBeUndefined();
    expect(await findSent(restarted, { destination, key: inside.slice(0, -1), since })).toBeUndefined();
    await restarted.close();
  });

  it('lists what was sent with its keys, oldest first: a thread without its header, or what is outside threads', async () => {
    const { platform, destination, can, send, nextKey, since } = given();
    const keys = [nextKey(), nextKey(), nextKey(), nextKey()] as const;
    const first = await send(textMessage('First header'), undefined, keys[0]);
    const second = await send(textMessage('Second header'), undefined, keys[1]);
    const inside = [await send(textMessage('One'), first, keys[2]), await send(textMessage('Two'), first, keys[3])];
    const listed = async (thread?: MessageRef) =>
      (await platform.sent({ destination, thread, since })).filter(({ key }) => keys.includes(key));
    const own = [
      { key: keys[0], message: first },
      { key: keys[1], message: second },
    ];
    const replies = inside.map((message, index) => ({ key: keys[index + 2], message }));
    // The terminal remembers what this process printed.
    if (!can('find') && (await listed()).length === 0) return;
    expect(await listed()).toEqual(own);
    expect(await listed(first)).toEqual(replies);
    expect(await listed(second)).toEqual([]);
  });

  it('sends nothing if it must not be sent any more', async () => {
    const { under, platform, destination, nextKey } = given();
    const text = 'A message that came too late';
    const ready = () => Promise.reject(new Error('too late'));
    const sending = platform.send({ destination, message: textMessage(text), key: nextKey(), ready });
    await expect(sending).rejects.toThrow('too late');
    expect(await under.shown()).not.toContain(text);
  });

  it('finds nothing for a key that was never sent', async () => {
    const { platform, destination, since } = given();
    expect(await findSent(platform, { destination, key: 'never-sent', since })).toBeUndefined();
  });
};
