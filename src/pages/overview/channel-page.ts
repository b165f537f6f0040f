import { html } from 'hono/html';
import { describeCounts } from '../../digest/text.ts';
import { channelKicker, frame, type LiveFrame } from '../frame.ts';
import { type Html, nothing } from '../html.ts';
import { linksFrom } from '../links.ts';
import { archive, dayTitle, newestCards, type Overview, reloadSeconds, waiting } from './newest.ts';

/** A page of one channel: its newest day and the way to the others; in the channel's folder, or at the top of the site. */
export const channelPage = (
  overview: Overview,
  folder: string | undefined,
  live?: LiveFrame,
  posts: Html = nothing,
): Promise<string> => {
  const { channel, newest } = overview;
  const { name } = channel;
  const links = linksFrom(folder);
  const title = newest ? dayTitle(newest) : 'No digest yet';
  const digest = newest?.digest;
  return frame(
    {
      title: `${title} · ${name}`,
      description: digest ? describeCounts(digest) : `The first digest of ${name} is being made.`,
      links,
      channel: name,
      live,
      ...(newest ? {} : { reload: reloadSeconds }),
    },
    html`<div class="front">
        <div>
          <header class="lead">
            ${channelKicker(name, links)}
            <h1>${digest ? html`<time datetime="${digest.date}">${title}</time>` : title}</h1>
          </header>
          ${newest ? newestCards(newest, links) : waiting(channel)}
        </div>
        ${live ? nothing : archive(overview, links)}
      </div>
      ${posts}`,
  );
};
