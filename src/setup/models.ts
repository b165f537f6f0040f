import type { ConfigFile } from '../../config/schema.ts';
import type { Channel } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import { longDate } from '../core/dates.ts';
import type { Logger } from '../core/logger.ts';
import { countOf, type IsoDate, type Paper } from '../core/paper.ts';
import type { Check } from '../core/platform.ts';
import { dollars } from '../core/score.ts';
import { Secret } from '../core/secret.ts';
import type { Stores } from '../core/stores.ts';
import { createEngines } from '../scoring/engines.ts';
import { readPrices } from '../scoring/llm/budget.ts';
import { openAiUrl } from '../scoring/llm/connection.ts';
import { estimateDayUsd } from '../scoring/llm/day-estimate.ts';
import { listModels } from '../scoring/llm/models.ts';
import { tryModel } from '../scoring/llm/trial.ts';

export type ModelChoice = { model: string; baseUrl: string | undefined; apiKey: string | undefined };

export type ModelServer = { name: string; baseUrl: string };

export type LocalServer = ModelServer & { models: readonly string[] };

/** Programs that serve models on this machine, at their usual addresses. */
const localServers: readonly ModelServer[] = [
  { name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  { name: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1' },
];

/** A server on this machine answers at once, or is not there. */
const localMs = 1_500;
const remoteMs = 10_000;

/** Servers also list models that make vectors, speech or pictures. */
const isForText = (model: string): boolean =>
  !/embed|whisper|tts|dall-e|moderation|rerank|image|audio|realtime|transcribe|sora/i.test(model);

const quiet = { failed: async () => {}, worked: async () => {} };

type ModelParts = { stores: Stores; clock: Clock; logger: Logger; timezone: string; scorer: ConfigFile['scorer'] };

/** Finding, checking and pricing a language model. */
export const createModelSteps = (
  { stores, clock, logger, timezone, scorer }: ModelParts,
  servers: readonly ModelServer[] = localServers,
) => ({
  /** The servers on this machine that have models. */
  async localServers(): Promise<LocalServer[]> {
    const found = await Promise.all(
      servers.map(async (server) => ({ ...server, models: await listModels({ ...server, timeoutMs: localMs }) })),
    );
    return found.flatMap(({ models = [], ...server }) => {
      const usable = models.filter(isForText);
      return usable.length > 0 ? [{ ...server, models: usable }] : [];
    });
  },

  /** The models of a server, those with a known price first; empty if it does not list them. */
  async modelsOf({ baseUrl = openAiUrl, apiKey }: Omit<ModelChoice, 'model'>): Promise<string[]> {
    const key = apiKey === undefined ? undefined : new Secret(apiKey);
    const models = (await listModels({ baseUrl, apiKey: key, timeoutMs: remoteMs })) ?? [];
    const prices = await readPrices();
    const isPriced = (model: string): boolean => prices.of(model) !== undefined;
    return models.filter(isForText).sort((a, b) => Number(isPriced(b)) - Number(isPriced(a)) || a.localeCompare(b));
  },

  /** Checks the server for free, then lets the model score one paper. */
  async check(choice: ModelChoice, channel: Channel, paper: Paper, signal: AbortSignal): Promise<Check> {
    const { model, baseUrl, apiKey } = choice;
    const engines = await createEngines({
      settings: { ...scorer, concurrency: scorer.concurrency, engine: 'openai', model },
      openai: { baseUrl, apiKey: apiKey === undefined ? undefined : new Secret(apiKey) },
      ...{ timezone, stores, clock, logger },
    });
    const found = await engines.llm?.check();
    if (found && !found.ok) return found;
    return tryModel({ stores, engines, clock, health: quiet }, channel, paper, signal);
  },

  /** What a day like this one costs, as a sentence. */
  async costText({ model }: ModelChoice, channel: Channel, date: IsoDate, papers: readonly Paper[]): Promise<string> {
    const price = (await readPrices()).of(model);
    if (!price) return `The price of ${model} is not known to Paperboy. A model on your own machine costs nothing.`;
    const { rubric, top: posted } = channel;
    const usd = estimateDayUsd({ rubric, papers, posted, batchSize: scorer.batchSize }, price);
    const day = `a day like ${longDate(date)} with ${countOf(papers.length, 'paper')}`;
    return `${model} costs about ${dollars(usd)} for ${day}, and less once Paperboy knows which papers it need not read. Paperboy spends at most ${dollars(scorer.dailyBudgetUsd)} a day.`;
  },
});

export type ModelSteps = ReturnType<typeof createModelSteps>;
