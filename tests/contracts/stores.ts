import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Digest } from '../../src/core/digest.ts';
import { scoreText } from '../../src/core/score.ts';
import type { ScoreQuery, Stores } from '../../src/core/stores.ts';
import { digestOf, entryOf, paperOf, pointsOf, rubricOf } from '../fakes/fixtures.ts';
import { announcementsContract } from './announcements.ts';
import { authorsContract } from './authors.ts';
import { batchesContract } from './batches.ts';
import { changesContract } from './changes.ts';
import { conversationsContract } from './conversations.ts';
import { digestsContract } from './digests.ts';
import { earlyHeadersContract } from './early-headers.ts';
import { healthContract } from './health.ts';
import { leasesContract } from './leases.ts';
import { ledgerContract } from './ledger.ts';
import { linksContract } from './links.ts';
import { modelHabitsContract } from './model-habits.ts';
import { outboxContract } from './outbox.ts';
import { reactionsContract } from './reactions.ts';
import { runsContract } from './runs.ts';
import { savedContract } from './saved.ts';
import { searchContract } from './search.ts';
import { sharedMemoryContract } from './shared-memory.ts';
import { signingKeysContract } from './signing-keys.ts';
import { summariesContract } from './summaries.ts';
import { updateNotesContract } from './update-notes.ts';
import { webMessagesContract } from './web-messages.ts';

const at = '2025-07-08T12:00:00.000Z';
const query: ScoreQuery = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' };
const standing = (paperId: string, position: number) => ({
  ...{ paperId, version: 1, position, of: 12, match: 96.25 },
  comment: `On ${paperId}`,
});
const verdict = (paperId: string, relevance = 8, novelty = 7) => ({
  ...{ paperId, version: 1, relevance, novelty },
  comment: `On ${paperId}`,
});

/** The suite that every implementation of the stores passes. */
export const storesContract = (name: string, open: () => Stores | Promise<Stores>): void => {
  describe(`stores on ${name}`, () => {
    let stores: Stores;
    beforeEach(async () => {
      stores = await open();
    });
    afterEach(() => stores.close());

    const storedDigest = async (
      ids: string[],
      more: Parameters<typeof digestOf>[1] = {},
      destinations: string[] = [],
    ): Promise<Digest> => {
      await stores.announcements.savePapers(ids.map((id) => paperOf(id)));
      await stores.scores.saveRubric(rubricOf());
      const scores = await stores.scores.add(
        query,
        ids.map((id) => verdict(id)),
        at,
      );
      const entries = scores.map((score, index) => entryOf(index + 1, paperOf(score.paperId), score));
      return stores.digests.create(digestOf(entries, more), at, destinations);
    };

    describe('scores', () => {
      beforeEach(async () => {
        await stores.announcements.savePapers([paperOf('2507.00001'), paperOf('2507.00002')]);
        await stores.scores.saveRubric(rubricOf());
      });

      test('appends attempts, and treats the newest as current', async () => {
        await stores.scores.add(query, [verdict('2507.00001', 5, 5)], at);
        const [again] = await stores.scores.add(query, [verdict('2507.00001', 9, 8)], at);
        expect(again?.attempt).toBe(2);
        const current = await stores.scores.current(query, [paperOf('2507.00001'), paperOf('2507.00002')]);
        expect(current.map((score) => [score.paperId, pointsOf(score)?.relevance])).toEqual([['2507.00001', 9]]);
      });

      test('adds a comment to the newest score if that has none', async () => {
        await stores.scores.add(query, [verdict('2507.00001', 5, 5), verdict('2507.00002')], at);
        await stores.scores.add(query, [{ ...verdict('2507.00001', 9, 8), comment: '' }], at);
        const comments = ['2507.00001', '2507.00002', '2507.00009'].map((paperId) => {
          return { paperId, version: 1, comment: 'On gears.' };
        });
        const [changed, ...others] = await stores.scores.comment(query, comments);
        expect(others).toEqual([]);
        expect(changed).toMatchObject({ paperId: '2507.00001', attempt: 2, comment: 'On gears.' });
        expect((await stores.scores.ofPaper('2507.00001')).map(({ comment }) => comment)).toEqual([
          'On gears.',
          verdict('2507.00001').comment,
        ]);
        expect((await stores.scores.ofPaper('2507.00002'))[0]?.comment).toBe(verdict('2507.00002').comment);
        expect(await stores.scores.comment({ ...query, model: 'other' }, comments)).toEqual([]);
      });

      test('lists the scores of a paper newest first, from any scorer', async () => {
        await stores.scores.add(query, [verdict('2507.00001', 5, 5), verdict('2507.00002')], at);
        await stores.scores.add({ ...query, engine: 'local', model: 'l' }, [standing('2507.00001', 3)], at);
        await stores.scores.saveRubric(rubricOf({ hash: 'rubric-2' }));
        await stores.scores.add({ ...query, rubric: 'rubric-2' }, [verdict('2507.00001', 9, 9)], at);
        const given = (await stores.scores.ofPaper('2507.00001')).map((score) => {
          const { rubric, engine, model } = score;
          return [rubric, engine, model, scoreText(score)];
        });
        expect(given).toEqual([
          ['rubric-2', 'openai', 'gpt-test', '9 + 9'],
          ['rubric-1', 'local', 'l', '3rd of 12 · match 96%'],
          ['rubric-1', 'openai', 'gpt-test', '5 + 5'],
        ]);
        const current = await stores.scores.currentOf('rubric-1', ['2507.00001', '2507.00002', '2507.00003']);
        expect([...current].map(([id, score]) => [id, score.engine, pointsOf(score)?.relevance]).sort()).toEqual([
          ['2507.00001', 'openai', 5],
          ['2507.00002', 'openai', 8],
        ]);
        await stores.announcements.savePapers([paperOf('2507.00003')]);
        await stores.scores.add({ ...query, engine: 'local', model: 'l' }, [standing('2507.00003', 4)], at);
        expect((await stores.scores.currentOf('rubric-1', ['2507.00003'])).get('2507.00003')?.engine).toBe('local');
        expect(await stores.scores.currentOf('rubric-1', [])).toEqual(new Map());
      });

      test('keeps the position and match of the built-in scorer', async () => {
        const local = { ...query, engine: 'local' } as const;
        const added = await stores.scores.add(local, [standing('2507.00001', 2), standing('2507.00002', 1)], at);
        expect(added).toMatchObject([standing('2507.00001', 2), standing('2507.00002', 1)]);
        expect(added[0]).not.toHaveProperty('relevance');
        expect(await stores.scores.current(local, [paperOf('2507.00001'), paperOf('2507.00002')])).toEqual(added);
      });

      test('numbers the attempts of any who score the same papers at the same time', async () => {
        const papers = ['2507.00001', '2507.00002'];
        const added = await Promise.all(
          Array.from({ length: 16 }, (_, nth) => {
            const verdicts = papers.map((id) => verdict(id, 1 + (nth % 10)));
            return stores.scores.add(query, nth % 2 === 0 ? verdicts : verdicts.toReversed(), at);
          }),
        );
        const attempts = Array.from({ length: 16 }, (_, nth) => nth + 1);
        for (const id of papers) {
          const scores = added.flat().filter(({ paperId }) => paperId === id);
          expect(scores.map(({ attempt }) => attempt).toSorted((a, b) => a - b)).toEqual(attempts);
          expect(await stores.scores.ofPaper(id)).toEqual(scores.toSorted((a, b) => b.attempt - a.attempt));
        }
        const [current] = await stores.scores.current(query, [paperOf('2507.00001')]);
        expect(current?.attempt).toBe(16);
        expect((await stores.scores.currentOf('rubric-1', papers)).get('2507.00001')).toEqual(current);
      });

      test('stores a comment with any text', async () => {
        const [added] = await stores.scores.add(query, [{ ...verdict('2507.00001'), comment: '' }], at);
        const comment = 'NUL \0 and half \ud83d a pair';
        const [changed] = await stores.scores.comment(query, [{ paperId: '2507.00001', version: 1, comment }]);
        expect(changed?.scoreId).toBe(added?.scoreId);
        const [again] = await stores.scores.add(query, [{ ...verdict('2507.00002'), comment }], at);
        for (const score of [...(await stores.scores.ofPaper('2507.00001')), again])
          expect(score?.comment).toMatch(/^NUL [\0\uFFFD] and half [\uD83D\uFFFD] a pair$/);
      });

      test('treats no score of another model, rubric or version as current', async () => {
        await stores.scores.add(query, [verdict('2507.00001')], at);
        expect(await stores.scores.current({ ...query, model: 'other' }, [paperOf('2507.00001')])).toEqual([]);
        expect(await stores.scores.current({ ...query, rubric: 'other' }, [paperOf('2507.00001')])).toEqual([]);
        expect(await stores.scores.current(query, [paperOf('2507.00001', { version: 2 })])).toEqual([]);
      });
    });

    test('finds a rubric by its hash', async () => {
      await stores.scores.saveRubric(rubricOf());
      expect(await stores.scores.rubric('rubric-1')).toEqual(rubricOf());
      expect(await stores.scores.rubric('rubric-2')).toBeUndefined();
    });

    outboxContract(() => stores, storedDigest);
    leasesContract(() => stores);
    earlyHeadersContract(() => stores);
    ledgerContract(() => stores);
    modelHabitsContract(() => stores);
    batchesContract(() => stores);
    sharedMemoryContract(() => stores);
    signingKeysContract(() => stores);
    announcementsContract(() => stores);
    digestsContract(() => stores, storedDigest);
    authorsContract(() => stores);
    reactionsContract(() => stores, storedDigest);
    runsContract(() => stores);
    healthContract(() => stores);
    webMessagesContract(() => stores, storedDigest);
    savedContract(() => stores);
    linksContract(() => stores, storedDigest);
    conversationsContract(() => stores);
    changesContract(() => stores, storedDigest);
    searchContract(() => stores);
    summariesContract(() => stores);
    updateNotesContract(() => stores);
  });
};
