import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStores } from '../../../db/index.ts';
import type { AnnouncedPaper } from '../../../src/core/paper.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { draftDigest } from '../../../src/daily/draft/draft.ts';
import { createPrefilter } from '../../../src/daily/draft/prefilter.ts';
import { planPrefilter } from '../../../src/scoring/distilled/prefilter.ts';
import { scriptedScorer, scriptedSource } from '../../fakes/daily.ts';
import { channelOf, rubricOf } from '../../fakes/fixtures.ts';
import { runPartsOf } from '../../fakes/run.ts';
import { dayPapers, isLiked, topics } from '../../scoring/distilled/past-days.ts';

const { signal } = new AbortController();
const followed = 'Ada Followed';
const dates = Array.from({ length: 21 }, (_, at) => `2025-06-${String(at + 1).padStart(2, '0')}`);
const channel = channelOf({
  ...{ categories: ['cs.LG'], rubric: rubricOf({ topics }), post: [], top: 100 },
  authors: [{ name: followed }],
});

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

/** Forty papers. The last is by a followed author, on nothing that the model likes. */
const announcedOn = (date: string, at: number): AnnouncedPaper[] =>
  dayPapers(date, 40, at + 1).map((paper, index) => ({
    paper: { ...paper, authors: index === 39 ? [followed] : [...paper.authors], categories: [...paper.categories] },
    type: 'new',
  }));

it('scores all papers until enough is known, then part of them, with nearly all of the picks', async () => {
  const read: number[] = [];
  let [picks, kept] = [0, 0];
  for (const [at, date] of dates.entries()) {
    const announced = announcedOn(date, at);
    const likes = announced.filter(({ paper }) => isLiked(paper)).map(({ paper }) => paper.id);
    await stores.announcements.save({ category: 'cs.LG', date, papers: announced });
    const model = scriptedScorer(({ papers }) => [
      papers.map(({ id }) => [id, likes.includes(id) ? 9 : 2, 8] as [string, number, number]),
    ]);
    const parts = runPartsOf('2025-07-08T13:00:00Z', {
      ...{ stores, source: scriptedSource({}), scorers: [model], platforms: [] },
    });
    const prefilter = createPrefilter({
      ...{ stores, plan: planPrefilter, targetRecall: 0.95, logger: parts.publishing.logger },
    });
    const day = { date, announced, sample: false, remedial: undefined };
    const draft = await draftDigest(channel, day, { ...parts, prefilter }, signal);
    await stores.digests.create(draft, `${date}T13:00:00.000Z`, []);

    const scored = model.tasks.flatMap(({ papers }) => papers.map(({ id }) => id));
    read.push(scored.length);
    picks += likes.length;
    kept += draft.entries.filter(({ paper }) => likes.includes(paper.id)).length;
    expect(draft.entries[0]?.paper.id).toBe(`${date}.39`);
    expect(draft.counts).toMatchObject({ scanned: 40, unscored: 0 });
    const screenedOut = draft.prefilter && 'skipped' in draft.prefilter ? draft.prefilter.skipped : 0;
    expect(scored).toHaveLength(40 - screenedOut);
    expect(scored).toContain(`${date}.39`);
  }
  expect(read.slice(0, 15)).toEqual(Array.from({ length: 15 }, () => 40));
  // From here there are enough picks to learn from. A fifth of the papers are picked, so two thirds are more than enough.
  for (const count of read.slice(17)) expect(count).toBeLessThan(27);
  expect(kept / picks).toBeGreaterThanOrEqual(0.95);
  const last = await stores.digests.find(channel.name, dates.at(-1) ?? '');
  expect(last?.prefilter).toMatchObject({ days: 10 });
});
