import type { Chart } from '../../core/message.ts';

/** Characters of the longest bar, so that a line stays whole on a telephone. */
const barWidth = 16;
const labelWidth = 24;
/** Bars that a message has room for beside its other blocks. */
const maxBars = 60;
/** A character of a bar, by eighths of it: U+258F to U+2588. */
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

const width = (text: string): number => [...text].length;
const padded = (text: string, length: number): string => text + ' '.repeat(Math.max(0, length - width(text)));
const oneLine = (text: string): string => text.toWellFormed().replaceAll(/\s+/g, ' ').trim();

const cutLabel = (text: string): string => {
  const characters = [...oneLine(text)];
  return characters.length <= labelWidth ? characters.join('') : `${characters.slice(0, labelWidth - 1).join('')}…`;
};

/** A value above 0 shows at least the thinnest bar. */
const bar = (value: number, highest: number): string => {
  if (!(value > 0) || !(highest > 0)) return '';
  const parts = Math.max(1, Math.round((value / highest) * barWidth * 8));
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '');
};

/** Bars side by side as lines of a fixed-width font: label, bar, value; the values in one column. */
export const chartLines = ({ bars }: Chart): string[] => {
  const shown = bars.slice(0, maxBars);
  const highest = Math.max(0, ...bars.map(({ value }) => value).filter(Number.isFinite));
  const labels = shown.map(({ label }) => cutLabel(label));
  const longest = Math.max(0, ...labels.map(width));
  const lines = shown.map(({ value, shown: text }, index) => {
    const drawn = padded(bar(Math.min(value, highest), highest), highest > 0 ? barWidth : 0);
    return `${padded(labels[index] ?? '', longest)}  ${drawn}  ${oneLine(text)}`.trimEnd();
  });
  return bars.length > shown.length ? [...lines, `… and ${bars.length - shown.length} more`] : lines;
};
