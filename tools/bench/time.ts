import { parseArgs } from 'node:util';
import { z } from 'zod';
import { addDays, isWeekend } from '../../src/core/dates.ts';
import { lineChart } from './line-chart.ts';
import type { ModelCall } from './model/server.ts';
import type { ReplayedDay } from './replayed/days.ts';
import { type Comparison, readComparison } from './replayed/setup.ts';
import { publish } from './report.ts';

// Compares how long Paperboy and a daily script take to score a large day, with a model that takes time for each token and
// a provider's limits: `npm run bench -- time --days DIR [--day-papers N] [--history N] [--token-ms MS] [--tpm N] [--parallel N]
// [--scorer JSON] [--json FILE] [--docs]`.

const { values } = parseArgs({
  // Other parts have other options.
  strict: false,
  options: {
    'day-papers': { type: 'string', default: '459' },
    history: { type: 'string', default: '20' },
    'token-ms': { type: 'string', default: '12' },
    tpm: { type: 'string', default: '200000' },
    parallel: { type: 'string', default: '30' },
  },
});
const wholeNumber = z.coerce.number().int().min(0);
const tokenMs = z.coerce.number().positive().parse(values['token-ms']);
const limits = { tokensPerMinute: wholeNumber.parse(values.tpm), parallel: wholeNumber.parse(values.parallel) };

type Timing = {
  name: string;
  papers: number;
  calls: number;
  refused: number;
  maxOpen: number;
  /** Seconds in which scores were being requested, and in which scores or comments were. */
  scoresS: number;
  scoringS: number;
  /** Seconds from arXiv's last answer to the last score. */
  afterArxivS?: number | undefined;
  /** Seconds from the start to the last answer, from there to the end, and from the first category to the first call. */
  startToScoredS?: number | undefined;
  postingS?: number | undefined;
  firstCallS?: number | undefined;
  /** Seconds after the first call at which calls were answered. */
  answeredS: number[];
};

const seconds = (ms: number): number => ms / 1_000;

/** The time that the calls took together, without that between them. In milliseconds. */
const busyMs = (calls: readonly Pick<ModelCall, 'startedAt' | 'endedAt'>[]): number => {
  let busy = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { startedAt, endedAt } of [...calls].sort((a, b) => a.startedAt - b.startedAt)) {
    busy += Math.max(0, endedAt - Math.max(startedAt, until));
    until = Math.max(until, endedAt);
  }
  return busy;
};

const timingOf = (name: string, papers: number, taken: ReturnType<Comparison['server']['take']>) => {
  const { refused, maxOpen } = taken;
  const calls = taken.calls.filter((call: ModelCall) => call.kind !== 'topics');
  const startedAt = Math.min(...calls.map(({ startedAt }) => startedAt));
  const answered = calls.map(({ endedAt }) => endedAt).sort((a, b) => a - b);
  const scoredAt = answered.at(-1) ?? startedAt;
  const scores = calls.filter(({ kind }) => kind === 'scores');
  const lastScoreAt = Math.max(startedAt, ...scores.map(({ endedAt }) => endedAt));
  const answeredS = answered.map((at) => seconds(at - startedAt));
  const timing: Timing = {
    ...{ name, papers, refused, maxOpen, answeredS },
    calls: calls.length,
    scoresS: seconds(busyMs(scores)),
    scoringS: seconds(busyMs(calls)),
  };
  return { startedAt, lastScoreAt, scoredAt, timing };
};

/** The last dates of mailings up to a date, oldest first. */
const mailingsUpTo = (date: string, count: number): string[] => {
  const dates: string[] = [];
  for (let one = date; dates.length < count; one = addDays(one, -1)) if (!isWeekend(one)) dates.unshift(one);
  return dates;
};

/**
 * The last day that is large enough, with as many of its papers as wanted, after the days before it. The days get the
 * dates of successive mailings, because Paperboy would look for those that are missing.
 */
const choose = (days: readonly ReplayedDay[], papers: number, history: number): ReplayedDay[] => {
  const at = days.findLastIndex((day) => day.papers.length >= papers);
  const day = days[at];
  if (!day) throw new Error(`no day has ${papers} papers; choose fewer with --day-papers`);
  const some = day.papers.slice(0, papers);
  const picks = new Set(some.flatMap(({ id }) => (day.picks.has(id) ? [id] : [])));
  const chosen = [...days.slice(Math.max(0, at - history), at), { ...day, papers: some, picks }];
  const dates = mailingsUpTo(day.date, chosen.length);
  return chosen.map((one, index) => ({ ...one, date: dates[index] ?? one.date }));
};

const timePaperboy = async (comparison: Comparison, name: string, days: readonly ReplayedDay[]): Promise<Timing> => {
  const { server } = comparison;
  const paperboy = await comparison.startPaperboy(days);
  try {
    server.set({});
    for (const { date } of days.slice(0, -1)) await paperboy.run(date);
    server.take();
    server.set({ tokenMs, limits });
    const ran = await paperboy.run(days.at(-1)?.date ?? '', { isPaced: true });
    const { startedAt, lastScoreAt, scoredAt, timing } = timingOf(name, ran.papers, server.take());
    const [first] = ran.answers;
    const arrivedAt = ran.answers.findLast(({ category }) => category === first?.category)?.at ?? ran.startedAt;
    return {
      ...timing,
      afterArxivS: seconds(lastScoreAt - (ran.answers.at(-1)?.at ?? ran.startedAt)),
      startToScoredS: seconds(scoredAt - ran.startedAt),
      postingS: seconds(ran.endedAt - scoredAt),
      firstCallS: seconds(startedAt - arrivedAt),
    };
  } finally {
    await paperboy.close();
  }
};

const timeScript = async (comparison: Comparison, day: ReplayedDay): Promise<Timing> => {
  const { server } = comparison;
  server.set({ tokenMs, limits });
  await comparison.runScript(day);
  return timingOf('script', day.papers.length, server.take()).timing;
};

const cell = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(1));

const colors = ['#1f7a4d', '#6b46c1', '#8a8a8a'];

const picture = (timings: readonly Timing[]): string => {
  const end = Math.ceil(Math.max(...timings.flatMap(({ answeredS }) => answeredS)) / 10) * 10;
  const step = end > 100 ? 20 : 10;
  return lineChart(
    'Calls answered after the first one was made',
    {
      ...{ title: 'seconds', from: 0, to: end, label: String },
      ticks: Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step),
    },
    {
      ...{ title: 'share of the calls answered', from: 0, to: 1, label: (value) => `${Math.round(value * 100)}%` },
      ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
    },
    timings.map(({ name, answeredS }, index) => ({
      ...{ name, color: colors[index] ?? '#000', isDashed: name === 'script' },
      points: [[0, 0] as const, ...answeredS.map((at, call) => [at, (call + 1) / answeredS.length] as const)],
      named: { x: end * 0.98, y: 0.06 + 0.06 * index, anchor: 'end' },
    })),
  );
};

const comparison = await readComparison();
if (!comparison) console.log('time: left out, because it needs days with known picks (--days DIR)');
else {
  try {
    const history = wholeNumber.parse(values.history);
    const days = choose(comparison.days, wholeNumber.parse(values['day-papers']), history);
    const [day] = days.slice(-1);
    if (!day) throw new Error('there is no day');
    const script = await timeScript(comparison, day);
    const timings = [
      await timePaperboy(comparison, 'Paperboy, day 1', [day]),
      await timePaperboy(comparison, `Paperboy, after ${days.length - 1} days`, days),
      script,
    ];
    await publish({
      part: 'time',
      tables: [
        [
          [
            ...[
              `${day.papers.length} papers`,
              'scores, s',
              'with comments, s',
              "of the script's",
              'scores after arXiv, s',
              'start to scored, s',
              'posting, s',
            ],
            ...['first category to first call, s', 'calls', 'at once', 'refused (429)'],
          ],
          ...timings.map((one) => [
            ...[one.name, cell(one.scoresS), cell(one.scoringS), (one.scoringS / script.scoringS).toFixed(2)],
            ...[cell(one.afterArxivS), cell(one.startToScoredS), cell(one.postingS), cell(one.firstCallS)],
            ...[String(one.calls), String(one.maxOpen), String(one.refused)],
          ]),
        ],
      ],
      notes: [
        `The model takes ${tokenMs} ms for each token that it writes and a 240th of it for each that it reads, with ${limits.tokensPerMinute.toLocaleString('en-US')} tokens per minute and ${limits.parallel} calls at once.`,
        "The first two times are those in which the model was asked about papers, without the waits for arXiv between. Topics are expanded before. The script's limit of ten calls per minute is not counted.",
        'The start includes the process and the gaps that arXiv requires between requests. Posting is to the web page; Slack takes about a second per message.',
        ...comparison.assumptions,
      ],
      data: { tokenMs, limits, date: day.date, assumptions: comparison.assumptions, timings },
      pictures: { 'time.svg': picture(timings) },
    });
  } finally {
    await comparison.server.close();
  }
}
