import { parseArgs } from 'node:util';
import { costOf, type Price, type TokenCount } from '../../src/core/score.ts';
import { readPrices } from '../../src/scoring/llm/budget.ts';
import { type Line, lineChart } from './line-chart.ts';
import type { ModelCall } from './model/server.ts';
import { median } from './quantile.ts';
import { type Comparison, readComparison } from './replayed/setup.ts';
import { publish } from './report.ts';

// Compares the tokens, dollars and calls of Paperboy with those of a daily script without memory, day after day, with a
// database that grows: `npm run bench -- cost --days DIR [--model M] [--scorer JSON] [--kept-share S] [--without-gaps]
// [--json FILE] [--docs]`. DIR has days with known picks. Without arXiv's gaps it takes five minutes instead of forty, but
// the model then gets no head start, and reads more of the papers whole.

const { values } = parseArgs({
  // Other parts have other options.
  strict: false,
  options: { 'without-gaps': { type: 'boolean', default: false } },
});
const isPaced = values['without-gaps'] !== true;

type Spent = TokenCount & { calls: number; tokens: number; usd: number };
type MeasuredDay = {
  number: number;
  date: string;
  papers: number;
  picks: number;
  paperboy: Spent & { read: number; recall: number };
  script: Spent & { read: number; recall: number };
};

const spentOf = (all: readonly ModelCall[], price: Price): Spent => {
  const calls = all.filter(({ kind }) => kind !== 'topics');
  const sum = (part: keyof TokenCount): number => calls.reduce((total, { tokens }) => total + tokens[part], 0);
  const tokens = { prompt: sum('prompt'), cached: sum('cached'), completion: sum('completion') };
  const cost = costOf(tokens, price);
  return {
    ...tokens,
    calls: calls.length,
    tokens: tokens.prompt + tokens.completion,
    usd: cost.prompt + cost.completion,
  };
};

const spans = [
  { name: 'day 1', from: 1, to: 1 },
  { name: 'days 2–10', from: 2, to: 10 },
  { name: 'days 11–20', from: 11, to: 20 },
  { name: 'later days', from: 21, to: Number.POSITIVE_INFINITY },
  { name: 'all days', from: 1, to: Number.POSITIVE_INFINITY },
];

const measure = async (comparison: Comparison, price: Price): Promise<MeasuredDay[]> => {
  const { days, server } = comparison;
  const paperboy = await comparison.startPaperboy(days);
  try {
    const measured: MeasuredDay[] = [];
    for (const [index, day] of days.entries()) {
      const recallOf = (found: readonly string[]): number =>
        day.picks.size === 0 ? 1 : found.filter((id) => day.picks.has(id)).length / day.picks.size;
      const ours = await paperboy.run(day.date, { isPaced });
      const oursSpent = spentOf(server.take().calls, price);
      const theirs = await comparison.runScript(day);
      const theirsSpent = spentOf(server.take().calls, price);
      measured.push({
        ...{ number: index + 1, date: day.date, papers: day.papers.length, picks: day.picks.size },
        paperboy: { ...oursSpent, read: ours.read, recall: recallOf(ours.picks) },
        script: { ...theirsSpent, read: theirs.kept, recall: recallOf(theirs.picks) },
      });
      if (process.stderr.isTTY) process.stderr.write(`\r${index + 1} of ${days.length} days`);
    }
    return measured;
  } finally {
    await paperboy.close();
  }
};

const grouped = (value: number): string => Math.round(value).toLocaleString('en-US');
const dollars = (usd: number): string => `$${usd.toFixed(3)}`;
const ratio = (value: number): string => value.toFixed(2);

const tokenRatio = ({ paperboy, script }: MeasuredDay): number => paperboy.tokens / script.tokens;
const dollarRatio = ({ paperboy, script }: MeasuredDay): number => paperboy.usd / script.usd;

const ratioRow = (name: string, days: readonly MeasuredDay[]): string[] => {
  const picks = days.reduce((sum, day) => sum + day.picks, 0);
  const kept = days.reduce((sum, { paperboy, picks }) => sum + paperboy.recall * picks, 0);
  const ofBoth = (key: 'tokens' | 'usd' | 'calls', text: (value: number) => string): string[] =>
    (['paperboy', 'script'] as const).map((who) => text(median(days.map((day) => day[who][key]))));
  return [
    ...[name, String(days.length)],
    ...ofBoth('tokens', grouped),
    ratio(median(days.map(tokenRatio))),
    ...ofBoth('usd', dollars),
    ratio(median(days.map(dollarRatio))),
    ...ofBoth('calls', grouped),
    `${(kept / picks).toFixed(3)} of ${picks}`,
  ];
};

const kindRow = (name: string, who: 'paperboy' | 'script', days: readonly MeasuredDay[]): string[] => {
  const perDay = (key: 'prompt' | 'cached' | 'completion' | 'read'): string =>
    grouped(days.reduce((sum, day) => sum + day[who][key], 0) / days.length);
  return [name, perDay('read'), perDay('prompt'), perDay('cached'), perDay('completion')];
};

const picture = (days: readonly MeasuredDay[]): string => {
  const highest = Math.ceil(Math.max(1, ...days.flatMap((day) => [tokenRatio(day), dollarRatio(day)])));
  const line = (name: string, color: string, of: (day: MeasuredDay) => number, y: number): Line => ({
    ...{ name, color },
    points: days.map((day) => [day.number, of(day)]),
    named: { x: days.length, y, anchor: 'end' },
  });
  const step = highest > 2 ? 1 : 0.5;
  return lineChart(
    "Paperboy's tokens and dollars, as a multiple of the script's, by day",
    {
      ...{ title: 'day since the start', from: 1, to: Math.max(2, days.length), label: String },
      ticks: [1, 10, 20, 30, 40].filter((day) => day <= days.length),
    },
    {
      ...{ title: "multiple of the script's", from: 0, to: highest, label: (value) => `${value}×` },
      ticks: Array.from({ length: highest / step + 1 }, (_, index) => index * step),
    },
    [
      {
        ...{ name: 'the script', color: '#8a8a8a', isDashed: true, named: { x: 1.5, y: 1 + highest / 40 } },
        points: [
          [1, 1],
          [days.length, 1],
        ],
      },
      line('tokens', '#1f7a4d', tokenRatio, highest * 0.96),
      line('dollars', '#6b46c1', dollarRatio, highest * 0.9),
    ],
  );
};

const comparison = await readComparison();
if (!comparison) console.log('cost: left out, because it needs days with known picks (--days DIR)');
else {
  const price = (await readPrices()).of(comparison.model);
  if (!price) throw new Error(`config/prices.json has no price for ${comparison.model}`);
  try {
    const days = await measure(comparison, price);
    const rows = spans.flatMap(({ name, from, to }) => {
      const some = days.filter(({ number }) => number >= from && number <= to);
      return some.length === 0 ? [] : [ratioRow(name, some)];
    });
    const both = ['Paperboy', 'script'];
    await publish({
      part: 'cost',
      tables: [
        [
          ['medians per day', 'days', 'tokens: Paperboy', 'script', 'ratio', 'dollars: Paperboy', 'script', 'ratio']
            .concat(both.map((who, at) => (at === 0 ? `calls: ${who}` : who)))
            .concat('picks kept'),
          ...rows,
        ],
        [
          ['means per day', 'papers read', 'prompt tokens', 'of these cached', 'completion tokens'],
          kindRow('Paperboy', 'paperboy', days),
          kindRow('script', 'script', days),
        ],
      ],
      notes: [
        ...comparison.assumptions,
        'The expansion of the topics, once before the first day, is not counted.',
        ...(isPaced ? ['arXiv is asked with the gaps that it requires, in which the model begins.'] : []),
        "Tokens are counted with gpt-4o's tokenizer (o200k_base) in what is really sent and answered, schemas included.",
        'A prefix of 1,024 tokens or more that an earlier call of the same day has counts as cached, in steps of 128 tokens.',
      ],
      data: { model: comparison.model, price, assumptions: comparison.assumptions, days },
      pictures: { 'cost.svg': picture(days) },
    });
  } finally {
    await comparison.server.close();
  }
}
