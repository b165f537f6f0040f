import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { paperOf, rubricOf } from '../../fakes/fixtures.ts';
import {
  at,
  authorCheck,
  authors,
  changesOf,
  channel,
  channelLessChanges,
  createOldDatabase,
  date,
  fallback,
  habits,
  message,
  models,
  nudge,
  person,
  prefilter,
  price,
  readValue,
  remedial,
  sampleDate,
  tags,
  usage,
} from '../../fakes/old-database.ts';

describe.each(tags.map((tag, schema) => ({ tag, schema })))('a database with the schema $tag', ({ schema }) => {
  let folder: string;
  let stores: Stores;
  const since = <T>(version: number, value: T): T | undefined => (schema >= version ? value : undefined);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'paperboy-old-'));
    stores = openStores(createOldDatabase(folder, schema));
  });
  afterAll(() => {
    stores?.close();
    rmSync(folder, { recursive: true });
  });

  it('keeps its announcements, papers, scores and costs', async () => {
    const { announcements, scores, ledger } = stores;
    expect(await announcements.read(date, ['cs.LG'])).toMatchObject([
      { type: 'new', paper: { id: '2507.00001' } },
      { type: 'cross', paper: { id: '2507.00002' } },
    ]);
    expect(await announcements.isApproximate(date, ['cs.LG'])).toBe(schema >= 1);
    expect(await announcements.paper('2507.00002')).toEqual(paperOf('2507.00002', { comments: '9 pages' }));
    expect(await announcements.datesOf('2507.00001')).toEqual([{ date, category: 'cs.LG', type: 'new', version: 1 }]);
    expect(await scores.rubric('rubric-1')).toEqual(rubricOf());
    const current = await scores.currentOf('rubric-1', ['2507.00001', '2507.00002']);
    expect(current.get('2507.00001')).toMatchObject({ engine: 'openai', relevance: 9, novelty: 8, comment: 'Good.' });
    expect(current.get('2507.00001')).not.toHaveProperty('match');
    // Without its rank, a paper has a position among those that were scored with it.
    const standing = since(5, { position: 3, of: 12, match: 79.17 }) ?? { position: 1, of: 1, match: 50 };
    expect(current.get('2507.00002')).toMatchObject({ engine: 'local', comment: 'Good.', ...standing });
    expect(current.get('2507.00002')).not.toHaveProperty('relevance');
    expect(await ledger.spent(at)).toBe(0.75);
    expect(await ledger.tokens(at)).toEqual({ prompt: 90, cached: 45, completion: 7 });
    expect(await ledger.models('rubric-1', date)).toEqual([{ ...models[0], price: since(1, price) }]);
  });

  it('keeps its digest, deliveries and votes', async () => {
    const { digests, outbox, reactions, leases } = stores;
    const digest = await digests.find(channel, date);
    expect(digest).toMatchObject({
      ...{ channel, date, createdAt: at, cutoffs: { relevance: 8, novelty: 7 }, usage },
      ...{ counts: { announced: 20, scanned: 12, relevant: 1, unscored: 0 }, notices: ['A notice.'] },
      ...{ engines: [{ engine: 'openai', model: 'gpt-test', papers: 12 }], nearest: [] },
      ...{ models: since(1, models) ?? [], groupByTopic: schema >= 1 },
    });
    expect(digest?.authorCheck).toEqual(since(1, authorCheck));
    expect(digest?.remedial).toEqual(since(1, remedial));
    expect(digest?.prefilter).toEqual(since(6, prefilter));
    const matches = [{ name: 'Ada First', basis: 'name' }];
    expect(digest?.entries.map(({ reason }) => reason)).toEqual([{ kind: 'cutoffs' }, { kind: 'author', matches }]);
    expect(digest?.entries[0]).toMatchObject({ rank: 1, paper: { id: '2507.00001' }, score: { relevance: 9 } });
    expect(digest?.entries[0]?.topic).toBe(since(1, 'Chat'));
    expect(digest?.entries[0]?.nudge).toEqual(since(4, nudge));
    expect(digest?.entries[0]?.summary).toEqual(since(14, expect.objectContaining({ text: 'It turns.' })));
    expect(digest?.style).toBe(since(12, 'compact'));
    expect(digest?.fallback).toEqual(since(8, fallback));
    expect(await digests.newest(channel)).toEqual(digest);
    expect(await digests.find('sample', sampleDate)).toMatchObject({ channel: 'sample', entries: [] });
    expect(await digests.between(channel, date, date)).toEqual([digest]);
    expect(await digests.summaries(channel)).toMatchObject([{ date, usage }]);
    expect(await digests.best(channel, date, date, 9)).toMatchObject([{ entry: { rank: 1 } }, { entry: { rank: 2 } }]);
    expect(await digests.withPaper(undefined, '2507.00002')).toMatchObject([{ channel, date, entry: { rank: 2 } }]);
    expect(await digests.alreadyPicked(channel, '2025-07-09', ['2507.00001'])).toEqual(new Map([['2507.00001', 1]]));
    expect(await digests.scannedBefore(channel, '2025-07-09', 5)).toEqual([12]);
    expect(digest).not.toHaveProperty('matchLimits');
    const unlikely = { paperId: '2507.00003', version: 1, position: 7, isSampled: false };
    expect(await digests.unlikely(1, '2507.00003')).toEqual(since(6, unlikely));
    const query = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
    const days = await digests.pastDays({ name: channel, categories: ['cs.LG'] }, query, '2025-07-09', 9);
    expect(days.map((day) => day.date)).toEqual([date]);
    for (const destination of ['slack:T1:C1', `web:${channel}`])
      expect(await outbox.list(1, destination)).toMatchObject([
        { rank: 0, status: 'sent', message: { destination, messageId: 'm0' } },
        { rank: 1, paperId: '2507.00001' },
        { rank: 2, paperId: '2507.00002' },
      ]);
    expect(await outbox.unfinished(channel, at)).toEqual([]);
    expect(await reactions.votes(channel, ['2507.00001'])).toEqual(new Map([['2507.00001', { up: 1, down: 0 }]]));
    expect(await reactions.posted(channel, date)).toMatchObject([{ votes: [{ person, vote: 'up' }] }, { votes: [] }]);
    const lease = { name: `channel ${channel}`, owner: 'me', expiresAt: 9 };
    const { holder } = await leases.acquire(lease);
    expect(holder).toEqual({ owner: 'gone', token: 0, renewal: 1 });
    expect(await leases.acquire(lease, holder)).toEqual({ fence: { name: lease.name, owner: 'me', token: 1 } });
  });

  it('keeps its authors, runs and web messages', async () => {
    const known = await stores.authors.ofPapers(['2507.00001', '2507.00002']);
    expect(known.get('2507.00001')).toEqual(since(1, { authors, at }));
    expect(known.get('2507.00002')).toEqual(since(1, { authors: undefined, at }));
    const candidates = [{ ...authors[0], papers: 3 }];
    expect(await stores.authors.candidates('ada first')).toEqual(since(1, { candidates, at }));
    expect((await stores.runs.newestOf([channel])).get(channel)?.run.reasons).toEqual(
      since(2, ['arXiv is out of reach']),
    );
    expect((await stores.runs.newestOf([channel])).get(channel)?.success?.status).toBe(since(2, 'posted'));
    const shown = { key: 'k1', destination: `web:${channel}`, thread: undefined, message, sentAt: 1 };
    expect(await stores.webMessages.posts(`web:${channel}`, 9)).toEqual(since(2, [[shown]]) ?? []);
  });

  it('keeps its change log and reading lists, and finds its papers by their words', async () => {
    const { changes, saved, search } = stores;
    const stored = since(3, [...changesOf(schema), ['later', null] as const]) ?? [];
    const read = await changes.list(channel);
    expect(read.map(({ action }) => action)).toEqual(
      stored.map(([action]) => (action === 'later' ? 'unknown' : action)),
    );
    expect(read.map(({ value }) => value)).toEqual(
      stored.map(([action, value]) => (action === 'later' ? { action } : readValue(action, value))),
    );
    const ofNoChannel = await changes.list(undefined);
    expect(ofNoChannel.map(({ action, value }) => [action, value])).toEqual(since(3, channelLessChanges) ?? []);
    expect(await changes.newest(99)).toHaveLength(read.length + ofNoChannel.length);
    expect((await saved.list(person)).map(({ paper }) => paper.id)).toEqual(since(3, ['2507.00001']) ?? []);
    const { hits } = await search.search({ words: 'abstract', limit: 9 });
    expect(hits.map(({ paper }) => paper.id).sort()).toEqual(['2507.00001', '2507.00002', '2507.00003']);
  });

  it('keeps what was learned and said, and what people have read', async () => {
    const { modelHabits, health, conversations, readMarks, signingKeys, updateNotes } = stores;
    expect(await modelHabits.find('http://one/v1', 'gears-1')).toEqual(since(8, { habits, at }));
    const failure = { subject: 'arxiv', lastSuccess: at, lastFailure: { at, reason: 'slow', fix: 'Wait.' } };
    expect(await health.list()).toEqual(since(9, [expect.objectContaining(failure)]) ?? []);
    const where = { person, destination: 'slack:T1:C1', thread: 'm0' };
    const list = { ...where, first: 1, paperIds: ['2507.00001', '2507.00002'], at };
    expect(await conversations.shown(person, where.destination, at)).toEqual(since(11, list));
    const asked = { ...where, paperId: '2507.00001', question: 'Why?', answer: 'Because.', at };
    expect(await conversations.lastAsked(where, at)).toEqual(since(11, asked));
    expect([...(await readMarks.among(person, ['2507.00002']))]).toEqual(since(13, ['2507.00002']) ?? []);
    expect((await signingKeys.keyFor('web sessions')).reveal() === 'secret').toBe(schema >= 15);
    expect(await updateNotes.settled()).toEqual(since(18, [{ note: 'gears', sentAt: at }]) ?? []);
  });

  it('is written to like a new one', async () => {
    const change = { at, person, channel, action: 'pause', value: { kind: 'pause', isPaused: false } } as const;
    expect(await stores.changes.add(change)).toMatchObject(change);
    await stores.runs.add({ channel, startedAt: at, endedAt: at, status: 'posted', date, sent: 0, reasons: [] });
    await stores.saved.add(person, '2507.00003', at);
    expect((await stores.saved.list(person)).map(({ paper }) => paper.id)).toContain('2507.00003');
    await stores.digests.remove(1);
    expect(await stores.digests.find(channel, date)).toBeUndefined();
  });
});
