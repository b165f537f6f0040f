import { html } from 'hono/html';
import type { DigestSummary } from '../../core/digest.ts';
import type { Picked } from '../../digest/best-order.ts';
import { monthWithoutYear } from '../dates.ts';
import { monthOf, type PageChannel } from '../day/day.ts';
import { channelKicker, frame, type LiveFrame, type Neighbour, neighbours } from '../frame.ts';
import { type Html, lines } from '../html.ts';
import { linksFrom } from '../links.ts';
import { grouped } from '../numbers.ts';
import { listedPaper } from './month-page.ts';
import { paperList } from './paper-list.ts';
import { costWords, type Totals, totalsOf, totalsWords, totalTiles } from './totals.ts';

export type Year = {
  channel: PageChannel;
  year: string;
  /** Oldest first, at least one. */
  days: readonly DigestSummary[];
  /** The papers that stand out, best first. */
  best: readonly Picked[];
  /** Years with a digest, before and after this one. */
  previous: string | undefined;
  next: string | undefined;
};

type MonthTotals = { month: string; totals: Totals };

const totalsByMonth = (days: readonly DigestSummary[]): MonthTotals[] =>
  [...Map.groupBy(days, ({ date }) => monthOf(date))].map(([month, some]) => ({ month, totals: totalsOf(some) }));

const monthsTable = (months: readonly MonthTotals[], all: Totals, href: (month: string) => string): Html => {
  const most = Math.max(1, ...months.map(({ totals }) => totals.counts.relevant));
  const cells = (totals: Totals, bar: Html | string): Html => {
    const { announced, scanned, relevant } = totals.counts;
    return html`<td>${grouped(totals.days)}</td><td>${grouped(announced)}</td><td>${grouped(scanned)}</td><td class="picture"><div>${grouped(relevant)}${bar}</div></td><td>${costWords(totals)}</td>`;
  };
  const row = ({ month, totals }: MonthTotals): Html => {
    const share = Math.round((100 * totals.counts.relevant) / most);
    return html`<tr><th scope="row"><a href="${href(month)}">${monthWithoutYear(month)}</a></th>${cells(totals, html`<i class="bar" style="--share:${share}%"></i>`)}</tr>`;
  };
  return html`<div class="scroll card"><table class="ledger months">
          <thead>
            <tr><th scope="col">Month</th><th scope="col">Days</th><th scope="col">Announced</th><th scope="col">Scanned</th><th scope="col" class="picture">Relevant</th><th scope="col">Cost</th></tr>
          </thead>
          <tbody>${lines(months.map(row))}</tbody>
          <tfoot>
            <tr><th scope="row">Total</th>${cells(all, '')}</tr>
          </tfoot>
        </table></div>`;
};

/** The overview of a year. */
export const yearPage = ({ channel, year, days, best, previous, next }: Year, live?: LiveFrame): Promise<string> => {
  const { name } = channel;
  const links = linksFrom(name);
  const totals = totalsOf(days);
  const beside = (of: string | undefined, label: string): Neighbour | undefined =>
    of === undefined ? undefined : { href: links.file(name, `${of}.html`), date: of, label, words: of };
  const newest = days.at(-1)?.date ?? year;
  const way = neighbours('Years', {
    previous: beside(previous, '← Previous year'),
    up: { href: links.file(name, 'index.html'), date: newest, label: 'Channel', words: name },
    next: beside(next, 'Next year →'),
  });
  return frame(
    {
      title: `${year} · ${name}`,
      description: `${totalsWords(totals)}.`,
      links,
      channel: name,
      navigation: way.above,
      live,
    },
    html`<header class="lead">
        ${channelKicker(name, links)}
        <h1><time datetime="${year}">${year}</time></h1>
        ${totalTiles(totals)}
      </header>
      <section aria-labelledby="months">
        <h2 id="months">Months</h2>
        ${monthsTable(totalsByMonth(days), totals, (month) => links.file(name, `${month}.html`))}
      </section>
      <section aria-labelledby="best">
        <h2 id="best">Best of the year</h2>
        <div class="card">${paperList(best.map((one) => listedPaper(one, name, links)))}</div>
      </section>
      ${way.below}`,
  );
};
