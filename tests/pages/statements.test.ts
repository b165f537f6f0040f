import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/sqlite/client.ts';
import { openStores } from '../../db/sqlite/index.ts';
import { textMessage } from '../../src/core/message.ts';
import { createActivity } from '../../src/daily/record.ts';
import { createLiveSite } from '../../src/pages/live/site.ts';
import { saveDigest } from '../fakes/digest.ts';
import { paperOf } from '../fakes/fixtures.ts';

const dates = ['2025-06-30', '2025-07-01', '2025-07-07', '2025-07-08'];
const reader = { person: 'web:local:a' };

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

/**
 * A site with this many channels, each with digests on four dates and three messages besides them.
 * @param file Of its database.
 */
const createCounted = async (count: number, file = ':memory:') => {
  const statements: string[] = [];
  const stores = openStores(file, {
    // Besides those that look whether anything has changed.
    onStatement: (sql) => void (/data_version/i.test(String(sql)) || statements.push(String(sql))),
  });
  open.push(stores);
  const channels = Array.from({ length: count }, (_, index) => {
    const name = `channel-${index}`;
    return { name, timezone: 'UTC', destination: `web:${name}`, rubric: 'rubric-1' };
  });
  for (const { name, destination } of channels) {
    for (const [day, date] of dates.entries()) {
      const papers = [1, 2, 3].map((paper) => paperOf(`2507.0${day}00${paper}`));
      const digest = await saveDigest(stores, papers, { channel: name, date });
      await stores.outbox.enqueue(digest, [destination]);
    }
    for (const key of ['a', 'b', 'c']) {
      const post = { key: `${name} ${key}`, destination, message: textMessage(key), sentAt: 1 };
      await stores.webMessages.add({ ...post, thread: undefined });
      await stores.webMessages.add({ ...post, key: `${post.key} reply`, thread: post.key });
    }
  }
  const site = createLiveSite({
    ...{ channels, stores, activity: createActivity(), hasModel: true },
    now: () => new Date('2025-07-09T12:00:00Z'),
    prompt: () => 'Read the papers.',
    problems: async () => [],
  });
  return {
    ...{ site, stores, statements },
    /** How many statements a page takes. */
    async countFor(path: string): Promise<number> {
      statements.length = 0;
      const file = await site.file(path, reader);
      if (file === undefined) throw new Error(`there is no ${path}`);
      return statements.length;
    },
    async countForState(channel: string): Promise<number> {
      statements.length = 0;
      await site.state(channel, undefined);
      return statements.length;
    },
  };
};

const limits = {
  'channel-0/2025-07-08.html': 14,
  'channel-0/2025-06-30.html': 14,
  'channel-0/index.html': 14,
  'channel-0/2025-07.html': 13,
  'channel-0/2025.html': 13,
  'channel-0/feed.xml': 3,
  'channel-0/saved.html': 10,
  'index.html': 4,
};

describe('the statements of a page', () => {
  it('are few', async () => {
    const { countFor } = await createCounted(2);
    for (const [path, limit] of Object.entries(limits)) {
      const count = await countFor(path);
      expect([path, count > 1, count <= limit ? '' : `${count} > ${limit}`]).toEqual([path, true, '']);
    }
  });

  it('are fewer while nothing changes, for pages that all readers share', async () => {
    const { site, stores, countFor } = await createCounted(2);
    const bodyOf = async (path: string) => String((await site.file(path, reader))?.body);
    for (const path of ['channel-0/2025-07.html', 'channel-0/2025.html', 'index.html']) {
      const first = await countFor(path);
      const before = await bodyOf(path);
      expect([path, (await countFor(path)) < first, await bodyOf(path)]).toEqual([path, true, before]);
      const digest = await stores.digests.find('channel-0', '2025-07-08');
      const {
        entries: [entry],
      } = digest ?? { entries: [] };
      if (!digest || !entry) throw new Error('there is no digest');
      await stores.digests.remove(digest.digestId);
      expect(await bodyOf(path)).not.toBe(before);
      await saveDigest(stores, [entry.paper], { channel: 'channel-0', date: '2025-07-08' });
    }
  });

  it('read no table from end to end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'paperboy-statements-'));
    open.push({ close: () => rmSync(folder, { recursive: true }) });
    const file = join(folder, 'paperboy.db');
    const { countFor, countForState, statements } = await createCounted(3, file);
    const { $client } = openDatabase(file);
    open.push($client);
    const plansOf = (sql: string): string[] =>
      $client
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail);
    const scanned = new Set<string>();
    const explain = () => {
      const reading = statements.filter((sql) => /^(?:select|with)\b/i.test(sql.trim()));
      expect(reading.length).toBeGreaterThan(0);
      for (const plan of reading.flatMap(plansOf)) {
        const [, table] = /^SCAN (\S+)(?!.* VIRTUAL TABLE)/.exec(plan) ?? [];
        if (table !== undefined) scanned.add(table);
      }
    };
    for (const path of Object.keys(limits)) {
      await countFor(path);
      explain();
    }
    await countForState('channel-0');
    explain();
    // What the statement itself has made.
    for (const small of ['wanted', 'w', 'picking', 'p', 'CONSTANT']) scanned.delete(small);
    expect([...scanned]).toEqual([]);
  });

  it('are as many with one more message, day or channel', async () => {
    const [few, many] = [await createCounted(2), await createCounted(9)];
    for (const path of Object.keys(limits))
      expect([path, await many.countFor(path)]).toEqual([path, await few.countFor(path)]);
    expect(await many.countForState('channel-0')).toBe(await few.countForState('channel-0'));
    expect(await few.countForState('channel-0')).toBeLessThanOrEqual(8);
  });
});
