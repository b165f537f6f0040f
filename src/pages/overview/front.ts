import { html } from 'hono/html';
import { longDate, monthInWords } from '../../core/dates.ts';
import type { DigestEntry, DigestSummary } from '../../core/digest.ts';
import { countOf, grouped, type IsoDate } from '../../core/paper.ts';
import { describeCounts } from '../../digest/text.ts';
import { monthOf, shortDay } from '../dates.ts';
import type { Day, PageChannel } from '../day/day.ts';
import { dayHead } from '../day/head.ts';
import { nearestTitle, noticesOf } from '../day/notices.ts';
import { countsAsBallots, digestCards, paperList } from '../day/papers.ts';
import { channelKicker, frame, type LiveFrame, type SharedPage } from '../frame.ts';
import { type Html, lines, nothing } from '../html.ts';
import { type Links, linksFrom, pageName, paperAnchor } from '../links.ts';
import { calendar, monthAndYearLinks } from './calendar.ts';

const bestOfOne = 10;
/** Papers of each channel on the page of all channels. */
export const bestOfMany = 5;
const recentDays = 10;

/** Seconds between reloads of a page that waits for its first digest. */
const reloadSeconds = 15;

export type Overview = {
  channel: PageChannel;
  newest: Day | undefined;
  /** Without a digest; undefined while it is made. */
  expected?: Expected | undefined;
  days: readonly DigestSummary[];
};

/** A channel on the page of all channels. The digest may have only its first papers; `picked` counts all. */
export type ChannelSection = {
  channel: PageChannel;
  newest: (Pick<Day, 'digest' | 'votes'> & { picked: number }) | undefined;
  expected?: Expected | undefined;
};

/** When the first digest comes. @param at ISO 8601. @param words The same in the channel's time zone. */
export type Expected = { is: 'paused' } | { is: 'scheduled' | 'late' | 'failed'; at: string; words: string };

const expectedHtml = ({ name, timezone }: PageChannel, expected: Expected | undefined): Html => {
  if (!expected)
    return html`The first digest of ${name} appears here as soon as its papers are scored. This page reloads automatically.`;
  if (expected.is === 'paused') return html`${name} is paused, so it has no digest.`;
  const time = html`<time datetime="${expected.at}">${expected.words}</time> (${timezone})`;
  switch (expected.is) {
    case 'scheduled':
      return html`First digest of ${name}: ${time}. To post it now, type <code>npm run -s paperboy -- run --channel ${name}</code> on the machine that runs Paperboy. This page reloads automatically.`;
    case 'late':
      return html`arXiv has no new announcement for ${name} yet. Paperboy looks again ${time}. This page reloads automatically.`;
    case 'failed':
      return html`The first digest of ${name} could not be completed. Paperboy tries again ${time}. This page reloads automatically.`;
  }
};

const waiting = (channel: PageChannel, expected: Expected | undefined): Html => html`<p class="card">
        ${expectedHtml(channel, expected)}
      </p>`;

const nearestIntro = ({ entries, nearest }: Day['digest']): Html =>
  entries.length === 0 && nearest.length > 0 ? html`<p>${nearestTitle}:</p>` : nothing;

const shownOf = ({ entries, nearest }: Day['digest'], count: number): DigestEntry[] =>
  (entries.length > 0 ? entries : nearest).slice(0, count);

const wholeDay = (digest: Day['digest'], counts: { picked: number; shown: number }, links: Links): Html => {
  const { picked, shown } = counts;
  const words = picked > shown ? `All ${countOf(picked, 'paper')} of the day` : 'The whole day';
  return html`<p class="all"><a href="${links.file(digest.channel, pageName(digest))}">${words} →</a></p>`;
};

const newestDay = (day: Day, links: Links): Html => {
  const { digest, votes } = day;
  const shown = shownOf(digest, bestOfOne);
  return html`${dayHead(day, links, { shown, filter: nothing, slider: nothing })}
          <h2 class="spoken">Best papers</h2>
          ${nearestIntro(digest)}
          ${digestCards(digest, shown, countsAsBallots(votes))}
          ${wholeDay(digest, { picked: digest.entries.length, shown: shown.length }, links)}`;
};

const newestList = (
  channel: PageChannel,
  { digest, votes, picked }: NonNullable<ChannelSection['newest']>,
  links: Links,
): Html => {
  const page = links.file(channel.name, pageName(digest));
  const shown = shownOf(digest, bestOfMany);
  const listed = shown.map((entry) => ({
    entry,
    href: `${page}${paperAnchor(entry.rank)}`,
    votes: votes.get(entry.paper.id),
    withComment: true,
  }));
  return html`${noticesOf(digest, channel)} ${nearestIntro(digest)} ${paperList(listed)} ${wholeDay(digest, { picked, shown: shown.length }, links)}
        <p class="small">${describeCounts(digest)}</p>`;
};

const dayLine = ({ date, counts, remedial }: DigestSummary, href: string): Html =>
  html`<li><a href="${href}"><time datetime="${date}">${shortDay(date)}</time></a>
            <span>${grouped(counts.relevant)} of ${grouped(counts.scanned)}${remedial ? html` <span class="label">remedial run</span>` : ''}</span></li>`;

const archive = ({ channel: { name }, days }: Overview, links: Links): Html => {
  const [newest] = days;
  if (!newest) return nothing;
  const file = (file: string): string => links.file(name, file);
  const day = (date: IsoDate): string => file(`${date}.html`);
  const month = monthOf(newest.date);
  const { months, years } = monthAndYearLinks(
    days.map(({ date }) => date),
    file,
  );
  const ofMonth = days.filter(({ date }) => monthOf(date) === month);
  return html`<aside class="archive card" aria-label="Earlier digests of ${name}">
        <h2><a href="${file(`${month}.html`)}">${monthInWords(month)}</a></h2>
        ${calendar(month, ofMonth, day)}
        <h2>Recent days</h2>
        <ul class="days-list">${lines(days.slice(0, recentDays).map((one) => dayLine(one, day(one.date))))}</ul>
        <h2>Months</h2>
        ${months}
        <h2>Years</h2>
        ${years}
        <p class="small"><a href="${file('feed.xml')}">Atom feed of ${name}</a></p>
      </aside>`;
};

const firstDay = ({ channel, expected }: Overview, title: string, links: Links): Html => html`<header class="lead">
            ${channelKicker(channel.name, links)}
            <h1>${title}</h1>
          </header>
          ${waiting(channel, expected)}`;

export const channelPage = (
  overview: Overview,
  folder: string | undefined,
  live?: LiveFrame,
  posts: Html = nothing,
): Promise<string> => {
  const { channel, newest } = overview;
  const { name } = channel;
  const links = linksFrom(folder);
  const title = newest ? longDate(newest.digest.date) : 'No digest yet';
  const digest = newest?.digest;
  return frame(
    {
      title: `${title} · ${name}`,
      description: digest ? describeCounts(digest) : `${name} has no digest yet.`,
      links,
      channel: name,
      live,
      ...(newest ? {} : { reload: reloadSeconds }),
    },
    html`<div class="front">
        <div>
          ${newest ? newestDay(newest, links) : firstDay(overview, title, links)}
        </div>
        ${live ? nothing : archive(overview, links)}
      </div>
      ${posts}`,
  );
};

const section = ({ channel, newest, expected }: ChannelSection, links: Links): Html => {
  const { name } = channel;
  return html`<section class="channel card" aria-label="${name}">
        <div class="line">
          ${channelKicker(name, links)}
          <h2>${newest ? longDate(newest.digest.date) : 'No digest yet'}</h2>
        </div>
        ${newest ? newestList(channel, newest, links) : waiting(channel, expected)}
        ${newest ? html`<p class="small"><a href="${links.file(name, 'index.html')}">Earlier digests of ${name}</a></p>` : nothing}
      </section>`;
};

export const indexPage = (sections: readonly ChannelSection[]): SharedPage => {
  const links = linksFrom(undefined);
  const isEmpty = sections.every(({ newest }) => newest === undefined);
  return {
    page: {
      title: 'Paperboy',
      description: `The latest papers from ${countOf(sections.length, 'channel')}.`,
      links,
      channel: undefined,
      ...(isEmpty ? { reload: reloadSeconds } : {}),
    },
    content: html`<header class="lead day"><h1>The latest papers</h1></header>
      <div class="channels">${lines(sections.map((one) => section(one, links)))}</div>`,
  };
};
