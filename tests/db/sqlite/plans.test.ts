import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../db/sqlite/client.ts';
import { openStores } from '../../../db/sqlite/index.ts';
import { textMessage } from '../../../src/core/message.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { paperOf } from '../../fakes/fixtures.ts';

/** Tables that grow with every message. */
const large = ['deliveries', 'digest_entries', 'digests', 'reactions', 'web_messages'];
const destination = 'web:foundations';

let folder: string;
let stores: Stores;
let reader: Database;
const statements: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-plans-'));
  const file = join(folder, 'paperboy.db');
  stores = openStores(file, { onStatement: (sql) => statements.push(String(sql)) });
  reader = openDatabase(file);
});
afterEach(() => {
  reader.$client.close();
  stores.close();
  rmSync(folder, { recursive: true });
});

/** The large tables that the statements of this work read from end to end. */
const scannedBy = async (work: () => Promise<unknown>): Promise<string[]> => {
  statements.length = 0;
  await work();
  const planned = statements.filter((sql) => /^\s*(?:select|with|update|delete)\b/i.test(sql));
  expect(planned.length).toBeGreaterThan(0);
  return planned
    .flatMap((sql) => reader.$client.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all())
    .flatMap(({ detail }) => /^SCAN (\S+)/.exec(detail)?.[1] ?? [])
    .filter((table) => large.includes(table));
};

it('threads and their messages are found by an index', async () => {
  const digest = await saveDigest(stores, [paperOf('2507.00001')]);
  await stores.outbox.enqueue(digest, [destination]);
  const [header, paper] = await stores.outbox.list(digest.digestId, destination);
  const [thread, key] = [header?.key ?? '', paper?.key ?? ''];
  for (const { deliveryId, key: messageId } of await stores.outbox.list(digest.digestId, destination))
    await stores.outbox.sent(deliveryId, { destination, messageId }, 1000);
  await stores.webMessages.add({ key: thread, destination, thread: undefined, message: textMessage('1'), sentAt: 1 });
  await stores.webMessages.add({ key, destination, thread, message: textMessage('2'), sentAt: 1 });
  const [head, message] = [
    { destination, messageId: thread },
    { destination, messageId: key },
  ];
  await stores.reactions.add({ message, person: 'web:local:a', emoji: '👍' }, digest.createdAt);

  const { outbox, reactions, webMessages } = stores;
  const works: Record<string, () => Promise<unknown>> = {
    threads: () => outbox.threads(1),
    'threads of a channel': () => outbox.threads(1, digest.channel),
    about: () => outbox.about(message),
    header: () => outbox.header(digest.channel, digest.date, destination),
    'papers with a message': () => outbox.papersWith(message),
    'unsent messages': () => outbox.unsent(digest.channel, digest.date),
    'unsent messages of channels': () => outbox.unsentOf(new Map([[digest.channel, digest.date]])),
    'unfinished digests': () => outbox.unfinished(digest.channel, digest.date),
    'reactions of a thread': () => reactions.ofThread(head),
    'replaced reactions': () => reactions.replaceThread(head, { before: [], listed: [], readAt: digest.createdAt }),
    'reactions on messages': () => reactions.on(destination, [key]),
    'thread of the web page': () => webMessages.thread(head),
    'sent in a thread of the web page': () => webMessages.sent(destination, thread, 0),
    'sent to the web page': () => webMessages.sent(destination, undefined, 0),
    'posts of the web page': () => webMessages.posts(destination, 50),
    'removed thread of the web page': () => webMessages.remove({ destination, messageId: 'other' }),
    'removed digest': () => stores.digests.remove(digest.digestId),
  };
  for (const [name, work] of Object.entries(works)) expect([name, await scannedBy(work)]).toEqual([name, []]);
  expect(await webMessages.thread(head)).toEqual([]);
});
