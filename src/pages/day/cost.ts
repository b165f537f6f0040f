import { html } from 'hono/html';
import { isIsoDate } from '../../core/clock.ts';
import { costOf, dollars, type Price, totalTokens, type Usage } from '../../core/price.ts';
import { dateInWords } from '../dates.ts';
import { type Html, lines, nothing } from '../html.ts';
import { amountsInRow, grouped, priceWords } from '../numbers.ts';
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
  if (totalTokens(usage) === 0) return [];
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

const costRow = ({ model, usage, cost }: Charge): Html => {
  if (cost) {
    const amounts = amountsInRow([cost.prompt, cost.cached, cost.completion, cost.total]);
    return html`${amounts.map((amount) => html`<td>${amount}</td>`)}`;
  }
  if (usage.costUsd === undefined) return html`<td colspan="4" class="words">no price known for ${model}</td>`;
  return html`<td></td><td></td><td></td><td>${dollars(usage.costUsd)}</td>`;
};

const chargeRows = (charge: Charge, reader: string): Html => {
  const { model, usage } = charge;
  const { promptTokens, cachedTokens, completionTokens } = usage;
  const payer = payerWords(charge, reader);
  return html`<tbody>
            <tr>
              <th colspan="5" scope="rowgroup">${model}${payer === '' ? '' : html` <span class="paid">${payer}</span>`}</th>
            </tr>
            <tr>
              <th scope="row">Tokens</th>
              <td>${grouped(promptTokens)}</td>
              <td>${grouped(cachedTokens)} <small>(${cachedPercent(usage)} %)</small></td>
              <td>${grouped(completionTokens)}</td>
              <td>${grouped(totalTokens(usage))}</td>
            </tr>
            <tr><th scope="row">Cost</th>${costRow(charge)}</tr>
          </tbody>`;
};

/** An address as a link; as text where it is none that a browser should open. */
const sourceLink = (source: string): Html => {
  if (!URL.canParse(source) || !/^https?:/i.test(source)) return html`${source}`;
  return html`<a href="${source}">${new URL(source).host}</a>`;
};

const priceNote = (model: string, { prompt, cachedPrompt, completion, source, date }: Price): Html =>
  html`<p class="small">
          Price of ${model}: ${priceWords(prompt)} a million prompt tokens (${priceWords(cachedPrompt)} cached),
          ${priceWords(completion)} completion; ${sourceLink(source)}, ${isIsoDate(date) ? dateInWords(date) : date}.
        </p>`;

/** Tokens and cost of each model, with the prices they were reckoned by. */
export const costTable = (day: Pick<Day, 'digest' | 'models'>): Html => {
  const charges = chargesOf(day);
  const { digest } = day;
  if (charges.length === 0) {
    const isLocal = digest.engines.length > 0 && digest.engines.every(({ engine }) => engine === 'local');
    return isLocal ? html`<p class="small">Read by the built-in scorer: nothing to pay.</p>` : nothing;
  }
  const prices = new Map(
    charges.flatMap(({ model, price }) => (price ? [[JSON.stringify([model, price]), { model, price }]] : [])),
  );
  return html`<div class="scroll" role="region" aria-label="Tokens and cost" tabindex="0"><table class="cost">
          <caption>Tokens and cost</caption>
          <thead>
            <tr><td></td><th scope="col">Prompt</th><th scope="col">of it cached</th><th scope="col">Completion</th><th scope="col">Total</th></tr>
          </thead>
          ${lines(charges.map((charge) => chargeRows(charge, digest.channel)))}
        </table></div>
        ${lines([...prices.values()].map(({ model, price }) => priceNote(model, price)))}`;
};
