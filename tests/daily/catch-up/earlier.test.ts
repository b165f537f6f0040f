import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { AnnouncedPaper } from '../../../src/core/paper.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { type RunResult, runChannel } from '../../../src/daily/run.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import {
  announcementOf,
  evenScorer,
  type ScriptedPlatform,
  scriptedPlatform,
  scriptedSource,
} from '../../fakes/daily.ts';
import { channelOf, paperOf } from '../../fakes/fixtures.ts';
import { runPartsOf } from '../../fakes/run.ts';

describe('what a run left unsent', () => {
  let stores: Stores;
  let slack: ScriptedPlatform;
  beforeEach(() => {
    stores = openStores(':memory:');
    slack = scriptedPlatform();
  });
  afterEach(() => stores.close());

  type Day = { date: string; papers: string[] | AnnouncedPaper[]; platforms?: ScriptedPlatform[]; now?: string };

  const run = (channel: Parameters<typeof channelOf>[0], day: Day, withStores = stores): Promise<RunResult> => {
    const { date, papers, platforms = [slack] } = day;
    const now = day.now ?? `${date}T13:00:00Z`;
    const ids = papers.filter((paper) => typeof paper === 'string');
    const announcement =
      ids.length > 0
        ? announcementOf('cs.LG', date, ids)
        : { category: 'cs.LG', date, papers: papers.filter((paper) => typeof paper !== 'string') };
    const parts = runPartsOf(now, {
      ...{ stores: withStores, platforms, scorers: [evenScorer(9, 9)], clock: createSteppingClock(now) },
      source: { ...scriptedSource({ newest: { 'cs.LG': announcement } }), on: async () => undefined },
    });
    return runChannel(
      channelOf({ post: ['slack:C1'], categories: ['cs.LG'], ...channel }),
      {},
      parts,
      new AbortController().signal,
    );
  };
  const posted = () => slack.posted.map(({ text }) => text);

  it('reaches a destination that was not connected, even the next day', async () => {
    const web = scriptedPlatform('web');
    const post = ['slack:C1', 'web'];
    const first = await run({ post }, { date: '2025-07-08', papers: ['1'], platforms: [web] });
    expect(first.status).toBe('incomplete');
    const second = await run({ post }, { date: '2025-07-09', papers: ['2'], platforms: [slack, web] });
    expect(second).toMatchObject({ status: 'posted', date: '2025-07-09', sent: 2 });
    expect(posted()).toContain('1. Title of 1');
  });

  it('is sent even if the process died right after making the digest', async () => {
    const outbox = { ...stores.outbox, enqueue: () => Promise.reject(new Error('killed')) };
    await expect(run({}, { date: '2025-07-08', papers: ['1'] }, { ...stores, outbox })).rejects.toThrow('killed');
    await run({}, { date: '2025-07-09', papers: ['2'] });
    expect(posted()).toContain('1. Title of 1');
  });

  it('is given up after a week', async () => {
    await run({}, { date: '2025-07-08', papers: ['1'], platforms: [] });
    await run({}, { date: '2025-07-16', papers: ['2'] });
    expect(posted()).not.toContain('1. Title of 1');
    expect(posted()).toContain('1. Title of 2');
  });

  it('is not sent to a destination that was added since', async () => {
    await run({}, { date: '2025-07-08', papers: ['1'], platforms: [] });
    await run({ post: ['slack:C1', 'slack:C2'] }, { date: '2025-07-09', papers: ['2'] });
    const destinations = slack.posted
      .filter(({ text }) => text.endsWith('Title of 1'))
      .map(({ destination }) => destination);
    expect(destinations).toEqual(['slack:T1:C1']);
  });

  it('copes with a new version of a paper that looks like the one before', async () => {
    const again: AnnouncedPaper[] = [
      { paper: paperOf('1', { version: 2 }), type: 'replace' },
      { paper: paperOf('2', { version: 3 }), type: 'replace' },
    ];
    const wanted = { announceTypes: ['new' as const, 'replace' as const] };
    await run(wanted, { date: '2025-07-08', papers: again.slice(0, 1) });
    expect(await run(wanted, { date: '2025-07-09', papers: again })).toMatchObject({ status: 'posted', sent: 1 });
  });
});
