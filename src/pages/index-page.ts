import { html } from 'hono/html';
import { countOf } from '../core/paper-text.ts';
import { channelPage } from './channel-page.ts';
import { channelKicker, frame } from './frame.ts';
import { type Html, lines } from './html.ts';
import { type Links, linksFrom } from './links.ts';
import { dayTitle, newestList, type Overview, reloadSeconds, waiting } from './newest.ts';

const section = ({ channel, newest }: Overview, links: Links): Html => {
  const { name } = channel;
  return html`<section class="channel card" aria-labelledby="channel-${name}">
        ${channelKicker(name, links)}
        <h2 id="channel-${name}">${newest ? dayTitle(newest) : 'No digest yet'}</h2>
        ${newest ? newestList(newest, links) : waiting(channel)}
        <p class="small"><a href="${links.file(name, 'index.html')}">Earlier days of ${name}</a></p>
      </section>`;
};

/** The first page of the site: a single channel's own page, or every channel's newest day. */
export const indexPage = (overviews: readonly Overview[]): Promise<string> => {
  const [first] = overviews;
  if (first && overviews.length === 1) return channelPage(first, undefined);
  const links = linksFrom(undefined);
  const isEmpty = overviews.every(({ newest }) => newest === undefined);
  return frame(
    {
      title: 'Paperboy',
      description: `The latest papers of ${countOf(overviews.length, 'channel')}.`,
      links,
      channel: undefined,
      ...(isEmpty ? { reload: reloadSeconds } : {}),
    },
    html`<header class="lead"><h1>The latest papers</h1></header>
      <div class="channels">${lines(overviews.map((overview) => section(overview, links)))}</div>`,
  );
};
