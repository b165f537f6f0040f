import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { migrate, migrationsFolder } from '../../db/sqlite/client.ts';
import { paperOf, rubricOf } from './fixtures.ts';

const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8'));
export const tags: string[] = journal.entries.map(({ tag }: { tag: string }) => tag);
/** Since this schema, the built-in scorer has a position and a match. */
const standings = tags.findIndex((tag) => tag.endsWith('_honest_scores'));

/** An empty database file with the schema of a migration. */
const createOldSchema = (folder: string, schema: number): string => {
  const migrations = join(folder, 'migrations');
  mkdirSync(join(migrations, 'meta'), { recursive: true });
  const entries = journal.entries.slice(0, schema + 1);
  for (const tag of tags.slice(0, schema + 1))
    cpSync(join(migrationsFolder, `${tag}.sql`), join(migrations, `${tag}.sql`));
  writeFileSync(join(migrations, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries }));
  const file = join(folder, 'paperboy.db');
  const sqlite = new Sqlite(file);
  migrate(sqlite, migrations);
  sqlite.close();
  return file;
};

/** A database file with the schema of a migration and the rows that the program of that time stored. */
export const createOldDatabase = (folder: string, schema: number): string => {
  const file = createOldSchema(folder, schema);
  const sqlite = new Sqlite(file);
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

/** Writes what a database of today has, as far as an older schema has a place for it, into a new file with that schema. */
export const copyToOldSchema = (current: string, folder: string, schema: number): string => {
  const file = createOldSchema(folder, schema);
  const sqlite = new Sqlite(file);
  sqlite.pragma('foreign_keys = OFF');
  sqlite.prepare('ATTACH ? AS current').run(current);
  const names = (query: string, ...values: string[]): string[] =>
    sqlite
      .prepare<string[], string>(query)
      .pluck()
      .all(...values);
  const isCopied = (table: string): boolean => table !== 'migrations' && !/^(?:sqlite_|papers_fts)/.test(table);
  for (const table of names("SELECT name FROM main.sqlite_schema WHERE type = 'table'").filter(isCopied)) {
    const columns = 'SELECT name FROM pragma_table_info(?, ?)';
    const known = new Set(names(columns, table, 'current'));
    const common = names(columns, table, 'main').flatMap((name) => (known.has(name) ? [`"${name}"`] : []));
    sqlite.exec(`INSERT INTO main.${table} (${common.join(', ')}) SELECT ${common.join(', ')} FROM current.${table}`);
  }
  sqlite.exec(`INSERT INTO papers_fts (rowid, title, abstract, authors, comments)
    SELECT s.search_id, p.title, p.abstract, p.authors, coalesce(p.comments, '')
    FROM main.searched_papers s JOIN main.papers p ON p.id = s.paper_id AND p.version = s.version`);
  sqlite.close();
  return file;
};

export const at = '2025-07-08T12:00:00.000Z';
export const date = '2025-07-08';
export const sampleDate = '2025-01-06';
export const person = 'slack:T1:U1';
export const channel = 'foundations';
export const price = { prompt: 1, cachedPrompt: 0.5, completion: 2, source: 'https://example.org', date: '2025-07-01' };
export const usage = { promptTokens: 90, cachedTokens: 45, completionTokens: 7, costUsd: 0.25 };
export const authors = [{ authorId: '1', name: 'Ada First', hIndex: 9 }];
export const message = { summary: 'Hello', blocks: [{ type: 'paragraph', content: ['Hello'] }] };
export const nudge = { points: 1.5, words: 'you liked 5 papers on quantization' };
export const prefilter = { skipped: 1, sampled: 0, recall: 0.98, days: 10 };
export const authorCheck = { minHIndex: 5, below: 1, unknown: 0, notLookedUp: 0 };
export const remedial = { from: '2025-07-07', to: date, approximate: true };
export const habits = { form: 'lines', limit: 'max_tokens', temperature: false, batchSize: 3, isSlow: true };
export const fallback = { model: 'gpt-test', papers: 2, reason: 'it melted', remedy: 'Cool it.' };
export const models = [{ model: 'gpt-test', channel, calls: 1, usage, price }];

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
export const channelLessChanges: [string, unknown][] = [
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
export const changesOf = (schema: number) => [
  ...firstChanges,
  ...(schema >= 4 ? laterChanges.slice(0, 1) : []),
  ...(schema >= 6 ? laterChanges.slice(1) : []),
];

/** What today's code reads for a stored value: fields that were not stored yet have defaults. */
export const readValue = (action: string, value: unknown): unknown =>
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
    ...since(8, { fallback }),
    ...since(12, { style: 'compact' }),
  };
  insert('digests', digest);
  insert('digests', { ...digest, date: sampleDate, sample: 1, ...since(7, { channel: 'sample' }) });
  if (schema >= 14)
    insert('summaries', { ...paper, language: 'English', model: 'gpt-test', text: 'It turns.', created_at: at });
  const author = since(1, { matches: [{ name: 'Ada First', basis: 'name' }] });
  const reasons = [{ kind: 'cutoffs' }, { kind: 'author', ...(schema >= 1 ? author : { name: 'Ada First' }) }];
  for (const [index, reason] of reasons.entries())
    insert('digest_entries', {
      ...{ digest_id: 1, role: 'picked', rank: index + 1, channel, paper_id: `2507.0000${index + 1}`, version: 1 },
      ...{ score_id: index + 1, reason, ...since(1, { topic: 'Chat' }), ...since(4, { nudge }) },
      ...(index === 0 ? since(14, { summary_id: 1 }) : {}),
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
  if (schema >= 8) insert('model_habits', { server: 'http://one/v1', model: 'gears-1', habits, at });
  if (schema >= 9)
    insert('health', { subject: 'arxiv', last_success: at, last_failure: at, reason: 'slow', fix: 'Wait.' });
  if (schema >= 11) {
    const where = { person, destination: 'slack:T1:C1', thread: 'm0', at };
    insert('shown_lists', { ...where, first: 1, paper_ids: ['2507.00001', '2507.00002'] });
    insert('asked_questions', { ...where, paper_id: '2507.00001', question: 'Why?', answer: 'Because.' });
  }
  if (schema >= 13) insert('read_papers', { person, paper_id: '2507.00002', at });
  if (schema >= 15) insert('signing_keys', { purpose: 'web sessions', key: 'secret' });
  if (schema >= 18) insert('update_notes', { note: 'gears', sent_at: at });
  if (schema >= 6)
    insert('unlikely_papers', { digest_id: 1, paper_id: '2507.00003', version: 1, place: 7, is_sampled: 0 });
};
