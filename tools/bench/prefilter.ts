import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type JudgedDay, readDays } from '../evaluation/days.ts';
import { type Estimate, estimateRatio } from '../evaluation/metrics.ts';
import { lineChart } from './line-chart.ts';
import { type ScreenedDayFigures, simulateScreening } from './screening.ts';
import { table } from './table.ts';

// Measures how much of each day the prefilter reads, and which picks it keeps, by the number of the day:
// `npm run bench -- prefilter --days DIR [--skip N] [--target R] [--topics F] [--picture FILE]`. DIR has day files, or one
// folder per field with day files and a topics.md. Each run starts on the first day; with --skip, figures are only of
// the days after the first N, and a second run starts on the first of these.

const { values } = parseArgs({
  strict: false,
  options: {
    days: { type: 'string' },
    skip: { type: 'string', default: '0' },
    target: { type: 'string', default: '0.98' },
    topics: { type: 'string', default: 'config/topics/foundations.md' },
    picture: { type: 'string' },
  },
});

type Run = { name: string; days: ScreenedDayFigures[] };

const periods: readonly [name: string, from: number, to: number][] = [
  ['day 1', 1, 1],
  ['2 to 10', 2, 10],
  ['11 to 20', 11, 20],
  ['after 20', 21, Number.POSITIVE_INFINITY],
  ['all', 1, Number.POSITIVE_INFINITY],
];
const windowLength = 24;
/** One missed pick of fewer would be more than 8%. */
const minPicksOfDay = 13;

const number = (value: number): string => value.toFixed(3);
const cell = ({ mean, low, high }: Estimate): string =>
  Number.isFinite(mean) ? `${number(mean)} (${number(low)}–${number(high)})` : '';

const recallOf = (days: readonly ScreenedDayFigures[]): number =>
  days.reduce((sum, { kept }) => sum + kept, 0) / days.reduce((sum, { picks }) => sum + picks, 0);

const lowest = (shares: readonly number[]): string => (shares.length === 0 ? '' : number(Math.min(...shares)));

const windowsOf = (days: readonly ScreenedDayFigures[]): number[] =>
  days.slice(windowLength - 1).map((_, at) => recallOf(days.slice(at, at + windowLength)));

const rowsOf = (name: string, runs: readonly (readonly ScreenedDayFigures[])[]): string[][] =>
  periods.flatMap(([period, from, to]) => {
    const days = runs.flat().filter((day) => day.number >= from && day.number <= to);
    if (days.length === 0) return [];
    const large = days.filter(({ picks }) => picks >= minPicksOfDay);
    const isAll = period === 'all';
    return [
      [
        ...[name, period, String(days.length)],
        cell(estimateRatio(days.map(({ read, papers }) => [read, papers]))),
        `${cell(estimateRatio(days.map(({ kept, picks }) => [kept, picks])))} of ${days.reduce((sum, { picks }) => sum + picks, 0)}`,
        lowest(large.map((day) => day.kept / day.picks)),
        isAll ? lowest(runs.flatMap(windowsOf)) : '',
        `${(days.reduce((sum, { seconds }) => sum + seconds, 0) / days.length).toFixed(2)} s`,
      ],
    ];
  });

const picture = (runs: readonly (readonly ScreenedDayFigures[])[]): string => {
  const last = Math.max(...runs.map((days) => days.at(-1)?.number ?? 1));
  const numbers = Array.from({ length: last }, (_, at) => at + 1);
  const shareOn = (of: 'read' | 'kept', all: 'papers' | 'picks') =>
    numbers.flatMap((day): [number, number][] => {
      const days = runs.flat().filter(({ number }) => number === day);
      const total = days.reduce((sum, each) => sum + each[all], 0);
      return total === 0 ? [] : [[day, days.reduce((sum, each) => sum + each[of], 0) / total]];
    });
  const percent = (value: number): string => `${Math.round(100 * value)}%`;
  return lineChart(
    'What the prefilter reads, and which picks it keeps',
    {
      title: 'day since the first run',
      from: 1,
      to: last,
      ticks: [1, 10, 20, 30, 40].filter((day) => day <= last),
      label: String,
    },
    { title: 'share of the day', from: 0, to: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1], label: percent },
    [
      { name: 'picks kept', color: '#1f7a4d', points: shareOn('kept', 'picks'), named: { x: last / 2, y: 0.91 } },
      { name: 'papers read', color: '#6b46c1', points: shareOn('read', 'papers'), named: { x: last / 2, y: 0.58 } },
    ],
  );
};

const categories = ['cs.LG', 'cs.AI'];

const sets = async (folder: string): Promise<{ name: string; days: JudgedDay[]; topics: string }[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  const fields = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  if (fields.length === 0) {
    const topics = await readFile(String(values.topics), 'utf8');
    return [{ name: 'days', days: await readDays(folder, categories), topics }];
  }
  return Promise.all(
    fields.map(async (name) => ({
      ...{ name, days: await readDays(join(folder, name), categories) },
      topics: await readFile(join(folder, name, 'topics.md'), 'utf8'),
    })),
  );
};

const runsOf = async (days: readonly JudgedDay[], topics: string): Promise<Run[]> => {
  const [skip, targetRecall] = [Number(values.skip), Number(values.target)];
  const simulate = (from: number) => simulateScreening(days.slice(from), { topics, targetRecall });
  const whole = { name: skip === 0 ? '' : 'with history', days: (await simulate(0)).slice(skip) };
  return skip === 0 ? [whole] : [whole, { name: 'new', days: await simulate(skip) }];
};

if (typeof values.days !== 'string')
  console.log('prefilter: left out, because it needs days with known picks (--days DIR)');
else {
  const runs: Run[] = [];
  const rows: string[][] = [];
  for (const { name, days, topics } of await sets(values.days)) {
    for (const run of await runsOf(days, topics)) {
      runs.push(run);
      rows.push(...rowsOf([name, run.name].filter((part) => part !== '').join(', '), [run.days]));
    }
  }
  const all = runs.map(({ days }) => days);
  const head = [
    '',
    'days',
    'number',
    'papers read',
    'recall of picks',
    'lowest day',
    `lowest ${windowLength} days`,
    'CPU per day',
  ];
  console.log(table([head, ...rows, ...(runs.length > 1 ? rowsOf('together', all) : [])]));
  console.log(`\nThe lowest day is among those with at least ${minPicksOfDay} picks.`);
  if (typeof values.picture === 'string') await writeFile(values.picture, picture(all));
}
