import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { PostedPaper, VoteMeasure } from '../../src/core/votes.ts';
import { parseTopics } from '../../src/scoring/topics.ts';
import { measureVotes } from '../../src/scoring/votes/measure.ts';
import { fitPreferences } from '../../src/scoring/votes/model.ts';
import { readDays } from '../evaluation/days.ts';
import { type Line, lineChart } from './line-chart.ts';
import { table } from './table.ts';
import { type Taste, tastesOf } from './tastes.ts';
import { type Day, type Measure, minStrong, picksOf, shown, simulate, type Team } from './teams.ts';

// Measures what votes do: `npm run bench -- votes --days DIR [--last N | --first N] [--seeds N] [--top N] [--only NAME]
// [--picture FILE]`. A simulated team has one of several tastes and one of several ways to vote. In the last rows it changes
// its mind. The model knows the topics only in a run of its own, because the topic column gives away a taste for one
// topic.

const { values } = parseArgs({
  strict: false,
  options: {
    days: { type: 'string' },
    first: { type: 'string' },
    last: { type: 'string' },
    top: { type: 'string', default: '20' },
    topics: { type: 'string', default: 'config/topics/foundations.md' },
    seeds: { type: 'string', default: '1' },
    only: { type: 'string' },
    turn: { type: 'string', default: '40' },
    picture: { type: 'string' },
  },
});

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const { signal } = new AbortController();

const enough = 45;

/** A dash if no day has enough votes. */
const percent = (value: number): string => (Number.isNaN(value) ? '–' : `${Math.round(100 * value)}%`);

const mean = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length;

const rowOf = (label: string, of: readonly Measure[]): string[] => {
  if (of.length === 0) return [];
  const [learned, frozen, possible] = (['learned', 'frozen', 'possible'] as const).map((key) =>
    mean(of.map((one) => one[key])),
  ) as [number, number, number];
  return [
    label,
    String(of.length),
    ...[learned, frozen].map((one) => one.toFixed(3)),
    possible.toFixed(3),
    percent(learned / possible),
  ];
};

const ranges = [
  [0, 0],
  [1, 9],
  [10, 19],
  [20, 29],
  [30, 44],
  [45, 9999],
] as const;

const isBetween = (value: number | undefined, [from, to]: readonly [number, number]): boolean =>
  value !== undefined && value >= from && value <= to;

/** Votes at which a range is drawn. */
const middles = [0, 5, 15, 25, 37, 52];

const pointsOf = (of: readonly Measure[], value: 'learned' | 'frozen'): [number, number][] =>
  ranges.flatMap((range, index): [number, number][] => {
    const found = of.filter(({ votes }) => isBetween(votes, range));
    const possible = mean(found.map((one) => one.possible));
    return found.length === 0 ? [] : [[middles[index] ?? 0, mean(found.map((one) => one[value])) / possible]];
  });

/** Kinds of taste in the picture. The names of their lines are beside their last points. */
const drawn = [
  { group: 'categories', name: 'a category', color: '#1f7a4d' },
  { group: 'words', name: 'a word', color: '#2456a6' },
  { group: 'topic', name: 'a hidden topic', color: '#b45309' },
  { group: 'kinds', name: 'a kind without a name', color: '#6b46c1' },
] as const;

const picture = (byGroup: ReadonlyMap<string, readonly Measure[]>): string => {
  const all = drawn.map(({ group, ...line }) => ({ ...line, of: byGroup.get(group) ?? [] }));
  const lines = [
    ...all.map(({ of, ...line }) => ({ ...line, points: pointsOf(of, 'learned') })),
    {
      ...{ name: 'without votes', color: '#6f6f6f', isDashed: true },
      points: pointsOf(
        all.flatMap(({ of }) => of),
        'frozen',
      ),
    },
  ];
  return lineChart(
    'Liked papers among the first five, as a share of what is possible, by number of votes',
    { from: 0, to: 75, ticks: [0, 10, 20, 30, 40, 50], title: 'votes given', label: String },
    {
      from: 0,
      to: 1,
      ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
      title: 'liked papers among the first five, as a share of what is possible',
      label: percent,
    },
    lines.map((line): Line => ({ ...line, named: { x: 54, y: (line.points.at(-1)?.[1] ?? 0) - 0.012 } })),
  );
};

const votesOn = (day: Day, ups: number, downs: number): PostedPaper[] =>
  day.picks.map(({ paper, topic }, at) => {
    const vote = at < ups ? ('up' as const) : ('down' as const);
    const votes = at < ups + downs ? [{ person: 'web:local:U1', vote, at: `${day.date}T13:00:00.000Z` }] : [];
    return { date: day.date, paper, topic, votes };
  });

/** What a day's votes do to the next day's picks: shares of papers moved by half a point or more. */
const movedAfter = async (days: readonly Day[], ups: number, downs: number): Promise<string[]> => {
  const [up, down, all] = [[0], [0], [0]];
  for (const [at, day] of days.slice(0, -1).entries()) {
    const next = days[at + 1];
    if (!next || day.picks.length < ups + downs) continue;
    const model = await fitPreferences(votesOn(day, ups, downs), new Date(`${next.date}T12:00:00Z`), signal);
    const nudges = await model.nudges(next.picks.map(({ paper, topic }) => ({ ...paper, topic })));
    const points = [...nudges.values()].map((one) => one.points);
    up.push(points.filter((one) => one >= 0.5).length);
    down.push(points.filter((one) => one <= -0.5).length);
    all.push(next.picks.length);
  }
  const sum = (of: readonly number[]): number => of.reduce((total, one) => total + one, 0);
  return [`${ups} 👍, ${downs} 👎`, percent(sum(up) / sum(all)), percent(sum(down) / sum(all))];
};

const later = (of: readonly Measure[]): Measure[] => of.filter(({ votes }) => votes >= enough);

const tasteRow = (label: string, of: readonly Measure[], measured: readonly VoteMeasure[]): string[] => {
  const [learned, frozen, possible] = (['learned', 'frozen', 'possible'] as const).map((key) =>
    mean(later(of).map((one) => one[key])),
  ) as [number, number, number];
  const figures = (['votes', 'scores', 'rocchio'] as const).map((name) =>
    (['auc', 'brier'] as const).map((key) => mean(measured.map((one) => one[name][key])).toFixed(3)).join(' / '),
  );
  const moved = mean(later(of).map(({ moved, picks }) => moved / picks));
  return [label, percent(frozen / possible), percent(learned / possible), percent(moved), ...figures];
};

const folder = textOf(values.days);
if (folder === undefined) console.log('votes: left out, because it needs days with known picks (--days DIR)');
else {
  const topics = await readFile(textOf(values.topics) ?? '', 'utf8');
  const all = await readDays(folder, ['cs.LG', 'cs.AI']);
  const last = textOf(values.last);
  const first = textOf(values.first);
  const chosen = last ? all.slice(-Number(last)) : first ? all.slice(0, Number(first)) : all;
  const days: Day[] = [];
  for (const day of chosen) days.push(await picksOf(day, topics));
  const named = parseTopics(topics).topics.flatMap(({ name }) => (name ? [name] : []));
  const tastes = tastesOf(
    days.flatMap(({ picks }) => picks),
    named,
  );
  const groups = [...new Set(tastes.map(({ group }) => group))];
  const wants = (section: string): boolean => values.only === undefined || values.only === section;
  const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
  const top = Number(values.top);

  const run = async (some: readonly Taste[], options: Partial<Team>) => {
    const measures: Measure[] = [];
    const measured: VoteMeasure[] = [];
    for (const [index, taste] of some.entries())
      for (const seed of seeds) {
        const next = options.next && some[(index + seed) % some.length];
        const team = {
          taste,
          top,
          turn: Number(values.turn),
          ...options,
          ...(next && { next }),
          seed: 100 * index + seed,
        };
        const result = await simulate(days, team, signal);
        measures.push(...result.measures);
        const measure = next ? undefined : await measureVotes(result.posted, signal, days.length);
        if (measure) measured.push(measure);
      }
    return { measures, measured };
  };
  const ofGroup = (group: string): Taste[] => tastes.filter((one) => one.group === group);
  // Other styles and `top` are measured on fewer tastes, to save time.
  const across = tastes.filter(({ group }) => group === 'kinds' || group === 'categories');

  console.log(
    `${days.length} days, seeds: ${seeds.length}; from ${enough} votes on, of the possible precision@${shown}`,
  );
  const rows: string[][] = [['taste', 'by scores', 'by votes', 'moved', 'AUC / Brier: votes', 'scores', 'Rocchio']];
  const byGroup = new Map<string, readonly Measure[]>();
  for (const group of groups.filter(wants)) {
    const { measures, measured } = await run(ofGroup(group), {});
    byGroup.set(group, measures);
    rows.push(tasteRow(group, measures, measured));
  }
  for (const style of (['noisy', 'mostly 👍', 'mostly 👎'] as const).filter(wants)) {
    const { measures, measured } = await run(across, { style });
    rows.push(tasteRow(`across topics, ${style}`, measures, measured));
  }
  if (rows.length > 1) console.log(table(rows));
  const file = textOf(values.picture);
  if (file) await writeFile(file, picture(byGroup));

  if (wants('strong')) {
    const { measures } = await run(across, { top: 10 });
    const sum = (of: (one: Measure) => number): number => measures.reduce((total, one) => total + of(one), 0);
    const [strong, removed] = [sum((one) => one.strong), sum((one) => one.removed)];
    console.log(`\nWith top 10, votes removed ${removed} of ${strong} papers with a total of at least ${minStrong}.`);
  }

  if (wants('moved')) {
    const moves: string[][] = [['votes', 'up', 'down']];
    for (const [ups, downs] of [
      [20, 0],
      [20, 1],
      [0, 1],
      [10, 10],
    ] as const)
      moves.push(await movedAfter(days, ups, downs));
    console.log(`\nThe next day’s papers moved by half a point or more\n${table(moves)}`);
  }

  if (wants('one topic')) {
    const steady = await run(ofGroup('topic'), { hasTopics: true });
    const turned = await run(ofGroup('topic'), { hasTopics: true, next: ofGroup('topic')[0] as Taste });
    const head = ['votes before', 'days', 'learned', 'frozen', 'possible', 'share'];
    const lines = (of: readonly Measure[], by: (one: Measure) => number | undefined): string[][] =>
      ranges
        .map((range) =>
          rowOf(
            range[1] > 999 ? `${range[0]} or more` : `${range[0]} to ${range[1]}`,
            of.filter((one) => isBetween(by(one), range)),
          ),
        )
        .filter((row) => row.length > 0);
    const byVotes = table([head, ...lines(steady.measures, ({ votes }) => votes)]);
    console.log(`\nPrecision@${shown} of the one topic that the team likes, with the topic column\n${byVotes}`);
    console.log(`\nAfter a change of mind at ${values.turn} votes or more`);
    console.log(table([head, ...lines(turned.measures, ({ since }) => since)]));
    console.log(table([rows[0] ?? [], tasteRow('topic, with its column', steady.measures, steady.measured)]));
  }
}
