import { describe, expect, it } from 'vitest';
import { type Message, textMessage } from '../../../src/core/message.ts';
import type { Reaction } from '../../../src/core/platform.ts';
import { startDiscordTwin } from '../../fakes/discord-twin.ts';
import { findSent } from '../../fakes/find-sent.ts';
import { open, platformOn } from './connect.ts';
import { shownText } from './shown.ts';

const day: Message = { summary: 'Day', blocks: [{ type: 'heading', text: 'Tuesday, 8 July 2025 · foundations' }] };

describe('a digest on a third-party Discord server', () => {
  it('is in one thread after a restart midway, without duplicates, and receives votes', async () => {
    const twin = await startDiscordTwin();
    open.push(twin);
    const first = platformOn(twin);
    await first.connect();
    const destination = await first.resolve(`discord:${twin.general}`);
    const thread = await first.send({ destination, message: day, key: 'k-0' });
    const since = Date.now();
    const send = (platform: typeof first, key: string) =>
      platform.send({ destination, thread, message: textMessage(`Paper ${key}`), key });
    await send(first, 'k-1');
    const second = await send(first, 'k-2');
    await first.close();

    const platform = platformOn(twin);
    open.unshift(platform);
    await platform.connect();
    const received: [string, Reaction][] = [];
    await platform.listen({
      command: async () => textMessage('Yes'),
      paperOf: async () => undefined,
      card: async () => undefined,
      suggest: async () => [],
      reactionAdded: async (reaction) => void received.push(['added', reaction]),
      reactionRemoved: async (reaction) => void received.push(['removed', reaction]),
    });
    expect(await findSent(platform, { destination, thread, key: 'k-2', since })).toEqual(second);
    expect(await findSent(platform, { destination, thread, key: 'k-3', since })).toBeUndefined();
    await send(platform, 'k-3');

    const threads = await twin.threads(twin.general);
    expect(threads.map(({ name }) => name)).toEqual(['Tuesday, 8 July 2025 · foundations']);
    expect(threads[0]?.messages.map(shownText)).toEqual([
      ...['Tuesday, 8 July 2025 · foundations', 'Paper k-1', 'Paper k-2', 'Paper k-3'],
    ]);

    const voted = { id: second.messageId, channel: threads[0]?.id ?? '' };
    for (const present of [true, false]) twin.react(voted, twin.people.alice, '👍', present);
    const vote = { message: second, person: `discord:${twin.guild}:${twin.people.alice}`, emoji: '👍' };
    await expect
      .poll(() => received)
      .toEqual([
        ['added', vote],
        ['removed', vote],
      ]);
  });
});
