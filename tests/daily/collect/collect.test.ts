import { setImmediate as turn } from 'node:timers/promises';
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { createCollector } from '../../../src/daily/collect/collect.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { announcedOf, announcementOf, remoteFailure, scriptedSource } from '../../fakes/daily.ts';
import { quietLogger } from '../../fakes/logger.ts';

const both = ['cs.LG', 'cs.AI'];
const signal = new AbortController().signal;
/** Tuesday, 9 in the morning in New York. */
const tuesdayMorning = '2025-07-08T13:00:00Z';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const collectorAt = (now: string, script: Parameters<typeof scriptedSource>[0]) => {
  const source = scriptedSource(script);
  const clock = createSteppingClock(now);
  const collector = createCollector({ source, announcements: stores.announcements, clock, logger: quietLogger });
  return { source, clock, collector };
};

const storedIds = async (date: string, categories = both) =>
  (await stores.announcements.read(date, categories)).map(({ category, paper }) => `${category} ${paper.id}`);

const lg = announcementOf('cs.LG', '2025-07-08', ['1', '2']);
const ai = announcementOf('cs.AI', '2025-07-08', ['3']);
const aiBefore = announcementOf('cs.AI', '2025-07-07', ['0']);

it('a collector does not keep the papers that it has stored', async () => {
  v8.setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const kept: WeakRef<object>[] = [];
  const { collector } = collectorAt(tuesdayMorning, {
    on: {
      'cs.LG 2025-07-07': () => {
        const made = announcementOf('cs.LG', '2025-07-07', ['1', '2']);
        kept.push(new WeakRef(made.papers));
        return made;
      },
    },
  });
  expect(await collector.on('2025-07-07', ['cs.LG'], signal)).toEqual({ kind: 'complete', date: '2025-07-07' });
  await turn();
  collectGarbage();
  expect(kept.map((one) => one.deref())).toEqual([undefined]);
  // Still in use, so not garbage as a whole.
  expect(await collector.on('2025-07-07', ['cs.LG'], signal)).toEqual({ kind: 'complete', date: '2025-07-07' });
});

describe('the newest announcement', () => {
  it('is stored for every category', async () => {
    const { collector } = collectorAt(tuesdayMorning, { newest: { 'cs.LG': lg, 'cs.AI': ai } });
    expect(await collector.newest(both, signal)).toEqual({ kind: 'complete', date: '2025-07-08' });
    expect(await storedIds('2025-07-08')).toEqual(['cs.LG 1', 'cs.LG 2', 'cs.AI 3']);
  });

  it('is requested and stored once for channels that need it at the same time', async () => {
    const { collector, source } = collectorAt(tuesdayMorning, {
      newest: { 'cs.LG': lg, 'cs.AI': aiBefore },
      on: { 'cs.AI 2025-07-08': ai },
    });
    let saved = 0;
    const { save } = stores.announcements;
    stores.announcements.save = async (announcement) => {
      saved += 1;
      await save(announcement);
    };
    const found = await Promise.all(Array.from({ length: 20 }, () => collector.newest(both, signal)));
    expect(new Set(found.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ kind: 'complete', date: '2025-07-08' })]),
    );
    expect(saved).toBe(2);
    expect(source.calls).toEqual(['newest cs.LG', 'newest cs.AI', 'on cs.AI 2025-07-08']);
  });

  it('comes from its date page if a listing page is behind', async () => {
    const { collector } = collectorAt(tuesdayMorning, {
      newest: { 'cs.LG': lg, 'cs.AI': aiBefore },
      on: { 'cs.AI 2025-07-08': ai },
    });
    expect(await collector.newest(both, signal)).toEqual({ kind: 'complete', date: '2025-07-08' });
    expect(await storedIds('2025-07-08')).toEqual(['cs.LG 1', 'cs.LG 2', 'cs.AI 3']);
  });

  it('is incomplete until six in the morning in New York if a page still shows an older date', async () => {
    const script = { newest: { 'cs.LG': lg, 'cs.AI': aiBefore }, on: { 'cs.AI 2025-07-08': undefined } };
    for (const now of ['2025-07-08T00:30:00Z', '2025-07-08T05:30:00Z', '2025-07-08T09:59:00Z']) {
      const { collector } = collectorAt(now, script);
      expect(await collector.newest(both, signal)).toEqual({
        kind: 'incomplete',
        reason: "arXiv's page for cs.AI does not show 2025-07-08 yet",
        isFinal: false,
      });
    }
    expect(await stores.announcements.has('2025-07-08', ['cs.AI'])).toBe(false);
  });

  it('has no papers of a category whose page shows an older date after that', async () => {
    for (const now of ['2025-07-08T10:00:00Z', '2025-07-09T02:00:00Z']) {
      const script = { newest: { 'cs.LG': lg, 'cs.AI': aiBefore }, on: { 'cs.AI 2025-07-08': undefined } };
      const { collector } = collectorAt(now, script);
      expect(await collector.newest(both, signal)).toEqual({ kind: 'complete', date: '2025-07-08' });
      expect(await stores.announcements.has('2025-07-08', both)).toBe(true);
      expect(await storedIds('2025-07-08')).toEqual(['cs.LG 1', 'cs.LG 2']);
    }
  });

  it('is incomplete, with the reason, if arXiv fails, and keeps what is stored', async () => {
    const failure = remoteFailure({ service: 'arXiv', message: 'arXiv answers with 503' });
    const { collector } = collectorAt(tuesdayMorning, { newest: { 'cs.LG': lg, 'cs.AI': failure } });
    expect(await collector.newest(both, signal)).toEqual({
      kind: 'incomplete',
      reason: 'arXiv answers with 503',
      isFinal: false,
    });
    const later = collectorAt(tuesdayMorning, { newest: { 'cs.LG': lg, 'cs.AI': ai } });
    expect(await later.collector.newest(both, signal)).toEqual({ kind: 'complete', date: '2025-07-08' });
  });

  it('throws bugs', async () => {
    const { collector } = collectorAt(tuesdayMorning, { newest: { 'cs.LG': new TypeError('a bug') } });
    await expect(collector.newest(['cs.LG'], signal)).rejects.toThrow(TypeError);
  });

  it('is requested once per category, even by several channels at a time', async () => {
    const { collector, source } = collectorAt(tuesdayMorning, { newest: { 'cs.LG': lg, 'cs.AI': ai } });
    await Promise.all([collector.newest(['cs.LG'], signal), collector.newest(both, signal)]);
    await collector.newest(['cs.AI', 'cs.LG'], signal);
    expect(source.calls.toSorted()).toEqual(['newest cs.AI', 'newest cs.LG']);
  });

  it('is not requested if the latest possible mailing is stored', async () => {
    const { collector, source } = collectorAt(tuesdayMorning, {});
    await stores.announcements.save(lg);
    expect(await collector.newest(['cs.LG'], signal)).toEqual({ kind: 'complete', date: '2025-07-08' });
    expect(source.calls).toEqual([]);
  });

  it("is tomorrow's from 20:00 in New York, in summer and in winter time", async () => {
    const looksAt = async (now: string, stored: string) => {
      await stores.announcements.save(announcementOf('cs.LG', stored, []));
      const { collector, source } = collectorAt(now, { newest: { 'cs.LG': announcementOf('cs.LG', stored, []) } });
      await collector.newest(['cs.LG'], signal);
      return source.calls.length;
    };
    expect(await looksAt('2025-01-07T00:59:59Z', '2025-01-06')).toBe(0);
    expect(await looksAt('2025-01-07T01:00:00Z', '2025-01-06')).toBe(1);
    expect(await looksAt('2025-07-08T23:59:59Z', '2025-07-08')).toBe(0);
    expect(await looksAt('2025-07-09T00:00:00Z', '2025-07-08')).toBe(1);
  });

  it('counts as stored only with every category', async () => {
    const { collector, source } = collectorAt(tuesdayMorning, { newest: { 'cs.LG': lg, 'cs.AI': ai } });
    await stores.announcements.save(lg);
    expect(await collector.newest(both, signal)).toEqual({ kind: 'complete', date: '2025-07-08' });
    expect(source.calls).toContain('newest cs.AI');
  });
});

describe('the announcement of a date', () => {
  it('is requested in the categories that are not stored', async () => {
    const { collector, source } = collectorAt(tuesdayMorning, { on: { 'cs.AI 2025-07-08': ai } });
    await stores.announcements.save(lg);
    expect(await collector.on('2025-07-08', both, signal)).toEqual({ kind: 'complete', date: '2025-07-08' });
    expect(source.calls).toEqual(['on cs.AI 2025-07-08']);
  });

  it('is none if no category has one; a past date is not requested again', async () => {
    const nothing = (date: string) => ({ [`cs.LG ${date}`]: undefined, [`cs.AI ${date}`]: undefined });
    const script = { on: { ...nothing('2025-07-04'), ...nothing('2025-07-08') } };
    const { collector } = collectorAt(tuesdayMorning, script);
    for (const date of ['2025-07-04', '2025-07-08'])
      expect(await collector.on(date, both, signal)).toEqual({ kind: 'none' });
    expect(await stores.announcements.has('2025-07-04', both)).toBe(true);
    expect(await stores.announcements.has('2025-07-08', ['cs.LG'])).toBe(false);
  });

  it('is rebuilt from submissions if arXiv no longer lists it, and marked as approximate', async () => {
    const key = (category: string) => `${category} 2025-01-10T19:00:00.000Z`;
    const script = { submitted: { [key('cs.LG')]: announcedOf(['1', '2']), [key('cs.AI')]: announcedOf(['2']) } };
    const { collector } = collectorAt(tuesdayMorning, script);
    expect(await collector.submitted('2025-01-14', both, signal)).toEqual({ kind: 'complete', date: '2025-01-14' });
    expect(await stores.announcements.read('2025-01-14', both)).toHaveLength(3);
    expect(await stores.announcements.isApproximate('2025-01-14', both)).toBe(true);
    // The count of calls shows that nothing is requested twice.
    const { collector: again, source } = collectorAt(tuesdayMorning, script);
    expect(await again.submitted('2025-01-14', both, signal)).toEqual({ kind: 'complete', date: '2025-01-14' });
    expect(source.calls).toEqual([]);
  });

  it('is complete if one category had nothing on the date', async () => {
    const script = { on: { 'cs.LG 2025-07-07': undefined, 'cs.AI 2025-07-07': aiBefore } };
    const { collector } = collectorAt(tuesdayMorning, script);
    expect(await collector.on('2025-07-07', both, signal)).toEqual({ kind: 'complete', date: '2025-07-07' });
    expect(await stores.announcements.has('2025-07-07', both)).toBe(true);
  });

  it('is not taken as empty while the category’s page may still change', async () => {
    const script = { on: { 'cs.LG 2025-07-08': lg, 'cs.AI 2025-07-08': undefined } };
    const { collector } = collectorAt('2025-07-08T00:10:00Z', script);
    expect(await collector.on('2025-07-08', both, signal)).toMatchObject({ kind: 'incomplete' });
    expect(await stores.announcements.has('2025-07-08', ['cs.AI'])).toBe(false);
    expect(await stores.announcements.has('2025-07-08', ['cs.LG'])).toBe(true);
  });

  it('is incomplete if arXiv fails, and throws bugs', async () => {
    const failing = collectorAt(tuesdayMorning, { on: { 'cs.LG 2025-07-07': remoteFailure() } });
    expect(await failing.collector.on('2025-07-07', ['cs.LG'], signal)).toMatchObject({ kind: 'incomplete' });
    const broken = collectorAt(tuesdayMorning, { on: { 'cs.LG 2025-07-07': new TypeError('a bug') } });
    await expect(broken.collector.on('2025-07-07', ['cs.LG'], signal)).rejects.toThrow(TypeError);
  });
});
