import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Candidate } from '../../../src/core/paper.ts';
import type { Commenter, ModelVerdict, PaperComment, Scorer, ScorerStop } from '../../../src/core/score.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { scoreDay } from '../../../src/daily/draft/score.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { announcedOf } from '../../fakes/daily.ts';
import { channelOf } from '../../fakes/fixtures.ts';

const date = '2025-07-08';
const channel = channelOf({ cutoffs: { relevance: 7, novelty: 6 } });
const candidates: Candidate[] = announcedOf(['1', '2', '3', '4', '5', '6', '7']);

let stores: Stores;
beforeEach(async () => {
  stores = openStores(':memory:');
  await stores.announcements.savePapers(candidates.map(({ paper }) => paper));
});
afterEach(() => stores.close());

type Points = [id: string, relevance: number, novelty: number];

/** A model that scores without comments, and comments on request. */
const modelOf = (
  batches: Points[][],
  { stop, cannot = [] }: { stop?: ScorerStop; cannot?: string[] } = {},
): Scorer<ModelVerdict> & { asked: string[]; endings: boolean[] } => {
  const asked: string[] = [];
  const endings: boolean[] = [];
  const comment: Commenter = ({ onComments }) => {
    const answers: Promise<void>[] = [];
    return {
      add: (papers) => {
        asked.push(...papers.map(({ id, relevance, novelty }) => `${id}: ${relevance} + ${novelty}`));
        const found = papers.map(({ id, version }): PaperComment => {
          return { paperId: id, version, comment: `Why ${id}.` };
        });
        answers.push(onComments(found.filter(({ paperId }) => !cannot.includes(paperId))));
      },
      end: async (isAnswering) => {
        endings.push(isAnswering);
        await Promise.all(answers);
      },
    };
  };
  return {
    ...{ asked, endings, engine: 'openai', model: () => 'gpt-test', comment },
    async *score({ papers }) {
      const isLeft = ([id]: Points): boolean => papers.some((paper) => paper.id === id);
      for (const batch of batches)
        yield batch.filter(isLeft).map(([paperId, relevance, novelty]) => {
          return { paperId, version: 1, relevance, novelty, comment: '' };
        });
      return stop;
    },
  };
};

const day: Points[] = [
  ['1', 9, 8],
  ['2', 7, 6],
  ['3', 6, 9],
  ['4', 7, 5],
  ['5', 3, 9],
  ['6', 2, 2],
  ['7', 1, 1],
];

const score = async (scorer: Scorer, mustRead: string[] = []) => {
  const { scores } = await scoreDay(channel, date, candidates, new AbortController().signal, {
    ...{ scorers: [scorer], stores, clock: createSteppingClock('2025-07-08T13:00:00Z') },
    mustRead: new Set(mustRead),
  });
  return Object.fromEntries([...scores.values()].map(({ paperId, comment }) => [paperId, comment]));
};

describe('comments on a day', () => {
  it('are asked for papers that pass, and for the nearest three others', async () => {
    const model = modelOf([day]);
    const comments = await score(model);
    expect(model.asked).toEqual(['1: 9 + 8', '2: 7 + 6', '3: 6 + 9', '4: 7 + 5', '5: 3 + 9']);
    expect(comments).toEqual({ 1: 'Why 1.', 2: 'Why 2.', 3: 'Why 3.', 4: 'Why 4.', 5: 'Why 5.', 6: '', 7: '' });
  });

  it('are stored with the scores', async () => {
    await score(modelOf([day]));
    const query = { rubric: channel.rubric.hash, engine: 'openai', model: 'gpt-test' } as const;
    const stored = await stores.scores.current(query, [{ id: '2', version: 1 }]);
    expect(stored.map(({ comment, attempt }) => [comment, attempt])).toEqual([['Why 2.', 1]]);
  });

  it('are asked for papers by followed authors', async () => {
    expect(await score(modelOf([day]), ['7'])).toMatchObject({ 6: '', 7: 'Why 7.' });
  });

  it('are asked for as batches arrive', async () => {
    const model = modelOf([day.slice(1, 2), [['3', 9, 9]]]);
    await score(model);
    expect(model.asked).toEqual(['2: 7 + 6', '3: 9 + 9']);
  });

  it('are asked for once, although a repeat adds a score', async () => {
    const model = modelOf([day, [['2', 8, 7]]]);
    expect(await score(model)).toMatchObject({ 2: 'Why 2.' });
    expect(model.asked.filter((one) => one.startsWith('2:'))).toEqual(['2: 7 + 6']);
  });

  it('that a killed run did not get are asked for in the next', async () => {
    await score(modelOf([day], { cannot: ['1', '2', '3', '4', '5'] }));
    const model = modelOf([]);
    expect(await score(model)).toMatchObject({ 1: 'Why 1.', 5: 'Why 5.', 6: '' });
    const again = modelOf([]);
    await score(again);
    expect(again.asked).toEqual([]);
  });

  it.each([
    [{ kind: 'outage', reason: 'x' } as const, false],
    [{ kind: 'budget', reason: 'x' } as const, true],
    [undefined, true],
  ])('are no longer waited for after %j', async (stop, isAnswering) => {
    const model = modelOf([day], stop && { stop });
    await score(model);
    expect(model.endings).toEqual([isAnswering]);
  });
});
