import type { VoteFigures } from '../../src/core/votes.ts';
import type { Evaluation } from './evaluate.ts';
import { type Estimate, type Figures, figureNames } from './metrics.ts';

const barWidth = 40;
const steps = '▁▂▃▄▅▆▇█';

const bar = (low: number, high: number): string => {
  const [full, shaded] = [Math.round(barWidth * low), Math.round(barWidth * high)];
  return `${'█'.repeat(full)}${'▒'.repeat(shaded - full)}${'░'.repeat(barWidth - shaded)}`;
};

const course = (values: readonly number[]): string => {
  const floor = Math.min(0.9, ...values);
  return values.map((value) => steps[Math.round(((value - floor) / (1 - floor)) * (steps.length - 1))]).join('');
};

export const evaluationBars = ({ days, overall }: Evaluation): string => {
  if (!overall) return '';
  const titleWidth = Math.max(...figureNames.map((name) => figureTitles[name].length));
  const bars = figureNames.map((name) => {
    const { mean, low, high } = overall[name];
    return `${figureTitles[name].padEnd(titleWidth)}  ${bar(low, high)}  ${mean.toFixed(3)}`;
  });
  const daily = days.map(({ figures }) => figures.auc);
  const worst = Math.min(...daily).toFixed(3);
  return [...bars, `${'AUC by day'.padEnd(titleWidth)}  ${course(daily)}  from ${worst} on the worst day`].join('\n');
};

export const figureTitles: Record<keyof Figures, string> = {
  auc: 'AUC',
  precision: 'precision@k',
  recallAt50: 'recall@50%',
  recallAt30: 'recall@30%',
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
    ['95%', '', '', ...figureNames.map((name) => interval(overall[name]))],
  ];
  return `${title}\n\n${aligned(rows)}`;
};

/** How well a channel's votes were predicted before they were cast; empty if they were not measured. */
export const votesTable = ({ votes }: Evaluation): string => {
  if (!votes) return '';
  const row = (name: string, { auc, brier }: VoteFigures): string[] => [name, number(auc), number(brier)];
  const rows = [
    ['predicted by', 'AUC', 'Brier score'],
    row('earlier votes', votes.votes),
    row('scores alone', votes.scores),
    row('Rocchio', votes.rocchio),
  ];
  return `The newest ${votes.predicted} votes, each date predicted from the votes before it\n\n${aligned(rows)}`;
};

const width = 720;
const panel = { height: 110, top: 34, gap: 14, left: 120, right: 150, bottom: 30 };

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const at = (value: number): string => value.toFixed(1);

/**
 * An SVG picture with one panel per figure: a point per day, the mean as a line, and its interval as a band. Each panel's scale
 * goes from the worst day, rounded down to a tenth, to 1.
 */
export const evaluationPicture = ({ engine, history, days, overall }: Evaluation): string => {
  const height = panel.top + figureNames.length * (panel.height + panel.gap) + panel.bottom;
  const plotWidth = width - panel.left - panel.right;
  const x = (day: number): number => panel.left + (days.length < 2 ? 0.5 : day / (days.length - 1)) * plotWidth;
  const panels = figureNames.map((name, index) => {
    const top = panel.top + index * (panel.height + panel.gap);
    const values = days.map(({ figures }) => figures[name]);
    const floor = Math.min(0.9, Math.floor(10 * Math.min(1, ...values)) / 10);
    const y = (value: number): number => top + panel.height * (1 - (value - floor) / (1 - floor));
    const points = values.map((value, day) => `${at(x(day))},${at(y(value))}`);
    const summary = overall?.[name];
    return [
      `<text x="8" y="${at(top + panel.height / 2)}">${figureTitles[name]}</text>`,
      ...[floor, 1].map(
        (value) =>
          `<text x="${panel.left - 8}" y="${at(y(value) + 4)}" text-anchor="end" class="scale">${at(value)}</text>`,
      ),
      `<rect x="${panel.left}" y="${at(top)}" width="${plotWidth}" height="${panel.height}" class="frame"/>`,
      ...(summary
        ? [
            `<rect x="${panel.left}" y="${at(y(summary.high))}" width="${plotWidth}" height="${at(y(summary.low) - y(summary.high))}" class="band"/>`,
            `<line x1="${panel.left}" x2="${panel.left + plotWidth}" y1="${at(y(summary.mean))}" y2="${at(y(summary.mean))}" class="mean"/>`,
            `<text x="${width - panel.right + 10}" y="${at(top + panel.height / 2)}">${summary.mean.toFixed(3)}</text>`,
            `<text x="${width - panel.right + 10}" y="${at(top + panel.height / 2 + 18)}" class="scale">${summary.low.toFixed(3)}–${summary.high.toFixed(3)}</text>`,
          ]
        : []),
      `<polyline points="${points.join(' ')}" class="days"/>`,
      ...days.map(
        ({ date }, day) =>
          `<circle cx="${at(x(day))}" cy="${at(y(values[day] ?? floor))}" r="3"><title>${escaped(date)}: ${(values[day] ?? 0).toFixed(3)}</title></circle>`,
      ),
    ].join('\n');
  });
  const axis = [days[0], days.at(-1)].map(
    (day, end) =>
      `<text x="${at(end === 0 ? panel.left : panel.left + plotWidth)}" y="${height - 22}" text-anchor="${end === 0 ? 'start' : 'end'}" class="scale">${escaped(day?.date ?? '')}</text>`,
  );
  const span = days.length > 0 ? `, ${days[0]?.date} to ${days.at(-1)?.date}` : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="14">
<title>${escaped(`Ranking by ${engine}, day by day`)}</title>
<style>text{fill:#222}.scale{font-size:11px;fill:#555}.frame{fill:none;stroke:#ccc}.band{fill:#9ec5e8;opacity:.5}.mean{stroke:#1f5f99;stroke-width:1.5}.days{fill:none;stroke:#888}circle{fill:#333}</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="8" y="20">${escaped(`${engine}, ${history} days of history${span}`)}</text>
${panels.join('\n')}
${axis.join('\n')}
<text x="${panel.left + plotWidth / 2}" y="${height - 6}" text-anchor="middle" class="scale">Points are days, the line is the mean, the band its 95% interval</text>
</svg>
`;
};
