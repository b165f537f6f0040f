import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { createPreview } from '../../../src/daily/draft/preview.ts';
import { announcementOf, evenScorer, scriptedSource } from '../../fakes/daily.ts';
import { channelOf, matchedAt, paperOf } from '../../fakes/fixtures.ts';
import { runPartsOf } from '../../fakes/run.ts';

const signal = new AbortController().signal;
const tuesday = '2025-07-08';
const channel = channelOf({ categories: ['cs.LG'] });

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const make = (model?: string) => {
  const source = scriptedSource({ newest: { 'cs.LG': announcementOf('cs.LG', tuesday, ['1', '2']) } });
  const local = evenScorer(8, 7);
  const parts = runPartsOf('2025-07-08T13:00:00Z', { stores, source, scorers: [], platforms: [] });
  const { collector, authors, topicsOf, nudgesOf, likedOf, clock } = parts;
  const draft = createPreview({
    ...{ stores, authors, topicsOf, nudgesOf, likedOf, clock, local, model },
    collector: () => collector,
  });
  return { source, local, draft };
};

describe('a preview', () => {
  beforeEach(async () => {
    await stores.announcements.save(announcementOf('cs.LG', tuesday, ['1', '2']));
  });

  it('uses stored scores, and the built-in scorer for the others', async () => {
    await stores.scores.saveRubric(channel.rubric);
    await stores.scores.add(
      { rubric: channel.rubric.hash, engine: 'openai', model: 'gpt-test' },
      [{ paperId: '2', version: 1, relevance: 10, novelty: 9, comment: 'Stored.' }],
      '2025-07-08T12:00:00.000Z',
    );
    const { draft, local } = make('gpt-test');
    const day = await draft(channel, tuesday, signal);
    expect(day?.entries.map(({ paper, score }) => [paper.id, score.engine])).toEqual([
      ['2', 'openai'],
      ['1', 'local'],
    ]);
    expect(local.tasks.map(({ papers }) => papers.map(({ id }) => id))).toEqual([['1']]);
    expect(day?.notices).toEqual(['Previews make no paid calls. The built-in scorer scored 1 of 2 papers.']);
    expect(await stores.digests.find('foundations', tuesday)).toBeUndefined();
  });

  it('uses the built-in scorer only, on request', async () => {
    await stores.scores.saveRubric(channel.rubric);
    await stores.scores.add(
      { rubric: channel.rubric.hash, engine: 'openai', model: 'gpt-test' },
      [{ paperId: '2', version: 1, relevance: 10, novelty: 9, comment: 'Stored.' }],
      '2025-07-08T12:00:00.000Z',
    );
    const day = await make('gpt-test').draft(channel, tuesday, signal, 'local');
    expect(day?.engines).toMatchObject([{ engine: 'local', papers: 2 }]);
    expect(day?.notices).toEqual([]);
  });

  it('stores no score or rubric', async () => {
    const query = { rubric: channel.rubric.hash, engine: 'local', model: 'local-test' } as const;
    await stores.scores.saveRubric(channel.rubric);
    await stores.scores.add(query, [matchedAt('1', 1, 99)], '2025-07-08T12:00:00.000Z');
    const before = [await stores.scores.ofPaper('1'), await stores.scores.ofPaper('2')];
    const { draft } = make();
    const rubric = { ...channel.rubric, hash: 'another', topics: 'Something else.' };
    for (const wanted of [channel, { ...channel, cutoffs: { relevance: 6, novelty: 4 } }, { ...channel, rubric }])
      expect((await draft(wanted, tuesday, signal))?.entries).toHaveLength(2);
    expect([await stores.scores.ofPaper('1'), await stores.scores.ofPaper('2')]).toEqual(before);
    expect(await stores.scores.rubric('another')).toBeUndefined();
  });

  it('shows what other limits would pick', async () => {
    const { draft } = make();
    expect((await draft(channel, tuesday, signal))?.counts).toMatchObject({ scanned: 2, relevant: 2 });
    expect((await draft({ ...channel, papersPerDay: 1 }, tuesday, signal))?.counts.relevant).toBe(1);
    // Cutoffs do not apply to the built-in scorer.
    const strict = { ...channel, cutoffs: { relevance: 10, novelty: 10 } };
    expect((await draft(strict, tuesday, signal))?.counts.relevant).toBe(2);
  });

  it('is undefined for a date that is not stored, without asking arXiv', async () => {
    const { draft, source } = make();
    expect(await draft(channel, '2025-07-07', signal)).toBeUndefined();
    expect(source.calls).toEqual([]);
  });
});

describe('a preview of new categories', () => {
  it('is of their newest announcement', async () => {
    await stores.announcements.savePapers([paperOf('9')]);
    const { draft } = make();
    const day = await draft({ ...channel, name: 'new' }, '2025-07-09', signal);
    expect(day).toMatchObject({ channel: 'new', date: tuesday, counts: { announced: 2 }, notices: [] });
  });
});
