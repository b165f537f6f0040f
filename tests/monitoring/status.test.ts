import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { PastRun } from '../../src/core/run.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createActivity } from '../../src/daily/record.ts';
import { nextTime } from '../../src/daily/schedule.ts';
import { readStatus, type StatusParts } from '../../src/monitoring/status.ts';
import { saveDigest } from '../fakes/digest.ts';
import { channelOf, paperOf, rubricOf } from '../fakes/fixtures.ts';
import { healthOf } from '../fakes/monitoring.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const channel = channelOf({ post: ['slack:C1', 'web:foundations'] });
const activity = createActivity();
const llm = { model: 'gpt-test', dailyBudgetUsd: 1, dayStart: () => '2025-07-08T04:00:00.000Z' };
const partsOf = (more: Partial<StatusParts> = {}): StatusParts => ({
  ...{
    health: healthOf(stores),
    stores,
    activity,
    llm,
    nextTime,
    now: () => new Date('2025-07-08T15:00:00Z'),
  },
  ...more,
});
const runOf = (more: Partial<PastRun> = {}): PastRun => ({
  ...{ channel: 'foundations', status: 'posted', date: '2025-07-08', sent: 12, reasons: [] },
  ...{ startedAt: '2025-07-08T13:00:00.000Z', endedAt: '2025-07-08T13:05:00.000Z', ...more },
});

describe('the status of a channel', () => {
  it('shows engine, budget, last and next run', async () => {
    await stores.runs.add(runOf());
    expect(await readStatus(channel, partsOf())).toEqual({
      engine: 'gpt-test',
      budgetLeftUsd: 1,
      lastRun: { at: '2025-07-08T13:05:00.000Z', text: 'posted 12 papers of Tuesday, 8 July 2025' },
      nextRun: '2025-07-09T13:00:00.000Z',
      progress: undefined,
      complaints: [],
    });
  });

  it('shows the papers in batches', async () => {
    await stores.scores.saveRubric(rubricOf());
    const batchOf = (key: string, name: string, createdAt: string) => ({
      ...{ key, server: '', model: 'gpt-test', rubric: 'rubric-1', channel: name, remoteId: undefined, createdAt },
      requests: [{ id: '0', callId: 1, date: '2025-07-08', papers: [paperOf('1'), paperOf('2')] }],
    });
    await stores.batches.add(batchOf('a', 'foundations', '2025-07-08T14:00:00.000Z'));
    await stores.batches.add(batchOf('b', 'foundations', '2025-07-08T14:30:00.000Z'));
    await stores.batches.add(batchOf('c', 'other', '2025-07-08T13:00:00.000Z'));
    const status = await readStatus(channel, partsOf());
    expect(status.batch).toEqual({ papers: 4, at: '2025-07-08T14:00:00.000Z' });
  });

  it('shows what the prefilter did in the newest digest, or why it did nothing', async () => {
    await saveDigest(stores, [paperOf('1')], { date: '2025-07-05' });
    expect(await readStatus(channel, partsOf())).toMatchObject({ prefilter: undefined });
    const reason = 'it failed (see the log)';
    await saveDigest(stores, [paperOf('2')], { date: '2025-07-07', prefilter: { reason } });
    const waiting = await readStatus(channel, partsOf());
    expect(waiting.prefilter).toEqual({ date: '2025-07-07', text: `screened out none of 12 papers: ${reason}` });
    const prefilter = { skipped: 7, sampled: 1, recall: 0.983, days: 10 };
    await saveDigest(stores, [paperOf('3')], { date: '2025-07-08', prefilter });
    const working = await readStatus(channel, partsOf());
    expect(working.prefilter).toEqual({
      ...{ date: '2025-07-08', text: 'screened out 7 of 12 papers; about 98% of picks kept, measured on 10 days' },
    });
  });

  it('says that the digest of the last run was retracted, until it is remade', async () => {
    const at = '2025-07-08T14:00:00.000Z';
    const value = { date: '2025-07-08' };
    await stores.changes.add({ at, person: 'slack:T1:U1', channel: 'foundations', action: 'retract', value });
    const textOf = async () => (await readStatus(channel, partsOf())).lastRun?.text;
    await stores.runs.add(runOf());
    expect(await textOf()).toBe('posted 12 papers of Tuesday, 8 July 2025; the digest was retracted later');
    await stores.runs.add(runOf({ status: 'nothing-new', sent: 0, endedAt: at }));
    expect(await textOf()).toBe('nothing new; the digest of Tuesday, 8 July 2025 was retracted');
    await saveDigest(stores, [paperOf('1')], { date: '2025-07-08' });
    expect(await textOf()).toBe('nothing new; the digest of Tuesday, 8 July 2025 is complete');
  });

  it('complains about topics that the built-in scorer cannot use', async () => {
    const problem = { text: 'The topics are in German.', fix: 'Write them in English.' };
    const topicsProblems = async (name: string) => (name === channel.name ? [problem] : []);
    expect((await readStatus(channel, partsOf({ topicsProblems }))).complaints).toEqual([problem]);
  });

  it('has no budget without a model, and no run before the first', async () => {
    const status = await readStatus(channel, partsOf({ llm: undefined }));
    expect(status).toMatchObject({ engine: 'the built-in scorer', budgetLeftUsd: undefined, lastRun: undefined });
  });

  it('shows the progress of a run', async () => {
    const busy = createActivity();
    busy.began('foundations');
    busy.progress('foundations', 40, 281);
    const status = await readStatus(channel, partsOf({ activity: busy }));
    expect(status).toMatchObject({ progress: { scored: 40, toScore: 281 }, nextRun: undefined });
  });

  it('shows for whom a run waits', async () => {
    const busy = createActivity();
    busy.began('foundations');
    busy.waits('foundations', 'process 7 on desk');
    const status = await readStatus(channel, partsOf({ activity: busy }));
    expect(status).toMatchObject({ waitsFor: 'process 7 on desk', progress: undefined, nextRun: undefined });
  });

  it('reports a spent budget', async () => {
    await stores.scores.saveRubric(rubricOf());
    const call = { rubric: 'rubric-1', channel: 'foundations', date: '2025-07-08', model: 'gpt-test', boundUsd: 1 };
    await stores.ledger.book({ ...call, at: '2025-07-08T13:00:00.000Z' }, 1, llm.dayStart());
    const { budgetLeftUsd, complaints } = await readStatus(channel, partsOf());
    expect(budgetLeftUsd).toBe(0);
    expect(complaints.map(({ text }) => text)).toEqual([
      'The budget of $1.00 for today is spent. The built-in scorer is used until tomorrow.',
    ]);
  });

  it('reports that the language model failed, why and what to do, until it answers again', async () => {
    const reason = '127.0.0.1:11434 did not answer within 120 seconds';
    const fallback = {
      model: 'gpt-test',
      papers: 281,
      kind: 'outage',
      reason,
      remedy: 'Lower scorer.batchSize.',
    } as const;
    await saveDigest(stores, [paperOf('1')], { date: '2025-07-07', fallback });
    expect((await readStatus(channel, partsOf())).complaints).toEqual([
      {
        text: 'The built-in scorer had to score 281 papers of Monday, 7 July 2025 instead of gpt-test: 127.0.0.1:11434 did not answer within 120 seconds.',
        fix: 'Lower scorer.batchSize.',
      },
    ]);
    expect((await readStatus(channel, partsOf({ llm: undefined }))).complaints).toEqual([]);
    await saveDigest(stores, [paperOf('2')], { date: '2025-07-08' });
    expect((await readStatus(channel, partsOf())).complaints).toEqual([]);
  });

  it('reports a platform, a failed run, unsent messages and a long silence', async () => {
    await stores.runs.add(runOf({ status: 'failed', reasons: ['it broke'] }));
    const digest = await saveDigest(stores, [paperOf('1')], { date: '2025-06-20' });
    await stores.outbox.enqueue(digest, ['slack:T1:C1']);
    const health = healthOf(stores);
    const fix = 'Run doctor.';
    await health.failed('channel foundations', { reason: 'it broke', fix });
    await health.failed('channel other', { reason: 'it broke too', fix });
    await health.failed('platform slack', { reason: 'Slack refuses the token', fix });
    const { complaints, lastRun } = await readStatus(channel, partsOf({ health }));
    expect(lastRun?.text).toBe('failed');
    expect(complaints.map(({ text }) => text)).toEqual([
      'Slack is not connected: Slack refuses the token.',
      'The last run of foundations is not complete: it broke.',
      '2 messages from recent digests could not be sent.',
      'The newest digest is that of Friday, 20 June 2025.',
    ]);
    expect(complaints.every((complaint) => complaint.fix)).toBe(true);
    expect(complaints[0]?.since).toBe('2025-07-08T13:00:00.000Z');
  });

  it('has no next run and no complaint for a paused channel', async () => {
    const status = await readStatus({ ...channel, isPaused: true }, partsOf());
    expect(status).toMatchObject({ nextRun: undefined, complaints: [] });
  });
});
