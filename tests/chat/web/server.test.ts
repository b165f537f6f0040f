import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/index.ts';
import { createWebPlatform } from '../../../src/chat/web/index.ts';
import { createWebApp, startWebServer } from '../../../src/chat/web/server.ts';
import type { DigestDraft } from '../../../src/core/digest.ts';
import { ExternalError, UserError } from '../../../src/core/errors.ts';
import type { Paper } from '../../../src/core/paper.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { paperOf } from '../../fakes/fixtures.ts';
import { keepingLogger, quietLogger } from '../slack/quiet.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const channels = [{ name: 'foundations' }, { name: 'r&d "x"' }];
const get = async (path: string, more: { logger?: typeof quietLogger } = {}) => {
  const answer = await createWebApp({ channels, stores, logger: more.logger ?? quietLogger }).request(path);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};
const save = (date: string, papers: Paper[], more: Partial<DigestDraft> = {}) =>
  saveDigest(stores, papers, { date, ...more });

describe('the page of the digest', () => {
  it('shows the newest digest of the first channel', async () => {
    await save('2025-07-07', [paperOf('1')]);
    await save('2025-07-08', [paperOf('2', { title: 'Newest title' })]);
    const { status, text, headers } = await get('/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html; charset=utf-8/i);
    expect(text).toContain('<title>Tuesday, 8 July 2025 · foundations</title>');
    expect(text).toContain('<a href="https://arxiv.org/abs/2">Newest title</a>');
    expect(text).toContain('1 paper of 12 passed');
    expect(text).not.toContain('Title of 1');
  });

  it('shows the digest of a date, with the ways to the days before and after', async () => {
    for (const day of [7, 8, 9]) await save(`2025-07-0${day}`, [paperOf(String(day))]);
    const { text } = await get('/?channel=foundations&date=2025-07-08');
    expect(text).toContain('Title of 8');
    expect(text).toContain('<a rel="prev" href="/?channel=foundations&amp;date=2025-07-07">');
    expect(text).toContain('<a rel="next" href="/?channel=foundations&amp;date=2025-07-09">');
    expect((await get('/')).text).not.toContain('rel="next"');
  });

  it('names and links other channels, whatever they are called', async () => {
    await save('2025-07-08', [paperOf('1')]);
    const { text } = await get('/');
    expect(text).toContain('<a href="/?channel=r%26d%20%22x%22">r&amp;d &quot;x&quot;</a>');
    expect((await get('/?channel=r%26d%20%22x%22')).text).toContain('No digest yet');
  });

  it('shows the votes on a paper', async () => {
    const digest = await save('2025-07-08', [paperOf('1')]);
    await stores.outbox.enqueue(digest, ['slack:T1:C1']);
    const [, delivery] = await stores.outbox.list(digest.digestId, 'slack:T1:C1');
    const message = { destination: 'slack:T1:C1', messageId: 'm1' };
    await stores.outbox.sent(delivery?.deliveryId ?? 0, message, 1);
    for (const [person, emoji] of [
      ['a', '+1'],
      ['b', '+1'],
      ['c', '-1'],
    ])
      await stores.reactions.add({ message, person: `slack:T1:${person}`, emoji: emoji ?? '' }, '2025-07-08T13:00:00Z');
    expect((await get('/')).text).toContain('👍 2 · 👎 1');
  });

  it('shows the nearest of a day on which nothing passed', async () => {
    await save('2025-07-08', [paperOf('1')], {
      entries: [],
      counts: { announced: 20, scanned: 12, relevant: 0, unscored: 0 },
    });
    const { text } = await get('/');
    expect(text).toContain('0 papers of 12 passed');
    expect(text).toMatch(/The nearest:[\s\S]*Title of 1/);
  });

  it('says loudly that a sample is one, and links to none of its papers', async () => {
    await save('2025-01-06', [paperOf('sample.00001')], { sample: true });
    const { text } = await get('/');
    expect(text).toContain('Every paper here is invented.');
    expect(text).toContain('<h1>A sample day</h1>');
    expect(text).not.toMatch(/arxiv\.org\/(abs|pdf|html)/);
    expect(text).not.toContain('January 2025');
  });

  it('keeps hostile text as text, in every place', async () => {
    const evil = `<script>alert(1)</script>" onmouseover="x' &amp; </title><img src=x>`;
    const paper = paperOf('1', { title: evil, authors: [evil], abstract: evil, categories: [evil] });
    await save('2025-07-08', [paper], { notices: [evil] });
    const { text } = await get('/');
    expect(text).not.toContain('<script');
    expect(text).not.toContain('<img');
    expect(text).not.toContain('" onmouseover');
    const escaped =
      '&lt;script&gt;alert(1)&lt;/script&gt;&quot; onmouseover=&quot;x&#39; &amp;amp; &lt;/title&gt;&lt;img src=x&gt;';
    expect(text.split(escaped)).toHaveLength(1 + 5);
  });
});

describe('the web app', () => {
  it('says that there is no digest yet', async () => {
    const { status, text } = await get('/');
    expect(status).toBe(200);
    expect(text).toContain('No digest yet');
    expect(text).toContain('The first digest of foundations appears here');
  });

  it.each([
    ['/?channel=unknown', 404, 'The config names no channel like that.'],
    ['/?date=2025-07-06', 404, 'There is no digest of foundations for 2025-07-06.'],
    ['/?date=2025-02-30', 400, 'A day is written like 2025-07-08.'],
    ['/?date=%3Cscript%3E', 400, 'A day is written like 2025-07-08.'],
    ['/?date=', 400, 'A day is written like 2025-07-08.'],
    ['/elsewhere', 404, 'There is nothing at this address.'],
  ])('answers %s with %i and a sentence', async (path, status, sentence) => {
    await save('2025-07-08', [paperOf('1')]);
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(sentence);
    expect(answer.text).not.toContain('<script');
  });

  it.each(['/', '/elsewhere', '/?channel=unknown'])('lets %s load nothing and be framed by nobody', async (path) => {
    const { headers } = await get(path);
    const policy = headers.get('content-security-policy')?.split('; ');
    expect(policy?.toSorted()).toEqual([
      "base-uri 'none'",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "style-src 'unsafe-inline'",
    ]);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('logs a bug and shows none of it', async () => {
    const { lines, logger } = keepingLogger();
    stores.close();
    const { status, text } = await get('/', { logger });
    stores = openStores(':memory:');
    expect(status).toBe(500);
    expect(text).toContain('the log says why');
    expect(lines).toMatchObject([{ level: 'error', message: 'page failed' }]);
  });
});

describe('the web server', () => {
  const parts = () => ({ channels, stores, logger: quietLogger });

  it('serves at a free port and is gone when closed', async () => {
    const server = await startWebServer({ host: '127.0.0.1', port: 0 }, parts());
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await (await fetch(server.url)).text()).toContain('No digest yet');
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('says what to do where another process has the port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const error = await startWebServer({ host: '127.0.0.1', port }, parts()).catch((error: unknown) => error);
    other.close();
    expect(error).toBeInstanceOf(ExternalError);
    expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('PAPERBOY_HTTP') });
  });
});

describe('the web page as a platform', () => {
  it('has one place, and takes every message as sent', async () => {
    const web = createWebPlatform();
    expect(await web.resolve('web')).toBe('web');
    for (const address of ['web:1', 'slack:C1', '']) await expect(web.resolve(address)).rejects.toThrow(UserError);
    const message = { summary: '', blocks: [] };
    expect(await web.send({ destination: 'web', message, key: 'k' })).toEqual({ destination: 'web', messageId: 'k' });
  });
});
