import { describe, expect, it } from 'vitest';
import type { ScorablePaper } from '../../../src/core/score.ts';
import { createLocalScorer } from '../../../src/scoring/built-in/scorer.ts';
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
  it.each([0, 600])('ranks a day among %i recent papers, those with the wanted words first', async (count) => {
    const day = inventedDay('day', 300, 1);
    const recent = inventedDay('recent', count, 2);
    const verdicts = await verdictsOf(scorer, scoringTask({ day, recent, topics }));
    const ordered = verdicts.toSorted((a, b) => a.position - b.position);
    expect(ordered.map(({ position, of }) => [position, of])).toEqual(day.map((_, index) => [index + 1, 300]));
    expect(ordered.map(({ match }) => match)).toEqual(ordered.map(({ match }) => match).toSorted((a, b) => b - a));
    expect(ordered.every(({ match }) => match >= 0 && match <= 99.9)).toBe(true);
    // The wanted words are only in every third paper.
    expect(ordered.slice(0, 24).filter(({ paperId }) => Number(paperId.split('.')[1]) % 3 !== 0)).toEqual([]);
  });

  it('gives a match that is comparable between days', async () => {
    const recent = inventedDay('recent', 600, 2);
    const rich = inventedDay('day', 300, 1).filter((_, index) => index % 3 === 0);
    const poor = inventedDay('day', 300, 1).map((one, index) =>
      index < 3 ? one : { ...one, title: 'kettles', abstract: 'violins and ferries' },
    );
    const good = async (day: ScorablePaper[]) =>
      (await verdictsOf(scorer, scoringTask({ day, recent, topics }))).filter(({ match }) => match >= 90).length;
    expect(await good(rich)).toBeGreaterThan(15);
    expect(await good(poor)).toBeLessThanOrEqual(3);
  });

  it('learns from an archive, but names only papers of recent days', async () => {
    const day = inventedDay('day', 100, 1);
    const copy = { ...(day[0] as ScorablePaper), id: '2507.01234', title: 'Another title' };
    const recent = inventedDay('recent', 200, 2);
    const archive = [...inventedDay('archive', 300, 3), copy];
    const [without, within] = [
      await verdictsOf(scorer, scoringTask({ day, recent, topics })),
      await verdictsOf(scorer, { ...scoringTask({ day, recent, topics }), archive }),
    ];
    expect(within[0]?.comment).not.toContain('2507.01234');
    expect(within.map(({ match }) => match)).not.toEqual(without.map(({ match }) => match));
    expect(await verdictsOf(scorer, { ...scoringTask({ day, recent, topics }), archive: recent })).toEqual(without);
  });

  it('gives channels that wait at the same time the verdicts that each would get alone', async () => {
    const [day, recent] = [inventedDay('day', 300, 1), inventedDay('recent', 240, 2)];
    const others = 'kettles, violins and ferries\n\nNot for us:\n- copper lanterns\n';
    const tasks = [
      scoringTask({ day, recent, topics }),
      scoringTask({ day: day.slice(20), recent, topics: others }),
      scoringTask({ day, recent: [], topics: others }),
      scoringTask({ day: day.toReversed(), recent, topics }),
    ];
    const alone = [];
    for (const task of tasks) alone.push(await verdictsOf(createLocalScorer(), task));
    expect(await Promise.all(tasks.map((task) => verdictsOf(scorer, task)))).toEqual(alone);
  });

  it('lets the channels that wait go on if one of them ends', async () => {
    const stopped = new AbortController();
    const task = scoringTask({ day: inventedDay('day', 120, 1), topics });
    const [first, second, third] = await Promise.allSettled([
      verdictsOf(scorer, task),
      verdictsOf(scorer, { ...task, signal: stopped.signal }),
      verdictsOf(scorer, task),
      stopped.abort(new Error('stopped')),
    ]);
    expect([first?.status, second?.status, third?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
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

  it('names a similar paper of recent days', async () => {
    const next = createSequence(5);
    const fresh = inventedPaper('fresh', 0.3, next);
    const repeated = inventedPaper('repeated', 0.3, next);
    const day = [fresh, repeated, ...inventedDay('day', 100, 1)];
    const copy = { ...repeated, id: '2507.01234', title: `${repeated.title} again` };
    const recent = [...inventedDay('recent', 200, 2), copy];
    const [first, second] = await verdictsOf(scorer, scoringTask({ day, recent, topics, papers: [fresh, repeated] }));
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
    const list = 'quantum error correction, tensor networks, low-rank kettles, transformers';
    const commentsFor = async (title: string): Promise<string | undefined> => {
      const day = [paper('one', title, 'On carpets.'), ...inventedDay('filler', 60, 3)];
      const [verdict] = await verdictsOf(scorer, scoringTask({ day, papers: day.slice(0, 1), topics: list }));
      return verdict?.comment;
    };
    expect(await commentsFor('Quantum error correction')).toBe('Matches quantum error correction.');
    expect(await commentsFor('Error-free paths of a robot')).toBe('Similar to papers that match the topics.');
    expect(await commentsFor('Kettles of a low rank')).not.toContain('tensor');
    expect(await commentsFor('A small Transformer')).toBe('Matches transformers.');
    expect(await commentsFor('The z-transform of a series')).toBe('Similar to papers that match the topics.');
  });

  it('names no word that says little about the topic', async () => {
    const list = `# Compression
- Relevant: pruning; advances that are algorithmic or theoretical; conditional and robust networks; exploration; how they
  behave or can be interpreted.
`;
    const commentsFor = async (abstract: string): Promise<string | undefined> => {
      const day = [paper('one', 'On carpets', abstract), ...inventedDay('filler', 60, 3)];
      const [verdict] = await verdictsOf(scorer, scoringTask({ day, papers: day.slice(0, 1), topics: list }));
      return verdict?.comment;
    };
    expect(
      await commentsFor('A theoretical and robust study, conditional on wool, of how cats behave, interpreted anew.'),
    ).toBe('Similar to papers that match the topics.');
    expect(await commentsFor('A theoretical study of pruning.')).toBe('Matches Compression: pruning.');
    expect(await commentsFor('Conditional exploration.')).toBe('Matches Compression: exploration.');
  });

  it('gives a paper without a word of the topics no match, and says so', async () => {
    const day = inventedDay('day', 30, 4).map((each) => ({
      ...each,
      title: 'Kettles',
      abstract: 'Violins and ferries.',
    }));
    const verdicts = await verdictsOf(scorer, scoringTask({ day, topics }));
    for (const { comment, match } of verdicts) {
      expect(comment).toBe('No close match with the topics.');
      expect(match).toBe(0);
    }
  });

  it('compares the papers of a tiny day with recent ones', async () => {
    const recent = inventedDay('recent', 400, 2);
    const poor = paper('poor', 'Kettles and sparsity', 'Violins, ferries, carpets, ladders and one sparse walnut.');
    const rich = paper(
      'rich',
      'Pruning and quantization',
      'Sparsity, low-rank pruning and quantization of a KV cache.',
    );
    const only = async (one: ScorablePaper, others: ScorablePaper[]) =>
      (await verdictsOf(scorer, scoringTask({ day: [one], recent: others, topics })))[0];
    const [low, high] = [await only(poor, recent), await only(rich, recent)];
    expect([low?.position, low?.of, high?.position, high?.of]).toEqual([1, 1, 1, 1]);
    expect(low?.match).toBeLessThan(90);
    expect(high?.match).toBeGreaterThan(95);
    expect((await only(rich, []))?.match).toBe(99.9);
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
    const verdicts = await verdictsOf(scorer, scoringTask({ day, topics }));
    expect(verdicts).toHaveLength(21);
    for (const { position, match } of verdicts) {
      expect(Number.isInteger(position) && position >= 1 && position <= 21).toBe(true);
      expect(match >= 0 && match <= 99.9).toBe(true);
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

  it('reports its version as the model', () => {
    expect([scorer.engine, scorer.model({})]).toEqual(['local', 'local-7']);
  });

  it('reads the expanded topics, and names them in its version', async () => {
    const written = scoringTask({ day: inventedDay('day', 250, 1), topics: 'Irgendetwas' });
    const expanded = { ...written, rubric: { ...written.rubric, expansion: topics } };
    const bestOf = async (task: typeof written) =>
      (await verdictsOf(scorer, task)).filter(({ match }) => match > 0).map(({ paperId }) => paperId);
    expect(await bestOf(written)).toEqual([]);
    expect(await bestOf(expanded)).toEqual(await bestOf({ ...written, rubric: { ...written.rubric, topics } }));
    const versions = [topics, 'other topics'].map((expansion) => scorer.model({ expansion }));
    expect(new Set(versions).size).toBe(2);
    for (const version of versions) expect(version).toMatch(/^local-7 expanded [0-9a-f]{8}$/);
    expect(scorer.model({ expansion: '' })).toBe('local-7');
  });
});
