import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Channel } from '../../src/core/channel.ts';
import type { Stores } from '../../src/core/stores.ts';
import { type RunOptions, type RunParts, runChannel } from '../../src/daily/run.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import {
  announcementOf,
  evenScorer,
  remoteFailure,
  type ScriptedPlatform,
  scriptedPlatform,
  scriptedScorer,
  scriptedSource,
} from '../fakes/daily.ts';
import { channelOf, paperOf } from '../fakes/fixtures.ts';
import { runPartsOf } from '../fakes/run.ts';

const signal = new AbortController().signal;
const tuesday = '2025-07-08';
const tuesdayMorning = '2025-07-08T13:00:00Z';
const general = 'slack:T1:C1';

let stores: Stores;
let slack: ScriptedPlatform;
beforeEach(() => {
  stores = openStores(':memory:');
  slack = scriptedPlatform();
});
afterEach(() => stores.close());

const channel = channelOf({ post: ['slack:C1'], categories: ['cs.LG'] });
const newest = { 'cs.LG': announcementOf('cs.LG', tuesday, ['1', '2', '3']) };
const verdicts = () =>
  scriptedScorer([
    [
      ['1', 8, 7],
      ['2', 3, 3],
      ['3', 10, 9],
    ],
  ]);

const partsOf = (more: Partial<Parameters<typeof runPartsOf>[1]> = {}, now = tuesdayMorning) =>
  runPartsOf(now, {
    ...{ stores, source: scriptedSource({ newest }), scorers: [verdicts()], platforms: [slack], ...more },
  });
const run = (parts: RunParts, options: RunOptions = {}, one: Channel = channel) =>
  runChannel(one, options, parts, signal);
const texts = (platform = slack) => platform.posted.map(({ text }) => text);
const day = ['Tuesday, 8 July 2025 · foundations', '1. Title of 3', '2. Title of 1'];

describe('a run', () => {
  it('posts the newest announcement: the header, then the picked papers, best first', async () => {
    const parts = partsOf();
    const result = await run(parts);
    expect(texts()).toEqual(day);
    expect(result).toMatchObject({ channel: 'foundations', date: tuesday, status: 'posted', sent: 2, reasons: [] });
    expect(result.digest?.counts).toEqual({ announced: 3, scanned: 3, relevant: 2, unscored: 0 });
    expect(parts.refreshed).toBe(1);
  });

  it('expands the topics while arXiv answers', async () => {
    const order: string[] = [];
    const source = scriptedSource({ newest });
    const slow: typeof source = {
      ...source,
      async newest(...of) {
        await new Promise((resolve) => setImmediate(resolve));
        order.push('announcement');
        return source.newest(...of);
      },
    };
    const expand = async (one: Channel): Promise<Channel> => {
      order.push('expansion');
      return one;
    };
    await runChannel(channel, {}, { ...partsOf({ source: slow }), expand }, signal);
    expect(order.slice(0, 2)).toEqual(['expansion', 'announcement']);
  });

  it('posts nothing the second time', async () => {
    await run(partsOf());
    const scorer = verdicts();
    const again = await run(partsOf({ scorers: [scorer] }));
    expect(again).toMatchObject({ date: tuesday, status: 'nothing-new', sent: 0 });
    expect(again.digest?.entries).toHaveLength(2);
    expect(texts()).toEqual(day);
    expect(scorer.tasks).toEqual([]);
  });

  it('says that nothing was announced on a date', async () => {
    const source = scriptedSource({ on: { 'cs.LG 2025-07-06': undefined } });
    const result = await run(partsOf({ source }), { date: '2025-07-06' });
    expect(result).toMatchObject({ date: '2025-07-06', status: 'no-announcement', sent: 0, digest: undefined });
    expect(texts()).toEqual([]);
  });

  it('does not ask arXiv for a date that is posted', async () => {
    await run(partsOf());
    expect(await run(partsOf({ source: scriptedSource({}) }), { date: tuesday })).toMatchObject({
      status: 'nothing-new',
    });
  });

  it('is incomplete, with the reason, if arXiv fails', async () => {
    const source = scriptedSource({ newest: { 'cs.LG': remoteFailure({ message: 'arXiv answers with 503' }) } });
    const result = await run(partsOf({ source }));
    expect(result).toMatchObject({ status: 'incomplete', reasons: ['arXiv answers with 503'], date: undefined });
  });

  it('is incomplete if a destination fails, and the next run sends the rest', async () => {
    slack.outcome = (_, tries) => (tries === 2 ? remoteFailure({ retryable: false, message: 'refused' }) : 'arrives');
    expect(await run(partsOf())).toMatchObject({ status: 'incomplete', reasons: ['slack:C1: refused'], sent: 0 });
    expect(texts()).toEqual(day.slice(0, 1));
    const clock = createSteppingClock(tuesdayMorning);
    expect(await run(partsOf({ clock }))).toMatchObject({ status: 'posted', sent: 2 });
    expect(texts()).toEqual(day);
  });

  it('posts and stores no digest on a dry run, but keeps the paid scores', async () => {
    const result = await run(partsOf(), { dryRun: true });
    expect(result).toMatchObject({ date: tuesday, status: 'nothing-new', sent: 0 });
    expect(result.digest?.entries.map(({ paper }) => paper.id)).toEqual(['3', '1']);
    expect(slack.sends).toEqual([]);
    expect(await stores.digests.newest('foundations')).toBeUndefined();
    const scorer = verdicts();
    await run(partsOf({ scorers: [scorer] }));
    expect(scorer.tasks).toEqual([]);
    expect(texts()).toEqual(day);
  });

  it('shows the draft of a posted date on a dry run', async () => {
    await run(partsOf());
    const again = await run(partsOf(), { dryRun: true });
    expect(again.digest?.entries.map(({ paper }) => paper.id)).toEqual(['3', '1']);
    expect(texts()).toEqual(day);
  });

  it('sends the rest of earlier digests first, oldest first', async () => {
    slack.outcome = (_, tries) => (tries === 2 ? new Error('killed') : 'arrives');
    await expect(run(partsOf())).rejects.toThrow('killed');
    slack.outcome = () => 'arrives';
    const wednesday = { 'cs.LG': announcementOf('cs.LG', '2025-07-09', ['4']) };
    const source = scriptedSource({ newest: wednesday });
    const clock = createSteppingClock('2025-07-09T13:00:00Z');
    const parts = partsOf({ source, scorers: [evenScorer(9, 9)], clock });
    expect(await run(parts)).toMatchObject({ date: '2025-07-09', status: 'posted', sent: 3 });
    expect(texts()).toEqual([...day, 'Wednesday, 9 July 2025 · foundations', '1. Title of 4']);
  });

  it('posts a header with the three closest papers if none was picked', async () => {
    const ids = ['1', '2', '3', '4'];
    const source = scriptedSource({ newest: { 'cs.LG': announcementOf('cs.LG', tuesday, ids) } });
    const scorer = scriptedScorer([ids.map((id, index) => [id, 7 - index, 5])]);
    const result = await run(partsOf({ source, scorers: [scorer] }));
    expect(result).toMatchObject({ status: 'posted', sent: 0 });
    expect(texts()).toEqual(day.slice(0, 1));
    const nearest = slack.sends[0]?.message.blocks.find((block) => block.type === 'list');
    expect(nearest?.items.map(([title]) => (typeof title === 'string' ? title : title?.text))).toEqual([
      'Title of 1',
      'Title of 2',
      'Title of 3',
    ]);
  });

  it('does not post a paper of an earlier digest again', async () => {
    await run(partsOf());
    const source = scriptedSource({ newest: { 'cs.LG': announcementOf('cs.LG', '2025-07-09', ['3', '4']) } });
    const parts = partsOf({ source, scorers: [evenScorer(9, 9)] }, '2025-07-09T13:00:00Z');
    const { digest } = await run(parts);
    expect(digest?.entries.map(({ paper }) => paper.id)).toEqual(['4']);
    expect(digest?.counts).toMatchObject({ announced: 2, scanned: 1 });
  });

  it('posts a new version of a posted paper if the channel wants replacements', async () => {
    await run(partsOf());
    const papers = [{ paper: paperOf('3', { version: 2 }), type: 'replace' as const }];
    const source = scriptedSource({ newest: { 'cs.LG': { category: 'cs.LG', date: '2025-07-09', papers } } });
    const parts = partsOf({ source, scorers: [evenScorer(9, 9)] }, '2025-07-09T13:00:00Z');
    const { digest } = await run(parts, {}, { ...channel, announceTypes: ['new', 'replace'] });
    expect(digest?.entries.map(({ paper }) => [paper.id, paper.version])).toEqual([['3', 2]]);
  });

  it('continues after a kill during scoring, and pays for no paper twice', async () => {
    await expect(run(partsOf({ scorers: [scriptedScorer([[['1', 8, 7]], new Error('killed')])] }))).rejects.toThrow();
    const scorer = verdicts();
    await run(partsOf({ scorers: [scorer] }));
    expect(scorer.tasks.map(({ papers }) => papers.map(({ id }) => id))).toEqual([['2', '3']]);
    expect(texts()).toEqual(day);
  });
});

describe('runs at the same time', () => {
  it('post once for one channel', async () => {
    const results = await Promise.all([run(partsOf()), run(partsOf())]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['nothing-new', 'posted']);
    expect(texts()).toEqual(day);
  });

  it('pay once for two channels with the same rubric, and post both', async () => {
    const other = { ...channel, name: 'other', post: ['slack:C2'] };
    const scorers = [verdicts(), verdicts()] as const;
    await Promise.all([run(partsOf({ scorers: [scorers[0]] })), run(partsOf({ scorers: [scorers[1]] }), {}, other)]);
    expect(scorers[0].tasks.length + scorers[1].tasks.length).toBe(1);
    expect(slack.posted.filter(({ destination }) => destination === general)).toHaveLength(3);
    expect(slack.posted.filter(({ destination }) => destination === 'slack:T1:C2')).toHaveLength(3);
  });
});

describe('the cost of a digest', () => {
  const paid = async (by: string, rubric: string, costUsd: number) => {
    await stores.scores.saveRubric({ ...channel.rubric, hash: rubric });
    const call = { rubric, channel: by, date: tuesday, model: 'gpt-test', at: tuesdayMorning, boundUsd: 1 };
    const tokens = { promptTokens: 100, cachedTokens: 50, completionTokens: 10 };
    await stores.ledger.settle((await stores.ledger.book(call, 9, '')) ?? 0, { ...tokens, costUsd }, undefined);
  };

  it("is what its own channel paid under its rubric; another channel's calls stand beside it", async () => {
    await paid('foundations', channel.rubric.hash, 0.25);
    await paid('foundations', 'another rubric', 0.5);
    await paid('robots', channel.rubric.hash, 1);
    const { digest } = await run(partsOf());
    expect(digest?.usage).toEqual({ promptTokens: 100, cachedTokens: 50, completionTokens: 10, costUsd: 0.25 });
    expect(digest?.models.map((one) => [one.channel, one.usage.costUsd])).toEqual([
      ['foundations', 0.25],
      ['robots', 1],
    ]);
  });

  it('stays as it was when more is paid later', async () => {
    await paid('foundations', channel.rubric.hash, 0.25);
    await run(partsOf());
    await paid('robots', channel.rubric.hash, 1);
    const stored = await stores.digests.find('foundations', tuesday);
    expect(stored?.models.map((one) => one.channel)).toEqual(['foundations']);
    expect(stored?.usage.costUsd).toBe(0.25);
  });
});
