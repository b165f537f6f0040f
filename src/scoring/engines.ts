import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/load.ts';
import { type Clock, startOfDay } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { Scorer } from '../core/score.ts';
import type { Stores } from '../core/stores.ts';
import { createLocalScorer } from './built-in/scorer.ts';
import { type ChatClient, createOpenAiClient } from './llm/client.ts';
import { withRepeats } from './llm/repeat.ts';
import { createLlmScorer } from './llm/scorer.ts';
import { type PriceTable, parsePrices } from './prices.ts';

const pricesFile = join(import.meta.dirname, '..', '..', 'config', 'prices.json');

/** What models cost, from config/prices.json. @throws UserError where the file is wrong. */
export const readPrices = async (): Promise<PriceTable> => parsePrices(JSON.parse(await readFile(pricesFile, 'utf8')));

/** Who reads papers. */
export type Engines = {
  local: Scorer;
  /** The configured language model; `patient` asks again about papers near the cutoffs, where that is configured. */
  llm: { client: ChatClient; scorer: Scorer; patient: Scorer; model: string; dailyBudgetUsd: number } | undefined;
  prices: PriceTable;
  /** When the day of the budget began, told time, ISO 8601. */
  dayStart(): string;
};

export const createEngines = async (config: Config, stores: Stores, clock: Clock, logger: Logger): Promise<Engines> => {
  const { engine, model, batchSize, concurrency, dailyBudgetUsd, repeat } = config.scorer;
  const prices = await readPrices();
  const dayStart = (): string => startOfDay(clock.now(), config.timezone).toISOString();
  const local = createLocalScorer();
  if (engine === 'local') return { local, llm: undefined, prices, dayStart };
  const client = createOpenAiClient({ ...config.env.openai, model });
  const scorer = createLlmScorer({
    ...{ client, model, batchSize, concurrency, dailyBudgetUsd, clock, logger, prices, dayStart },
    ledger: stores.ledger,
    random: Math.random,
  });
  const patient = repeat > 0 ? withRepeats(scorer, repeat, Math.random) : scorer;
  return { local, llm: { client, scorer, patient, model, dailyBudgetUsd }, prices, dayStart };
};
