import { html } from 'hono/html';
import { countOf } from '../../core/paper-text.ts';
import { channelKicker, frame, type LiveFrame } from '../frame.ts';
import { type Html, lines } from '../html.ts';
import { type Links, linksFrom } from '../links.ts';
import { dayTitle, newestList, type Overview, reloadSeconds, waiting } from './newest.ts';

const section = ({ channel, newest }: Overview, links: Links): Html => {
  const { name } = channel;
  return html`<section class="channel card" aria-label="${name}">
        ${channelKicker(name, links)}
        <h2>${newest ? dayTitle(newest) : 'No digest yet'}</h2>
        ${newest ? newestList(newest, links) : waiting(channel)}
        <p class="small"><a href="${links.file(name, 'index.html')}">Earlier days of ${name}</a></p>
      </section>`;
};

/** The first page of a site of several channels: the newest day of each. */
export const indexPage = (overviews: readonly Overview[], live?: LiveFrame): Promise<string> => {
  const links = linksFrom(undefined);
  const isEmpty = overviews.every(({ newest }) => newest === undefined);
  return frame(
    {
      title: 'Paperboy',
      description: `The latest papers of ${countOf(overviews.length, 'channel')}.`,
      links,
      channel: undefined,
      live,
      ...(isEmpty ? { reload: reloadSeconds } : {}),
    },
    html`<header class="lead"><h1>The latest papers</h1></header>
      <div class="channels">${lines(overviews.map((overview) => section(overview, links)))}</div>`,
  );
};
