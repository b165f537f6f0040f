import { html, raw } from 'hono/html';
import { acknowledgement } from '../core/arxiv.ts';
import { withoutControls } from '../core/folding.ts';
import { type Html, lines, nothing } from './html.ts';
import type { Links } from './links.ts';

export type Frame = {
  /** Window title: dates and channel names only, no text from papers. */
  title: string;
  description: string;
  links: Links;
  channel: string | undefined;
  navigation?: Html;
  skip?: { to: string; label: string };
  reload?: number;
  made?: string;
  live?: LiveFrame | undefined;
  /** A module besides those of live pages. */
  script?: string;
};

export type LiveFrame = {
  sidebar: Html;
  dock: Html;
  activity: Html;
  problems: Html;
  stream: { address: string; content: string } | undefined;
};

/** If scripts run, the page follows the stream instead. */
const reloading = (seconds: number, live: LiveFrame | undefined): Html => {
  const tag = html`<meta http-equiv="refresh" content="${seconds}" />`;
  return live ? html`<noscript>${tag}</noscript>` : tag;
};

/** Hidden without scripts and on touch screens. */
const keysHint = html`
      <p class="keys-hint">Keys: <kbd>?</kbd></p>`;

const bodyOf = ({ stream }: LiveFrame): Html =>
  stream ? html` class="live" data-stream="${stream.address}" data-content="${stream.content}"` : html` class="live"`;

export const frame = async (page: Frame, content: Html): Promise<string> => {
  const { title, description, links, channel, navigation, skip, reload, made, live, script } = page;
  const shown = String(await content);
  const feed = channel === undefined ? undefined : links.file(channel, 'feed.xml');
  const target = skip ?? { to: 'main', label: 'Skip to content' };
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
      ...[live ? 'live.js' : [], script ?? []]
        .flat()
        .map((name) => html`<script type="module" src="${links.asset(name)}"></script>`),
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
      ${live?.problems ?? ''}${raw(shown)}
    </main>
    <footer class="small">
      ${made === undefined ? '' : html`<p>${made}</p>`}
      <p>${acknowledgement}</p>${live ? keysHint : ''}
    </footer>${live?.dock ?? ''}
  </body>
</html>
`;
  return withoutControls(String(await whole));
};

/** A page without what the running bot adds for its reader, so that it can be kept for all readers. */
export type SharedPage = { page: Omit<Frame, 'live'>; content: Html };

export const framed = ({ page, content }: SharedPage, live: LiveFrame | undefined): Promise<string> =>
  frame({ ...page, live }, content);

export type Neighbor = { href: string; date: string; label: string; words: string };

/** The same links above and below the content. Both are landmarks, so they need different names. */
export type Navigation = { above: Html; below: Html };

export const neighbors = (
  name: string,
  { previous, up, next }: { previous: Neighbor | undefined; up: Neighbor; next: Neighbor | undefined },
): Navigation => {
  const cell = (rel: string, page: Neighbor | undefined): Html =>
    page
      ? html`<a rel="${rel}" href="${page.href}"><small>${page.label}</small> <time datetime="${page.date}">${page.words}</time></a>`
      : html`<span></span>`;
  const navigation = (label: string): Html => html`<nav class="neighbors" aria-label="${label}">
      ${cell('prev', previous)} ${cell('up', up)} ${cell('next', next)}
    </nav>`;
  return { above: navigation(name), below: navigation(`${name}, bottom`) };
};

export const channelKicker = (channel: string, links: Links): Html =>
  html`<p class="kicker"><a href="${links.file(channel, 'index.html')}">${channel}</a></p>`;
