import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { ModelScore } from '../../src/core/score.ts';
import type { PostedPaper, VoteMeasure } from '../../src/core/votes.ts';
import { select } from '../../src/daily/draft/select.ts';
import { bestTopics } from '../../src/scoring/built-in/matches.ts';
import { parseTopics } from '../../src/scoring/topics.ts';
import { measureVotes } from '../../src/scoring/votes/measure.ts';
import { fitPreferences } from '../../src/scoring/votes/model.ts';
import { type JudgedDay, readDays } from '../evaluation/days.ts';
import { createRandom } from '../evaluation/metrics.ts';
import { type Line, lineChart } from './line-chart.ts';
import { table } from './table.ts';
import { type Taste, tastesOf } from './tastes.ts';

// Measures what votes do: `npm run bench -- votes --days DIR [--last N | --first N] [--seeds N] [--top N] [--only NAME]
// [--picture FILE]`. A simulated team has one of several tastes, votes on a third of the posted papers, and misclicks on
// one vote in twenty. In a second run it changes its mind. The model knows the topics only in a run of its own, because
// the topic column gives away a taste for one topic.

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

type Pick = { paper: JudgedDay['papers'][number]['paper']; score: ModelScore; topic: string | undefined };
type Day = { date: string; picks: Pick[] };

const [shown, minStrong, enough] = [5, 18, 45];
const limits = { cutoffs: { relevance: 1, novelty: 1 }, matchLimits: { papers: 0, floor: 0 } };

const totalOf = ({ score }: Pick): number => score.relevance + score.novelty;

/** A day's picks in the order of a digest: by total score, then relevance, then arXiv's order. */
const picksOf = async ({ date, papers }: JudgedDay, topics: string): Promise<Day> => {
  const picked = papers.filter((one) => one.picked);
  const best = await bestTopics(
    topics,
    picked.map(({ paper }) => ({ id: paper.id, title: paper.title, abstract: paper.abstract, comment: '' })),
  );
  const scoreOf = (paperId: string, points: { relevance: number; novelty: number }, scoreId: number): ModelScore => ({
    ...{ scoreId, paperId, version: 1, ...points, comment: '' },
    ...{ rubric: 'bench', engine: 'openai', model: 'bench', attempt: 1, createdAt: `${date}T12:00:00.000Z` },
  });
  return {
    date,
    picks: picked
      .map(({ paper, score = { relevance: 1, novelty: 1 } }, at) => ({
        paper,
        score: scoreOf(paper.id, score, at),
        topic: best.get(paper.id),
      }))
      .sort((a, b) => totalOf(b) - totalOf(a) || b.score.relevance - a.score.relevance),
  };
};

/** How a team votes: the share of liked and of other posted papers that get a vote. */
const styles = {
  'both ways': { liked: 1 / 3, others: 1 / 3, wrong: 0.05 },
  'mostly 👍': { liked: 0.6, others: 0.03, wrong: 0.05 },
  'mostly 👎': { liked: 0.03, others: 0.4, wrong: 0.05 },
  noisy: { liked: 1 / 3, others: 1 / 3, wrong: 0.15 },
} as const;
type Style = keyof typeof styles;

/** One team's day: the number of earlier votes, and shares of papers that the team likes among the first five. */
type Measure = {
  votes: number;
  since: number | undefined;
  learned: number;
  frozen: number;
  possible: number;
  /** Papers with a total of at least 18 among the posted ones without votes, and those of them that votes removed. */
  strong: number;
  removed: number;
  picks: number;
  moved: number;
};

type Team = { taste: Taste; next?: Taste; style?: Style; seed: number; top: number; hasTopics?: boolean };

const share = (picks: readonly Pick[], { likes }: Taste): number => picks.slice(0, shown).filter(likes).length / shown;

const selected = (picks: readonly Pick[], top: number, nudges: Parameters<typeof select>[4]): Pick[] => {
  const byId = new Map(picks.map((one) => [one.paper.id, one]));
  const candidates = picks.map(({ paper }) => ({
    paper: { ...paper, categories: [...paper.categories], authors: [...paper.authors] },
    type: 'new' as const,
  }));
  const scores = new Map(picks.map(({ paper, score }) => [paper.id, score]));
  const { entries } = select(candidates, scores, { ...limits, top }, new Map(), nudges);
  return entries.flatMap(({ paper }) => byId.get(paper.id) ?? []);
};

const simulate = async (days: readonly Day[], { taste, next, style = 'both ways', seed, top, hasTopics }: Team) => {
  const random = createRandom(seed);
  const { liked, others, wrong } = styles[style];
  const posted: PostedPaper[] = [];
  const measures: Measure[] = [];
  let votes = 0;
  let turnedAt: number | undefined;
  for (const { date, picks } of days) {
    if (next && turnedAt === undefined && votes >= Number(values.turn)) turnedAt = votes;
    const wanted = next && turnedAt !== undefined ? next : taste;
    const now = new Date(`${date}T12:00:00Z`);
    const topicOf = ({ topic }: Pick): string | undefined => (hasTopics ? topic : undefined);
    const model = await fitPreferences(posted, now, signal);
    const nudges = await model.nudges(picks.map((one) => ({ ...one.paper, topic: topicOf(one) })));
    const ranked = selected(picks, top, nudges);
    const strong = picks.slice(0, top).filter((one) => totalOf(one) >= minStrong);
    measures.push({
      votes,
      since: turnedAt === undefined ? undefined : votes - turnedAt,
      learned: share(ranked, wanted),
      frozen: share(picks, wanted),
      possible: share(picks.filter(wanted.likes), wanted),
      strong: strong.length,
      removed: strong.filter((one) => !ranked.includes(one)).length,
      picks: picks.length,
      moved: picks.filter(({ paper }) => Math.abs(nudges.get(paper.id)?.points ?? 0) >= 0.5).length,
    });
    for (const [index, one] of ranked.entries()) {
      const [draw, slip] = [random(), random()];
      const isLiked = wanted.likes(one) !== slip < wrong;
      const isVoted = draw < (isLiked ? liked : others);
      const at = new Date(now.getTime() + index * 60_000).toISOString();
      const vote = { person: `web:local:U${index % 3}`, vote: isLiked ? ('up' as const) : ('down' as const), at };
      posted.push({ date, paper: one.paper, topic: topicOf(one), total: totalOf(one), votes: isVoted ? [vote] : [] });
      if (isVoted) votes += 1;
    }
  }
  return { measures, posted };
};

const percent = (value: number): string => `${Math.round(100 * value)}%`;

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
        const team = { taste, top, ...options, ...(next && { next }), seed: 100 * index + seed };
        const result = await simulate(days, team);
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
  for (const group of groups.filter(wants)) {
    const { measures, measured } = await run(ofGroup(group), {});
    rows.push(tasteRow(group, measures, measured));
  }
  for (const style of (['noisy', 'mostly 👍', 'mostly 👎'] as const).filter(wants)) {
    const { measures, measured } = await run(across, { style });
    rows.push(tasteRow(`across topics, ${style}`, measures, measured));
  }
  if (rows.length > 1) console.log(table(rows));

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
    const file = textOf(values.picture);
    if (file) await writeFile(file, picture(steady.measures, turned.measures));
  }
}
