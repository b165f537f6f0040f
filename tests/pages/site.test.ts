import { posix } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Site } from '../../src/core/site.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createSite } from '../../src/pages/site.ts';
import { saveDigest } from '../fakes/digest.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { attributesOf, parsePage, textOf } from './page.ts';

let stores: Stores;
let site: Site;

const siteOf = (names: readonly string[]): Site =>
  createSite({
    channels: names.map((name) => ({ name, timezone: 'Europe/Berlin' })),
    stores,
    now: () => new Date('2025-07-09T08:00:00Z'),
    prompt: ({ topics }) => `Score by ${topics}`,
  });

beforeEach(() => {
  stores = openStores(':memory:');
  site = siteOf(['foundations', 'vision']);
});

afterEach(() => stores.close());

const bodyOf = async (path: string): Promise<string> => {
  const file = await site.file(path);
  if (typeof file?.body !== 'string') throw new Error(`${path} is no text`);
  return file.body;
};

const saveDays = async (): Promise<void> => {
  for (const date of ['2024-12-31', '2025-06-30', '2025-07-01', '2025-07-08'])
    await saveDigest(stores, [paperOf(`${date}.1`, { title: 'Sorting in $O(n)$' }), paperOf(`${date}.2`)], { date });
  await saveDigest(stores, [paperOf('2507.00009')], { date: '2025-07-02', channel: 'vision', entries: [] });
};

describe('the site', () => {
  it('has a file for each of its paths, with the media type of its name', async () => {
    await saveDays();
    const paths = await site.paths();
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths.filter((path) => path.startsWith('foundations/')).sort()).toEqual(
      [
        ...['index.html', 'feed.xml', '2024.html', '2025.html', '2024-12.html', '2025-06.html', '2025-07.html'],
        ...['2024-12-31', '2025-06-30', '2025-07-01', '2025-07-08'].flatMap((date) =>
          ['html', 'md', 'json'].map((ending) => `${date}.${ending}`),
        ),
      ]
        .map((file) => `foundations/${file}`)
        .sort(),
    );
    expect(paths).toEqual(
      expect.arrayContaining(['index.html', 'assets/style.css', 'assets/icon.svg', 'assets/katex.min.css']),
    );
    const types: Record<string, string> = {
      html: 'text/html; charset=utf-8',
      md: 'text/markdown; charset=utf-8',
      json: 'application/json; charset=utf-8',
      xml: 'application/atom+xml; charset=utf-8',
      css: 'text/css; charset=utf-8',
      svg: 'image/svg+xml',
      woff2: 'font/woff2',
    };
    for (const path of paths) {
      const file = await site.file(path);
      expect(file?.type, path).toBe(types[path.split('.').at(-1) ?? '']);
      expect(file?.body.length, path).toBeGreaterThan(0);
    }
  });

  it('has only relative links, each to an existing file and anchor', async () => {
    await saveDays();
    const paths = new Set(await site.paths());
    const pages = new Map(
      await Promise.all(
        [...paths]
          .filter((path) => path.endsWith('.html'))
          .map(async (path) => [path, parsePage(await bodyOf(path))] as const),
      ),
    );
    let followed = 0;
    for (const [path, page] of pages) {
      const links = [...attributesOf(page, '[href]', 'href'), ...attributesOf(page, '[src]', 'src')];
      for (const link of links.filter((one) => !one.startsWith('https://arxiv.org/'))) {
        const [file = '', part] = link.split('#');
        const target = file === '' ? path : posix.join(posix.dirname(path), file);
        expect(link, path).not.toMatch(/^(\/|[a-z]+:)/);
        expect(paths, `${link} on ${path}`).toContain(target);
        if (part === undefined) continue;
        expect(attributesOf(pages.get(target) ?? page, '[id]', 'id'), `${link} on ${path}`).toContain(part);
        followed += 1;
      }
      const ids = attributesOf(page, '[id]', 'id');
      expect(new Set(ids).size, path).toBe(ids.length);
    }
    expect(followed).toBeGreaterThan(20);
  });

  it('has no file at any other path', async () => {
    await saveDays();
    for (const path of [
      '',
      '/',
      'foundations',
      'foundations/',
      'nowhere/index.html',
      'foundations/2025-07-03.html',
      'foundations/2025-02-30.html',
      'foundations/2025-7-8.html',
      'foundations/2025-07-08.txt',
      'foundations/2025-07-08',
      'foundations/2025-08.html',
      'foundations/2025-13.html',
      'foundations/2025-07.md',
      'foundations/2023.html',
      'foundations/2025.json',
      'foundations/sample.html',
      'foundations/x/index.html',
      'vision/2025-07-08.html',
      '../package.json',
      'assets/../site.ts',
      'assets/page.css',
      'assets/%2e%2e/site.ts',
      'foundations/../index.html',
      'foundations/../../package.json',
      './index.html',
      'constructor',
      'assets/constructor',
      '__proto__/index.html',
      'foundations/toString',
    ])
      expect(await site.file(path), path).toBeUndefined();
  });

  it('links from day to day only within a channel', async () => {
    await saveDays();
    const page = parsePage(await bodyOf('foundations/2025-07-01.html'));
    expect(attributesOf(page, '.masthead .neighbors a', 'href')).toEqual([
      '2025-06-30.html',
      '2025-07.html',
      '2025-07-08.html',
    ]);
    expect(attributesOf(parsePage(await bodyOf('vision/2025-07-02.html')), '.masthead .neighbors a', 'href')).toEqual([
      '2025-07.html',
    ]);
    const month = parsePage(await bodyOf('foundations/2025-06.html'));
    expect(attributesOf(month, '.masthead .neighbors a', 'href')).toEqual([
      '2024-12.html',
      '2025.html',
      '2025-07.html',
    ]);
    const year = parsePage(await bodyOf('foundations/2025.html'));
    expect(attributesOf(year, '.masthead .neighbors a', 'href')).toEqual(['2024.html', 'index.html']);
  });

  it('shows the prompt of the rubric that scored the day', async () => {
    await saveDays();
    expect(textOf(parsePage(await bodyOf('foundations/2025-07-08.html')).querySelector('.why pre'))).toContain(
      'Score by 1. Model Compression',
    );
  });

  it('shows votes on the day and on its month', async () => {
    const digest = await saveDigest(stores, [paperOf('2507.00001'), paperOf('2507.00002')]);
    await stores.outbox.enqueue(digest, ['web']);
    const [, , second] = await stores.outbox.list(digest.digestId, 'web');
    const message = { destination: 'web', messageId: 'm2' };
    await stores.outbox.sent(second?.deliveryId ?? 0, message, 1);
    await stores.reactions.add({ message, person: 'slack:T:U', emoji: '+1' }, '2025-07-08T14:00:00.000Z');
    expect(textOf(parsePage(await bodyOf('foundations/2025-07-08.html')).querySelector('#paper-2'))).toContain('👍 1');
    const month = parsePage(await bodyOf('foundations/2025-07.html'));
    expect(textOf(month.querySelector('.best section:last-child'))).toContain('Best by votes Title of 2507.00002');
  });

  it('lists the best papers of a year, each once, without reading whole digests', async () => {
    const paper = (version: number) => paperOf('2507.00001', { version });
    for (let day = 1; day <= 12; day += 1)
      await saveDigest(stores, [paper(day)], { date: `2025-06-${String(day).padStart(2, '0')}` });
    await saveDigest(stores, [paperOf('2507.00002'), paperOf('2507.00003')], { date: '2025-07-08' });
    await saveDigest(stores, [paperOf('2412.00001')], { date: '2024-12-31' });
    const never = () => Promise.reject(new Error('a whole digest was read'));
    const digests = { ...stores.digests, between: never, find: never, newest: never };
    stores = { ...stores, digests };
    site = siteOf(['foundations']);
    const page = parsePage(await bodyOf('foundations/2025.html'));
    expect(attributesOf(page, '.list a', 'href')).toEqual([
      '2025-07-08.html#paper-1',
      '2025-07-08.html#paper-2',
      '2025-06-12.html#paper-1',
    ]);
    expect(textOf(page.querySelector('.months tfoot'))).toMatch(/^Total 13 260 156 14 /);
  });

  it('has a front page, style sheet and channel pages before the first digest', async () => {
    expect((await site.paths()).filter((path) => !path.startsWith('assets/'))).toEqual([
      'index.html',
      'foundations/index.html',
      'foundations/feed.xml',
      'vision/index.html',
      'vision/feed.xml',
    ]);
    expect(textOf(parsePage(await bodyOf('index.html')).querySelector('main'))).toContain('No digest yet');
  });

  it('serves a channel with the name of the assets folder', async () => {
    site = siteOf(['assets']);
    await saveDigest(stores, [paperOf('2507.00001')], { channel: 'assets' });
    expect(await bodyOf('assets/2025-07-08.html')).toContain('Title of 2507.00001');
    expect((await site.file('assets/style.css'))?.type).toBe('text/css; charset=utf-8');
  });
});
