import { html } from 'hono/html';
import { monthInWords } from '../../core/dates.ts';
import type { DigestSummary } from '../../core/digest.ts';
import { grouped, type IsoDate, shorten } from '../../core/paper.ts';
import { setupPath } from '../../core/setup-pages.ts';
import type { Exchange, Reader } from '../../core/site.ts';
import type { WebMessage } from '../../core/web-message.ts';
import { daysOf, monthOf, shortDay, timeOfInstant } from '../dates.ts';
import type { PageChannel } from '../day/day.ts';
import { type Html, lines, nothing } from '../html.ts';
import type { Links } from '../links.ts';
import { answerHtml, type Desk, messageHtml, pageField } from '../message.ts';
import { calendar, monthAndYearLinks } from '../overview/calendar.ts';

const recentDays = 10;

type OpenChannel = {
  name: string;
  page: string;
  /** Of all digests, newest first. */
  dates: readonly IsoDate[];
  /** At least those in `shownDays`, newest first. */
  days: readonly DigestSummary[];
};

type Sidebar = {
  channels: readonly { name: string; newest: IsoDate | undefined }[];
  open: OpenChannel | undefined;
  reader: Reader;
};

/** The days that the sidebar shows with their counts. */
export const shownDays = (dates: readonly IsoDate[]): { from: IsoDate; to: IsoDate } | undefined => {
  const [newest] = dates;
  const recent = dates[Math.min(recentDays, dates.length) - 1];
  if (newest === undefined || recent === undefined) return undefined;
  const { from } = daysOf(monthOf(newest));
  return { from: recent < from ? recent : from, to: newest };
};

const current = (isOpen: boolean): Html => (isOpen ? html` aria-current="page"` : nothing);

const channelItem = (
  { name, newest }: Sidebar['channels'][number],
  open: OpenChannel | undefined,
  links: Links,
): Html => {
  const isOpen = open?.name === name;
  return html`<li class="${isOpen ? 'open' : ''}"><a href="${links.file(name, 'index.html')}"${current(isOpen && open.page === 'index.html')}><span class="hash" aria-hidden="true">#</span> ${name}${newest ? html` <small>${shortDay(newest)}</small>` : ''}</a></li>`;
};

const dayItem = ({ date, counts }: DigestSummary, isOpen: boolean, href: string): Html =>
  html`<li><a href="${href}"${current(isOpen)}><time datetime="${date}">${shortDay(date)}</time> <small>${grouped(counts.relevant)} of ${grouped(counts.scanned)}</small></a></li>`;

const daysOfChannel = ({ name, page, dates, days }: OpenChannel, links: Links): Html => {
  const [newest] = dates;
  if (newest === undefined) return nothing;
  const file = (file: string): string => links.file(name, file);
  // The channel's own page shows its newest day.
  const isOpen = ({ date }: DigestSummary): boolean =>
    page === `${date}.html` || (page === 'index.html' && date === newest);
  const month = monthOf(newest);
  const { months, years } = monthAndYearLinks(dates, file, page);
  return html`<section class="archive" aria-label="Earlier digests of ${name}">
            <h2>Recent days</h2>
            <ul class="days">${lines(days.slice(0, recentDays).map((day) => dayItem(day, isOpen(day), file(`${day.date}.html`))))}</ul>
            <h2><a href="${file(`${month}.html`)}">${monthInWords(month)}</a></h2>
            ${calendar(
              month,
              days.filter(({ date }) => monthOf(date) === month),
              (date) => file(`${date}.html`),
            )}
            <h2>Archive</h2>
            ${months}
            ${years}
            <p><a href="${file('feed.xml')}">Atom feed</a></p>
          </section>`;
};

const account = ({ person, signIn, isSignedIn }: Reader): Html => {
  if (isSignedIn)
    return html`<form class="account" method="post" action="/sign-out"><button class="plain">Sign out</button></form>`;
  if (person !== undefined || signIn === undefined) return nothing;
  return html`<p class="account"><a href="${signIn}">Sign in</a> to vote and send commands</p>`;
};

export const sidebar = ({ channels, open, reader }: Sidebar, links: Links): Html => {
  return html`<nav class="side" aria-label="Channels and days">
          <details class="unfold">
            <summary class="narrow" id="sidebar">Channels and days</summary>
            <h2>Channels</h2>
            <ul class="channel-list">${lines(channels.map((channel) => channelItem(channel, open, links)))}</ul>
            ${open && reader.person !== undefined ? html`<p class="own-list"><a href="${links.file(open.name, 'saved.html')}"${current(open.page === 'saved.html')}>Reading list</a></p>` : nothing}
            ${open ? daysOfChannel(open, links) : nothing}
            ${reader.setUp === 'change' ? html`<p class="account"><a href="${setupPath}">Change the set-up</a></p>` : nothing}
            ${account(reader)}
          </details>
        </nav>`;
};

/** On every page while the channel is the built-in example. */
export const setupOffer = ({ setUp }: Reader): Html =>
  setUp === 'new'
    ? html`<aside class="offer" aria-label="Set-up">
        <p><strong>This channel is an example.</strong> Say what you want to read, and see today’s papers for it at once.</p>
        <a class="primary" href="${setupPath}">Make it yours</a>
      </aside>
      `
    : nothing;

type Post = readonly WebMessage[];

const article = (message: WebMessage, desk: Desk | undefined): Html =>
  html`<div class="message" id="message-${message.key}">${messageHtml(message.message, desk)}</div>`;

const post = (messages: Post, { timezone }: PageChannel, desk: Desk | undefined): Html => {
  const [header, ...replies] = messages;
  if (!header) return nothing;
  const at = new Date(header.sentAt).toISOString();
  return html`<article class="post card">
          <p class="small"><time datetime="${at}">${timeOfInstant(at, timezone)}</time></p>
          ${article(header, desk)}
          ${replies.length > 0 ? html`<div class="replies">${lines(replies.map((reply) => article(reply, desk)))}</div>` : ''}
        </article>`;
};

/**
 * Messages to the channel besides digests, oldest first.
 * @param desk For the messages' buttons; undefined for readers without rights.
 */
export const postList = (posts: readonly Post[], channel: PageChannel, desk: Desk | undefined): Html =>
  posts.length === 0
    ? nothing
    : html`<section class="posts" aria-label="Messages">${lines(posts.map((one) => post(one, channel, desk)))}</section>`;

const maxEchoLength = 160;

export const exchangeHtml = ({ text, reply }: Exchange, desk: Desk): Html => {
  const command = text.trim().replace(/^\/arxiv\b\s*/i, '');
  return html`<article class="exchange">
          <p class="asked"><code>/arxiv ${shorten(command, maxEchoLength)}</code></p>
          <div class="reply">${answerHtml(reply, desk)}</div>
        </article>`;
};

export const noCommandBox = (channel: string, isFormer: boolean): Html => {
  const why = isFormer
    ? `${channel} was removed in chat. Its pages stay, but it accepts no votes or commands.`
    : `${channel} accepts no votes or commands here. To change this, add web to its post list in the config file.`;
  return html`<section class="dock" aria-label="Ask Paperboy"><p class="small">${why}</p></section>`;
};

export const commandBox = (
  { channel, page, exchange }: { channel: string; page: string; exchange: Exchange | undefined },
  links: Links,
): Html => {
  const desk = { address: links.file(channel, 'commands'), page };
  return html`<section class="dock" aria-label="Ask Paperboy">
        <div class="answers" id="answers" ${exchange ? '' : 'hidden'}>
          <button type="button" class="close" id="close-answers" aria-label="Close answers">×</button>
          <div class="conversation" id="conversation" role="log" aria-label="Answers" tabindex="0">${exchange ? exchangeHtml(exchange, desk) : nothing}</div>
        </div>
        <form class="ask" id="ask" method="post" action="${desk.address}" data-completions="${links.file(channel, 'completions')}">
          ${pageField(desk)}
          <label for="command"><span class="spoken">Ask Paperboy: </span>/arxiv</label>
          <div class="field">
            <input id="command" name="text" type="text" maxlength="2000" autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="send" placeholder="top 5, or help" required />
            <ul class="offers" id="offers" role="listbox" tabindex="-1" aria-label="Suggestions" hidden></ul>
          </div>
          <button>Ask</button>
        </form>
      </section>`;
};
