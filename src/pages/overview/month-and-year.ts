import { html } from 'hono/html';
import { monthInWords } from '../../core/dates.ts';
import type { DayCounts, Digest, DigestSummary } from '../../core/digest.ts';
import { countOf, grouped } from '../../core/paper.ts';
import { dollars, totalTokens, type Usage } from '../../core/score.ts';
import type { VoteCount } from '../../core/votes.ts';
import { bestByScore, bestByVotes, type Picked, pickedOf } from '../../digest/best-order.ts';
import { dayOfMonth, dayOfYear, monthOf, monthWithoutYear, shortDay, yearOf } from '../dates.ts';
import type { PageChannel } from '../day/day.ts';
import { type Listed, paperList } from '../day/papers.ts';
import { channelKicker, type Neighbor, neighbors, type SharedPage } from '../frame.ts';
import { type Html, lines, nothing } from '../html.ts';
import { type Links, linksFrom, paperAnchor } from '../links.ts';
import { calendar } from './calendar.ts';

type Totals = {
  days: number;
  counts: DayCounts;
  tokens: number;
  /** US dollars, without calls of unknown price. */
  costUsd: number;
  hasUnknownCost: boolean;
};

const totalsOf = (days: readonly Pick<DigestSummary, 'counts' | 'usage'>[]): Totals => {
  const sum = (of: (day: (typeof days)[number]) => number): number => days.reduce((all, day) => all + of(day), 0);
  return {
    days: days.length,
    counts: {
      announced: sum(({ counts }) => counts.announced),
      scanned: sum(({ counts }) => counts.scanned),
      relevant: sum(({ counts }) => counts.relevant),
      unscored: sum(({ counts }) => counts.unscored),
    },
    tokens: sum(({ usage }) => totalTokens(usage)),
    costUsd: sum(({ usage }) => usage.costUsd ?? 0),
    hasUnknownCost: days.some(({ usage }) => usage.costUsd === undefined),
  };
};

/** "$1.20"; "≥ $1.20" or "unknown" if some or all prices are unknown; "–" if no model was called. */
const costWords = ({ tokens, costUsd, hasUnknownCost }: Omit<Totals, 'days' | 'counts'>): string => {
  if (tokens === 0) return '–';
  if (!hasUnknownCost) return dollars(costUsd);
  return costUsd > 0 ? `≥ ${dollars(costUsd)}` : 'unknown';
};

const costOfUsage = (usage: Usage): string =>
  costWords({
    tokens: totalTokens(usage),
    costUsd: usage.costUsd ?? 0,
    hasUnknownCost: usage.costUsd === undefined,
  });

const tile = (name: string, value: string): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

const totalTiles = (totals: Totals): Html => {
  const { announced, scanned, relevant } = totals.counts;
  return html`<dl class="tiles">
        ${tile('Days', grouped(totals.days))} ${tile('Announced', grouped(announced))} ${tile('Candidates', grouped(scanned))}
        ${tile('Picked', grouped(relevant))}
        ${totals.tokens > 0 ? html`${tile('Tokens', grouped(totals.tokens))} ${tile('Cost', costWords(totals))}` : ''}
      </dl>
      ${totals.hasUnknownCost ? html`<p class="small">The cost leaves out model calls with no known price.</p>` : ''}`;
};

const totalsWords = ({ days, counts: { announced, scanned, relevant } }: Totals): string =>
  `${countOf(days, 'day')}: ${countOf(announced, 'paper')} announced, ${countOf(scanned, 'candidate')}, ${grouped(relevant)} picked`;

const listedPaper = ({ date, entry, votes }: Picked, channel: string, links: Links): Listed => ({
  entry,
  href: `${links.file(channel, `${date}.html`)}${paperAnchor(entry.rank)}`,
  note: shortDay(date),
  votes,
});

export type Month = {
  channel: PageChannel;
  month: string;
  /** Oldest first, at least one. */
  digests: readonly Digest[];
  votes: ReadonlyMap<string, VoteCount>;
  previous: string | undefined;
  next: string | undefined;
};

const bestOfDay = 3;

const daySection = (digest: Digest, links: Links): Html => {
  const { channel, date, counts, entries, remedial } = digest;
  const page = links.file(channel, `${date}.html`);
  const best = entries.slice(0, bestOfDay).map((entry) => ({ entry, href: `${page}${paperAnchor(entry.rank)}` }));
  const more = entries.length - best.length;
  return html`<section class="day card">
          <h3><a href="${page}"><time datetime="${date}">${dayOfYear(date)}</time></a>${remedial ? html` <span class="label">remedial run</span>` : ''}</h3>
          <p class="small">
            ${grouped(counts.announced)} announced, ${countOf(counts.scanned, 'candidate')},
            <b>${grouped(counts.relevant)} picked</b>${more > 0 ? html`; <a href="${page}">${grouped(more)} more</a>` : ''}
          </p>
          ${paperList(best)}
        </section>`;
};

const daysTable = (digests: readonly Digest[], totals: Totals, links: Links): Html => {
  const cells = (announced: number, scanned: number, relevant: number, tokens: number, cost: string): Html =>
    html`<td>${grouped(announced)}</td><td>${grouped(scanned)}</td><td>${grouped(relevant)}</td><td>${cost}</td><td>${tokens === 0 ? '–' : grouped(tokens)}</td>`;
  const row = ({ channel, date, counts, usage }: Digest): Html =>
    html`<tr><th scope="row"><a href="${links.file(channel, `${date}.html`)}">${dayOfMonth(date)}</a></th>${cells(counts.announced, counts.scanned, counts.relevant, totalTokens(usage), costOfUsage(usage))}</tr>`;
  const { announced, scanned, relevant } = totals.counts;
  return html`<div class="scroll card"><table class="ledger">
          <thead>
            <tr><th scope="col">Day</th><th scope="col">Announced</th><th scope="col">Candidates</th><th scope="col">Picked</th><th scope="col">Cost</th><th scope="col">Tokens</th></tr>
          </thead>
          <tbody>${lines(digests.map(row))}</tbody>
          <tfoot>
            <tr><th scope="row">Total</th>${cells(announced, scanned, relevant, totals.tokens, costWords(totals))}</tr>
          </tfoot>
        </table></div>`;
};

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

export const monthPage = ({ channel, month, digests, votes, previous, next }: Month): SharedPage => {
  const { name } = channel;
  const links = linksFrom(name);
  const totals = totalsOf(digests);
  const beside = (of: string | undefined, label: string): Neighbor | undefined =>
    of === undefined ? undefined : { href: links.file(name, `${of}.html`), date: of, label, words: monthInWords(of) };
  const year = yearOf(month);
  const { above, below } = neighbors('Months', {
    previous: beside(previous, '← Previous month'),
    up: { href: links.file(name, `${year}.html`), date: year, label: 'Year', words: year },
    next: beside(next, 'Next month →'),
  });
  return {
    page: {
      title: `${monthInWords(month)} · ${name}`,
      description: `${totalsWords(totals)}.`,
      links,
      channel: name,
      navigation: above,
    },
    content: html`<header class="lead">
        ${channelKicker(name, links)}
        <h1><time datetime="${month}">${monthInWords(month)}</time></h1>
      </header>
      <div class="overview card">
        ${calendar(month, digests, (date) => links.file(name, `${date}.html`))}
        <div>
          ${totalTiles(totals)}
          ${digests.some(({ remedial }) => remedial) ? html`<p class="small">late: posted by a remedial run, because the day was missed.</p>` : ''}
        </div>
      </div>
      ${bestLists(pickedOf(digests, votes), name, links)}
      <section class="days" aria-labelledby="days">
        <h2 id="days">Day by day</h2>
        <div class="cards">${lines(digests.toReversed().map((digest) => daySection(digest, links)))}</div>
      </section>
      <section aria-labelledby="ledger">
        <h2 id="ledger">Counts and cost</h2>
        ${daysTable(digests, totals, links)}
      </section>
      ${below}`,
  };
};

export type Year = {
  channel: PageChannel;
  year: string;
  /** Oldest first, at least one. */
  days: readonly DigestSummary[];
  best: readonly Picked[];
  previous: string | undefined;
  next: string | undefined;
};

type MonthTotals = { month: string; totals: Totals };

const totalsByMonth = (days: readonly DigestSummary[]): MonthTotals[] =>
  [...Map.groupBy(days, ({ date }) => monthOf(date))].map(([month, some]) => ({ month, totals: totalsOf(some) }));

const monthsTable = (months: readonly MonthTotals[], all: Totals, href: (month: string) => string): Html => {
  const maxPicked = Math.max(1, ...months.map(({ totals }) => totals.counts.relevant));
  const cells = (totals: Totals, bar: Html | string): Html => {
    const { announced, scanned, relevant } = totals.counts;
    return html`<td>${grouped(totals.days)}</td><td>${grouped(announced)}</td><td>${grouped(scanned)}</td><td class="picture"><div>${grouped(relevant)}${bar}</div></td><td>${costWords(totals)}</td>`;
  };
  const row = ({ month, totals }: MonthTotals): Html => {
    const share = Math.round((100 * totals.counts.relevant) / maxPicked);
    return html`<tr><th scope="row"><a href="${href(month)}">${monthWithoutYear(month)}</a></th>${cells(totals, html`<i class="bar" style="--share:${share}%"></i>`)}</tr>`;
  };
  return html`<div class="scroll card"><table class="ledger months">
          <thead>
            <tr><th scope="col">Month</th><th scope="col">Days</th><th scope="col">Announced</th><th scope="col">Candidates</th><th scope="col" class="picture">Picked</th><th scope="col">Cost</th></tr>
          </thead>
          <tbody>${lines(months.map(row))}</tbody>
          <tfoot>
            <tr><th scope="row">Total</th>${cells(all, '')}</tr>
          </tfoot>
        </table></div>`;
};

export const yearPage = ({ channel, year, days, best, previous, next }: Year): SharedPage => {
  const { name } = channel;
  const links = linksFrom(name);
  const totals = totalsOf(days);
  const beside = (of: string | undefined, label: string): Neighbor | undefined =>
    of === undefined ? undefined : { href: links.file(name, `${of}.html`), date: of, label, words: of };
  const newest = days.at(-1)?.date ?? year;
  const { above, below } = neighbors('Years', {
    previous: beside(previous, '← Previous year'),
    up: { href: links.file(name, 'index.html'), date: newest, label: 'Channel', words: name },
    next: beside(next, 'Next year →'),
  });
  return {
    page: {
      title: `${year} · ${name}`,
      description: `${totalsWords(totals)}.`,
      links,
      channel: name,
      navigation: above,
    },
    content: html`<header class="lead">
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
      ${below}`,
  };
};
