import { join } from 'node:path';
import { openStores } from '../../../db/sqlite/index.ts';
import { type Cutoffs, isByModel } from '../../../src/core/score.ts';
import { createHome } from '../../../tests/end-to-end/harness.ts';
import { startFakeArxiv } from '../../../tests/fakes/arxiv.ts';
import { asAnnounced, categories, type ReplayedDay } from './days.ts';
import { type ArxivAnswer, startPacedArxiv } from './paced-arxiv.ts';

const channel = 'bench';

/** What Paperboy did on a day. */
export type PaperboyDay = {
  /** Candidates, and those of them that the language model scored. */
  papers: number;
  read: number;
  picks: string[];
  /** Milliseconds of `performance.now()`. */
  startedAt: number;
  endedAt: number;
  /** arXiv's answers, if it was paced. */
  answers: ArxivAnswer[];
};

export type ReplayedPaperboy = {
  /**
   * Runs a day. If it is paced, arXiv's answers keep the gaps that arXiv requires.
   * @throws Error with the log if the day was not posted.
   */
  run(date: string, options?: { isPaced?: boolean }): Promise<PaperboyDay>;
  close(): Promise<void>;
};

export type PaperboyOptions = {
  days: readonly ReplayedDay[];
  model: { url: string; name: string };
  cutoffs: Cutoffs;
  /** Settings of the config's `scorer` group. */
  scorer: Record<string, unknown>;
  /** Files. */
  rubric: { topics: string; criteria: string };
};

/** JSON is YAML too. The budget is high, because a budget would end a measurement early. */
const configOf = ({ cutoffs, model, scorer, rubric }: PaperboyOptions): string =>
  JSON.stringify({
    scorer: { engine: 'openai', model: model.name, dailyBudgetUsd: 1_000, ...scorer },
    channels: [{ name: channel, post: ['web'], categories, ...rubric, cutoffs, top: 200 }],
  });

/**
 * Runs the command line for one day after another, with a database that grows as a bot's does. Digests are posted to the
 * web page, which takes no time.
 */
export const startPaperboy = async (options: PaperboyOptions): Promise<ReplayedPaperboy> => {
  const arxiv = await startFakeArxiv({
    days: Object.fromEntries(options.days.map((day) => [day.date, asAnnounced(day)])),
  });
  const slow = await startPacedArxiv(arxiv.url);
  const home = await createHome({
    config: configOf(options),
    env: { OPENAI_BASE_URL: options.model.url, OPENAI_API_KEY: 'sk-local' },
  });

  const run: ReplayedPaperboy['run'] = async (date, { isPaced = false } = {}) => {
    arxiv.setDate(date);
    const url = isPaced ? slow.url : arxiv.url;
    const startedAt = performance.now();
    const { code, stderr } = await home.run(['run', '--json'], {
      ...{ ARXIV_RSS_URL: url, ARXIV_WEB_URL: url, ARXIV_API_URL: url },
      PAPERBOY_NOW: `${date}T13:00:00Z`,
    });
    const endedAt = performance.now();
    if (code !== 0) throw new Error(`the run of ${date} ended with ${code}:\n${stderr.slice(-2_000)}`);
    const stores = openStores(join(home.folder, 'paperboy.db'));
    try {
      const digest = await stores.digests.find(channel, date);
      if (!digest) throw new Error(`there is no digest for ${date}:\n${stderr.slice(-2_000)}`);
      if (digest.fallback) throw new Error(`the model failed on ${date}: ${digest.fallback.reason}`);
      return {
        papers: digest.counts.scanned,
        read: digest.engines.reduce((sum, { engine, papers }) => sum + (engine === 'local' ? 0 : papers), 0),
        ...{ startedAt, endedAt, answers: slow.take() },
        picks: digest.entries.flatMap(({ paper, score }) => (isByModel(score) ? [paper.id] : [])),
      };
    } finally {
      stores.close();
    }
  };

  return {
    run,
    async close(): Promise<void> {
      await home.close();
      await slow.close();
      await arxiv.close();
    },
  };
};
