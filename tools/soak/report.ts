import { type Axis, lineChart } from '../bench/line-chart.ts';
import { table } from '../bench/table.ts';
import type { Month } from './months.ts';

export const monthTable = (months: readonly Month[]): string =>
  table([
    ['month', 'days', 'papers', 'peak memory, MB', 'heap in use, MB', 'database, MB', 'CPU per day, s'],
    ...months.map((one) => [
      ...[one.month, String(one.days), one.papers.toLocaleString('en-US'), one.peakMb.toFixed(0)],
      ...[one.heapMb > 0 ? one.heapMb.toFixed(1) : 'unknown', one.databaseMb.toFixed(1)],
      one.cpuSecondsPerDay.toFixed(2),
    ]),
  ]);

const colors = ['#b3423a', '#2f6f9f', '#3d7f4a'];
const steps = 5;

/** Memory, the database and the time of a day by month, each as a share of its highest value. */
export const monthPicture = (months: readonly Month[]): string => {
  const series = [
    { name: 'peak memory', unit: 'MB', digits: 0, of: (one: Month) => one.peakMb },
    { name: 'database', unit: 'MB', digits: 0, of: (one: Month) => one.databaseMb },
    { name: 'CPU per day', unit: 's', digits: 1, of: (one: Month) => one.cpuSecondsPerDay },
  ];
  const last = months.length - 1;
  const x: Axis = {
    ...{ title: 'month', from: 0, to: Math.max(1, last), ticks: months.map((_, index) => index) },
    label: (index) => months[index]?.month.slice(2) ?? '',
  };
  const y: Axis = {
    ...{ title: 'share of the highest value', from: 0, to: 1.1 },
    ticks: Array.from({ length: steps + 1 }, (_, index) => index / steps),
    label: (share) => `${Math.round(share * 100)}%`,
  };
  const lines = series.map(({ name, unit, digits, of }, index) => {
    const highest = Math.max(...months.map(of));
    const points = months.map((one, at): [number, number] => [at, of(one) / highest]);
    return {
      ...{ name: `${name} (up to ${highest.toFixed(digits)} ${unit})`, color: colors[index] ?? '#444', points },
      named: { x: last * (0.04 + 0.33 * index), y: 1.05 },
    };
  });
  return lineChart('Memory, database and time by month', x, y, lines);
};
