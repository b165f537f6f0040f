import type { Chart } from '../../core/message.ts';
import { shorten } from '../../core/paper.ts';

type Widths = { label: number; bar: number; value: number };

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

const widthOf = (text: string): number => [...text].length;
const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(widthOf));
const spaces = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text)));
const oneLine = (text: string): string => text.toWellFormed().replace(/\s+/g, ' ').trim();

/** A value above 0 always shows at least the thinnest bar. */
const barOf = (value: number, max: number, width: number): string => {
  if (!(value > 0) || !(max > 0)) return '';
  const filled = Math.max(1, Math.round((Math.min(value, max) / max) * width * 8));
  return '█'.repeat(Math.floor(filled / 8)) + (eighths[filled % 8] ?? '');
};

/** A chart as lines in a fixed-width font, with columns for label, bar and value. Widths are limits in characters. */
export const chartLines = ({ bars }: Chart, widths: Widths): string[] => {
  const max = Math.max(0, ...bars.map(({ value }) => value).filter(Number.isFinite));
  const rows = bars.map(({ label, value, shown }) => ({
    label: shorten(oneLine(label), widths.label),
    bar: barOf(value, max, widths.bar),
    value: shorten(oneLine(shown), widths.value),
  }));
  const width = {
    label: widest(rows.map(({ label }) => label)),
    bar: widest(rows.map(({ bar }) => bar)),
    value: widest(rows.map(({ value }) => value)),
  };
  return rows.map(({ label, bar, value }) =>
    [
      ...(width.label > 0 ? [label + spaces(label, width.label)] : []),
      ...(width.bar > 0 ? [bar + spaces(bar, width.bar)] : []),
      spaces(value, width.value) + value,
    ].join(' '),
  );
};
