import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { createQuickClock, createSteppingClock } from '../../fakes/clock.ts';
import { destination, postDigest, startWeb, type WebOptions } from '../../fakes/web.ts';
import { cookieOf } from './guarded.ts';

const page = 'foundations/2025-07-08.html';
const paper = '2507.00001';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A web server on a database file, which counts its statements besides those that read the version. */
const setUp = async (options: WebOptions = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-unchanged-'));
  open.push(() => rm(folder, { recursive: true, force: true }));
  const statements: string[] = [];
  const openFile = (): Stores => {
    const stores = openStores(join(folder, 'paperboy.db'), {
      onStatement: (sql) => void (/data_version/i.test(String(sql)) || statements.push(String(sql))),
    });
    open.push(() => stores.close());
    return stores;
  };
  const web = await startWeb({ stores: openFile(), clock: createQuickClock('2025-07-08T15:00:01Z'), ...options });
  open.push(() => web.close());
  const { messages } = await postDigest(web, [paper, '2507.00002']);
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${web.url}${path}`, { headers, redirect: 'manual' });
  /** A browser with an identity, as headers. */
  const person = async (): Promise<Record<string, string>> => ({ cookie: cookieOf(await get('')) ?? '' });
  /** The status of a page that a browser has with this tag, and its tag. */
  const again = async (as: Record<string, string>, tag: string | null, path = page) => {
    const answer = await get(path, { ...as, 'if-none-match': tag ?? '' });
    return {
      status: answer.status,
      tag: answer.headers.get('etag'),
      text: await answer.text(),
      headers: answer.headers,
    };
  };
  const vote = (as: Record<string, string>, value: string) =>
    fetch(`${web.url}foundations/reactions`, {
      method: 'POST',
      headers: { ...as, accept: 'application/json', 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ message: messages.get(paper) ?? '', vote: value }),
    });
  return { web, statements, openFile, get, person, again, vote, message: messages.get(paper) ?? '' };
};

describe('a page that a browser has', () => {
  it('is not sent again, and takes no statement', async () => {
    const { get, again, person, statements } = await setUp();
    const reader = await person();
    for (const path of [page, 'foundations/', '', 'foundations/2025-07.html', 'foundations/feed.xml']) {
      const first = await get(path, reader);
      const tag = first.headers.get('etag');
      expect([path, first.status, first.headers.get('cache-control')]).toEqual([path, 200, 'private, no-cache']);
      expect(tag).toMatch(/^W\/"[\w-]{43}"$/);
      statements.length = 0;
      const second = await again(reader, `"other", ${tag}`, path);
      expect(second).toMatchObject({ status: 304, tag, text: '' });
      expect(second.headers.get('cache-control')).toBe('private, no-cache');
      expect(statements).toEqual([]);
      expect((await again(reader, '*', path)).status).toBe(304);
      expect((await again(reader, '"other"', path)).status).toBe(200);
    }
  });

  it('is sent again after each change that it shows, and only then', async () => {
    const { web, again, person, vote, openFile, message } = await setUp();
    const reader = await person();
    let { tag } = await again(reader, null);
    const expectStatus = async (status: number) => {
      const answer = await again(reader, tag);
      expect(answer.status).toBe(status);
      tag = answer.tag;
    };
    await expectStatus(304);
    await vote(await person(), 'up');
    await expectStatus(200);
    await openFile().reactions.add(
      { message: { destination, messageId: message }, person: 'web:local:x', emoji: '👎' },
      '2025-07-08T14:00:00.000Z',
    );
    await expectStatus(200);
    web.activity.began('foundations');
    await expectStatus(200);
    await web.stores.saved.add('web:local:somebody', paper, '2025-07-08T14:00:00.000Z');
    await expectStatus(304);
    await postDigest(web, ['2507.00003'], '2025-07-09');
    await expectStatus(200);
    await expectStatus(304);
  });

  it('is sent again when the next check of arXiv is today, and not each minute before', async () => {
    const clock = createSteppingClock('2025-07-08T15:00:01Z');
    const { web, again, person, statements } = await setUp({ clock });
    const reader = await person();
    web.activity.next('foundations', new Date('2025-07-09T13:00:00Z'));
    const { tag, text } = await again(reader, null);
    expect(text).toContain('Next check of arXiv: Wednesday at 09:00 (America/New_York)');
    statements.length = 0;
    clock.set('2025-07-08T15:14:00Z');
    expect((await again(reader, tag)).status).toBe(304);
    expect(statements).toEqual([]);
    // A minute before and after midnight in New York.
    clock.set('2025-07-09T03:59:00Z');
    expect((await again(reader, tag)).status).toBe(304);
    clock.set('2025-07-09T04:01:00Z');
    const after = await again(reader, tag);
    expect([after.status, after.text]).toEqual([200, expect.stringContaining('Next check of arXiv: today at 09:00')]);
  });

  it('is one for each reader', async () => {
    const { again, person, vote, web } = await setUp();
    const [one, other] = [await person(), await person()];
    const before = await again(one, null);
    expect((await again(other, before.tag)).status).toBe(304);
    await vote(one, 'up');
    const [mine, theirs] = [await again(one, before.tag), await again(other, before.tag)];
    expect([mine.status, theirs.status]).toEqual([200, 200]);
    expect(mine.tag).not.toBe(theirs.tag);
    // The other's page, held by a browser that changed its identity.
    const changed = await again(one, theirs.tag);
    expect([changed.status, changed.text]).toEqual([200, mine.text]);
    expect((await again(other, theirs.tag)).status).toBe(304);
    for (const mark of [{ read: 'yes' }, { read: 'no' }]) {
      const { tag } = await again(one, null);
      await fetch(`${web.url}foundations/marks`, {
        ...{ method: 'POST', redirect: 'manual' },
        headers: { ...one, 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({ paper, ...mark }),
      });
      expect((await again(one, tag)).status).toBe(200);
      expect((await again(other, theirs.tag)).status).toBe(304);
    }
  });

  it('is never confirmed to somebody who may not read it, nor with the query of another filter', async () => {
    const { web, again, get } = await setUp({ secret: 'correct horse battery' });
    const signIn = await fetch(`${web.url}sign-in`, {
      ...{ method: 'POST', redirect: 'manual' },
      headers: { 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ secret: 'correct horse battery' }),
    });
    const reader = { cookie: cookieOf(signIn) ?? '' };
    const { tag, status } = await again(reader, null);
    expect(status).toBe(200);
    const stranger = await again({}, tag);
    expect([stranger.status, stranger.tag]).toEqual([401, null]);
    expect((await again(reader, tag, `${page}?author=nobody`)).status).toBe(200);
    expect((await get(page, reader)).headers.get('set-cookie')).toBeNull();
  });

  it('still gives a browser its identity', async () => {
    const { again } = await setUp();
    const first = await again({}, null);
    const second = await again({}, first.tag);
    expect([second.status, cookieOf(new Response(null, { headers: second.headers }))]).toEqual([
      304,
      expect.stringMatching(/^paperboy=/),
    ]);
  });
});

describe('open pages', () => {
  it('take no statement while nothing changes, and show what another process changes', async () => {
    const { web, statements, openFile, message } = await setUp();
    const visitor = await web.visitor();
    const paths = ['foundations/live', 'foundations/live?date=2025-07-08', 'reading/live'];
    const streams = await Promise.all(paths.map((path) => visitor.follow(path)));
    await expect.poll(() => streams.map(({ states }) => states.length)).toEqual([1, 1, 1]);
    statements.length = 0;
    await delay(100);
    expect(statements).toEqual([]);
    await openFile().reactions.add(
      { message: { destination, messageId: message }, person: 'web:local:x', emoji: '👎' },
      '2025-07-08T14:00:00.000Z',
    );
    await expect.poll(() => streams[0]?.states.at(-1)?.votes).toEqual({ [paper]: { up: 0, down: 1 } });
    await Promise.all(streams.map((stream) => stream.leave()));
  });
});
