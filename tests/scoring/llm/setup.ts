import { afterEach } from 'vitest';
import type { Clock } from '../../../src/core/clock.ts';
import { ExternalError } from '../../../src/core/errors.ts';
import type { ModelVerdict, ScorablePaper, Scorer, ScorerStop, ScoringTask } from '../../../src/core/score.ts';
import { parsePrices } from '../../../src/scoring/llm/budget.ts';
import { createOpenAiClient, type OpenAiClientOptions } from '../../../src/scoring/llm/client.ts';
import { createHabits, type Habits } from '../../../src/scoring/llm/habits.ts';
import { createCallLimiter } from '../../../src/scoring/llm/limiter.ts';
import { promptMessages } from '../../../src/scoring/llm/prompt.ts';
import { createLlmScorer, type LlmScorerOptions } from '../../../src/scoring/llm/scorer.ts';
import { createRubric } from '../../../src/scoring/rubric.ts';
import { createMemoryLedger } from '../../fakes/ledger.ts';
import { quietLogger } from '../../fakes/logger.ts';
import { type FakeOpenAi, type FakeOpenAiOptions, type Fault, startFakeOpenAi } from '../../fakes/openai.ts';

const servers: FakeOpenAi[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Starts a server that is closed after the test. */
export const startServer = async (options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> => {
  const server = await startFakeOpenAi(options);
  servers.push(server);
  return server;
};

export const inFirstCalls = (calls: number, fault: Fault) => (call: number) => (call < calls ? fault : undefined);

export const rubric = createRubric({
  topics: '# Topics\n\n1. Gears\n   - Relevant: gears that learn.\n   - Irrelevant: gears that do not.',
  criteria: '# Criteria\n\nRelevance 9-10: all gears.',
  language: 'English',
});

export const papersOf = (count: number, from = 1): ScorablePaper[] =>
  Array.from({ length: count }, (_, index) => {
    const id = `2401.${String(from + index).padStart(5, '0')}`;
    return {
      id,
      version: 1,
      title: `On gears, part ${from + index}`,
      abstract: `We turn gear ${from + index} and watch. `.repeat(20).trim(),
      categories: ['cs.LG'],
    };
  });

export const idsOf = (count: number): string[] => papersOf(count).map(({ id }) => id);

export const taskOf = (papers: readonly ScorablePaper[], signal = new AbortController().signal): ScoringTask => ({
  channel: 'gears',
  date: '2024-01-08',
  rubric,
  papers,
  day: papers,
  recent: [],
  cutoffs: { relevance: 7, novelty: 6 },
  signal,
});

/** Who makes a call, for a request to a client. */
export const digestCaller = (signal = new AbortController().signal) =>
  ({ channel: 'gears', priority: 'digest', signal }) as const;

/** Starts a server, and a client that asks it about two papers. */
export const startClient = async (
  options: FakeOpenAiOptions = {},
  clientOptions: Partial<OpenAiClientOptions> = {},
) => {
  const server = await startServer(options);
  const limiter = createCallLimiter({ timeoutMs: 120_000, clock: sleeplessClock() });
  const client = createOpenAiClient({ baseUrl: server.url, model: 'gears-1', limiter, ...clientOptions });
  const ask = (signal = new AbortController().signal) =>
    client.complete({
      messages: (form) => promptMessages(rubric, papersOf(2), form),
      maxTokens: 720,
      minTokens: 720,
      ...digestCaller(signal),
    });
  return { server, client, ask };
};

export const failureOf = async (asked: Promise<unknown>): Promise<ExternalError> => {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ExternalError)) throw new Error(`no ExternalError but ${error}`);
  return error;
};

/** A clock that skips waits. `slept` lists them, in milliseconds. */
export const sleeplessClock = (): Clock & { slept: number[]; skip(ms: number): void } => {
  const slept: number[] = [];
  let skipped = 0;
  return {
    slept,
    skip: (ms) => {
      skipped += ms;
    },
    now: () => new Date('2024-01-08T12:00:00Z'),
    realNow: () => Date.now() + skipped,
    monotonic: () => performance.now() + skipped,
    sleep: async (ms, signal) => {
      slept.push(ms);
      skipped += ms;
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
};

export const prices = parsePrices({
  models: {
    priced: { prompt: 1, cachedPrompt: 0.5, completion: 4, source: 'https://example.org/', date: '2024-01-01' },
  },
});

/** Habits of a model that has answered before, so that calls are made in parallel at once. */
export const provenHabits = (): Habits => {
  const habits = createHabits();
  habits.change({ isProven: true });
  return habits;
};

/** Uses the model `free` by default, whose price is unknown. */
export const scorerFor = (
  url: string,
  options: Partial<LlmScorerOptions> & { client?: never; clientOptions?: Partial<OpenAiClientOptions> } = {},
) => {
  const { clientOptions, ...rest } = options;
  const model = rest.model ?? 'free';
  const ledger = createMemoryLedger();
  const clock = sleeplessClock();
  const concurrency = rest.concurrency ?? 2;
  const limiter = createCallLimiter({ concurrency, timeoutMs: 120_000, clock: rest.clock ?? clock });
  const scorer = createLlmScorer({
    client: createOpenAiClient({ baseUrl: url, model, limiter, ...clientOptions }),
    model,
    batchSize: 4,
    concurrency,
    dailyBudgetUsd: 1,
    ledger,
    prices,
    clock,
    logger: quietLogger,
    random: () => 0.5,
    dayStart: () => '2024-01-08T00:00:00.000Z',
    ...rest,
  });
  return { scorer, ledger, clock };
};

export const collect = async (
  scorer: Scorer<ModelVerdict>,
  task: ScoringTask,
): Promise<{ verdicts: ModelVerdict[]; ids: string[]; stop: ScorerStop | undefined }> => {
  const verdicts: ModelVerdict[] = [];
  const generator = scorer.score(task);
  while (true) {
    const next = await generator.next();
    if (next.done) return { verdicts, ids: verdicts.map(({ paperId }) => paperId).sort(), stop: next.value };
    verdicts.push(...next.value);
  }
};
