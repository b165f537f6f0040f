import { describe, expect, it } from 'vitest';
import type { PlanPrefilter, PrefilterTask } from '../../../src/core/score.ts';
import { createPrefilter, keeping } from '../../../src/daily/draft/prefilter.ts';
import { channelOf, paperOf } from '../../fakes/fixtures.ts';

const { signal } = new AbortController();
const query = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
const ids = Array.from({ length: 2_000 }, (_, at) => `2507.${String(at).padStart(5, '0')}`);
const papers = ids.map((id) => paperOf(id, { version: 2 }));

const prefilterWith = (plan: PlanPrefilter, requests: unknown[] = []) => {
  const logged: object[] = [];
  const ignore = () => {};
  const note = (fields: object) => void logged.push(fields);
  const prefilter = createPrefilter({
    ...{ plan, targetRecall: 0.98 },
    stores: {
      digests: {
        pastDays: async (...of) => {
          requests.push(of);
          return [];
        },
      },
    },
    logger: { debug: ignore, info: note, warn: ignore, error: note },
  });
  return { logged, run: (until = signal) => prefilter(channelOf(), '2025-07-08', papers, query, until) };
};

/** Reverses the papers, and scores the first hundred. */
const reversed: PlanPrefilter = async (task) => {
  return { order: task.papers.map(({ id }) => id).reverse(), read: 100, recall: 0.981, days: 10 };
};

describe('screening out papers', () => {
  it('learns from the dates before under the same rubric, engine and model', async () => {
    const requests: unknown[] = [];
    const tasks: PrefilterTask[] = [];
    const { run } = prefilterWith(async (task) => {
      tasks.push(task);
      return { reason: 'there is too little' };
    }, requests);
    expect(await run()).toEqual({ prefilter: { reason: 'there is too little' }, unlikely: [] });
    expect(requests).toEqual([[expect.objectContaining({ name: 'foundations' }), query, '2025-07-08', 20]]);
    expect(tasks[0]).toMatchObject({ targetRecall: 0.98, cutoffs: { relevance: 8, novelty: 7 }, sampleShare: 0.05 });
    expect(tasks[0]?.papers).toHaveLength(2_000);
  });

  it('returns the unlikely papers with their positions, and always samples the same twentieth', async () => {
    const { run, logged } = prefilterWith(reversed);
    const { prefilter, unlikely } = await run();
    expect(unlikely).toHaveLength(1_900);
    expect(unlikely[0]).toMatchObject({ paperId: '2507.01899', version: 2, position: 101 });
    expect(unlikely.at(-1)).toMatchObject({ paperId: '2507.00000', position: 2_000 });
    const sampled = unlikely.filter(({ isSampled }) => isSampled).length;
    expect(sampled).toBeGreaterThan(65);
    expect(sampled).toBeLessThan(125);
    expect(prefilter).toEqual({ skipped: 1_900 - sampled, sampled, recall: 0.981, days: 10 });
    expect((await run()).unlikely).toEqual(unlikely);
    expect(logged[0]).toMatchObject({ channel: 'foundations', skipped: 1_900 - sampled, recall: 0.981 });
  });

  it('does not screen out papers with a score, and keeps the sample', async () => {
    const divided = await prefilterWith(reversed).run();
    const sampled = divided.unlikely.find(({ isSampled }) => isSampled)?.paperId ?? '';
    const other = divided.unlikely.find(({ isSampled }) => !isSampled)?.paperId ?? '';
    const { prefilter, unlikely } = keeping(divided, {
      mustRead: () => false,
      isRead: (id) => [sampled, other].includes(id),
    });
    const left = unlikely.map(({ paperId }) => paperId);
    expect(left).toContain(sampled);
    expect(left).not.toContain(other);
    expect(prefilter).toMatchObject({ skipped: divided.unlikely.filter((one) => !one.isSampled).length - 1 });
  });

  it('neither screens out nor samples papers that must be scored', async () => {
    const divided = await prefilterWith(reversed).run();
    const all = { mustRead: () => true, isRead: () => false };
    expect(keeping(divided, all)).toEqual({
      prefilter: { skipped: 0, sampled: 0, recall: 0.981, days: 10 },
      unlikely: [],
    });
    const drawn = divided.unlikely.filter(({ isSampled }) => isSampled).map(({ paperId }) => paperId);
    const { prefilter, unlikely } = keeping(divided, { ...all, mustRead: (id) => id === drawn[0] });
    expect(unlikely.filter(({ isSampled }) => isSampled)).toHaveLength(drawn.length - 1);
    expect(prefilter).toMatchObject({ skipped: 1_900 - drawn.length, sampled: drawn.length - 1 });
  });

  it('screens out nothing and logs the error if planning fails, but throws an abort', async () => {
    const failing = prefilterWith(async () => {
      throw new Error('out of memory');
    });
    expect(await failing.run()).toEqual({
      prefilter: { reason: 'it failed (see the log)' },
      unlikely: [],
    });
    expect(failing.logged[0]).toMatchObject({ channel: 'foundations', err: new Error('out of memory') });
    const stopped = prefilterWith(async () => {
      throw new Error('broken off');
    });
    await expect(stopped.run(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
