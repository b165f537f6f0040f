import { describe, expect, it } from 'vitest';
import { sideBySide } from '../../src/cli/side-by-side.ts';
import { channelOf } from '../fakes/fixtures.ts';

const channels = [
  channelOf({ name: 'one', post: ['slack:T1:C1'] }),
  channelOf({ name: 'two', post: ['console:two'] }),
  channelOf({ name: 'three', post: ['discord:1', 'console:three'] }),
  channelOf({ name: 'four', post: ['web:four'] }),
];

describe('channels', () => {
  it('run at the same time, except those that print', async () => {
    const events: string[] = [];
    const gates = new Map(channels.map(({ name }) => [name, Promise.withResolvers<void>()]));
    const results = sideBySide(channels, async ({ name }) => {
      events.push(`${name} starts`);
      await gates.get(name)?.promise;
      events.push(`${name} ends`);
      return name;
    });
    await expect.poll(() => events).toEqual(['one starts', 'four starts', 'two starts']);
    gates.get('two')?.resolve();
    await expect.poll(() => events.slice(3)).toEqual(['two ends', 'three starts']);
    for (const gate of gates.values()) gate.resolve();
    expect(await Promise.all(results)).toEqual(['one', 'two', 'three', 'four']);
  });

  it('run although another one fails', async () => {
    const results = sideBySide(channels, async ({ name }) => {
      if (name === 'two') throw new Error('broken');
      return name;
    });
    const ended = await Promise.allSettled(results);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });
});
