import type { Estimate } from './bootstrap.ts';
import type { Evaluation } from './evaluate.ts';
import { type Figures, figureNames } from './metrics.ts';

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
