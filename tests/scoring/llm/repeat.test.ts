import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { ModelVerdict, Scorer, ScorerStop } from '../../../src/core/score.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { scoreDay } from '../../../src/daily/draft/score.ts';
import { withRepeats } from '../../../src/scoring/llm/repeat.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { announcedOf, type Batch, evenScorer, scriptedScorer } from '../../fakes/daily.ts';
import { channelOf, pointsOf } from '../../fakes/fixtures.ts';
import { createSequence } from '../built-in/papers.ts';

type Row = [id: string, relevance: number, novelty: number];

const ids = ['1', '2', '3', '4', '5', '6'];
const candidates = announcedOf(ids);

let stores: Stores;
beforeEach(async () => {
  stores = openStores(':memory:');
  await stores.announcements.savePapers(candidates.map(({ paper }) => paper));
});
afterEach(() => stores.close());

/** A model with given answers for each round. The cutoffs of the day are 8 and 7. */
const asking = (rounds: Batch[][], stops: (ScorerStop | undefined)[] = []) => {
  let round = -1;
  const scorer = scriptedScorer(() => rounds[round] ?? []);
  const { score } = scorer;
  scorer.score = async function* (task) {
    round += 1;
    yield* score(task);
    return stops[round];
  };
  return scorer;
};

const scoreWith = async (scorer: ReturnType<typeof asking>, times: number) => {
  const local = evenScorer(5, 5);
  const parts = { stores, clock: createSteppingClock('2025-07-08T13:00:00Z') };
  const scorers = [withRepeats(scorer as Scorer<ModelVerdict>, times, createSequence(7)), local];
  const day = await scoreDay(channelOf(), '2025-07-08', candidates, new AbortController().signal, {
    ...parts,
    scorers,
  });
  const scores = Object.fromEntries([...day.scores].map(([id, one]) => [id, Object.values(pointsOf(one) ?? {})]));
  return { ...day, scores, local };
};

const first: Row[] = [
  ['1', 10, 10],
  ['2', 8, 8],
  ['3', 7, 9],
  ['4', 9, 6],
  ['5', 9, 5],
  ['6', 2, 9],
];
const askedIds = (scorer: ReturnType<typeof asking>) => scorer.tasks.map(({ papers }) => papers.map(({ id }) => id));

describe('repeats', () => {
  it('rescores the papers within a point of the cutoffs, and takes the average, rounded down', async () => {
    const second: Row[] = [
      ['2', 7, 7],
      ['3', 9, 9],
      ['4', 9, 9],
    ];
    const scorer = asking([[first], [second]]);
    const { scores, notices, engines } = await scoreWith(scorer, 1);
    expect(askedIds(scorer).map((round) => round.toSorted())).toEqual([ids, ['2', '3', '4']]);
    expect(scores).toEqual({ 1: [10, 10], 2: [7, 7], 3: [8, 9], 4: [9, 7], 5: [9, 5], 6: [2, 9] });
    expect(engines).toEqual([{ engine: 'openai', model: 'openai-test', papers: 6 }]);
    expect(notices).toEqual([]);
    expect(
      (await stores.scores.ofPaper('2')).map((one) => [one.attempt, ...Object.values(pointsOf(one) ?? {})]),
    ).toEqual([
      [2, 7, 7],
      [1, 8, 8],
    ]);
  });

  it('averages all scores of several repeats, each in another order', async () => {
    const even: Row[] = ids.map((id) => [id, 8, 7]);
    const scorer = asking([[even], [even], [ids.map((id): Row => [id, 5, 7])]]);
    const { scores } = await scoreWith(scorer, 2);
    expect(scores['1']).toEqual([7, 7]);
    const [inOrder, ...shuffled] = askedIds(scorer).map((round) => round.join(''));
    expect(new Set([inOrder, ...shuffled]).size).toBe(3);
  });

  it('makes no call if no paper is near the cutoffs, or if all scores are stored', async () => {
    const far = asking([[ids.map((id): Row => [id, 2, 2])]]);
    await scoreWith(far, 3);
    expect(far.tasks).toHaveLength(1);
    const later = asking([]);
    await scoreWith(later, 3);
    expect(later.tasks).toEqual([]);
  });

  it('keeps the scores so far if a repeat stops early, and leaves nothing to the built-in scorer', async () => {
    const stop = { kind: 'budget', reason: 'the daily budget of $1.00 is spent' } as const;
    const scorer = asking([[first], [[['2', 4, 4]]]], [undefined, stop]);
    const { scores, notices, local } = await scoreWith(scorer, 2);
    expect(scores).toMatchObject({ 2: [6, 6], 3: [7, 9], 4: [9, 6] });
    expect([notices, local.tasks, scorer.tasks.length]).toEqual([[], [], 2]);
  });

  it('does not repeat after a stop of the first round', async () => {
    const stop = { kind: 'outage', reason: 'the server does not answer' } as const;
    const scorer = asking([[[['2', 8, 8]]]], [stop]);
    const { local, notices } = await scoreWith(scorer, 1);
    expect(scorer.tasks).toHaveLength(1);
    expect(local.tasks[0]?.papers.map(({ id }) => id)).toEqual(['1', '3', '4', '5', '6']);
    expect(notices).toHaveLength(1);
  });

  it('stops when the generator is left early', async () => {
    const scorer = asking([[first], [first]]);
    const scoring = withRepeats(scorer as Scorer<ModelVerdict>, 1, Math.random).score({
      ...{
        channel: 'c',
        date: '2025-07-08',
        rubric: channelOf().rubric,
        recent: [],
        cutoffs: { relevance: 8, novelty: 7 },
      },
      ...{ papers: candidates.map(({ paper }) => paper), day: [], pickRate: 0, signal: new AbortController().signal },
    });
    await scoring.next();
    await scoring.return(undefined);
    expect(scorer.ended).toBe(1);
  });
});
