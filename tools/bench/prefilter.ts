import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { PastDay, Rubric } from '../../src/core/score.ts';
import { createPrefilter } from '../../src/daily/draft/prefilter.ts';
import { planPrefilter } from '../../src/scoring/distilled/prefilter.ts';
import { papersPrompt, systemPrompt } from '../../src/scoring/llm/prompt.ts';
import { createRubric } from '../../src/scoring/rubric.ts';
import { channelOf } from '../../tests/fakes/fixtures.ts';
import { cutoffsOf, type JudgedDay, readDays } from '../evaluation/days.ts';
import { table } from './table.ts';

// Measures what the prefilter saves and its recall, on a sequence of days with known picks. It learns only from the papers that
// it let through: `npm run bench -- prefilter --days DIR [--last N] [--target R]`.

const { values } = parseArgs({
  strict: false,
  options: {
    days: { type: 'string' },
    last: { type: 'string', default: '15' },
    target: { type: 'string' },
    topics: { type: 'string', default: 'config/topics/foundations.md' },
    criteria: { type: 'string', default: 'config/criteria.md' },
  },
});

const batchSize = 12;
const [charactersPerToken, tokensPerVerdict] = [4, 75];
const query = { rubric: 'bench', engine: 'openai', model: 'bench' } as const;
const { signal } = new AbortController();
const ignore = () => {};

type Papers = Parameters<typeof papersPrompt>[1];

const tokensFor = (papers: Papers, rubric: Rubric): number => {
  const batches = Math.ceil(papers.length / batchSize);
  const characters = papersPrompt(rubric, papers, 'lines').length + batches * systemPrompt(rubric).length;
  return characters / charactersPerToken + papers.length * tokensPerVerdict;
};

const simulate = async (days: readonly JudgedDay[], targetRecall: number, rubric: Rubric) => {
  const cutoffs = cutoffsOf(days);
  const past: PastDay[] = [];
  const prefilter = createPrefilter({
    ...{ plan: planPrefilter, targetRecall },
    stores: { digests: { pastDays: async (_channel, _query, _before, count) => past.slice(-count) } },
    logger: { debug: ignore, info: ignore, warn: ignore, error: (fields) => console.error(fields) },
  });
  const channel = channelOf({ rubric, cutoffs });
  const measured = [];
  for (const { date, papers } of days) {
    const all = papers.map(({ paper }) => ({
      ...paper,
      authors: [...paper.authors],
      categories: [...paper.categories],
    }));
    const { unlikely } = await prefilter(channel, date, all, query, signal);
    const sampled = new Map(unlikely.map(({ paperId, isSampled }) => [paperId, isSampled]));
    const isRead = (id: string): boolean => sampled.get(id) !== false;
    past.push({
      date,
      papers: papers.map(({ paper, score }) => ({
        ...{ paper, score: isRead(paper.id) ? score : undefined, isSampled: sampled.get(paper.id) === true },
      })),
    });
    const read = all.filter(({ id }) => isRead(id));
    measured.push({
      ...{ papers: papers.length, read: read.length },
      picks: papers.filter(({ picked }) => picked).length,
      kept: papers.filter(({ paper, picked }) => picked && isRead(paper.id)).length,
      ...{ tokens: tokensFor(read, rubric), allTokens: tokensFor(all, rubric) },
    });
  }
  return measured;
};

if (typeof values.days !== 'string')
  console.log('prefilter: left out, because it needs days with known picks (--days DIR)');
else {
  const days = await readDays(values.days, ['cs.LG', 'cs.AI']);
  const [topics, criteria] = await Promise.all(
    [values.topics, values.criteria].map((file) => readFile(String(file), 'utf8')),
  );
  const rubric = createRubric({ topics: topics ?? '', criteria: criteria ?? '', language: 'English' });
  const rows = [];
  for (const target of values.target === undefined ? [0.95, 0.98, 0.99] : [Number(values.target)]) {
    const measured = (await simulate(days, target, rubric)).slice(-Number(values.last));
    const sum = (of: (day: (typeof measured)[number]) => number): number =>
      measured.reduce((total, day) => total + of(day), 0);
    const perDay = (total: number): string => Math.round(total / measured.length).toLocaleString('en-US');
    const [tokens, allTokens] = [sum((day) => day.tokens), sum((day) => day.allTokens)];
    rows.push([
      ...[String(target), String(measured.length)],
      `${perDay(sum(({ read }) => read))} of ${perDay(sum(({ papers }) => papers))}`,
      `${(sum(({ kept }) => kept) / sum(({ picks }) => picks)).toFixed(3)} of ${sum(({ picks }) => picks)}`,
      ...[perDay(tokens), perDay(allTokens), `${Math.round((100 * tokens) / allTokens)}%`],
    ]);
  }
  const head = ['target', 'days', 'papers read per day', 'recall of picks', 'tokens per day', 'of all papers', 'share'];
  console.log(table([head, ...rows]));
}
