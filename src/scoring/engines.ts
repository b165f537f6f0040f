import type { BatchScorer } from '../core/batch.ts';
import type { Clock } from '../core/clock.ts';
import { startOfDay } from '../core/dates.ts';
import type { Logger } from '../core/logger.ts';
import type { Check } from '../core/platform.ts';
import type { BuiltInVerdict, Engine, ModelVerdict, Scorer } from '../core/score.ts';
import type { SharedMemory } from '../core/shared-memory.ts';
import type { Stores } from '../core/stores.ts';
import type { Summarizer } from '../core/summary.ts';
import { createLocalScorer } from './built-in/scorer.ts';
import { completingFetch } from './llm/address.ts';
import { createBatchApi } from './llm/batch-api.ts';
import { createBatchScorer } from './llm/batch-scorer.ts';
import { type PriceTable, readPrices } from './llm/budget.ts';
import { createCallShare, shareKeyOf } from './llm/call-share.ts';
import { type ChatClient, createOpenAiClient, type OpenAiClientOptions } from './llm/client.ts';
import { createCommenter } from './llm/comment.ts';
import { createConnection, isOpenAi, openAiUrl } from './llm/connection.ts';
import { createExpandTopics, type ExpandTopics } from './llm/expand.ts';
import { createHabits } from './llm/habits.ts';
import { createCallLimiter } from './llm/limiter.ts';
import { withRepeats } from './llm/repeat.ts';
import { createLlmScorer, type LlmScorerOptions } from './llm/scorer.ts';
import { checkServer } from './llm/server-check.ts';
import { createSummarizer } from './llm/summarize.ts';

export type Engines = {
  local: Scorer<BuiltInVerdict>;
  /** The configured language model. `patient` is `scorer` with the configured repeats for papers near the cutoffs. */
  llm:
    | {
        client: ChatClient;
        expandTopics: ExpandTopics;
        summarizer: Summarizer;
        scorer: Scorer<ModelVerdict>;
        patient: Scorer<ModelVerdict>;
        /** Scores what can wait at half price. Undefined if it is off. */
        batch: BatchScorer | undefined;
        model: string;
        dailyBudgetUsd: number;
        /** Checks the server and the model, at no cost. */
        check(): Promise<Check>;
      }
    | undefined;
  prices: PriceTable;
  dayStart(): string;
};

export type EngineOptions = {
  settings: Pick<LlmScorerOptions, 'model' | 'batchSize' | 'dailyBudgetUsd'> & {
    engine: Engine;
    /** The maximum number of requests at a time. Undefined if Paperboy may find it. */
    concurrency: number | undefined;
    timeoutSeconds: number;
    repeat: number;
    /** Null for no batches; `auto` for batches if the server is OpenAI's. */
    batch: 'auto' | { maxWaitMinutes: number } | null;
  };
  openai: Pick<OpenAiClientOptions, 'apiKey' | 'baseUrl'> | undefined;
  /** The budget's day begins at midnight in this time zone. */
  timezone: string;
  stores: Pick<Stores, 'batches' | 'ledger' | 'modelHabits' | 'scores'>;
  /** Set if other processes may use the same API key. */
  memory?: SharedMemory | undefined;
  clock: Clock;
  logger: Logger;
};

const autoWaitMinutes = 60;

/** Milliseconds to wait for a batch; undefined for no batches. */
const batchWaitMs = ({ batch, repeat }: EngineOptions['settings'], baseUrl: string | undefined): number | undefined => {
  // The repeats for papers near the cutoffs follow at once on the first scores.
  if (batch === null || repeat > 0 || (batch === 'auto' && !isOpenAi(baseUrl))) return undefined;
  return (batch === 'auto' ? autoWaitMinutes : batch.maxWaitMinutes) * 60_000;
};

/** Without the credentials that a URL may have. */
const serverOf = (baseUrl = ''): string => {
  if (!URL.canParse(baseUrl)) return baseUrl;
  const { origin, pathname } = new URL(baseUrl);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
};

export const createEngines = async ({
  settings,
  openai,
  timezone,
  stores,
  clock,
  logger,
  memory,
}: EngineOptions): Promise<Engines> => {
  const { engine, model, batchSize, concurrency, timeoutSeconds, dailyBudgetUsd, repeat } = settings;
  const prices = await readPrices();
  const dayStart = (): string => startOfDay(clock.now(), timezone).toISOString();
  const local = createLocalScorer();
  if (engine === 'local') return { local, llm: undefined, prices, dayStart };
  const server = serverOf(openai?.baseUrl);
  const habits = createHabits({ store: stores.modelHabits, server, model, now: () => clock.now() });
  const completing = openai?.baseUrl === undefined ? undefined : completingFetch(openai.baseUrl);
  const timeoutMs = timeoutSeconds * 1_000;
  // One for the only key of the process.
  const keyId = shareKeyOf(server, openai?.apiKey?.reveal());
  const share = memory && ((onChange: () => void) => createCallShare(keyId, memory, onChange));
  const limiter = createCallLimiter({ concurrency, timeoutMs, clock, logger, share });
  const connecting = { ...openai, timeoutMs, ...(completing && { fetch: completing }) };
  const client = createOpenAiClient({ ...connecting, model, habits, limiter });
  const { ledger } = stores;
  const paid = { client, dailyBudgetUsd, prices, clock, dayStart, random: Math.random };
  const scoring = createLlmScorer({ ...paid, model, batchSize, concurrency: limiter.max, ledger, logger });
  const scorer = { ...scoring, comment: createCommenter({ ...paid, stores, logger }) };
  const expandTopics = createExpandTopics({ ...paid, stores });
  const summarizer = createSummarizer({ ...paid, stores });
  const check = () => checkServer({ baseUrl: openai?.baseUrl ?? openAiUrl, apiKey: openai?.apiKey, model });
  const maxWaitMs = batchWaitMs(settings, openai?.baseUrl);
  const connection = createConnection(connecting);
  const batch =
    maxWaitMs === undefined
      ? undefined
      : createBatchScorer({
          ...{ api: createBatchApi(connection), baseUrl: connection.baseUrl, server, model, batchSize, maxWaitMs },
          ...{ dailyBudgetUsd, habits, batches: stores.batches, ledger, prices, clock, logger, dayStart },
        });
  const patient = repeat > 0 ? withRepeats(scorer, repeat, Math.random) : scorer;
  const llm = { client, expandTopics, summarizer, scorer, patient, batch, model, dailyBudgetUsd, check };
  return { local, llm, prices, dayStart };
};
