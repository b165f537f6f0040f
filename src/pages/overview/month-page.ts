import { html } from 'hono/html';
import type { Digest } from '../../core/digest.ts';
import { totalTokens } from '../../core/price.ts';
import type { VoteCount } from '../../core/votes.ts';
import { bestByScore, bestByVotes, type Picked, pickedOf } from '../../digest/best-order.ts';
import { dayOfMonth, dayOfYear, monthInWords, shortDay } from '../dates.ts';
import { type PageChannel, yearOf } from '../day/day.ts';
import { channelKicker, frame, type LiveFrame, type Neighbour, neighbours } from '../frame.ts';
import { type Html, lines, nothing } from '../html.ts';
import { type Links, linksFrom, paperAnchor } from '../links.ts';
import { grouped } from '../numbers.ts';
import { calendar } from './calendar.ts';
import { type Listed, paperList } from './paper-list.ts';
import { costOfUsage, costWords, type Totals, totalsOf, totalsWords, totalTiles } from './totals.ts';

const bestOfDay = 3;

export type Month = {
  channel: PageChannel;
  /** `2025-07`. */
  month: string;
  /** Oldest first, at least one. */
  digests: readonly Digest[];
  votes: ReadonlyMap<string, VoteCount>;
  /** Months with a digest, before and after this one. */
  previous: string | undefined;
  next: string | undefined;
};

/** A paper of a list that leads to its place on its day's page. */
export const listedPaper = ({ date, entry, votes }: Picked, channel: string, links: Links): Listed => ({
  entry,
  href: `${links.file(channel, `${date}.html`)}${paperAnchor(entry.rank)}`,
  note: shortDay(date),
  votes,
});

const daySection = (digest: Digest, links: Links): Html => {
  const { channel, date, counts, entries, remedial } = digest;
  const page = links.file(channel, `${date}.html`);
  const best = entries.slice(0, bestOfDay).map((entry) => ({ entry, href: `${page}${paperAnchor(entry.rank)}` }));
  const more = entries.length - best.length;
  return html`<section class="day card">
          <h3><a href="${page}"><time datetime="${date}">${dayOfYear(date)}</time></a>${remedial ? html` <span class="label">remedial run</span>` : ''}</h3>
          <p class="small">
            ${grouped(counts.announced)} announced, ${grouped(counts.scanned)} scanned,
            <b>${grouped(counts.relevant)} relevant</b>${more > 0 ? html`; <a href="${page}">${grouped(more)} more</a>` : ''}
          </p>
          ${paperList(best)}
        </section>`;
};

const ledgerTable = (digests: readonly Digest[], totals: Totals, links: Links): Html => {
  const cells = (announced: number, scanned: number, relevant: number, tokens: number, cost: string): Html =>
    html`<td>${grouped(announced)}</td><td>${grouped(scanned)}</td><td>${grouped(relevant)}</td><td>${cost}</td><td>${tokens === 0 ? '–' : grouped(tokens)}</td>`;
  const row = ({ channel, date, counts, usage }: Digest): Html =>
    html`<tr><th scope="row"><a href="${links.file(channel, `${date}.html`)}">${dayOfMonth(date)}</a></th>${cells(counts.announced, counts.scanned, counts.relevant, totalTokens(usage), costOfUsage(usage))}</tr>`;
  const { announced, scanned, relevant } = totals.counts;
  return html`<div class="scroll card"><table class="ledger">
          <thead>
            <tr><th scope="col">Day</th><th scope="col">Announced</th><th scope="col">Scanned</th><th scope="col">Relevant</th><th scope="col">Cost</th><th scope="col">Tokens</th></tr>
          </thead>
          <tbody>${lines(digests.map(row))}</tbody>
          <tfoot>
            <tr><th scope="row">Total</th>${cells(announced, scanned, relevant, totals.tokens, costWords(totals))}</tr>
          </tfoot>
        </table></div>`;
};

/** The papers that stand out, by score and, where people voted, by votes. */
const bestLists = (papers: readonly Picked[], channel: string, links: Links): Html => {
  const list = (title: string, some: readonly Picked[]): Html =>
    some.length === 0
      ? nothing
      : html`<section class="card"><h2>${title}</h2>${paperList(some.map((one) => listedPaper(one, channel, links)))}</section>`;
  return html`<div class="best">
        ${list('Best by score', bestByScore(papers))}
        ${list('Best by votes', bestByVotes(papers))}
      </div>`;
};

/** The overview of a month. */
export const monthPage = (
  { channel, month, digests, votes, previous, next }: Month,
  live?: LiveFrame,
): Promise<string> => {
  const { name } = channel;
  const links = linksFrom(name);
  const totals = totalsOf(digests);
  const beside = (of: string | undefined, label: string): Neighbour | undefined =>
    of === undefined ? undefined : { href: links.file(name, `${of}.html`), date: of, label, words: monthInWords(of) };
  const year = yearOf(month);
  const way = neighbours('Months', {
    previous: beside(previous, '← Previous month'),
    up: { href: links.file(name, `${year}.html`), date: year, label: 'Year', words: year },
    next: beside(next, 'Next month →'),
  });
  return frame(
    {
      title: `${monthInWords(month)} · ${name}`,
      description: `${totalsWords(totals)}.`,
      links,
      channel: name,
      navigation: way.above,
      live,
    },
    html`<header class="lead">
        ${channelKicker(name, links)}
        <h1><time datetime="${month}">${monthInWords(month)}</time></h1>
      </header>
      <div class="overview card">
        ${calendar(month, digests, (date) => links.file(name, `${date}.html`))}
        <div>
          ${totalTiles(totals)}
          ${digests.some(({ remedial }) => remedial) ? html`<p class="small">late: made by a remedial run, after the announcement had been missed.</p>` : ''}
        </div>
      </div>
      ${bestLists(pickedOf(digests, votes), name, links)}
      <section class="days" aria-labelledby="days">
        <h2 id="days">Day by day</h2>
        <div class="cards">${lines(digests.toReversed().map((digest) => daySection(digest, links)))}</div>
      </section>
      <section aria-labelledby="ledger">
        <h2 id="ledger">Counts and cost</h2>
        ${ledgerTable(digests, totals, links)}
      </section>
      ${way.below}`,
  );
};
