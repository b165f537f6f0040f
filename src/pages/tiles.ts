import { html } from 'hono/html';
import { countOf } from '../core/paper-text.ts';
import type { Html } from './html.ts';
import { grouped } from './numbers.ts';
import { costWords, type Totals } from './totals.ts';

const tile = (name: string, value: string): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

/** What a month or a year comes to, in large figures. */
export const totalTiles = (totals: Totals): Html => {
  const { announced, scanned, relevant } = totals.counts;
  return html`<dl class="tiles">
        ${tile('Days', grouped(totals.days))} ${tile('Announced', grouped(announced))} ${tile('Scanned', grouped(scanned))}
        ${tile('Relevant', grouped(relevant))}
        ${totals.tokens > 0 ? html`${tile('Tokens', grouped(totals.tokens))} ${tile('Cost', costWords(totals))}` : ''}
      </dl>
      ${totals.isCostPartial ? html`<p class="small">No price is known for some of the model calls, so the cost is what the others came to.</p>` : ''}`;
};

/** "22 days: 8,760 papers announced, 5,941 scanned, 468 relevant". */
export const totalsWords = ({ days, counts: { announced, scanned, relevant } }: Totals): string =>
  `${countOf(days, 'day')}: ${countOf(announced, 'paper')} announced, ${grouped(scanned)} scanned, ${grouped(relevant)} relevant`;
