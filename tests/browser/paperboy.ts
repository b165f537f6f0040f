import { createHome, type Home, type Running, stop, toArxiv, waitForOutput } from '../end-to-end/harness.ts';
import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { type FakeOpenAi, startFakeOpenAi } from '../fakes/openai.ts';
import { days, earlier, newest, verdictOf } from './days.ts';

/** A bot in a process of its own, against fakes of every remote. */
export type Paperboy = {
  url: string;
  /** Stops the bot; the returned function starts it again at the same address. */
  stop(): Promise<() => Promise<void>>;
  /** Runs another day in a second process. */
  run(date: string): Promise<void>;
  close(): Promise<void>;
};

export type PaperboySetup = {
  /** Names of the channels; by default `gears`. */
  channels?: string[];
  env?: Record<string, string>;
  /** Posts the day before first. */
  withEarlier?: boolean;
  /** Returns as soon as the page is served, before its day is posted. */
  early?: boolean;
  /** Delays the model's answer to a call, counted from 0. */
  hold?: (call: number) => Promise<unknown>;
};

const configOf = (channels: readonly string[]): string =>
  [
    'scorer: { model: gpt-4o-mini, batchSize: 2, concurrency: 1 }',
    'channels:',
    ...channels.map((name) => `  - { name: ${name}, post: [web], categories: [cs.LG], topics: topics.md }`),
    '',
  ].join('\n');

const begin = async (
  home: Home,
  channels: number,
  setup: Pick<PaperboySetup, 'early'>,
  env: Record<string, string>,
): Promise<{ bot: Running; url: string }> => {
  const bot = home.start(['start'], env);
  const [, url = ''] = await waitForOutput(bot, /"url":"(http:[^"]+)"/);
  if (!setup.early) await waitForOutput(bot, new RegExp(`(?:"status":"posted"[\\s\\S]*){${channels}}`));
  return { bot, url };
};

export const startPaperboy = async (setup: PaperboySetup = {}): Promise<Paperboy> => {
  const { channels = ['gears'], hold } = setup;
  const [arxiv, model]: [FakeArxiv, FakeOpenAi] = await Promise.all([
    startFakeArxiv({ days, date: newest.date }),
    startFakeOpenAi({ verdict: verdictOf, hold: (call) => Promise.resolve(hold?.(call)) }),
  ]);
  const home = await createHome({
    config: configOf(channels),
    env: { ...toArxiv(arxiv), OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-local', ...setup.env },
  });
  const run = async (date: string): Promise<void> => {
    arxiv.setDate(date);
    const ended = await home.run(['run'], { PAPERBOY_NOW: `${date}T13:00:00Z` });
    if (ended.code !== 0) throw new Error(ended.stderr);
  };
  if (setup.withEarlier) await run(earlier.date);
  arxiv.setDate(newest.date);
  let { bot, url } = await begin(home, channels.length, setup, { PAPERBOY_HTTP: '127.0.0.1:0' });
  return {
    url,
    run,
    async stop() {
      await stop(bot);
      return async () => {
        ({ bot, url } = await begin(home, channels.length, { early: true }, { PAPERBOY_HTTP: new URL(url).host }));
      };
    },
    async close() {
      await home.close();
      await Promise.all([arxiv.close(), model.close()]);
    },
  };
};
