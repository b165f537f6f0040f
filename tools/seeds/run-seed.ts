import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHome, type Home } from '../../tests/end-to-end/harness.ts';
import { startFakeArxiv } from '../../tests/fakes/arxiv.ts';
import { startFakeOpenAi } from '../../tests/fakes/openai.ts';
import { startFakeScholar } from '../../tests/fakes/semantic-scholar.ts';
import { fakeDayOf, fillerDay, type Settings, settingsOf } from './fake-day.ts';
import type { SeedPage } from './page.ts';
import { usageOf } from './usage.ts';

export type Made = { markdown: string; json: string };

const configOf = (model: string, { cutoffs, minHIndex, authors }: Settings): string =>
  // JSON is YAML too.
  JSON.stringify({
    scorer: { engine: 'openai', model, dailyBudgetUsd: 100 },
    channels: [
      {
        name: 'daily',
        post: ['console'],
        categories: ['cs.LG', 'cs.AI'],
        announceTypes: ['new', 'cross'],
        topics: 'topics.md',
        criteria: 'criteria.md',
        top: 200,
        ...{ cutoffs, minHIndex, authors },
      },
    ],
  });

const call = async (home: Home, args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await home.run(args);
  if (code !== 0) throw new Error(`paperboy ${args.join(' ')} ended with ${code}:\n${stderr.slice(-1_500)}`);
  return stdout;
};

const startRemotes = async (seed: SeedPage, settings: Settings) => {
  const day = fakeDayOf(seed, settings);
  const neighbors = [seed.previous, seed.next].filter((date) => date !== undefined);
  const fillers = new Map(neighbors.map((date) => [date, fillerDay(date, settings)]));
  const verdicts = new Map([...fillers.values(), day].flatMap((one) => [...one.verdicts]));
  const used = usageOf(seed);
  let isFirst = true;
  const arxiv = await startFakeArxiv({
    days: { ...Object.fromEntries([...fillers].map(([date, { papers }]) => [date, papers])), [seed.date]: day.papers },
    date: seed.remedial?.made ?? seed.date,
  });
  const openai = await startFakeOpenAi({
    verdict: (id) => verdicts.get(id),
    tokens: ({ ids }) => {
      const takesAll = isFirst && ids.some((id) => day.verdicts.has(id));
      if (takesAll) isFirst = false;
      return takesAll ? used : { prompt: 0, cached: 0, completion: 0 };
    },
  });
  const scholar = await startFakeScholar({ papers: day.scholar });
  return {
    env: {
      ...{ ARXIV_RSS_URL: arxiv.url, ARXIV_WEB_URL: arxiv.url, ARXIV_API_URL: arxiv.url },
      ...{ OPENAI_BASE_URL: openai.url, OPENAI_API_KEY: 'sk-local', S2_API_URL: scholar.url },
      PAPERBOY_NOW: `${seed.remedial?.made ?? seed.date}T13:00:00Z`,
    },
    close: async () => {
      for (const remote of [arxiv, openai, scholar]) await remote.close();
    },
  };
};

/**
 * Remakes the day of a seed with the real command line, on the morning of that day. A remedial page is remade on the
 * day of its creation, together with the days that it links to.
 */
export const runSeed = async (seed: SeedPage): Promise<Made> => {
  const settings = settingsOf(seed);
  const remotes = await startRemotes(seed, settings);
  try {
    const home = await createHome({ config: configOf(seed.model, settings), env: remotes.env });
    try {
      await writeFile(join(home.folder, 'topics.md'), seed.topics);
      await writeFile(join(home.folder, 'criteria.md'), seed.criteria);
      const { date, previous = date, next = date } = seed;
      await call(home, seed.remedial ? ['remedy', '--from', previous, '--to', next] : ['run']);
      return {
        markdown: await call(home, ['page', date, '--format', 'md']),
        json: await call(home, ['page', date, '--format', 'json']),
      };
    } finally {
      await home.close();
    }
  } finally {
    await remotes.close();
  }
};
