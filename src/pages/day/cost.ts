import { html } from 'hono/html';
import { dayText, isIsoDate } from '../../core/dates.ts';
import { isOnlyBuiltIn, type ModelUsage } from '../../core/digest.ts';
import { grouped } from '../../core/paper.ts';
import { costOf, dollars, type Price, totalTokens, type Usage } from '../../core/score.ts';
import { type Html, lines, nothing, webAddress } from '../html.ts';
import { amountsInRow, priceWords } from '../numbers.ts';
import type { Day } from './day.ts';

/** US dollars; `cached` is part of `prompt`. */
type Cost = { prompt: number; cached: number; completion: number; total: number };

export type Charge = Pick<ModelUsage, 'purpose'> & {
  model: string;
  channel: string;
  calls: number | undefined;
  usage: Usage;
  price: Price | undefined;
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

/** The model calls behind a day's scores. If none were recorded, the digest's own totals. */
export const chargesOf = ({ digest, models }: Pick<Day, 'digest' | 'models'>): Charge[] => {
  if (models.length > 0) return models.map((model) => ({ ...model, cost: costBy(model.usage, model.price) }));
  const { usage, channel, engines } = digest;
  if (totalTokens(usage) === 0) return [];
  const names = engines.filter(({ engine }) => engine !== 'local').map(({ model }) => model);
  const model = names.join(', ') || 'language model';
  return [{ model, channel, calls: undefined, usage, price: undefined, cost: undefined }];
};

export const cachedPercent = ({ promptTokens, cachedTokens }: Usage): number =>
  promptTokens === 0 ? 0 : Math.round((100 * cachedTokens) / promptTokens);

export const payerWords = ({ channel }: Charge, reader: string): string =>
  channel === reader ? '' : `Paid by channel ${channel}, for all of its papers; ${reader} uses the same scores.`;

/** What a model was asked for, and how, after its name. */
export const chargeWords = ({ purpose, price }: Charge): string =>
  `${purpose === 'summaries' ? ', summaries' : ''}${price?.isBatch ? ', in batches at half price' : ''}`;

const costRow = ({ model, usage, cost }: Charge): Html => {
  if (cost) {
    const amounts = amountsInRow([cost.prompt, cost.cached, cost.completion, cost.total]);
    return html`${amounts.map((amount) => html`<td>${amount}</td>`)}`;
  }
  if (usage.costUsd === undefined) return html`<td colspan="4" class="words">no known price for ${model}</td>`;
  return html`<td></td><td></td><td></td><td>${dollars(usage.costUsd)}</td>`;
};

const chargeRows = (charge: Charge, reader: string): Html => {
  const { model, usage } = charge;
  const { promptTokens, cachedTokens, completionTokens } = usage;
  const payer = payerWords(charge, reader);
  return html`<tbody>
            <tr>
              <th colspan="5" scope="rowgroup">${model}${chargeWords(charge)}${payer === '' ? '' : html` <span class="paid">${payer}</span>`}</th>
            </tr>
            <tr>
              <th scope="row">Tokens</th>
              <td>${grouped(promptTokens)}</td>
              <td>${grouped(cachedTokens)} <small>(${cachedPercent(usage)}%)</small></td>
              <td>${grouped(completionTokens)}</td>
              <td>${grouped(totalTokens(usage))}</td>
            </tr>
            <tr><th scope="row">Cost</th>${costRow(charge)}</tr>
          </tbody>`;
};

const sourceLink = (source: string): Html => {
  const address = webAddress(source);
  return address === undefined ? html`${source}` : html`<a href="${source}">${new URL(address).host}</a>`;
};

export const pricePerMillion = ({ prompt, cachedPrompt, completion }: Price): string =>
  `${priceWords(prompt)} per million prompt tokens (${priceWords(cachedPrompt)} cached), ${priceWords(completion)} per million completion tokens`;

const priceNote = (model: string, price: Price): Html =>
  html`<p class="small">
          Price of ${model}${price.isBatch ? ' in batches' : ''}: ${pricePerMillion(price)}; ${sourceLink(price.source)}, ${isIsoDate(price.date) ? dayText(price.date) : price.date}.
        </p>`;

export const costTable = (day: Pick<Day, 'digest' | 'models'>): Html => {
  const charges = chargesOf(day);
  const { digest } = day;
  if (charges.length === 0) {
    return isOnlyBuiltIn(digest) ? html`<p class="small">Scored by the built-in scorer, at no cost.</p>` : nothing;
  }
  const prices = new Map(
    charges.flatMap(({ model, price }) => (price ? [[JSON.stringify([model, price]), { model, price }]] : [])),
  );
  return html`<div class="scroll" role="region" aria-label="Tokens and cost" tabindex="0"><table class="cost">
          <caption>Tokens and cost</caption>
          <thead>
            <tr><td></td><th scope="col">Prompt</th><th scope="col">of which cached</th><th scope="col">Completion</th><th scope="col">Total</th></tr>
          </thead>
          ${lines(charges.map((charge) => chargeRows(charge, digest.channel)))}
        </table></div>
        ${lines([...prices.values()].map(({ model, price }) => priceNote(model, price)))}`;
};
