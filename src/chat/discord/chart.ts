import type { Chart } from '../../core/message.ts';
import { shorten } from '../../core/paper-text.ts';
import { oneLine } from './markdown.ts';

/** Characters across, so that a line is not broken on a phone. */
const labelWidth = 14;
const barWidth = 16;
const shownWidth = 14;

/** A block holds so many bars; a chart of more goes on in the next. */
export const barsInBlock = 40;

/** An eighth of a character more each. */
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

const bar = (value: number, largest: number): string => {
  const filled = Number.isFinite(value) && value > 0 ? Math.max(1, Math.round((value / largest) * barWidth * 8)) : 0;
  return '█'.repeat(Math.floor(filled / 8)) + eighths[filled % 8];
};

const widthOf = (text: string): number => [...text].length;
const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(widthOf));
const spaces = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text)));

/** A chart's bars as lines of text: label, bar, and the value as it is written, each in its column. */
export const chartLines = ({ bars }: Chart): string[] => {
  const rows = bars.map(({ label, value, shown }) => ({
    label: shorten(oneLine(label).toWellFormed().trim(), labelWidth),
    shown: shorten(oneLine(shown).toWellFormed().trim(), shownWidth),
    value,
  }));
  const largest = Math.max(0, ...bars.map(({ value }) => value).filter(Number.isFinite));
  const drawn = rows.map((row) => ({ ...row, bar: bar(row.value, largest) }));
  const [labels, values] = [widest(rows.map(({ label }) => label)), widest(rows.map(({ shown }) => shown))];
  const across = widest(drawn.map((row) => row.bar));
  return drawn.map((row) => {
    const [left, middle] = [row.label + spaces(row.label, labels), row.bar + spaces(row.bar, across)];
    return `${left} ${middle} ${spaces(row.shown, values)}${row.shown}`;
  });
};
