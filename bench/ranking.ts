import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Estimate } from '../src/evaluation/bootstrap.ts';
import { cutoffsOf, readDays } from '../src/evaluation/days.ts';
import { evaluate } from '../src/evaluation/evaluate.ts';
import { figureNames } from '../src/evaluation/metrics.ts';
import { figureTitles } from '../src/evaluation/report.ts';
import { table } from './table.ts';

// How well the built-in rankings find the picks of days with known ones, after so many days of history:
// `npm run bench -- ranking --days DIR [--last N] [--engine local|distilled] [--history N] [--topics F]`. Without --last the
// last 15 days are measured. `paperboy eval` measures a channel's own topics, day by day.

const histories = { local: [7, 10, 20, 29], distilled: [5, 10, 20, 29] } as const;
type Ranking = keyof typeof histories;

const { values } = parseArgs({
  strict: false,
  options: {
    days: { type: 'string' },
    engine: { type: 'string' },
    history: { type: 'string' },
    last: { type: 'string', default: '15' },
    topics: { type: 'string', default: 'config/topics/foundations.md' },
  },
});

const cell = ({ mean, low, high }: Estimate): string => `${mean.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;

if (typeof values.days !== 'string') console.log('ranking: left out, as it needs days with known picks (--days DIR).');
else {
  const days = await readDays(values.days, ['cs.LG', 'cs.AI']);
  const topics = await readFile(String(values.topics), 'utf8');
  const engines = (Object.keys(histories) as Ranking[]).filter((name) => (values.engine ?? name) === name);
  const rows: string[][] = [];
  for (const engine of engines) {
    for (const history of values.history === undefined ? histories[engine] : [Number(values.history)]) {
      const began = process.cpuUsage();
      const { overall, days: measured } = await evaluate({
        ...{ days, engine, history, topics, cutoffs: cutoffsOf(days) },
        last: Number(values.last),
      });
      const { user, system } = process.cpuUsage(began);
      const seconds = (user + system) / 1e6 / Math.max(1, measured.length);
      rows.push([
        ...[engine, String(history), String(measured.length)],
        ...figureNames.map((name) => (overall ? cell(overall[name]) : '')),
        `${seconds.toFixed(2)} s`,
      ]);
    }
  }
  const titles = figureNames.map((name) => figureTitles[name]);
  console.log(table([['ranking', 'history', 'days', ...titles, 'processor a day'], ...rows]));
}
