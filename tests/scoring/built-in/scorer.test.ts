import { describe, expect, it } from 'vitest';
import type { ScorablePaper } from '../../../src/core/score.ts';
import { createLocalScorer } from '../../../src/scoring/built-in/scorer.ts';
import { computing } from '../../computing.ts';
import { createSequence, inventedDay, inventedPaper, scoringTask, verdictsOf } from './papers.ts';

const topics = `1. Model Compression
   - Relevant: Sparsity, pruning, quantization, low-rank approaches, KV cache.
   - Irrelevant: Straightforward applications.
2. Model Architecture
   - Relevant: Mixture-of-Experts (MoE), Autoencoders.

**Keywords:**
- Relevant: Quantization, Foundation Model
- Application: Time Series
`;

const scorer = createLocalScorer();

const paper = (id: string, title: string, abstract: string): ScorablePaper => ({
  id,
  version: 1,
  title,
  abstract,
  categories: ['cs.LG'],
});

const commentOn = async (one: ScorablePaper, recent: ScorablePaper[] = []): Promise<string | undefined> => {
  const day = [one, ...inventedDay('filler', 60, 3).map((each) => ({ ...each, abstract: 'kettles and violins' }))];
  const verdicts = await verdictsOf(scorer, scoringTask({ day, papers: [one], topics, recent }));
  return verdicts[0]?.comment;
};

describe('the built-in scorer', () => {
  it.each([
    [0, [7, 6]],
    [600, [8, 7]],
    [600, [10, 10]],
  ] as const)('picks about a twelfth of a day, with %i recent papers and cutoffs %j', async (count, cutoffs) => {
    const day = inventedDay('day', 300, 1);
    const recent = inventedDay('recent', count, 2);
    const verdicts = await verdictsOf(scorer, scoringTask({ day, recent, topics, cutoffs }));
    const picked = verdicts.filter((each) => each.relevance >= cutoffs[0] && each.novelty >= cutoffs[1]);
    expect(verdicts).toHaveLength(300);
    expect(picked.length).toBeGreaterThanOrEqual(22);
    expect(picked.length).toBeLessThanOrEqual(26);
    // The wanted words are only in every third paper.
    expect(picked.filter((each) => Number(each.paperId.split('.')[1]) % 3 !== 0)).toEqual([]);
  });

  it('ranks papers more finely than their scores, consistent with relevance', async () => {
    const day = inventedDay('day', 300, 1);
    const verdicts = await verdictsOf(scorer, scoringTask({ day, recent: inventedDay('recent', 300, 2), topics }));
    const ordered = verdicts.toSorted((a, b) => (b.percentile ?? 0) - (a.percentile ?? 0));
    expect(new Set(ordered.map(({ percentile }) => percentile)).size).toBeGreaterThan(100);
    expect(ordered.every(({ percentile = -1 }) => percentile >= 0 && percentile < 1)).toBe(true);
    const picked = ordered.filter(({ relevance }) => relevance >= 8).map(({ relevance }) => relevance);
    expect(picked).toEqual(picked.toSorted((a, b) => b - a));
  });

  it('learns from an archive, but measures novelty only by recent days', async () => {
    const day = inventedDay('day', 100, 1);
    const copy = { ...(day[0] as ScorablePaper), id: '2507.01234', title: 'Another title' };
    const recent = inventedDay('recent', 200, 2);
    const archive = [...inventedDay('archive', 300, 3), copy];
    const [without, within] = [
      await verdictsOf(scorer, scoringTask({ day, recent, topics })),
      await verdictsOf(scorer, { ...scoringTask({ day, recent, topics }), archive }),
    ];
    expect(within[0]?.comment).not.toContain('2507.01234');
    expect(within.map(({ percentile }) => percentile)).not.toEqual(without.map(({ percentile }) => percentile));
    expect(await verdictsOf(scorer, { ...scoringTask({ day, recent, topics }), archive: recent })).toEqual(without);
  });

  it('returns the same verdicts for the same task', async () => {
    const task = () => scoringTask({ day: inventedDay('day', 120, 1), recent: inventedDay('recent', 240, 2), topics });
    expect(await verdictsOf(scorer, task())).toEqual(await verdictsOf(createLocalScorer(), task()));
  });

  it('scores single papers as it scores them within their day', async () => {
    const day = inventedDay('day', 120, 1);
    const all = await verdictsOf(scorer, scoringTask({ day, topics }));
    const some = await verdictsOf(scorer, scoringTask({ day, papers: day.slice(5, 8), topics }));
    expect(some).toEqual(all.slice(5, 8));
  });

  it('lowers novelty for a paper similar to one of recent days, and names that paper', async () => {
    const next = createSequence(5);
    const fresh = inventedPaper('fresh', 0.3, next);
    const repeated = inventedPaper('repeated', 0.3, next);
    const day = [fresh, repeated, ...inventedDay('day', 100, 1)];
    const copy = { ...repeated, id: '2507.01234', title: `${repeated.title} again` };
    const recent = [...inventedDay('recent', 200, 2), copy];
    const [first, second] = await verdictsOf(scorer, scoringTask({ day, recent, topics, papers: [fresh, repeated] }));
    expect(second?.novelty).toBeLessThan(first?.novelty ?? 0);
    expect(second?.novelty).toBe(1);
    expect(second?.comment).toContain('Similar to the recent paper 2507.01234.');
    expect(first?.comment).not.toContain('close to');
  });

  it('ignores earlier announcements of the same paper', async () => {
    const day = inventedDay('day', 60, 1);
    const recent = [...inventedDay('recent', 60, 2), ...day.slice(0, 3)];
    const verdicts = await verdictsOf(scorer, scoringTask({ day, recent, topics }));
    expect(verdicts.filter(({ comment }) => comment.includes('close to day.'))).toEqual([]);
  });

  it('names the topic and the matching terms as in the file', async () => {
    const text = 'We quantize the KV cache; low-rank factors do the rest.';
    const comment = await commentOn(paper('one', 'Quantized caches', text));
    expect(comment).toMatch(/^Matches Model Compression: [^.]+\.$/);
    for (const term of ['quantization', 'low-rank', 'KV cache']) expect(comment).toContain(term);
    expect(await commentOn(paper('one', 'MoE', 'A mixture of experts.'))).toBe(
      'Matches Model Architecture: Mixture-of-Experts, MoE.',
    );
    expect(await commentOn(paper('one', 'A foundation model', 'Of soup.'))).toBe('Matches Foundation Model.');
  });

  it('names only words that the paper has and the topics mean', async () => {
    const list = 'quantum error correction, tensor networks, low-rank kettles';
    const commentsFor = async (title: string): Promise<string | undefined> => {
      const day = [paper('one', title, 'On carpets.'), ...inventedDay('filler', 60, 3)];
      const [verdict] = await verdictsOf(scorer, scoringTask({ day, papers: day.slice(0, 1), topics: list }));
      return verdict?.comment;
    };
    expect(await commentsFor('Quantum error correction')).toBe('Matches quantum error correction.');
    expect(await commentsFor('Error-free paths of a robot')).toBe('Similar to papers that match the topics.');
    expect(await commentsFor('Kettles of a low rank')).not.toContain('tensor');
  });

  it('does not pick a paper without a match, and says why', async () => {
    const day = inventedDay('day', 30, 4).map((each) => ({
      ...each,
      title: 'Kettles',
      abstract: 'Violins and ferries.',
    }));
    const verdicts = await verdictsOf(scorer, scoringTask({ day, topics, pickRate: 0.5 }));
    for (const verdict of verdicts) {
      expect(verdict.comment).toBe('No close match with the topics.');
      expect(verdict.relevance).toBeLessThan(8);
    }
  });

  it('scales a tiny day together with recent days', async () => {
    const recent = inventedDay('recent', 400, 2);
    const poor = paper('poor', 'Kettles and sparsity', 'Violins, ferries, carpets, ladders and one sparse walnut.');
    const rich = paper(
      'rich',
      'Pruning and quantization',
      'Sparsity, low-rank pruning and quantization of a KV cache.',
    );
    const [verdict] = await verdictsOf(scorer, scoringTask({ day: [poor], recent, topics }));
    expect(verdict?.relevance).toBeLessThan(8);
    const [other] = await verdictsOf(scorer, scoringTask({ day: [rich], recent, topics }));
    expect(other?.relevance).toBeGreaterThanOrEqual(8);
    const [alone] = await verdictsOf(scorer, scoringTask({ day: [rich], topics }));
    expect([(alone?.relevance ?? 0) >= 8, (alone?.novelty ?? 0) >= 7]).toEqual([true, true]);
  });

  it.each([
    ['signs of regular expressions', '(.*)+[a-z]{2,}\\d$^|?', '((((a+)+)+)+$'],
    ['an empty abstract', 'Pruning', ''],
    ['nothing at all', '', ''],
    ['only mathematics', '$x^2$', '$$\\int_0^1 \\mathcal{L}(\\theta)\\,d\\theta = \\sum_i 0.5$$'],
    ['names of object members', 'constructor __proto__ toString', 'hasOwnProperty constructor valueOf __proto__'],
    ['100 kB without a space', 'a'.repeat(1000), 'a'.repeat(100_000)],
    ['100 kB of words', 'Pruning', 'pruning - \\alpha quantization, '.repeat(3500)],
    ['100 kB of hyphens', '-'.repeat(500), 'a-'.repeat(50_000)],
    ['broken Unicode', '\uD800', '\uD83D \u0000 \u202E pruning 剪枝 обрезка'],
  ])('accepts %s', async (_, title, abstract) => {
    const day = [paper('odd', title, abstract), ...inventedDay('day', 20, 1)];
    const took = computing();
    const verdicts = await verdictsOf(scorer, scoringTask({ day, topics, cutoffs: [7, 6] }));
    expect(took()).toBeLessThan(1000);
    expect(verdicts).toHaveLength(21);
    for (const { relevance, novelty } of verdicts) {
      for (const value of [relevance, novelty]) {
        expect(Number.isInteger(value) && value >= 1 && value <= 10).toBe(true);
      }
    }
  });

  it('accepts an empty topics file, an empty day and no papers', async () => {
    const day = inventedDay('day', 10, 1);
    expect(await verdictsOf(scorer, scoringTask({ day, topics: '' }))).toHaveLength(10);
    expect(await verdictsOf(scorer, scoringTask({ day: [], topics }))).toEqual([]);
    expect(await verdictsOf(scorer, scoringTask({ day, papers: [], topics }))).toEqual([]);
  });

  it('stops when its signal is aborted', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    const task = scoringTask({ day: inventedDay('day', 10, 1), topics, signal: controller.signal });
    await expect(verdictsOf(scorer, task)).rejects.toThrow('enough');
  });

  it('reports its version and calibration as the model', () => {
    expect(scorer.engine).toBe('local');
    expect(scorer.model({ cutoffs: { relevance: 8, novelty: 7 }, pickRate: 0.08 })).toBe('local-5 8/7 at 8%');
    expect(scorer.model({ cutoffs: { relevance: 7, novelty: 6 }, pickRate: 0.1234567 })).toBe('local-5 7/6 at 12.3%');
  });
});
