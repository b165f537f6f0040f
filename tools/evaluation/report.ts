import type { Evaluation } from './evaluate.ts';
import { type Estimate, type Figures, figureNames } from './metrics.ts';

const width = 40;
const steps = '▁▂▃▄▅▆▇█';

/** A bar from 0 to 1, with the mean's interval drawn lighter: full up to its lower end, shaded up to its upper one. */
const bar = (low: number, high: number): string => {
  const [full, shaded] = [Math.round(width * low), Math.round(width * high)];
  return `${'█'.repeat(full)}${'▒'.repeat(shaded - full)}${'░'.repeat(width - shaded)}`;
};

/** A sign a day, from the worst day of the figure to 1. */
const course = (values: readonly number[]): string => {
  const floor = Math.min(0.9, ...values);
  return values.map((value) => steps[Math.round(((value - floor) / (1 - floor)) * (steps.length - 1))]).join('');
};

/** The evaluation as a picture of signs: a bar a figure, and under all of them how the AUC went from day to day. */
export const evaluationBars = ({ days, overall }: Evaluation): string => {
  if (!overall) return '';
  const longest = Math.max(...figureNames.map((name) => figureTitles[name].length));
  const bars = figureNames.map((name) => {
    const { mean, low, high } = overall[name];
    return `${figureTitles[name].padEnd(longest)}  ${bar(low, high)}  ${mean.toFixed(3)}`;
  });
  const daily = days.map(({ figures }) => figures.auc);
  const lowest = Math.min(...daily).toFixed(3);
  return [...bars, `${'AUC by day'.padEnd(longest)}  ${course(daily)}  from ${lowest} on the hardest day`].join('\n');
};

export const figureTitles: Record<keyof Figures, string> = {
  auc: 'AUC',
  precision: 'precision@k',
  recallAt50: 'recall@50 %',
  recallAt30: 'recall@30 %',
  ndcg20: 'nDCG@20',
};

const decimals = 3;
const number = (value: number): string => value.toFixed(decimals);
const interval = ({ low, high }: Estimate): string => `${number(low)}–${number(high)}`;

const aligned = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
};

/** The evaluation as a plain-text table: a line a day, then the means and their 95 % intervals. */
export const evaluationTable = ({ engine, history, days, overall }: Evaluation): string => {
  const title = `${engine}, ${history} ${history === 1 ? 'day' : 'days'} of history, measured on ${days.length}`;
  if (!overall) return `${title}\nNo day has a pick and enough days before it.`;
  const rows = [
    ['day', 'papers', 'picks', ...figureNames.map((name) => figureTitles[name])],
    ...days.map(({ date, papers, picks, figures }) => [
      date,
      String(papers),
      String(picks),
      ...figureNames.map((name) => number(figures[name])),
    ]),
    ['mean', '', '', ...figureNames.map((name) => number(overall[name].mean))],
    ['95 %', '', '', ...figureNames.map((name) => interval(overall[name]))],
  ];
  return `${title}\n\n${aligned(rows)}`;
};
