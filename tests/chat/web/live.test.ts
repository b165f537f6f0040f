import { afterEach, describe, expect, it } from 'vitest';
import { createClock } from '../../../src/core/clock.ts';
import type { Browser } from '../../fakes/browser.ts';
import { destination, postDigest, startWeb, type WebOptions } from '../../fakes/web.ts';
import { parsePage } from '../../pages/page.ts';

const paper = '2507.00001';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const web of open.splice(0)) await web.close();
});

const setUp = async (options: WebOptions = {}) => {
  const web = await startWeb(options);
  open.push(web);
  const { messages } = await postDigest(web, [paper]);
  const visitor = await web.visitor();
  return { web, visitor, message: messages.get(paper) ?? '' };
};

/** A stream that has sent its first state. */
const follow = async (browser: Browser, path = 'foundations/live') => {
  const stream = await browser.follow(path);
  await expect.poll(() => stream.states).toHaveLength(1);
  return stream;
};

describe('an open page', () => {
  it('gets its state at once, the same as in its markup', async () => {
    const { visitor } = await setUp();
    const page = parsePage(await (await visitor.get('foundations/')).text());
    const stream = await follow(visitor);
    expect(stream.status).toBe(200);
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.headers.get('cache-control')).toBe('no-store');
    const [state] = stream.states;
    expect(state).toEqual({
      content: page.querySelector('body')?.getAttribute('data-content'),
      votes: {},
      activity: { words: '', done: 0, total: 0 },
    });
    expect(page.querySelector('body')?.getAttribute('data-stream')).toBe('live');
    await stream.leave();
  });

  it('gets votes from other pages and other processes within a second', async () => {
    const clock = createClock();
    const slept: number[] = [];
    const sleep = (ms: number, signal?: AbortSignal) => {
      slept.push(ms);
      return clock.sleep(ms, signal);
    };
    const { web, visitor, message } = await setUp({ clock: { ...clock, sleep } });
    const stream = await follow(visitor);
    const content = stream.states[0]?.content;
    await (await web.visitor()).post('foundations/reactions', { message, vote: 'up' });
    await expect.poll(() => stream.states.at(-1)?.votes).toEqual({ [paper]: { up: 1, down: 0 } });
    const reaction = { message: { destination, messageId: message }, person: 'web:local:x', emoji: '👎' };
    await web.stores.reactions.add(reaction, '2025-07-08T14:00:00.000Z');
    await expect.poll(() => stream.states.at(-1)?.votes).toEqual({ [paper]: { up: 1, down: 1 } });
    expect(Math.max(...slept)).toBeLessThanOrEqual(1_000);
    expect(stream.states.map((state) => state.content)).toEqual([content, content, content]);
    await stream.leave();
  });

  it('gets a vote from its own server without waiting for the next check', async () => {
    const clock = createClock();
    const sleep = (_: number, signal?: AbortSignal) => clock.sleep(3_600_000, signal);
    const { visitor, message } = await setUp({ clock: { ...clock, sleep } });
    const stream = await follow(visitor);
    await visitor.post('foundations/reactions', { message, vote: 'up' });
    await expect.poll(() => stream.states.at(-1)?.votes).toEqual({ [paper]: { up: 1, down: 0 } });
    await stream.leave();
  });

  it('gets new digests and messages, but on an earlier day only digests', async () => {
    const { web, visitor } = await setUp();
    const [newest, earlier] = [await follow(visitor), await follow(visitor, 'foundations/live?date=2025-07-08')];
    const contents = () => new Set(newest.states.map(({ content }) => content)).size;
    await postDigest(web, ['2507.00002'], '2025-07-09');
    await expect.poll(contents).toBeGreaterThan(1);
    await expect.poll(async () => newest.states.at(-1)?.content).toBe(await contentOf(visitor, 'foundations/'));
    const before = contents();
    const message = { summary: 'Hello', blocks: [] };
    await web.platform.send({ destination, message, key: 'hello' });
    await expect.poll(contents).toBe(before + 1);
    // Its list of days has one more.
    expect(new Set(earlier.states.map(({ content }) => content)).size).toBe(2);
    await Promise.all([newest.leave(), earlier.leave()]);
  });

  it('gets the progress of a run', async () => {
    const { web, visitor } = await setUp();
    const stream = await follow(visitor);
    web.activity.began('foundations');
    web.activity.progress('foundations', 3, 12);
    const state = { words: 'Scoring papers …', done: 3, total: 12 };
    await expect.poll(() => stream.states.at(-1)?.activity).toEqual(state);
    await stream.leave();
  });

  it('is no longer watched after it closes', async () => {
    const { web, visitor } = await setUp();
    const streams = [await follow(visitor), await follow(visitor), await follow(visitor, 'reading/live')];
    expect(web.parts.watches.size()).toBe(3);
    for (const stream of streams) await stream.leave();
    await expect.poll(() => web.parts.watches.size()).toBe(0);
  });

  it('of an unknown channel or date is not watched', async () => {
    const { web, visitor } = await setUp();
    for (const path of ['elsewhere/live', 'foundations/live?date=today', 'foundations/live?date=2025-02-30'])
      expect((await visitor.get(path)).status).toBe(404);
    expect(web.parts.watches.size()).toBe(0);
  });

  it('is not watched after a HEAD request', async () => {
    const { web } = await setUp();
    const answer = await fetch(`${web.url}foundations/live`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(web.parts.watches.size()).toBe(0);
  });

  it('is refused above the limit per person, but not for others at that address', async () => {
    const { web, visitor } = await setUp();
    const streams = await Promise.all(Array.from({ length: 20 }, () => follow(visitor)));
    expect((await visitor.get('foundations/live')).status).toBe(429);
    const other = await web.visitor();
    const stream = await follow(other);
    await Promise.all([...streams, stream].map((one) => one.leave()));
  });

  it('is refused above the limit per address until another closes', async () => {
    const { web } = await setUp({ publicReading: true, trustedProxies: ['127.0.0.1'] });
    const live = (from?: string) => {
      const leaving = new AbortController();
      const headers: Record<string, string> = from === undefined ? {} : { 'x-forwarded-for': from };
      const answer = fetch(`${web.url}foundations/live`, { headers, signal: leaving.signal });
      return { answer, leave: () => leaving.abort() };
    };
    const statusOf = async (from?: string) => {
      const { answer, leave } = live(from);
      const { status, headers } = await answer;
      leave();
      return [status, headers.get('retry-after')];
    };
    const one = Array.from({ length: 100 }, (_, tab) => live(`203.0.113.9, 2001:db8:1:2::${tab}`));
    await Promise.all(one.map(({ answer }) => answer));
    // All addresses of one IPv6 network count as one visitor's.
    expect(await statusOf('2001:0db8:1:2:ffff:0:0:1')).toEqual([429, '60']);
    expect(await statusOf('2001:db8:1:3::1')).toEqual([200, null]);
    expect(await statusOf('203.0.113.9')).toEqual([200, null]);
    expect(await statusOf()).toEqual([200, null]);
    one[0]?.leave();
    await expect.poll(() => statusOf('2001:db8:1:2::7')).toEqual([200, null]);
    for (const { leave } of one) leave();
    await expect.poll(() => web.parts.watches.size()).toBe(0);
  });

  it('has no more slots if it invents addresses', async () => {
    const { web } = await setUp({ publicReading: true });
    const leaving = new AbortController();
    const live = (tab: number) =>
      fetch(`${web.url}foundations/live`, {
        headers: { 'x-forwarded-for': `203.0.113.${tab}` },
        signal: leaving.signal,
      });
    const opened = await Promise.all(Array.from({ length: 101 }, (_, tab) => live(tab)));
    expect(opened.filter(({ status }) => status === 429)).toHaveLength(1);
    leaving.abort();
    await expect.poll(() => web.parts.watches.size()).toBe(0);
  });

  it('is asked to retry later above the limit of the server', async () => {
    const { web, visitor } = await setUp();
    const unfollow = Array.from({ length: 500 }, () => web.parts.watches.follow('reading', undefined, () => {}));
    const answer = await visitor.get('foundations/live');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60']);
    unfollow[0]?.();
    await (await follow(visitor)).leave();
  });
});

const contentOf = async (browser: Browser, path: string): Promise<string | undefined> =>
  parsePage(await (await browser.get(path)).text())
    .querySelector('body')
    ?.getAttribute('data-content');
