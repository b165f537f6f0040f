import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, migrationsFolder } from '../../db/client.ts';
import { openStores } from '../../db/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { paperOf, rubricOf } from '../fakes/fixtures.ts';

const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8'));
const tags: string[] = journal.entries.map(({ tag }: { tag: string }) => tag);
/** Since this schema, the built-in scorer has a position and a match. */
const standings = tags.findIndex((tag) => tag.endsWith('_honest_scores'));

/** A database file with the schema of a migration and the rows that the program of that time stored. */
const createOldDatabase = (folder: string, schema: number): string => {
  const migrations = join(folder, 'migrations');
  mkdirSync(join(migrations, 'meta'), { recursive: true });
  const entries = journal.entries.slice(0, schema + 1);
  for (const tag of tags.slice(0, schema + 1))
    cpSync(join(migrationsFolder, `${tag}.sql`), join(migrations, `${tag}.sql`));
  writeFileSync(join(migrations, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries }));
  const file = join(folder, 'paperboy.db');
  const sqlite = new Sqlite(file);
  migrate(sqlite, migrations);
  const insert = (table: string, row: Record<string, unknown>): void => {
    const values = Object.values(row).map((value) =>
      typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
    );
    const marks = values.map(() => '?').join(', ');
    sqlite.prepare(`INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${marks})`).run(...values);
  };
  sqlite.transaction(() => insertRows(insert, schema))();
  sqlite.close();
  return file;
};

const at = '2025-07-08T12:00:00.000Z';
const date = '2025-07-08';
const sampleDate = '2025-01-06';
const person = 'slack:T1:U1';
const channel = 'foundations';
const price = { prompt: 1, cachedPrompt: 0.5, completion: 2, source: 'https://example.org', date: '2025-07-01' };
const usage = { promptTokens: 90, cachedTokens: 45, completionTokens: 7, costUsd: 0.25 };
const authors = [{ authorId: '1', name: 'Ada First', hIndex: 9 }];
const message = { summary: 'Hello', blocks: [{ type: 'paragraph', content: ['Hello'] }] };
const nudge = { points: 1.5, words: 'you liked 5 papers on quantization' };
const prefilter = { skipped: 1, sampled: 0, recall: 0.98, days: 10 };
const authorCheck = { minHIndex: 5, below: 1, unknown: 0, notLookedUp: 0 };
const remedial = { from: '2025-07-07', to: date, approximate: true };
const models = [{ model: 'gpt-test', channel, calls: 1, usage, price }];

/** The values of the change log as they were stored at first. */
const firstChanges: [string, unknown][] = [
  ['topics', { kind: 'topics', topics: '1. Chat', cutoffs: { relevance: 7, novelty: 6 } }],
  ['schedule', { kind: 'schedule', schedule: '0 9 * * 1-5' }],
  ['pause', { kind: 'pause', isPaused: true }],
  ['authors', { kind: 'authors', authors: [{ name: 'Ada First', semanticScholarId: '1' }, { name: 'Ben Second' }] }],
  ['topics-draft', { topics: '1. Chat', cutoffs: '7 6', base: 'v0123456789a' }],
  ['retract', { date: '2025-07-04', remedial: true, messages: 3 }],
  ['rescore', { papers: 1, ids: ['2507.00001'] }],
  ['ask', { paper: '2507.00001' }],
  ['recap', { span: 'week', to: '2025-07-06' }],
  ['undo', { changeId: 1 }],
];
const hereDraft = { name: 'physics', categories: 'hep.th', topics: '1. Strings', timezone: 'UTC', destination: 'web' };
/** These belong to no channel. */
const channelLessChanges: [string, unknown][] = [
  ['here-draft', hereDraft],
  ['here', { ...hereDraft, categories: ['hep.th'] }],
];
/** Actions and fields that came with later versions. */
const laterChanges: [string, unknown][] = [
  ['feedback', {}],
  ['remove', {}],
  ['anew', { date: '2025-07-04' }],
  ['retract', { date, remedial: false, messages: 3, rubric: 'rubric-1', createdAt: at, costUsd: null }],
  ['rescore', { papers: 1, ids: ['2507.00001'], rubric: 'rubric-1', costUsd: 0.01 }],
  ['rescore', { papers: 1, ids: ['2507.00001'], rubric: 'rubric-1', costUsd: null, after: null }],
  ['rescore', { papers: 1, ids: ['2507.00001'], rubric: 'rubric-1', costUsd: 0.01, after: at }],
];
const changesOf = (schema: number) => [
  ...firstChanges,
  ...(schema >= 4 ? laterChanges.slice(0, 1) : []),
  ...(schema >= 6 ? laterChanges.slice(1) : []),
];

/** What today's code reads for a stored value: fields that were not stored yet have defaults. */
const readValue = (action: string, value: unknown): unknown =>
  action === 'retract' || action === 'rescore' ? { costUsd: null, ...(value as object) } : value;

const insertRows = (insert: (table: string, row: Record<string, unknown>) => void, schema: number): void => {
  const since = (version: number, row: Record<string, unknown>) => (schema >= version ? row : {});
  const paper = { paper_id: '2507.00001', version: 1 };
  insert('rubrics', rubricOf());
  for (const id of ['2507.00001', '2507.00002', '2507.00003']) {
    const { categories, authors: names, ...texts } = paperOf(id, { comments: '9 pages' });
    insert('papers', { ...texts, categories: [...categories], authors: [...names] });
  }
  insert('announcements', { date, category: 'cs.LG', ...since(1, { approximate: 1 }) });
  insert('announced_papers', { date, category: 'cs.LG', ...paper, type: 'new', position: 0 });
  insert('announced_papers', { date, category: 'cs.LG', ...paper, paper_id: '2507.00002', type: 'cross', position: 1 });
  const score = {
    ...paper,
    rubric: 'rubric-1',
    attempt: 1,
    relevance: 9,
    novelty: 8,
    comment: 'Good.',
    created_at: at,
  };
  insert('scores', { ...score, engine: 'openai', model: 'gpt-test' });
  const standing =
    schema >= standings
      ? { relevance: null, novelty: null, position: 3, of: 12, match: 79.17 }
      : since(5, { rank: 0.75 });
  insert('scores', { ...score, paper_id: '2507.00002', engine: 'local', model: 'local-1', ...standing });
  const tokens = { prompt_tokens: 90, cached_tokens: 45, completion_tokens: 7, cost_usd: 0.25 };
  const call = { rubric: 'rubric-1', channel, date, model: 'gpt-test', at, bound_usd: 0.5 };
  insert('calls', { ...call, settled: 1, ...tokens, ...since(1, { price }) });
  insert('calls', { ...call, settled: 0 });
  const digest = {
    ...{ channel, date, sample: 0, created_at: at, announced: 20, scanned: 12, relevant: 1, unscored: 0 },
    ...{ cutoff_relevance: 8, cutoff_novelty: 7, engines: [{ engine: 'openai', model: 'gpt-test', papers: 12 }] },
    ...{ ...tokens, rubric: 'rubric-1', notices: ['A notice.'] },
    ...since(1, { models, author_check: authorCheck, remedial, group_by_topic: 1 }),
    ...since(6, { prefilter }),
  };
  insert('digests', digest);
  insert('digests', { ...digest, date: sampleDate, sample: 1, ...since(7, { channel: 'sample' }) });
  const author = since(1, { matches: [{ name: 'Ada First', basis: 'name' }] });
  const reasons = [{ kind: 'cutoffs' }, { kind: 'author', ...(schema >= 1 ? author : { name: 'Ada First' }) }];
  for (const [index, reason] of reasons.entries())
    insert('digest_entries', {
      ...{ digest_id: 1, role: 'picked', rank: index + 1, channel, paper_id: `2507.0000${index + 1}`, version: 1 },
      ...{ score_id: index + 1, reason, ...since(1, { topic: 'Chat' }), ...since(4, { nudge }) },
    });
  const delivery = { digest_id: 1, status: 'sent', first_tried_at: 1, sent_at: 2 };
  for (const destination of ['slack:T1:C1', schema >= 2 ? `web:${channel}` : 'web'])
    for (const [rank, paper_id] of [null, '2507.00001', '2507.00002'].entries())
      insert('deliveries', {
        ...{ ...delivery, key: `${destination}-${rank}`, destination, rank, paper_id, message_id: `m${rank}` },
      });
  insert('reactions', { destination: 'slack:T1:C1', message_id: 'm1', person, emoji: '+1', at });
  insert('leases', { name: `channel ${channel}`, owner: 'gone', expires_at: 1 });
  if (schema >= 1) {
    insert('paper_authors', { paper_id: '2507.00001', authors, at });
    insert('paper_authors', { paper_id: '2507.00002', authors: null, at });
    insert('author_candidates', { name: 'ada first', candidates: [{ ...authors[0], papers: 3 }], at });
  }
  if (schema >= 2) {
    const run = { channel, started_at: at, ended_at: at, date, sent: 2 };
    insert('runs', { ...run, status: 'posted', reasons: [] });
    insert('runs', { ...run, status: 'failed', reasons: ['arXiv is out of reach'] });
    insert('web_messages', { key: 'k1', destination: `web:${channel}`, thread: null, message, sent_at: 1 });
  }
  if (schema >= 3) {
    for (const [action, value] of changesOf(schema)) insert('changes', { at, person, channel, action, value });
    for (const [action, value] of channelLessChanges) insert('changes', { at, person, action, value });
    insert('changes', { at, person, channel, action: 'later', value: 'null' });
    insert('saved_papers', { person, paper_id: '2507.00001', at });
    // The program kept the index itself; migration 3 fills it for papers of before.
    for (const [index, id] of ['2507.00001', '2507.00002', '2507.00003'].entries()) {
      insert('searched_papers', { search_id: index + 1, paper_id: id, version: 1 });
      const { title, abstract } = paperOf(id);
      insert('papers_fts', { rowid: index + 1, title, abstract, authors: 'Ada First', comments: '9 pages' });
    }
  }
  if (schema >= 6)
    insert('unlikely_papers', { digest_id: 1, paper_id: '2507.00003', version: 1, place: 7, is_sampled: 0 });
};

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
