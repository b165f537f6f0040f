import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createWatches, type Watches } from '../../../src/chat/web/watch.ts';
import type { LiveState } from '../../../src/core/site.ts';
import { createQuickClock } from '../../fakes/clock.ts';
import { keepingLogger } from '../../fakes/logger.ts';

const stateOf = (content: string): LiveState => ({ content, votes: {}, activity: { words: '', done: 0, total: 0 } });

const open: Watches[] = [];
afterEach(() => {
  for (const watches of open.splice(0)) watches.close();
});

/** Watches over states that a test sets, with each read. */
const setUp = () => {
  const { lines, logger } = keepingLogger();
  const contents = new Map<string, string>();
  const reads: string[] = [];
  const changes = { count: 0 };
  const read = { now: async (key: string): Promise<LiveState | undefined> => stateOf(contents.get(key) ?? 'first') };
  const watches = createWatches({
    version: async () => changes.count,
    state(channel, date) {
      const key = date === undefined ? channel : `${channel} ${date}`;
      reads.push(key);
      return read.now(key);
    },
    ...{ clock: createQuickClock(), logger },
  });
  open.push(watches);
  const follow = (channel = 'a', date?: string) => {
    const sent: string[] = [];
    const unfollow = watches.follow(channel, date, (state) => sent.push(JSON.parse(state).content));
    return { sent, unfollow };
  };
  const change = (key: string, content: string): void => {
    contents.set(key, content);
    changes.count += 1;
  };
  return { watches, contents, changes, change, reads, read, follow, lines };
};

describe('watches', () => {
  it('send a page its state at once, then each change once', async () => {
    const { change, changes, reads, follow } = setUp();
    const { sent } = follow();
    await expect.poll(() => sent).toEqual(['first']);
    change('a', 'second');
    await expect.poll(() => sent).toEqual(['first', 'second']);
    const before = reads.length;
    changes.count += 1;
    await expect.poll(() => reads.length).toBeGreaterThan(before);
    expect(sent).toEqual(['first', 'second']);
  });

  it('read nothing while nothing changes', async () => {
    const { change, reads, follow } = setUp();
    const pages = [follow('a'), follow('b'), follow('a', '2025-07-08')];
    await expect.poll(() => pages.map(({ sent }) => sent.length)).toEqual([1, 1, 1]);
    const before = reads.length;
    // Ten looks of the quick clock.
    await delay(60);
    expect(reads).toHaveLength(before);
    change('b', 'second');
    await expect.poll(() => pages[1]?.sent).toEqual(['first', 'second']);
    expect(reads.slice(before).toSorted()).toEqual(['a', 'a 2025-07-08', 'b']);
  });

  it('check only the pages of a channel that this process changed', async () => {
    const { contents, reads, follow, watches } = setUp();
    const [one, other] = [follow('a'), follow('b')];
    await expect.poll(() => [one.sent, other.sent]).toEqual([['first'], ['first']]);
    contents.set('a', 'second').set('b', 'second');
    const before = reads.length;
    await watches.checkNow('a');
    expect([one.sent, other.sent, reads.slice(before)]).toEqual([['first', 'second'], ['first'], ['a']]);
  });

  it('read once for all visitors of a page', async () => {
    const { follow, reads, read } = setUp();
    const state = Promise.withResolvers<LiveState>();
    read.now = () => state.promise;
    const pages = [follow(), follow(), follow()];
    await expect.poll(() => reads).toEqual(['a']);
    state.resolve(stateOf('only'));
    await expect.poll(() => pages.map(({ sent }) => sent)).toEqual([['only'], ['only'], ['only']]);
    expect(follow().sent).toEqual(['only']);
  });

  it('keep channels and days apart', async () => {
    const { follow, contents } = setUp();
    contents.set('a 2025-07-08', 'earlier').set('b', 'other');
    const [newest, earlier, other] = [follow(), follow('a', '2025-07-08'), follow('b')];
    await expect.poll(() => [newest.sent, earlier.sent, other.sent]).toEqual([['first'], ['earlier'], ['other']]);
  });

  it('stop once nobody has the page open, and start again with the next visitor', async () => {
    const { follow, watches, reads, contents } = setUp();
    const [one, two] = [follow(), follow()];
    await expect.poll(() => one.sent).toEqual(['first']);
    expect(watches.size()).toBe(2);
    one.unfollow();
    one.unfollow();
    expect(watches.size()).toBe(1);
    two.unfollow();
    expect(watches.size()).toBe(0);
    contents.set('a', 'second');
    const before = reads.length;
    await delay(30);
    expect(reads).toHaveLength(before);
    expect([one.sent, two.sent]).toEqual([['first'], ['first']]);
    const three = follow();
    two.unfollow();
    await expect.poll(() => three.sent).toEqual(['second']);
    expect(watches.size()).toBe(1);
  });

  it('log a failed read and continue', async () => {
    const { follow, watches, read, lines } = setUp();
    const { sent } = follow();
    await expect.poll(() => sent).toEqual(['first']);
    read.now = () => Promise.reject(new Error('the disk is gone'));
    await watches.checkNow('a');
    expect(lines[0]).toMatchObject({ level: 'error', message: 'live page failed', fields: { channel: 'a' } });
    read.now = async () => stateOf('second');
    await expect.poll(() => sent).toEqual(['first', 'second']);
  });

  it('send no state that was read before the last one sent', async () => {
    const { follow, watches, read } = setUp();
    const { sent } = follow();
    await expect.poll(() => sent).toEqual(['first']);
    const slow = Promise.withResolvers<LiveState>();
    read.now = () => slow.promise;
    const looking = watches.checkNow('a');
    read.now = async () => stateOf('third');
    await watches.checkNow('a');
    slow.resolve(stateOf('second'));
    await looking;
    expect(sent).toEqual(['first', 'third']);
  });

  it('send nothing after they close', async () => {
    const { follow, watches, contents } = setUp();
    const { sent, unfollow } = follow();
    await expect.poll(() => sent).toEqual(['first']);
    watches.close();
    contents.set('a', 'second');
    await delay(30);
    expect(sent).toEqual(['first']);
    expect(watches.size()).toBe(0);
    unfollow();
  });
});
