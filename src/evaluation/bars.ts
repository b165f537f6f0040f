import type { Evaluation } from './evaluate.ts';
import { figureNames } from './metrics.ts';
import { figureTitles } from './report.ts';

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
