import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { PostedPaper } from '../../src/core/votes.ts';
import { bestTopics } from '../../src/scoring/built-in/matches.ts';
import { parseTopics } from '../../src/scoring/topics.ts';
import { fitPreferences } from '../../src/scoring/votes/model.ts';
import { type JudgedDay, readDays } from '../evaluation/days.ts';
import { createRandom } from '../evaluation/metrics.ts';
import { type Line, lineChart } from './line-chart.ts';
import { table } from './table.ts';

// Measures how soon votes raise the topic that a team likes: `npm run bench -- votes --days DIR [--last N | --first N]
// [--top N] [--without-topics] [--picture FILE]`. A simulated team likes one topic, votes on a third of the posted
// papers, and misclicks on one vote in twenty. In a second run it changes its mind. Repeated for each topic and several
// seeds.

const { values } = parseArgs({
  strict: false,
  options: {
    days: { type: 'string' },
    first: { type: 'string' },
    last: { type: 'string' },
    top: { type: 'string', default: '20' },
    topics: { type: 'string', default: 'config/topics/foundations.md' },
    seeds: { type: 'string', default: '4' },
    'without-topics': { type: 'boolean', default: false },
    turn: { type: 'string', default: '40' },
    picture: { type: 'string' },
  },
});

/** True if the model has the topics as features. The simulated team likes exactly one of them. */
const hasTopics = values['without-topics'] !== true;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

type Pick = { paper: PostedPaper['paper']; total: number; relevance: number; topic: string | undefined };
type Day = { date: string; picks: Pick[] };

const wrongClicks = 0.05;
const votedShare = 1 / 3;
const shown = 5;

/** A day's picks in the order of a digest: by total score, then relevance, then arXiv's order. */
const picksOf = async (day: JudgedDay, topics: string): Promise<Day> => {
  const picked = day.papers.filter((one) => one.picked);
  const best = await bestTopics(
    topics,
    picked.map(({ paper }) => ({ id: paper.id, title: paper.title, abstract: paper.abstract, comment: '' })),
  );
  return {
    date: day.date,
    picks: picked
      .map(({ paper, score = { relevance: 1, novelty: 1 } }) => ({
        paper,
        total: score.relevance + score.novelty,
        relevance: score.relevance,
        topic: best.get(paper.id),
      }))
      .sort((a, b) => b.total - a.total || b.relevance - a.relevance),
  };
};

/** One team's day: the number of earlier votes, and shares of papers on the team's topic among the first five. */
type Measure = { votes: number; since: number | undefined; learned: number; frozen: number; possible: number };

const share = (picks: readonly Pick[], topic: string): number =>
  picks.slice(0, shown).filter((one) => one.topic === topic).length / shown;

const simulate = async (days: readonly Day[], liked: string, next: string, seed: number, top: number, turn: number) => {
  const random = createRandom(seed);
  const posted: PostedPaper[] = [];
  const measures: Measure[] = [];
  let votes = 0;
  let turnedAt: number | undefined;
  for (const { date, picks } of days) {
    if (turnedAt === undefined && votes >= turn) turnedAt = votes;
    const wanted = turnedAt === undefined ? liked : next;
    const now = new Date(`${date}T12:00:00Z`);
    const model = await fitPreferences(posted, now, new AbortController().signal);
    const nudges = await model.nudges(
      picks.map(({ paper, topic }) => ({ ...paper, topic: hasTopics ? topic : undefined })),
    );
    const value = (one: Pick): number => one.total + (nudges.get(one.paper.id)?.points ?? 0);
    const ranked = picks.toSorted((a, b) => value(b) - value(a) || b.relevance - a.relevance);
    measures.push({
      votes,
      since: turnedAt === undefined ? undefined : votes - turnedAt,
      learned: share(ranked, wanted),
      frozen: share(picks, wanted),
      possible: share(
        picks.filter((one) => one.topic === wanted),
        wanted,
      ),
    });
    for (const [index, { paper, topic }] of ranked.slice(0, top).entries()) {
      const voted = random() < votedShare;
      const isWrong = random() < wrongClicks;
      const vote = (topic === wanted) !== isWrong ? ('up' as const) : ('down' as const);
      const at = new Date(now.getTime() + index * 60_000).toISOString();
      posted.push({
        date,
        paper,
        topic: hasTopics ? topic : undefined,
        votes: voted ? [{ person: `web:local:U${index % 3}`, vote, at }] : [],
      });
      if (voted) votes += 1;
    }
  }
  return measures;
};

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
    (learned / frozen).toFixed(2),
    possible.toFixed(3),
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

const middles = [0, 5, 15, 25, 37, 52];

const lineOf = (
  of: readonly Measure[],
  by: (one: Measure) => number | undefined,
  value: 'learned' | 'frozen',
): [number, number][] =>
  ranges.flatMap((range, index): [number, number][] => {
    const found = of.filter((one) => isBetween(by(one), range));
    return found.length === 0 ? [] : [[middles[index] ?? 0, mean(found.map((one) => one[value]))]];
  });

const picture = (steady: readonly Measure[], turned: readonly Measure[]): string => {
  const share = (value: number): string => `${Math.round(100 * value)}%`;
  const after = ({ since }: Measure): number | undefined => since;
  const lines: Line[] = [
    {
      ...{ name: 'by votes', color: '#1f7a4d', named: { x: 17, y: 0.42, anchor: 'end' } },
      points: lineOf(steady, ({ votes }) => votes, 'learned'),
    },
    {
      ...{ name: 'by votes, since a change of mind', color: '#6b46c1', named: { x: 24, y: 0.24 } },
      points: lineOf(turned, after, 'learned'),
    },
    {
      ...{ name: 'by scores alone', color: '#8a8a8a', isDashed: true, named: { x: 40, y: 0.09 } },
      points: lineOf(steady, ({ votes }) => votes, 'frozen'),
    },
  ];
  return lineChart(
    'Papers that a team likes among the first five, by number of votes',
    { from: 0, to: 55, ticks: [0, 10, 20, 30, 40, 50], title: 'votes given', label: String },
    {
      from: 0,
      to: 0.6,
      ticks: [0, 0.2, 0.4, 0.6],
      title: 'share of the first five papers that the team likes',
      label: share,
    },
    lines,
  );
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
  const steady: Measure[] = [];
  const turned: Measure[] = [];
  let maxMs = 0;
  for (const [index, liked] of named.entries()) {
    for (let seed = 1; seed <= Number(values.seeds); seed += 1) {
      const next = named[(index + 1 + (seed % (named.length - 1))) % named.length] ?? liked;
      const started = performance.now();
      steady.push(
        ...(await simulate(days, liked, next, 100 * index + seed, Number(values.top), Number.POSITIVE_INFINITY)),
      );
      maxMs = Math.max(maxMs, (performance.now() - started) / days.length);
      turned.push(...(await simulate(days, liked, next, 100 * index + seed, Number(values.top), Number(values.turn))));
    }
  }
  const file = textOf(values.picture);
  if (file) await writeFile(file, picture(steady, turned));
  const head = ['votes before', 'days', 'learned', 'frozen', 'times', 'possible'];
  const rows = (of: readonly Measure[], by: (one: Measure) => number | undefined): string[][] =>
    ranges
      .map((range) =>
        rowOf(
          range[1] > 999 ? `${range[0]} or more` : `${range[0]} to ${range[1]}`,
          of.filter((one) => isBetween(by(one), range)),
        ),
      )
      .filter((row) => row.length > 0);
  console.log(`${days.length} days, ${named.length} topics, precision@${shown} of the topic that the team likes`);
  console.log(table([head, ...rows(steady, ({ votes }) => votes)]));
  console.log(`\nAfter a change of mind at ${values.turn} votes or more`);
  console.log(table([head, ...rows(turned, ({ since }) => since)]));
  console.log(`\nFitting took at most ${maxMs.toFixed(0)} ms per day, averaged over a team's days.`);
}
