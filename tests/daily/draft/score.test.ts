import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Candidate } from '../../../src/core/paper.ts';
import { type Scorer, type ScorerStop, scoreText } from '../../../src/core/score.ts';
import type { Prefilter } from '../../../src/core/screening.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { scoreDay } from '../../../src/daily/draft/score.ts';
import { readScreened } from '../../../src/scoring/screening/read.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { announcedOf, announcementOf, type Batch, evenScorer, scriptedScorer } from '../../fakes/daily.ts';
import { channelOf, paperOf, pointsOf, rubricOf } from '../../fakes/fixtures.ts';

const date = '2025-07-08';
const ids = ['1', '2', '3', '4'];
const candidates: Candidate[] = announcedOf(ids);
const channel = channelOf();

let stores: Stores;
beforeEach(async () => {
  stores = openStores(':memory:');
  await stores.announcements.savePapers(candidates.map(({ paper }) => paper));
});
afterEach(() => stores.close());

const score = (
  scorers: Scorer[],
  more: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
) =>
  scoreDay(channel, date, candidates, more.signal ?? new AbortController().signal, {
    ...{ scorers, stores, clock: createSteppingClock('2025-07-08T13:00:00Z'), onProgress: more.onProgress },
  });

const allAtOnce: Batch[] = [ids.map((id) => [id, 5, 5])];
const tasksOf = (scorer: { tasks: { papers: readonly { id: string }[] }[] }) =>
  scorer.tasks.map((task) => task.papers.map(({ id }) => id));

describe('scoring candidates', () => {
  it('gives each paper a verdict, names the engine, and has no notices', async () => {
    const local = evenScorer(1, 1);
    const { scores, engines, notices } = await score([
      scriptedScorer([
        [['2', 9, 8]],
        [['1', 3, 4]],
        [
          ['4', 1, 1],
          ['3', 2, 2],
        ],
      ]),
      local,
    ]);
    expect([...scores.values()].map((one) => [one.paperId, scoreText(one)])).toEqual([
      ['2', '9 + 8'],
      ['1', '3 + 4'],
      ['4', '1 + 1'],
      ['3', '2 + 2'],
    ]);
    expect(engines).toEqual([{ engine: 'openai', model: 'openai-test', papers: 4 }]);
    expect(notices).toEqual([]);
    expect(local.tasks).toEqual([]);
  });

  it('stores each batch before the next, and reports progress', async () => {
    const seen: number[] = [];
    const progress: string[] = [];
    const query = { rubric: 'rubric-1', engine: 'openai', model: 'openai-test' } as const;
    const scorer = scriptedScorer([]);
    scorer.score = async function* ({ papers }) {
      for (const { id, version } of papers) {
        yield [{ paperId: id, version, relevance: 5, novelty: 5, comment: '' }];
        seen.push((await stores.scores.current(query, papers)).length);
      }
      return undefined;
    };
    await score([scorer], { onProgress: (done, total) => progress.push(`${done}/${total}`) });
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(progress.slice(-4)).toEqual(['1/4', '2/4', '3/4', '4/4']);
  });

  it('continues after a kill, and pays for no paper twice', async () => {
    await expect(score([scriptedScorer([[['1', 9, 9]], new Error('killed')])])).rejects.toThrow('killed');
    const again = scriptedScorer(allAtOnce);
    const { scores } = await score([again]);
    expect(tasksOf(again)).toEqual([['2', '3', '4']]);
    expect(again.tasks[0]?.day.map(({ id }) => id)).toEqual(ids);
    expect(pointsOf(scores.get('1'))).toEqual({ relevance: 9, novelty: 9 });
    const third = scriptedScorer(allAtOnce);
    await score([third]);
    expect(third.tasks).toEqual([]);
  });

  it('leaves papers that the first engine could not score to the next, and says why', async () => {
    const stop = { kind: 'outage', reason: 'the server does not answer' } as const;
    const local = evenScorer(6, 6);
    const { scores, engines, notices } = await score([scriptedScorer([[['2', 9, 9]]], { stop }), local]);
    expect(tasksOf(local)).toEqual([['1', '3', '4']]);
    expect(scores.size).toBe(4);
    expect(engines).toEqual([
      { engine: 'local', model: 'local-test', papers: 3 },
      { engine: 'openai', model: 'openai-test', papers: 1 },
    ]);
    expect(notices).toEqual([
      'The language model stopped answering: the server does not answer. The built-in scorer scored 3 of 4 papers.',
    ]);
  });

  it('keeps why the next engine had to score, and what to do', async () => {
    const stop: ScorerStop = { kind: 'outage', reason: 'the server does not answer', remedy: 'Check it.' };
    const { fallback } = await score([scriptedScorer([[['2', 9, 9]]], { stop }), evenScorer(6, 6)]);
    expect(fallback).toEqual({ model: 'openai-test', papers: 3, ...stop });
  });

  it('does not take a few papers without a verdict as a failure', async () => {
    const some = await score([
      scriptedScorer([[...ids.slice(0, 2).map((id): [string, number, number] => [id, 9, 9])]]),
      evenScorer(6, 6),
    ]);
    expect(some.fallback).toBeUndefined();
  });

  it('takes it as a failure if the model leaves most papers without a verdict', async () => {
    const { fallback } = await score([scriptedScorer([[['2', 9, 9]]]), evenScorer(6, 6)]);
    expect(fallback).toMatchObject({ kind: 'outage', papers: 3, remedy: 'Choose another scorer.model.' });
  });

  const budget: ScorerStop = { kind: 'budget', reason: 'the daily budget of $0.02 is spent' };
  const refused: ScorerStop = { kind: 'refused', reason: 'the model rejected the key (401)' };
  it.each<[string, Batch[], ScorerStop | undefined, string]>([
    [
      'a spent budget',
      [
        [
          ['1', 5, 5],
          ['2', 5, 5],
        ],
      ],
      budget,
      'The daily budget of $0.02 is spent. The built-in scorer scored 2 of 4 papers.',
    ],
    [
      'a spent budget that left one paper',
      [
        [
          ['1', 5, 5],
          ['2', 5, 5],
          ['3', 5, 5],
        ],
      ],
      budget,
      'The daily budget of $0.02 is spent. The built-in scorer scored 1 of 4 papers.',
    ],
    [
      'a refused key',
      [],
      refused,
      'The language model failed: the model rejected the key (401). The built-in scorer scored all 4 papers.',
    ],
    [
      'one straggler',
      [
        [
          ['1', 5, 5],
          ['2', 5, 5],
          ['4', 5, 5],
        ],
      ],
      undefined,
      'openai-test gave no valid answer for 1 paper. The built-in scorer scored it.',
    ],
    [
      'several stragglers',
      [[['1', 5, 5]]],
      undefined,
      'openai-test gave no valid answer for 3 papers. The built-in scorer scored them.',
    ],
  ])('reports %s in one sentence', async (_, batches, stop, sentence) => {
    const { scores, notices } = await score([scriptedScorer(batches, { stop }), evenScorer(4, 4)]);
    expect(notices).toEqual([sentence]);
    expect(scores.size).toBe(4);
  });

  it('does not reuse verdicts of another model, version or rubric', async () => {
    await score([scriptedScorer(allAtOnce, { model: 'one' })]);
    const other = scriptedScorer(allAtOnce, { model: 'two' });
    await score([other]);
    expect(tasksOf(other)).toEqual([ids]);

    const newVersion: Candidate = { paper: paperOf('1', { version: 2 }), type: 'replace' };
    await stores.announcements.savePapers([newVersion.paper]);
    const again = scriptedScorer(allAtOnce, { model: 'one' });
    const parts = { scorers: [again], stores, clock: createSteppingClock('2025-07-08T13:00:00Z') };
    const signal = new AbortController().signal;
    await scoreDay(channel, date, [newVersion], signal, parts);
    await scoreDay(channelOf({ rubric: rubricOf({ hash: 'rubric-2' }) }), date, candidates, signal, parts);
    expect(tasksOf(again)).toEqual([['1'], ids]);
  });

  it('gives the built-in scorer seven dates as recent papers and thirteen more as archive', async () => {
    const days = Array.from({ length: 22 }, (_, at) => `2025-06-${String(at + 1).padStart(2, '0')}`);
    for (const day of days) {
      await stores.announcements.save(announcementOf('cs.LG', day, [day]));
      await stores.announcements.save(announcementOf('cs.AI', day, []));
    }
    const local = evenScorer(5, 5);
    await score([local]);
    expect(local.tasks[0]?.recent.map(({ id }) => id)).toEqual(days.slice(-7));
    expect(local.tasks[0]?.archive?.map(({ id }) => id)).toEqual(days.slice(-20, -7));
  });

  it('gives recent papers to the built-in scorer only', async () => {
    await stores.announcements.save(announcementOf('cs.LG', '2025-07-07', ['0']));
    const llm = scriptedScorer([]);
    const local = evenScorer(5, 5);
    await score([llm, local]);
    expect(llm.tasks[0]?.recent).toEqual([]);
    expect(local.tasks[0]?.recent.map(({ id }) => id)).toEqual(['0']);
  });

  it('throws the reason of an abort, and keeps what is stored', async () => {
    const controller = new AbortController();
    const scorer = scriptedScorer(({ papers }) => {
      controller.abort(new Error('stopped'));
      return [papers.slice(0, 1).map(({ id }) => [id, 5, 5])];
    });
    const local = evenScorer(5, 5);
    await expect(score([scorer, local], { signal: controller.signal })).rejects.toThrow('stopped');
    expect(local.tasks).toEqual([]);
    const again = scriptedScorer(allAtOnce);
    await score([again]);
    expect(tasksOf(again)).toEqual([['2', '3', '4']]);
  });

  it('stops the scorer if a verdict cannot be stored', async () => {
    const scorer = scriptedScorer([[['1', 5, 5]], [['2', 5, 5]]]);
    const broken = { ...stores, scores: { ...stores.scores, add: () => Promise.reject(new Error('disk full')) } };
    const parts = { scorers: [scorer], stores: broken, clock: createSteppingClock('2025-07-08T13:00:00Z') };
    await expect(scoreDay(channel, date, candidates, new AbortController().signal, parts)).rejects.toThrow('disk full');
    expect(scorer.ended).toBe(1);
  });

  it('makes no calls without candidates', async () => {
    const scorer = scriptedScorer([]);
    const parts = { scorers: [scorer], stores, clock: createSteppingClock('2025-07-08T13:00:00Z') };
    const scored = await scoreDay(channel, date, [], new AbortController().signal, parts);
    expect(scored).toEqual({ scores: new Map(), engines: [], notices: [] });
    expect(scorer.tasks).toEqual([]);
  });
});

describe('a prefilter', () => {
  /** Reads the first papers in this order. None of the others is in the sample. */
  const likely =
    (read: number, ...order: string[]): Prefilter =>
    async () => ({
      likeliest: { ids: order.slice(0, read), brief: new Set() },
      read: (reader) => readScreened({ order, read, targetRecall: 0.5, days: [], measured: undefined }, reader),
    });
  const filtered = (scorers: Scorer[], prefilter: Prefilter, mustRead?: ReadonlySet<string>) =>
    scoreDay(channel, date, candidates, new AbortController().signal, {
      ...{ scorers, stores, clock: createSteppingClock('2025-07-08T13:00:00Z'), prefilter, mustRead },
    });

  it('screens out unlikely papers, for all scorers', async () => {
    const model = scriptedScorer(allAtOnce);
    const local = evenScorer(1, 1);
    const { scores, prefiltered, notices } = await filtered([model, local], likely(3, '1', '2', '4', '3'));
    expect(tasksOf(model)).toEqual([['1', '2', '4']]);
    expect(local.tasks).toEqual([]);
    expect([...scores.keys()].sort()).toEqual(['1', '2', '4']);
    expect(notices).toEqual([]);
    expect(prefiltered).toMatchObject({ prefilter: { skipped: 1 }, unlikely: [{ paperId: '3', position: 4 }] });
  });

  it('screens out no paper that must be scored or has a score', async () => {
    const query = { rubric: 'rubric-1', engine: 'openai', model: 'openai-test' } as const;
    await stores.scores.saveRubric(channel.rubric);
    await stores.scores.add(
      query,
      [{ paperId: '2', version: 1, relevance: 5, novelty: 5, comment: '' }],
      `${date}T00:00:00Z`,
    );
    const model = scriptedScorer(allAtOnce);
    const { scores, prefiltered } = await filtered([model], likely(2, '4', '2', '1', '3'), new Set(['3']));
    expect(tasksOf(model)).toEqual([['3', '4']]);
    expect([...scores.keys()].sort()).toEqual(['2', '3', '4']);
    expect(prefiltered?.prefilter).toMatchObject({ skipped: 1 });
    expect(prefiltered?.unlikely.map(({ paperId }) => paperId)).toEqual(['1']);
  });

  it('does not apply if the model scores nothing: the next engine scores all', async () => {
    const local = evenScorer(6, 6);
    const stop = { kind: 'outage', reason: 'no answer' } as const;
    const { scores, prefiltered, notices } = await filtered(
      [scriptedScorer([], { stop }), local],
      likely(3, '1', '2', '3', '4'),
    );
    expect(tasksOf(local)).toEqual([ids]);
    expect(scores.size).toBe(4);
    expect(prefiltered).toBeUndefined();
    expect(notices[0]).toContain('all 4 papers');
  });

  it('applies if the model stops midway', async () => {
    const local = evenScorer(6, 6);
    const stop = { kind: 'budget', reason: 'the daily budget of $0.02 is spent' } as const;
    const { scores, notices } = await filtered(
      [scriptedScorer([[['1', 9, 9]]], { stop }), local],
      likely(3, '1', '2', '3', '4'),
    );
    expect(tasksOf(local)).toEqual([['2', '3']]);
    expect(scores.has('4')).toBe(false);
    expect(notices[0]).toContain('2 of 3 papers');
  });

  it('does not run for the built-in scorer, nor without papers to score', async () => {
    let times = 0;
    const counted: Prefilter = async (...of) => {
      times += 1;
      return likely(4, ...ids)(...of);
    };
    await filtered([evenScorer(6, 6)], counted);
    expect(times).toBe(0);
    await filtered([scriptedScorer(allAtOnce)], counted);
    await filtered([scriptedScorer(allAtOnce)], counted);
    expect(times).toBe(1);
  });
});
