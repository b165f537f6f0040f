import { readSampleDay } from '../../config/sample-day.ts';
import type { App } from '../app.ts';
import type { Paper } from '../core/paper.ts';
import type { Check } from '../core/platform.ts';
import { readPrices } from '../scoring/llm/budget.ts';
import { tryModel } from '../scoring/llm/trial.ts';

export const checkModel = async ({ engines }: App): Promise<Check> =>
  engines.llm?.check() ?? {
    name: 'scorer',
    ok: true,
    detail: 'the built-in scorer; set OPENAI_API_KEY or OPENAI_BASE_URL for a language model',
  };

export const checkPrice = async ({ config }: App): Promise<Check[]> => {
  const { engine, model, dailyBudgetUsd } = config.scorer;
  if (engine === 'local') return [];
  const known = (await readPrices()).of(model) !== undefined;
  const fix = `add ${model} to config/prices.json`;
  if (known) return [{ name: 'budget', ok: true, detail: `at most $${dailyBudgetUsd} a day for ${model}` }];
  return [
    { name: 'budget', ok: false, detail: `the price of ${model} is unknown, so the budget does not limit it`, fix },
  ];
};

/** Under the first channel's topics. @param announced An invented paper is scored if there is none. */
export const askModel = async (app: App, announced: Paper | undefined, signal: AbortSignal): Promise<Check> => {
  const paper = announced ?? (await readSampleDay()).papers[0]?.paper;
  if (!paper) throw new Error('the sample day has no paper');
  return tryModel(app, app.channel(undefined), paper, signal);
};
