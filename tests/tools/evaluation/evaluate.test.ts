import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createLocalScorer } from '../../../src/scoring/built-in/scorer.ts';
import { type JudgedDay, judgedDay, readDays } from '../../../tools/evaluation/days.ts';
import { evaluate } from '../../../tools/evaluation/evaluate.ts';
import { createScorerRanker, type RankingTask } from '../../../tools/evaluation/rankers.ts';
import { evaluationPicture, evaluationTable } from '../../../tools/evaluation/report.ts';
import { inventedDay } from '../../scoring/built-in/papers.ts';

const topics = '1. Model Compression\n   - Relevant: Sparsity, pruning, quantization, KV cache.';
const cutoffs = { relevance: 8, novelty: 7 };

/** Invented days. Every third paper may be about compression, and those most about it are picked. */
const days: JudgedDay[] = Array.from({ length: 6 }, (_, at) => ({
  date: `2025-01-0${at + 1}`,
  papers: inventedDay(`d${at}`, 90, at + 1).map((paper) => {
    const picked = (paper.abstract.match(/pruning|quantization|sparsity|low-rank|cache/g) ?? []).length >= 6;
    return {
      paper: { ...paper, authors: ['Ada'] },
      picked,
      score: picked ? { relevance: 9, novelty: 8 } : { relevance: 2, novelty: 8 },
    };
  }),
}));

const file = {
  date: '2025-01-02',
  papers: [
    { id: '2501.00001', title: 'One', authors: ['Ada'], categories: ['cs.LG'], abstract: 'Text.' },
    { id: '2501.00002', title: 'Two', authors: ['Ben'], categories: ['cs.RO', 'cs.AI'], abstract: 'Text.' },
    { id: '2501.00003', title: 'Three', authors: [], categories: ['math.CO'], abstract: 'Text.' },
    { id: '2501.00004', title: 'Four', authors: ['Cy'], categories: ['cs.AI'], abstract: 'Text.' },
  ],
  labels: {
    '2501.00001': { relevance: 9, novelty: 8, comment: 'Good.', rank: 1 },
    '2501.00004': { comment: 'A followed author.', rank: 2 },
  },
};

describe('day files', () => {
  const folders: string[] = [];
  const folderWith = async (files: Record<string, string | Buffer>): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'days-'));
    folders.push(folder);
    for (const [name, data] of Object.entries(files)) await writeFile(join(folder, name), data);
    return folder;
  };
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  it('contain the papers of the categories and the picks, without followed authors', () => {
    const { papers } = judgedDay(file, ['cs.LG', 'cs.AI']);
    expect(papers.map(({ paper, picked, score }) => [paper.id, picked, score])).toEqual([
      ['2501.00001', true, { relevance: 9, novelty: 8 }],
      ['2501.00002', false, { relevance: 1, novelty: 1 }],
    ]);
  });

  it('are read in order of date, compressed or not', async () => {
    const text = JSON.stringify(file);
    const folder = await folderWith({
      '2025-01-02.json': text,
      '2025-01-01.json.gz': gzipSync(text.replace('2025-01-02', '2025-01-01')),
      'notes.txt': '',
    });
    expect((await readDays(folder, ['cs.LG'])).map(({ date }) => date)).toEqual(['2025-01-01', '2025-01-02']);
  });

  it('are named if they are invalid', async () => {
    const folder = await folderWith({ '2025-01-02.json': '{"date": "soon"}' });
    await expect(readDays(folder, ['cs.LG'])).rejects.toThrow(/2025-01-02\.json is not a valid day file/);
    await expect(readDays(await folderWith({}), ['cs.LG'])).rejects.toThrow(/has no day files/);
    await expect(readDays(join(folder, 'none'), ['cs.LG'])).rejects.toThrow(/There is no folder/);
  });
});

describe('evaluate', () => {
  it.each(['local', 'distilled'] as const)('measures the %s engine, with the same result each time', async (engine) => {
    const first = await evaluate({ days, engine, history: 3, topics, cutoffs });
    expect(first.days.map(({ date }) => date)).toEqual(['2025-01-04', '2025-01-05', '2025-01-06']);
    expect(first.overall?.auc.mean).toBeGreaterThan(0.9);
    expect(await evaluate({ days, engine, history: 3, topics, cutoffs })).toEqual(first);
  });

  it("gives an engine the days before each day, and only the day's papers", async () => {
    const seen: string[][] = [];
    const rank = async ({ date, papers, history }: RankingTask) => {
      seen.push([...history.map((day) => day.date), date]);
      expect(Object.keys(papers[0] ?? {})).not.toContain('picked');
      return papers.map((_, at) => -at);
    };
    const engine = { name: 'order', rank };
    const { engine: name, overall } = await evaluate({ days, engine, history: 2, topics, cutoffs, last: 2 });
    expect(seen).toEqual([
      ['2025-01-03', '2025-01-04', '2025-01-05'],
      ['2025-01-04', '2025-01-05', '2025-01-06'],
    ]);
    expect([name, overall?.auc.mean]).toEqual(['order', expect.any(Number)]);
  });

  it('accepts any scorer', async () => {
    const rubric = { hash: 'x', template: '', topics, criteria: '', language: 'English' };
    const rank = createScorerRanker(createLocalScorer(), rubric, cutoffs);
    const result = await evaluate({ days, engine: { name: 'verdicts', rank }, history: 2, topics, cutoffs, last: 1 });
    expect(result.overall?.auc.mean).toBeGreaterThan(0.8);
  });

  it('leaves out days without a pick, and says so if none is left', async () => {
    const unpicked = days.map((day) => ({ ...day, papers: day.papers.map((each) => ({ ...each, picked: false })) }));
    const result = await evaluate({ days: unpicked, engine: 'local', history: 2, topics, cutoffs });
    expect(result).toMatchObject({ days: [], overall: undefined });
    expect(evaluationTable(result)).toContain('No day has a pick');
    expect(evaluationPicture(result)).toContain('</svg>');
  });
});

describe('the report', () => {
  it('has a line per day, the means and their intervals, and a picture', async () => {
    const result = await evaluate({ days, engine: 'local', history: 4, topics, cutoffs });
    const lines = evaluationTable(result).split('\n');
    expect(lines[0]).toBe('local, 4 days of history, measured on 2');
    expect(lines[2]).toMatch(/^day +papers +picks +AUC +precision@k +recall@50% +recall@30% +nDCG@20$/);
    expect(lines.slice(3).map((line) => line.split(' ')[0])).toEqual(['2025-01-05', '2025-01-06', 'mean', '95%']);
    const picture = evaluationPicture(result);
    expect(picture.match(/<circle/g)).toHaveLength(10);
    expect(picture).toContain(result.overall?.auc.mean.toFixed(3));
    expect(picture).not.toContain('NaN');
  });
});
