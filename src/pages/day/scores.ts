import { html } from 'hono/html';
import type { DigestEntry } from '../../core/digest.ts';
import { countOf } from '../../core/paper-text.ts';
import { totalScore } from '../../core/score.ts';
import { type Html, lines, nothing, spoken } from '../html.ts';

type Scored = { relevance: number; novelty: number };

const bar = (kind: keyof Scored, label: string, value: number): Html =>
  html`<span class="score ${kind}">${label} <b>${value}</b><i class="bar" style="--share:${value * 10}%"></i></span>`;

/** Relevance and novelty, each as number and bar, and the total. */
export const scoreBars = ({ relevance, novelty }: Scored): Html => html`<p class="scores">
        ${bar('relevance', 'Relevance', relevance)} ${bar('novelty', 'Novelty', novelty)}
        <span class="total"><b>${totalScore({ relevance, novelty })}</b> of 20</span>
      </p>`;

/** "9 + 8", for lists of one line a paper. */
export const scoreSum = ({ relevance, novelty }: Scored): Html =>
  html`<span class="sum">${spoken('relevance ')}<b class="relevance">${relevance}</b> + ${spoken('novelty ')}<b class="novelty">${novelty}</b></span>`;

/** Whole numbers from one to another, both included. */
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, step) => from + step);

/** How often the papers have each pair of scores: novelty upwards, relevance to the right; nothing for no papers. */
export const scoreGrid = (entries: readonly DigestEntry[]): Html => {
  if (entries.length === 0) return nothing;
  const counts = new Map<string, number>();
  for (const { score } of entries) {
    const key = `${score.relevance}/${score.novelty}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  const least = (of: keyof Scored): number => Math.min(...entries.map(({ score }) => score[of]));
  const columns = range(least('relevance'), 10);
  const rows = range(least('novelty'), 10).reverse();
  const cell = (relevance: number, novelty: number): Html => {
    const count = counts.get(`${relevance}/${novelty}`) ?? 0;
    return count === 0 ? html`<td></td>` : html`<td style="--share:${Math.round((100 * count) / most)}%">${count}</td>`;
  };
  return html`<table class="grid">
        <caption>Papers by relevance (→) and novelty (↑)</caption>
        <tbody>
          ${lines(rows.map((novelty) => html`<tr><th scope="row">${spoken('Novelty ')}${novelty}</th>${columns.map((relevance) => cell(relevance, novelty))}</tr>`))}
        </tbody>
        <tfoot>
          <tr><td></td>${columns.map((relevance) => html`<th scope="col">${spoken('Relevance ')}${relevance}</th>`)}</tr>
        </tfoot>
      </table>`;
};

/** "12 papers", as a small label. */
export const countLabel = (count: number): Html => html`<span class="count">${countOf(count, 'paper')}</span>`;
