import { costOf, type Price } from '../core/price.ts';
import type { Usage } from '../core/score.ts';
import type { Day } from './day.ts';

/** US dollars of a model's calls. `cached` is a part of `prompt`; `total` is both. */
type Cost = { prompt: number; cached: number; completion: number; total: number };

/** What one model's calls for a day came to. */
export type Charge = {
  model: string;
  /** The channel that the calls were made for and that paid for them. */
  channel: string;
  /** Undefined where the calls themselves are not on record. */
  calls: number | undefined;
  usage: Usage;
  price: Price | undefined;
  /** Undefined where no price is known. */
  cost: Cost | undefined;
};

const costBy = (
  { promptTokens, cachedTokens, completionTokens }: Usage,
  price: Price | undefined,
): Cost | undefined => {
  if (!price) return undefined;
  const cached = Math.min(cachedTokens, promptTokens);
  const { prompt, completion } = costOf({ prompt: promptTokens, cached, completion: completionTokens }, price);
  const ofCached = costOf({ prompt: cached, cached, completion: 0 }, price).prompt;
  return { prompt, cached: ofCached, completion, total: prompt + completion };
};

/** The model calls that a day's scores came from: as the ledger has them, else as the digest itself says. */
export const chargesOf = ({ digest, models }: Pick<Day, 'digest' | 'models'>): Charge[] => {
  if (models.length > 0) return models.map((model) => ({ ...model, cost: costBy(model.usage, model.price) }));
  const { usage, channel, engines } = digest;
  if (usage.promptTokens + usage.completionTokens === 0) return [];
  const names = engines.filter(({ engine }) => engine !== 'local').map(({ model }) => model);
  const model = names.join(', ') || 'language model';
  return [{ model, channel, calls: undefined, usage, price: undefined, cost: undefined }];
};

/** Share of the prompt's tokens that the provider had in its cache, in whole per cent. */
export const cachedPercent = ({ promptTokens, cachedTokens }: Usage): number =>
  promptTokens === 0 ? 0 : Math.round((100 * cachedTokens) / promptTokens);

/** Who paid for the calls, where that is not the channel whose page it is; else empty. */
export const payerWords = ({ channel }: Charge, reader: string): string =>
  channel === reader
    ? ''
    : `Scored for and paid by channel ${channel}: all of its papers, also any that ${reader} did not read.`;
