import { html } from 'hono/html';
import { longDate } from '../../core/clock.ts';
import type { DigestEntry, DigestSummary } from '../../core/digest.ts';
import type { IsoDate } from '../../core/paper.ts';
import { countOf } from '../../core/paper-text.ts';
import { describeCounts } from '../../digest/text.ts';
import { monthInWords, shortDay, shortMonthInWords } from '../dates.ts';
import { countsAsBallots } from '../day/ballot.ts';
import { type Day, monthOf, monthsOf, type PageChannel, yearsOf } from '../day/day.ts';
import { noticesOf } from '../day/notices.ts';
import { paperCards } from '../day/paper-card.ts';
import { type Html, lines, nothing } from '../html.ts';
import { type Links, pageName, paperAnchor } from '../links.ts';
import { grouped } from '../numbers.ts';
import { calendar } from './calendar.ts';
import { paperList } from './paper-list.ts';

/** How many papers of the newest day are shown, on the page of one channel and on that of several. */
const bestOfOne = 10;
const bestOfMany = 5;
/** How many of the last days are listed. */
const lastDays = 10;

/** After so long a page that waits for its first digest asks again. */
export const reloadSeconds = 15;

/** A channel as the pages above its days show it. */
export type Overview = {
  channel: PageChannel;
  /** The newest digest; undefined where there is none yet. */
  newest: Day | undefined;
  /** Newest first. */
  days: readonly DigestSummary[];
};

/** That the first digest is on its way. */
export const waiting = ({ name }: PageChannel): Html => html`<p class="card">
        The first digest of ${name} appears here as soon as its papers are read. This page looks for it by itself.
      </p>`;

/** "Tuesday, 8 July 2025". */
export const dayTitle = ({ digest }: Day): string => longDate(digest.date);

const intro = ({ digest, channel }: Day): Html => {
  const nearest = digest.entries.length === 0 && digest.nearest.length > 0;
  return html`${noticesOf(digest, channel)}
        <p class="summary">${describeCounts(digest)}</p>
        ${nearest ? html`<p>Nothing passed; these came nearest:</p>` : ''}`;
};

const shownOf = ({ entries, nearest }: Day['digest'], count: number): DigestEntry[] =>
  (entries.length > 0 ? entries : nearest).slice(0, count);

const wholeDay = ({ digest, channel }: Day, shown: number, links: Links): Html => {
  const { length } = digest.entries;
  const words = length > shown ? `All ${countOf(length, 'paper')} of the day` : 'The whole day';
  return html`<p class="all"><a href="${links.file(channel.name, pageName(digest))}">${words} →</a></p>`;
};

/** The newest day's counts and best papers as cards. */
export const newestCards = (day: Day, links: Links): Html => {
  const { digest, votes } = day;
  const shown = shownOf(digest, bestOfOne);
  return html`${intro(day)}
        <h2 class="spoken">Best papers</h2>
        ${paperCards(shown, countsAsBallots(votes))}
        ${wholeDay(day, shown.length, links)}`;
};

/** The newest day's counts and best papers in a few lines each. */
export const newestList = (day: Day, links: Links): Html => {
  const { digest, channel, votes } = day;
  const page = links.file(channel.name, pageName(digest));
  const shown = shownOf(digest, bestOfMany);
  const listed = shown.map((entry) => ({
    entry,
    href: `${page}${paperAnchor(entry.rank)}`,
    votes: votes.get(entry.paper.id),
    withComment: true,
  }));
  return html`${intro(day)} ${paperList(listed)} ${wholeDay(day, shown.length, links)}`;
};

const dayLine = ({ date, counts, remedial }: DigestSummary, href: string): Html =>
  html`<li><a href="${href}"><time datetime="${date}">${shortDay(date)}</time></a>
            <span>${grouped(counts.relevant)} of ${grouped(counts.scanned)}${remedial ? html` <span class="label">remedial run</span>` : ''}</span></li>`;

/** The way to every earlier day: the newest month as a picture, the last days, months, years, and the feed. */
export const archive = ({ channel: { name }, days }: Overview, links: Links): Html => {
  const [newest] = days;
  if (!newest) return nothing;
  const file = (file: string): string => links.file(name, file);
  const day = (date: IsoDate): string => file(`${date}.html`);
  const month = monthOf(newest.date);
  const dates = days.map(({ date }) => date);
  const pages = (names: readonly string[], words: (name: string) => string): Html =>
    html`<ul class="names">${lines(names.map((one) => html`<li><a href="${file(`${one}.html`)}">${words(one)}</a></li>`))}</ul>`;
  const ofMonth = days.filter(({ date }) => monthOf(date) === month);
  return html`<aside class="archive card" aria-label="Earlier days of ${name}">
        <h2><a href="${file(`${month}.html`)}">${monthInWords(month)}</a></h2>
        ${calendar(month, ofMonth, day)}
        <h2>Last days</h2>
        <ul class="days-list">${lines(days.slice(0, lastDays).map((one) => dayLine(one, day(one.date))))}</ul>
        <h2>Months</h2>
        ${pages(monthsOf(dates), shortMonthInWords)}
        <h2>Years</h2>
        ${pages(yearsOf(dates), (year) => year)}
        <p class="small"><a href="${file('feed.xml')}">Follow ${name} as a feed</a></p>
      </aside>`;
};
