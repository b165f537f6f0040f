import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cutoffsOf, readDays } from '../evaluation/days.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { createLocalRanker, type Ranker } from '../evaluation/rankers.ts';
import { createCosineRanker, createSelfTrainingRanker } from './baselines.ts';
import { table } from './table.ts';

// Compares the built-in scorer with simpler rankings in several fields, because one lab's picks say little about others:
// `npm run bench -- fields --days DIR [--last N] [--history N]`. DIR has one folder per field, with day files and a
// topics.md. --last is 8 and --history 7 by default.

const rankings: Record<string, (topics: string) => Ranker> = {
  'TF-IDF cosine': createCosineRanker,
  'self-training': createSelfTrainingRanker,
  'built-in scorer': createLocalRanker,
};

const { values } = parseArgs({
  strict: false,
  options: {
    days: { type: 'string' },
    last: { type: 'string', default: '8' },
    history: { type: 'string', default: '7' },
  },
});

type Figures = { auc: number; precision: number };

const measure = async (folder: string): Promise<{ days: number; figures: (Figures | undefined)[] }> => {
  const days = await readDays(folder, ['cs.LG', 'cs.AI']);
  const topics = await readFile(join(folder, 'topics.md'), 'utf8');
  const [last, history] = [Number(values.last), Number(values.history)];
  const figures: (Figures | undefined)[] = [];
  let measured = 0;
  for (const [name, create] of Object.entries(rankings)) {
    const engine = { name, rank: create(topics) };
    const evaluation = await evaluate({ days, engine, history, last, topics, cutoffs: cutoffsOf(days) });
    measured = evaluation.days.length;
    const { overall } = evaluation;
    figures.push(overall && { auc: overall.auc.mean, precision: overall.precision.mean });
  }
  return { days: measured, figures };
};

const cell = (figures: Figures | undefined): string =>
  figures ? `${figures.auc.toFixed(3)}, ${figures.precision.toFixed(3)}` : '';

const meanOf = (figures: readonly (Figures | undefined)[]): Figures | undefined => {
  const known = figures.flatMap((each) => each ?? []);
  if (known.length === 0) return undefined;
  const of = (name: keyof Figures): number => known.reduce((sum, each) => sum + each[name], 0) / known.length;
  return { auc: of('auc'), precision: of('precision') };
};

if (typeof values.days !== 'string')
  console.log('fields: left out, because it needs fields with known picks (--days DIR)');
else {
  const folder = values.days;
  const entries = await readdir(folder, { withFileTypes: true });
  const fields = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  const results: { field: string; days: number; figures: (Figures | undefined)[] }[] = [];
  for (const field of fields) results.push({ field, ...(await measure(join(folder, field))) });
  const below = results.flatMap(({ field, figures }) => {
    const [cosine, scorer] = [figures[0], figures.at(-1)];
    return cosine && scorer && scorer.precision < cosine.precision ? [field] : [];
  });
  const names = Object.keys(rankings);
  console.log(
    table([
      ['AUC, precision@k', 'days', ...names],
      ...results.map(({ field, days, figures }) => [field, String(days), ...figures.map(cell)]),
      ['mean', '', ...names.map((_, at) => cell(meanOf(results.map(({ figures }) => figures[at]))))],
    ]),
  );
  console.log(`\nBelow the cosine in precision@k: ${below.length === 0 ? 'none' : below.join(', ')}`);
}
