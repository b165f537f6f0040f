import { html } from 'hono/html';
import type { DigestSummary } from '../../core/digest.ts';
import type { Reader } from '../../core/site.ts';
import { monthInWords, shortDay, shortMonthInWords } from '../dates.ts';
import { monthOf, monthsOf, yearsOf } from '../day/day.ts';
import { type Html, lines, nothing } from '../html.ts';
import type { Links } from '../links.ts';
import { grouped } from '../numbers.ts';
import { calendar } from '../overview/calendar.ts';

/** How many of the last days are listed. */
const lastDays = 10;

/** A channel of the sidebar with its days, newest first. */
export type SidebarChannel = { name: string; days: readonly DigestSummary[] };

export type Sidebar = {
  channels: readonly SidebarChannel[];
  /** The channel whose days are shown, and the page that is open, such as `2025-07-08.html`. */
  open: { channel: string; page: string } | undefined;
  reader: Reader;
};

const current = (isOpen: boolean): Html => (isOpen ? html` aria-current="page"` : nothing);

const channelItem = ({ name, days }: SidebarChannel, open: Sidebar['open'], links: Links): Html => {
  const [newest] = days;
  const isOpen = open?.channel === name;
  return html`<li class="${isOpen ? 'open' : ''}"><a href="${links.file(name, 'index.html')}"${current(isOpen && open.page === 'index.html')}><span class="hash" aria-hidden="true">#</span> ${name}${newest ? html` <small>${shortDay(newest.date)}</small>` : ''}</a></li>`;
};

const dayItem = ({ date, counts }: DigestSummary, isOpen: boolean, href: string): Html =>
  html`<li><a href="${href}"${current(isOpen)}><time datetime="${date}">${shortDay(date)}</time> <small>${grouped(counts.relevant)} of ${grouped(counts.scanned)}</small></a></li>`;

const daysOfChannel = ({ name, days }: SidebarChannel, page: string, links: Links): Html => {
  const [newest] = days;
  if (!newest) return nothing;
  const file = (file: string): string => links.file(name, file);
  const dates = days.map(({ date }) => date);
  // The channel's own page is that of its newest day.
  const isOpen = ({ date }: DigestSummary): boolean =>
    page === `${date}.html` || (page === 'index.html' && date === newest.date);
  const month = monthOf(newest.date);
  const pages = (names: readonly string[], words: (name: string) => string): Html =>
    html`<ul class="names">${lines(names.map((one) => html`<li><a href="${file(`${one}.html`)}"${current(page === `${one}.html`)}>${words(one)}</a></li>`))}</ul>`;
  return html`<section class="archive" aria-label="Earlier days of ${name}">
            <h2>Last days</h2>
            <ul class="days">${lines(days.slice(0, lastDays).map((day) => dayItem(day, isOpen(day), file(`${day.date}.html`))))}</ul>
            <h2><a href="${file(`${month}.html`)}">${monthInWords(month)}</a></h2>
            ${calendar(
              month,
              days.filter(({ date }) => monthOf(date) === month),
              (date) => file(`${date}.html`),
            )}
            <h2>Archive</h2>
            ${pages(monthsOf(dates), shortMonthInWords)}
            ${pages(yearsOf(dates), (year) => year)}
            <p><a href="${file('feed.xml')}">Atom feed</a></p>
          </section>`;
};

const account = ({ person, signIn, isSignedIn }: Reader): Html => {
  if (isSignedIn)
    return html`<form class="account" method="post" action="/sign-out"><button class="plain">Sign out</button></form>`;
  if (person !== undefined || signIn === undefined) return nothing;
  return html`<p class="account"><a href="${signIn}">Sign in</a> to vote and to ask</p>`;
};

/** The channels, and of the open one its days, months, years and feed. */
export const sidebar = ({ channels, open, reader }: Sidebar, links: Links): Html => {
  const shown = channels.find(({ name }) => name === open?.channel);
  return html`<nav class="side" aria-label="Channels and days">
          <details class="unfold">
            <summary class="narrow">Channels and days</summary>
            <h2>Channels</h2>
            <ul class="channel-list">${lines(channels.map((channel) => channelItem(channel, open, links)))}</ul>
            ${shown ? daysOfChannel(shown, open?.page ?? '', links) : nothing}
            ${account(reader)}
          </details>
        </nav>`;
};
