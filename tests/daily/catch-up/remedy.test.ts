import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { AnnouncementSource } from '../../../src/core/arxiv.ts';
import type { Channel } from '../../../src/core/channel.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { remedyChannel } from '../../../src/daily/catch-up/remedy.ts';
import { type RunResult, runChannel } from '../../../src/daily/run.ts';
import { createSteppingClock, type SteppingClock } from '../../fakes/clock.ts';
import {
  announcedOf,
  announcementOf,
  evenScorer,
  remoteFailure,
  type ScriptedPlatform,
  scriptedPlatform,
  scriptedSource,
} from '../../fakes/daily.ts';
import { channelOf } from '../../fakes/fixtures.ts';
import { runPartsOf } from '../../fakes/run.ts';

const signal = new AbortController().signal;
const now = '2025-07-08T13:00:00Z';
const channel = channelOf({ post: ['slack:C1'], categories: ['cs.LG'] });
const dayOf = (date: string, ...ids: string[]) => ({ [`cs.LG ${date}`]: announcementOf('cs.LG', date, ids) });

let stores: Stores;
let slack: ScriptedPlatform;
let clock: SteppingClock;
beforeEach(() => {
  stores = openStores(':memory:');
  slack = scriptedPlatform();
  clock = createSteppingClock(now);
});
afterEach(() => stores.close());

const partsOf = (source: AnnouncementSource) =>
  runPartsOf(now, { stores, source, scorers: [evenScorer(9, 9)], platforms: [slack], clock });
const titles = () => slack.posted.map(({ text }) => text);

const remedy = async (source: AnnouncementSource, dates: string[], one: Channel = channel): Promise<RunResult[]> => {
  const results: RunResult[] = [];
  await remedyChannel(one, dates, partsOf(source), (result) => results.push(result), signal);
  return results;
};
const shown = (results: RunResult[]) => results.map(({ date, status, sent }) => `${date} ${status} ${sent}`);

describe('a remedy', () => {
  const days = { ...dayOf('2025-07-01', '1', '2'), ...dayOf('2025-07-02', '3'), ...dayOf('2025-07-03', '4') };
  const dates = ['2025-07-01', '2025-07-02', '2025-07-03'];

  it('posts one digest per date, oldest first, each marked as remedial', async () => {
    const parts = partsOf(scriptedSource({ on: days }));
    const results: RunResult[] = [];
    await remedyChannel(channel, dates, parts, (result) => results.push(result), signal);
    expect(shown(results)).toEqual(['2025-07-01 posted 2', '2025-07-02 posted 1', '2025-07-03 posted 1']);
    expect(titles()).toEqual([
      'Tuesday, 1 July 2025 · foundations',
      ...['1. Title of 1', '2. Title of 2'],
      ...['Wednesday, 2 July 2025 · foundations', '1. Title of 3'],
      ...['Thursday, 3 July 2025 · foundations', '1. Title of 4'],
    ]);
    const [header] = slack.sends;
    expect(JSON.stringify(header?.message)).toContain(
      'Remedial run for the missed announcement of Tuesday, 1 July 2025, covering 30 June 2025.',
    );
    expect(header?.message.summary).toContain('(remedial run)');
    expect(parts.refreshed).toBe(1);
  });

  it('does nothing the second time, without requests', async () => {
    await remedy(scriptedSource({ on: days }), dates);
    const again = scriptedSource({});
    expect(shown(await remedy(again, dates))).toEqual(dates.map((date) => `${date} nothing-new 0`));
    expect(again.calls).toEqual([]);
    expect(slack.posted).toHaveLength(7);
  });

  it('skips a date without an announcement', async () => {
    const source = scriptedSource({ on: { ...days, 'cs.LG 2025-07-02': undefined } });
    expect(shown(await remedy(source, dates))[1]).toBe('2025-07-02 no-announcement 0');
    expect(slack.posted).toHaveLength(5);
  });

  it('retries an incomplete announcement, then continues', async () => {
    let looks = 0;
    const late = () => {
      looks += 1;
      if (looks < 3) throw remoteFailure({ message: 'only half of it came' });
      return announcementOf('cs.LG', '2025-07-02', ['3']);
    };
    const results = await remedy(scriptedSource({ on: { ...days, 'cs.LG 2025-07-02': late } }), dates);
    expect(shown(results)).toEqual(['2025-07-01 posted 2', '2025-07-02 posted 1', '2025-07-03 posted 1']);
    expect(clock.slept).toEqual([5_000, 20_000]);
  });

  it('does not retry a final failure', async () => {
    const refused = remoteFailure({ message: 'no such category', retryable: false });
    const results = await remedy(scriptedSource({ on: { ...days, 'cs.LG 2025-07-01': refused } }), dates);
    expect(shown(results)).toEqual(['2025-07-01 incomplete 0']);
    expect(clock.slept).toEqual([]);
  });

  it('does not make other dates missed', async () => {
    await remedy(scriptedSource({ on: dayOf('2025-06-24', '1') }), ['2025-06-24']);
    const newest = scriptedSource({ newest: { 'cs.LG': announcementOf('cs.LG', '2025-07-08', ['9']) } });
    await runChannel(channel, {}, partsOf(newest), signal);
    expect(newest.calls).toEqual(['newest cs.LG']);
  });

  it('stops at an incomplete announcement, so that digests stay in order', async () => {
    const never = () => {
      throw remoteFailure({ message: 'only half of it came' });
    };
    const results = await remedy(scriptedSource({ on: { ...days, 'cs.LG 2025-07-02': never } }), dates);
    expect(shown(results)).toEqual(['2025-07-01 posted 2', '2025-07-02 incomplete 0']);
    expect(results[1]?.reasons).toEqual(['only half of it came']);
    expect(await stores.digests.find('foundations', '2025-07-03')).toBeUndefined();
  });

  it('takes the submissions for a date that arXiv no longer lists, marked as approximate', async () => {
    const source = scriptedSource({ submitted: { 'cs.LG 2025-01-10T19:00:00.000Z': announcedOf(['1']) } });
    expect(shown(await remedy(source, ['2025-01-14']))).toEqual(['2025-01-14 posted 1']);
    expect(JSON.stringify(slack.sends[0]?.message)).toContain('the list is approximate');
    expect((await stores.digests.find('foundations', '2025-01-14'))?.remedial).toEqual({
      ...{ from: '2025-01-13', to: '2025-01-13', approximate: true },
    });
  });

  it('continues a killed one, even long after its date', async () => {
    slack.outcome = (_, tries) => (tries > 1 ? remoteFailure({ retryable: false }) : 'arrives');
    expect((await remedy(scriptedSource({ on: days }), dates))[0]?.status).toBe('incomplete');
    slack.outcome = () => 'arrives';
    const newest = { 'cs.LG': announcementOf('cs.LG', '2025-07-08', ['9']) };
    const source = { ...scriptedSource({ newest }), on: async () => undefined };
    await runChannel(channel, {}, partsOf(source), signal);
    expect(titles()).toEqual(expect.arrayContaining(['1. Title of 1', '2. Title of 2', '1. Title of 9']));
  });
});

describe('after the bot was off', () => {
  const digestOn = async (date: string, id: string) => {
    const parts = runPartsOf(`${date}T13:00:00Z`, {
      ...{ stores, scorers: [evenScorer(9, 9)], platforms: [slack], clock: createSteppingClock(`${date}T13:00:00Z`) },
      source: scriptedSource({ newest: { 'cs.LG': announcementOf('cs.LG', date, [id]) } }),
    });
    await runChannel(channel, {}, parts, signal);
  };
  const newest = { 'cs.LG': announcementOf('cs.LG', '2025-07-08', ['9']) };
  const run = (source: AnnouncementSource) => runChannel(channel, {}, partsOf(source), signal);

  it('a run makes the missed digests first, oldest first, then the newest as a regular one', async () => {
    await digestOn('2025-07-02', '1');
    slack.posted.length = 0;
    const on = { ...dayOf('2025-07-03', '3'), 'cs.LG 2025-07-04': undefined, ...dayOf('2025-07-07', '7') };
    const result = await run(scriptedSource({ newest, on }));
    expect(titles().filter((title) => title.includes('·'))).toEqual([
      'Thursday, 3 July 2025 · foundations',
      'Monday, 7 July 2025 · foundations',
      'Tuesday, 8 July 2025 · foundations',
    ]);
    expect(result).toMatchObject({ date: '2025-07-08', status: 'posted', sent: 3 });
    expect(result.earlier).toEqual([
      { date: '2025-07-03', sent: 1 },
      { date: '2025-07-07', sent: 1 },
    ]);
    const remedial = (await stores.digests.summaries('foundations')).map((day) => [day.date, day.remedial?.to]);
    expect(remedial).toEqual([
      ['2025-07-08', undefined],
      ['2025-07-07', '2025-07-06'],
      ['2025-07-03', '2025-07-02'],
      ['2025-07-02', undefined],
    ]);
  });

  it('a run catches up on five mailings at most, also on later days', async () => {
    await digestOn('2025-06-02', '1');
    const dates: string[] = [];
    const source = (date: string, id: string): AnnouncementSource => ({
      ...scriptedSource({ newest: { 'cs.LG': announcementOf('cs.LG', date, [id]) } }),
      on: async (_, day) => {
        dates.push(day);
        return announcementOf('cs.LG', day, [`on ${day}`]);
      },
    });
    const { older, digest } = await run(source('2025-07-08', '9'));
    expect(older?.[0]).toBe('2025-06-03');
    expect(older?.at(-1)).toBe('2025-06-30');
    expect(digest?.notices).toEqual([
      'There is no digest for 20 days from Tuesday, 3 June 2025 to Monday, 30 June 2025. Your Paperboy admin can make it: remedy --from 2025-06-03 --to 2025-06-30',
    ]);
    expect(dates.toSorted()).toEqual(['2025-07-01', '2025-07-02', '2025-07-03', '2025-07-04', '2025-07-07']);
    clock.set('2025-07-09T13:00:00Z');
    expect((await run(source('2025-07-09', '10'))).digest?.notices).toEqual([]);
    expect(dates).toHaveLength(5);
  });

  it('an incomplete missed announcement delays nothing, and the next run tries it again', async () => {
    await digestOn('2025-07-03', '1');
    const failing = { 'cs.LG 2025-07-04': undefined, 'cs.LG 2025-07-07': remoteFailure({ message: 'half of it' }) };
    const first = await run(scriptedSource({ newest, on: failing }));
    expect(first).toMatchObject({ status: 'incomplete', sent: 1, reasons: ['2025-07-07, half of it'] });
    const second = await run(scriptedSource({ newest, on: dayOf('2025-07-07', '7') }));
    expect(second).toMatchObject({ status: 'posted', sent: 1 });
  });

  it('a channel that was removed and created again misses only what comes after that', async () => {
    const by = { at: '2025-07-03T14:00:00.000Z', person: 'slack:T1:U1', channel: channel.name };
    await digestOn('2025-07-02', '1');
    await stores.changes.add({ ...by, action: 'retract', value: { date: '2025-07-01' } });
    await stores.changes.add({ ...by, action: 'remove', value: {} });
    const source = scriptedSource({ newest });
    expect(await run(source)).toMatchObject({ date: '2025-07-08', sent: 1, older: [] });
    expect(source.calls).toEqual(['newest cs.LG']);
    clock.set('2025-07-10T13:00:00Z');
    const later = scriptedSource({
      newest: { 'cs.LG': announcementOf('cs.LG', '2025-07-10', ['11']) },
      on: dayOf('2025-07-09', '10'),
    });
    expect((await run(later)).earlier).toEqual([{ date: '2025-07-09', sent: 1 }]);
  });

  it('a new channel has missed nothing, and a dry run catches up on nothing', async () => {
    const source = scriptedSource({ newest });
    await run(source);
    expect(source.calls).toEqual(['newest cs.LG']);
    await digestOn('2025-06-30', '1');
    const dry = scriptedSource({ newest });
    await runChannel(channel, { dryRun: true }, partsOf(dry), signal);
    expect(dry.calls.filter((call) => call.startsWith('on'))).toEqual([]);
  });
});
