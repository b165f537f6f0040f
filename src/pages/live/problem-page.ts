import { html } from 'hono/html';
import type { ProblemPage } from '../../core/site.ts';
import { frame } from '../frame.ts';
import type { Links } from '../links.ts';

/** From the top, since nobody knows how deep the address is that was asked for. */
const links: Links = {
  top: '/',
  asset: (name) => `/assets/${name}`,
  file: (channel, name) => `/${channel}/${name === 'index.html' ? '' : name}`,
};

/** A page that says why there is nothing to see at an address, and where to go. */
export const problemPage = ({ title, text, channel }: ProblemPage): Promise<string> => {
  const ways = channel === undefined ? [] : [html`<a href="${links.file(channel, 'index.html')}">${channel}</a> · `];
  return frame(
    { title: `${title} – Paperboy`, description: text, links, channel: undefined },
    html`<section class="problem card">
        <h1>${title}</h1>
        <p>${text}</p>
        <p>${ways}<a href="${links.top}">All pages</a></p>
      </section>`,
  );
};
