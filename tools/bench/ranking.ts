import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { cutoffsOf, type JudgedDay, readDays } from '../evaluation/days.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { type Estimate, figureNames, recallAt } from '../evaluation/metrics.ts';
import { createDistilledRanker, createLocalRanker, type Ranker } from '../evaluation/rankers.ts';
import { figureTitles } from '../evaluation/report.ts';
import { lineChart } from './line-chart.ts';
import { table } from './table.ts';

// Measures how well the built-in rankings find known picks, after several lengths of history:
// `npm run bench -- ranking --days DIR [--last N] [--engine local|distilled] [--history N] [--topics F]
// [--picture FILE]`. --last is 15 by default. `paperboy eval` measures a channel's own topics, day by day.

const histories = { local: [7, 10, 20, 29], distilled: [5, 10, 20, 30] } as const;
type Ranking = keyof typeof histories;

const { values } = parseArgs({
  strict: false,
  options: {
    days: { type: 'string' },
    engine: { type: 'string' },
    history: { type: 'string' },
    last: { type: 'string', default: '15' },
    topics: { type: 'string', default: 'config/topics/foundations.md' },
    picture: { type: 'string' },
  },
});

const cell = ({ mean, low, high }: Estimate): string => `${mean.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;

const picturedHistory = 20;
const shares = Array.from({ length: 41 }, (_, step) => step / 40);

const keptBy = async (rank: Ranker, days: readonly JudgedDay[], last: number): Promise<[number, number][]> => {
  const { signal } = new AbortController();
  const sums = shares.map(() => 0);
  for (let at = days.length - last; at < days.length; at += 1) {
    const { date = '', papers = [] } = days[at] ?? {};
    const history = days.slice(Math.max(0, at - picturedHistory), at);
    const scores = await rank({ date, papers: papers.map(({ paper }) => paper), history, signal });
    const picked = papers.map((one) => one.picked);
    for (const [index, share] of shares.entries()) sums[index] = (sums[index] ?? 0) + recallAt(scores, picked, share);
  }
  return shares.map((share, index) => [share, (sums[index] ?? 0) / last]);
};

const percent = (value: number): string => `${Math.round(100 * value)}%`;

const picture = async (days: readonly JudgedDay[], topics: string, last: number): Promise<string> => {
  const axis = { from: 0, to: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1], label: percent };
  const local = await keptBy(createLocalRanker(topics), days, last);
  const distilled = await keptBy(createDistilledRanker(topics, cutoffsOf(days)), days, last);
  return lineChart(
    'Picks found by the part of a day that is read',
    { ...axis, title: 'part of the day that is read, likeliest papers first' },
    { ...axis, title: 'share of picks in it' },
    [
      {
        name: 'by chance',
        color: '#8a8a8a',
        isDashed: true,
        points: [
          [0, 0],
          [1, 1],
        ],
        named: { x: 0.6, y: 0.52 },
      },
      { name: 'by the topics file alone', color: '#6b46c1', points: local, named: { x: 0.24, y: 0.68 } },
      {
        ...{ name: `after ${picturedHistory} days`, color: '#1f7a4d', points: distilled },
        named: { x: 0.03, y: 0.89 },
      },
    ],
  );
};

if (typeof values.days !== 'string')
  console.log('ranking: left out, because it needs days with known picks (--days DIR)');
else {
  const days = await readDays(values.days, ['cs.LG', 'cs.AI']);
  const topics = await readFile(String(values.topics), 'utf8');
  const engines = (Object.keys(histories) as Ranking[]).filter((name) => (values.engine ?? name) === name);
  const rows: string[][] = [];
  for (const engine of engines) {
    for (const history of values.history === undefined ? histories[engine] : [Number(values.history)]) {
      const before = process.cpuUsage();
      const { overall, days: measured } = await evaluate({
        ...{ days, engine, history, topics, cutoffs: cutoffsOf(days) },
        last: Number(values.last),
      });
      const { user, system } = process.cpuUsage(before);
      const seconds = (user + system) / 1e6 / Math.max(1, measured.length);
      rows.push([
        ...[engine, String(history), String(measured.length)],
        ...figureNames.map((name) => (overall ? cell(overall[name]) : '')),
        `${seconds.toFixed(2)} s`,
      ]);
    }
  }
  const titles = figureNames.map((name) => figureTitles[name]);
  if (typeof values.picture === 'string')
    await writeFile(values.picture, await picture(days, topics, Number(values.last)));
  console.log(table([['ranking', 'history', 'days', ...titles, 'CPU per day'], ...rows]));
}
