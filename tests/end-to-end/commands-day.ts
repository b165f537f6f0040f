import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { type FakeOpenAi, startFakeOpenAi } from '../fakes/openai.ts';
import { type FakeScholar, startFakeScholar } from '../fakes/semantic-scholar.ts';
import { date, day, picked, verdictOf } from './day.ts';
import { configOf, createHome, type Home, toArxiv } from './harness.ts';

/** The paper that the model scores lower the second time. */
export const lowered = picked[1] ?? '';

export const edited =
  '# Gears\n\n## Gear trains\n\n- Relevant: gears, worm drives, clocks.\n- Irrelevant: bearings alone.';

/** Two authors with the same name. */
const authors = {
  'Ada First': [
    { authorId: '11', name: 'Ada First', hIndex: 30, paperCount: 120 },
    { authorId: '12', name: 'Ada B. First', hIndex: 3, paperCount: 5 },
  ],
};

/** The papers that pass these cutoffs by the model's second scores. */
export const passing = (relevance: number, novelty: number): string[] =>
  picked.filter((id) => {
    const verdict = verdictOf(id);
    return verdict && id !== lowered && verdict.relevance >= relevance && verdict.novelty >= novelty;
  });

export type CommandsDay = {
  arxiv: FakeArxiv;
  model: FakeOpenAi;
  scholar: FakeScholar;
  home: Home;
  /** Makes the model score `lowered` lower. */
  changeMind(): void;
  /** Holds the model's answers until the returned function is called. */
  holdModel(): () => void;
  close(): Promise<void>;
};

/** A home with the day, a model that may change its scores, and an author index. */
export const startCommandsDay = async (
  target: { post: string; admin: string },
  env: Record<string, string>,
): Promise<CommandsDay> => {
  let isChanged = false;
  let held: Promise<void> | undefined;
  const arxiv = await startFakeArxiv({ days: { [date]: day } });
  const model = await startFakeOpenAi({
    verdict(id) {
      const verdict = verdictOf(id);
      return verdict && isChanged && id === lowered ? { ...verdict, relevance: 5, comment: 'Less so.' } : verdict;
    },
    hold: async () => held,
  });
  const scholar = await startFakeScholar({ authors });
  const home = await createHome({
    config: `admins: [${target.admin}]\n${configOf({ post: [target.post] })}`,
    env: {
      ...toArxiv(arxiv),
      ARXIV_API_URL: arxiv.url,
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'sk-local',
      S2_API_URL: scholar.url,
      ...env,
    },
  });
  return {
    ...{ arxiv, model, scholar, home },
    changeMind() {
      isChanged = true;
    },
    holdModel() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = undefined;
        resolve();
      };
    },
    async close() {
      await home.close();
      for (const one of [model, scholar, arxiv]) await one.close();
    },
  };
};
