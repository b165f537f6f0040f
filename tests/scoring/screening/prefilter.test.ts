import { beforeEach, describe, expect, it } from 'vitest';
import type { Score } from '../../../src/core/score.ts';
import type { DayRankingTask, PastDay, RankDay, ScreenedDay } from '../../../src/core/screening.ts';
import { createPlanner } from '../../../src/scoring/screening/prefilter.ts';
import { extendedLine, type Plan, readScreened } from '../../../src/scoring/screening/read.ts';
import { sampling } from '../../../src/scoring/screening/sample.ts';
import { channelOf, paperOf } from '../../fakes/fixtures.ts';

const { signal } = new AbortController();
const query = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
const ids = Array.from({ length: 2_000 }, (_, at) => `2507.${String(at).padStart(5, '0')}`);
const papers = ids.map((id) => paperOf(id, { version: 2 }));
const cutoffs = { relevance: 8, novelty: 7 };

const reversed: RankDay = async (task) => task.papers.map(({ id }) => id).reverse();

const plannerWith = (rank: RankDay, past: PastDay[] = [], requests: unknown[] = []) => {
  const logged: object[] = [];
  const ignore = () => {};
  const planner = createPlanner({
    ...{ rank, targetRecall: 0.98 },
    stores: {
      digests: {
        pastDays: async (...of) => {
          requests.push(of);
          return past;
        },
      },
      announcements: {
        recent: async (...of) => {
          requests.push(of);
          return [paperOf('2506.00001'), paperOf('2506.00002')];
        },
      },
    },
    logger: { debug: ignore, info: ignore, warn: ignore, error: (fields) => void logged.push(fields) },
  });
  return {
    logged,
    run: (until = signal, of = papers) => planner(channelOf(), '2025-07-08', of, query, until),
  };
};

const planOf = async (run: ReturnType<typeof plannerWith>['run']): Promise<Plan> => {
  const plan = await run();
  if ('prefilter' in plan) throw new Error('the day was not screened');
  return plan;
};

const pastDay = (more: Partial<PastDay> = {}): PastDay => ({
  ...{ date: '2025-07-07', cutoffs, papers: [] },
  screened: { line: 0.5, picks: Array.from({ length: 20 }, (_, at) => at / 100), sampling },
  ...more,
});

describe('what to read of a day', () => {
  it('is ranked by the dates before under the same rubric, engine and model', async () => {
    const requests: unknown[] = [];
    const tasks: DayRankingTask[] = [];
    const scored = { paper: paperOf('2506.00002'), score: { relevance: 9, novelty: 9 } };
    const rank: RankDay = async (task, until) => {
      tasks.push(task);
      return reversed(task, until);
    };
    const { order, read, measured, days } = await planOf(
      plannerWith(rank, [pastDay({ papers: [scored], screened: undefined })], requests).run,
    );
    expect(order[0]).toBe(ids.at(-1));
    expect(read).toBeGreaterThan(0.5 * ids.length);
    expect(read).toBeLessThan(0.62 * ids.length);
    expect([measured, days]).toEqual([undefined, []]);
    expect(requests).toEqual([
      [expect.objectContaining({ name: 'foundations' }), query, '2025-07-08', 20],
      ['2025-07-08', 20, channelOf().categories],
    ]);
    expect(tasks[0]).toMatchObject({ cutoffs, scored: [scored], archive: [{ id: '2506.00001' }] });
    expect(tasks[0]?.archive).toHaveLength(1);
    expect(tasks[0]?.papers).toHaveLength(2_000);
  });

  it('is less after days with their picks at the top, but only of those with the same cutoffs', async () => {
    const first = await planOf(plannerWith(reversed).run);
    const proven = await planOf(
      plannerWith(
        reversed,
        Array.from({ length: 8 }, () => pastDay()),
      ).run,
    );
    expect(proven.read).toBeLessThan(0.8 * first.read);
    expect(proven.measured?.recall).toBeGreaterThan(0.98);
    expect(proven.days).toHaveLength(8);
    const other = pastDay({ cutoffs: { relevance: 7, novelty: 7 } });
    expect(
      await planOf(
        plannerWith(
          reversed,
          Array.from({ length: 8 }, () => other),
        ).run,
      ),
    ).toMatchObject({
      ...{ read: first.read, days: [], measured: undefined },
    });
  });

  it('is all of a small day', async () => {
    const { run } = plannerWith(async () => {
      throw new Error('ranked');
    });
    const whole = { prefilter: { skipped: 0, sampled: 0, days: 0 }, unlikely: [] };
    expect(await run(signal, papers.slice(0, 49))).toEqual(whole);
  });

  it('is all of it if the ranking fails, but an abort is thrown', async () => {
    const failing = plannerWith(async () => {
      throw new Error('out of memory');
    });
    expect(await failing.run()).toEqual({ prefilter: { reason: 'it failed (see the log)' }, unlikely: [] });
    expect(failing.logged[0]).toMatchObject({ channel: 'foundations', err: new Error('out of memory') });
    await expect(failing.run(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it('is found for at most two channels at once', async () => {
    let [running, most] = [0, 0];
    const { run } = plannerWith(async (task) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return task.papers.map(({ id }) => id);
    });
    await Promise.all(Array.from({ length: 9 }, () => run()));
    expect(most).toBe(2);
  });
});

const order = ids.slice(0, 400);
const plan: Plan = { order, read: 240, targetRecall: 0.98, days: [], measured: undefined };

describe('the line of a day', () => {
  it('moves down if the day’s picks reach down to it, and never up', () => {
    const rowOf = new Map(order.map((id, row) => [id, row]));
    const rows = (of: (row: number) => boolean) => (id: string) => of(rowOf.get(id) ?? 0);
    expect(extendedLine(plan, () => false)).toBe(240);
    expect(
      extendedLine(
        plan,
        rows((row) => row < 20),
      ),
    ).toBe(240);
    const everywhere = extendedLine(
      plan,
      rows((row) => row % 5 === 0),
    );
    expect(everywhere).toBeGreaterThan(300);
  });
});

let scores: Map<string, Score>;
let reads: string[][];
let readBriefly = new Set<string>();
beforeEach(() => {
  scores = new Map();
  reads = [];
  readBriefly = new Set();
});

/** A day on which the model picks these papers. */
const reading = (
  isPick: (id: string) => boolean,
  more: { mustRead?: (id: string) => boolean; stopAt?: number; of?: Plan } = {},
) =>
  readScreened(more.of ?? plan, {
    ...{ cutoffs, version: () => 2, scoreOf: (id) => scores.get(id), mustRead: more.mustRead ?? (() => false) },
    async read({ skipped, brief }) {
      const unread = order.filter((id) => !skipped.has(id) && !scores.has(id));
      reads.push(unread);
      for (const id of unread) if (brief.has(id)) readBriefly.add(id);
      for (const paperId of unread) {
        const points = isPick(paperId) ? { relevance: 9, novelty: 9 } : { relevance: 2, novelty: 3 };
        const stored = { scoreId: 1, rubric: 'r', model: 'm', attempt: 1, createdAt: '' };
        scores.set(paperId, { paperId, version: 2, comment: '', ...points, ...stored, engine: 'openai' });
      }
      return reads.length === more.stopAt ? { kind: 'outage', reason: 'no answer' } : undefined;
    },
  });

const screenedOf = ({ prefiltered }: Awaited<ReturnType<typeof reading>>): ScreenedDay | undefined =>
  prefiltered.prefilter.screened;

describe('reading a day', () => {
  const top = (id: string): boolean => order.indexOf(id) < 30;
  const near = (id: string): boolean => order.indexOf(id) % 7 === 0;

  it('takes the likely papers and a sample of the others', async () => {
    const result = await reading(top);
    const { prefilter, unlikely } = result.prefiltered;
    expect(unlikely).toHaveLength(160);
    expect(unlikely[0]).toMatchObject({ paperId: order[240], version: 2, position: 241 });
    const sampled = unlikely.filter(({ isSampled }) => isSampled).map(({ paperId }) => paperId);
    expect(reads).toEqual([[...order.slice(0, 240), ...sampled]]);
    expect(sampled.length).toBeGreaterThan(2);
    expect(sampled.length).toBeLessThan(24);
    expect(prefilter).toMatchObject({ skipped: 160 - sampled.length, sampled: sampled.length, days: 0 });
    expect(screenedOf(result)).toEqual({
      ...{ line: 0.6, sampling },
      picks: Array.from({ length: 30 }, (_, at) => Math.round(1e4 * ((at + 0.5) / 400)) / 1e4),
    });
    const [before, readBefore] = [unlikely, reads];
    [scores, reads] = [new Map(), []];
    expect((await reading(top)).prefiltered.unlikely).toEqual(before);
    expect(reads).toEqual(readBefore);
  });

  it('continues a killed run, and reads no other papers', async () => {
    const first = await reading(top);
    const all = [...scores].sort(([one], [other]) => one.localeCompare(other));
    for (const kept of [150, 240, all.length - 2]) {
      scores = new Map([...scores].slice(0, kept));
      expect((await reading(top)).prefiltered).toEqual(first.prefiltered);
      expect([...scores].sort(([one], [other]) => one.localeCompare(other))).toEqual(all);
    }
  });

  it('counts picks in the sample with those above the line', async () => {
    const { unlikely } = (await reading(top)).prefiltered;
    const [sampled] = unlikely.filter(({ isSampled }) => isSampled);
    scores = new Map();
    reads = [];
    const screened = screenedOf(await reading((id) => top(id) || id === sampled?.paperId));
    expect(screened?.picks).toHaveLength(31);
    expect(screened?.picks.at(-1)).toBeCloseTo(((sampled?.position ?? 0) - 0.5) / 400, 4);
  });

  it('reads papers that must be read, which neither are screened out nor count as a sample', async () => {
    const must = order.slice(-40);
    const { prefilter, unlikely } = (await reading(top, { mustRead: (id) => must.includes(id) })).prefiltered;
    expect(reads[0]?.slice(0, 240)).toEqual(order.slice(0, 240));
    expect(reads[0]).toEqual(expect.arrayContaining(must));
    expect(unlikely).toHaveLength(120);
    expect(prefilter).toMatchObject({ skipped: 120 - unlikely.filter(({ isSampled }) => isSampled).length });
  });

  it('reads less of the papers after the first fifth, unless they must be read', async () => {
    const must = order[200] ?? '';
    await reading(top, { mustRead: (id) => id === must });
    expect([...readBriefly]).toEqual(reads[0]?.slice(80).filter((id) => id !== must));
  });

  it('does not screen out papers that were read before, and counts only those of the sample', async () => {
    const { unlikely } = (await reading(top)).prefiltered;
    const skipped = unlikely.filter(({ isSampled }) => !isSampled).map(({ paperId }) => paperId);
    const [before] = skipped;
    if (before === undefined) throw new Error('nothing was skipped');
    const points = { relevance: 9, novelty: 9, version: 2, comment: '', attempt: 1, createdAt: '' };
    scores = new Map([[before, { ...points, paperId: before, scoreId: 1, rubric: 'r', model: 'm', engine: 'openai' }]]);
    reads = [];
    const again = await reading(top);
    expect(again.prefiltered.unlikely.map(({ paperId }) => paperId)).not.toContain(before);
    expect(screenedOf(again)?.picks).toHaveLength(30);
  });

  it('goes further on a day with picks near the line', async () => {
    const result = await reading(near);
    expect(screenedOf(result)?.line).toBeGreaterThan(0.65);
    expect(reads).toHaveLength(2);
    expect(reads[1]).toContain(order[241]);
  });

  it('goes further at once if papers scored before show that it must', async () => {
    const line = screenedOf(await reading(near))?.line ?? 0;
    scores = new Map([...scores].filter(([id]) => order.indexOf(id) < 240 && order.indexOf(id) % 3 !== 0));
    reads = [];
    const result = await reading(near);
    expect(reads[0]).toContain(order[250]);
    expect(screenedOf(result)?.line).toBeGreaterThanOrEqual(line);
    expect(reads.flat().length - (reads[0]?.length ?? 0)).toBeLessThan(60);
  });

  it('reads all of a day if little would be left, and learns from it', async () => {
    const result = await reading((id) => order.indexOf(id) % 2 === 0);
    expect(result.prefiltered).toMatchObject({ unlikely: [], prefilter: { reason: expect.stringContaining('90%') } });
    expect(screenedOf(result)).toMatchObject({ line: 1 });
    expect(screenedOf(result)?.picks).toHaveLength(200);
    expect(scores.size).toBe(400);
  });

  it.each([1, 2])('learns nothing from a day if the model stops in part %d', async (stopAt) => {
    const result = await reading(near, { stopAt });
    expect(result.stop).toEqual({ kind: 'outage', reason: 'no answer' });
    expect(screenedOf(result)).toBeUndefined();
    expect(reads).toHaveLength(stopAt);
    expect(result.prefiltered.unlikely.length).toBeGreaterThan(0);
  });
});
