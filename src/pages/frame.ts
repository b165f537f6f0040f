import { html, raw } from 'hono/html';
import { acknowledgement } from '../core/arxiv.ts';
import { type Html, lines, nothing } from './html.ts';
import type { Links } from './links.ts';
import { withoutDirection } from './math/prose.ts';

/** What stands around a page's content. */
export type Frame = {
  /** Of the window; dates and names of channels alone, no text of papers. */
  title: string;
  description: string;
  links: Links;
  /** Undefined at the top of the site. */
  channel: string | undefined;
  /** Between the site's name and the content: the way to the pages beside this one. */
  navigation?: Html;
  /** Where the first link of the page leads, past all that stands before the content. */
  skip?: { to: string; label: string };
  /** Seconds after which the page asks for itself again. */
  reload?: number;
  /** Small print above the acknowledgement. */
  made?: string;
  /** Only where the running bot serves the page. */
  live?: LiveFrame | undefined;
};

/** What stands around a page that the running bot serves. */
export type LiveFrame = {
  /** The channels and their days. */
  sidebar: Html;
  /** The box for commands. */
  dock: Html;
  /** What the channel's bot is doing. */
  activity: Html;
  /** Where the page learns what changes; undefined for a page of no channel. */
  stream: { address: string; content: string } | undefined;
};

/** Without a script the page asks for itself again; with one it learns what changes. */
const reloading = (seconds: number, live: LiveFrame | undefined): Html => {
  const tag = html`<meta http-equiv="refresh" content="${seconds}" />`;
  return live ? html`<noscript>${tag}</noscript>` : tag;
};

const bodyOf = ({ stream }: LiveFrame): Html =>
  stream ? html` class="live" data-stream="${stream.address}" data-content="${stream.content}"` : html` class="live"`;

/** A whole page around its content. */
export const frame = async (page: Frame, content: Html): Promise<string> => {
  const { title, description, links, channel, navigation, skip, reload, made, live } = page;
  const shown = String(await content);
  const feed = channel === undefined ? undefined : links.file(channel, 'feed.xml');
  const target = skip ?? { to: 'main', label: 'Skip to the content' };
  const whole = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="description" content="${description}" />
    <title>${title}</title>
    ${lines([
      ...(reload === undefined ? [] : [reloading(reload, live)]),
      html`<link rel="icon" type="image/svg+xml" href="${links.asset('icon.svg')}" />`,
      ...(shown.includes('class="katex')
        ? [html`<link rel="stylesheet" href="${links.asset('katex.min.css')}" />`]
        : []),
      html`<link rel="stylesheet" href="${links.asset('style.css')}" />`,
      ...(live ? [html`<script type="module" src="${links.asset('live.js')}"></script>`] : []),
      ...(feed === undefined
        ? []
        : [html`<link rel="alternate" type="application/atom+xml" title="${channel}" href="${feed}" />`]),
    ])}
  </head>
  <body${live ? bodyOf(live) : ''}>
    <a class="skip" href="#${target.to}">${target.label}</a>
    <header class="masthead">
      <a class="brand" href="${links.top}"><img src="${links.asset('icon.svg')}" alt="" width="24" height="24" />Paperboy</a>
      ${navigation ?? nothing}
    </header>
    ${live ? lines([live.sidebar, live.activity, nothing]) : ''}<main id="main">
      ${raw(shown)}
    </main>
    <footer class="small">
      ${made === undefined ? '' : html`<p>${made}</p>`}
      <p>${acknowledgement}</p>
    </footer>${live?.dock ?? ''}
  </body>
</html>
`;
  // Whatever a paper's text holds, it turns no line around that it stands in.
  return withoutDirection(String(await whole));
};

/** A page beside this one. */
export type Neighbour = { href: string; date: string; label: string; words: string };

/** The same way twice on a page: above the content, and below it, where each is a landmark with a name of its own. */
export type Way = { above: Html; below: Html };

/** The way to the page before, the page above and the page after. */
export const neighbours = (
  name: string,
  { previous, up, next }: { previous: Neighbour | undefined; up: Neighbour; next: Neighbour | undefined },
): Way => {
  const cell = (rel: string, page: Neighbour | undefined): Html =>
    page
      ? html`<a rel="${rel}" href="${page.href}"><small>${page.label}</small> <time datetime="${page.date}">${page.words}</time></a>`
      : html`<span></span>`;
  const way = (label: string): Html => html`<nav class="neighbours" aria-label="${label}">
      ${cell('prev', previous)} ${cell('up', up)} ${cell('next', next)}
    </nav>`;
  return { above: way(name), below: way(`${name}, below the content`) };
};

/** The channel's name above a heading, as the way to its page. */
export const channelKicker = (channel: string, links: Links): Html =>
  html`<p class="kicker"><a href="${links.file(channel, 'index.html')}">${channel}</a></p>`;
