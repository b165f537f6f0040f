import { html } from 'hono/html';
import { lastRetraction } from '../../core/changes.ts';
import { isIsoDate, longDate } from '../../core/clock.ts';
import type { ProblemPage } from '../../core/site.ts';
import type { Stores } from '../../core/stores.ts';
import { timeOfInstant } from '../dates.ts';
import type { PageChannel } from '../day/day.ts';
import { frame } from '../frame.ts';
import { nothing } from '../html.ts';
import { type Links, linksFrom } from '../links.ts';

/**
 * The page at `/sign-in`, where people show the secret once.
 *
 * @param to the path to go to afterwards
 * @param problem what was wrong with the try before, a sentence
 */
export const signInPage = ({ to, problem }: { to: string; problem: string | undefined }): Promise<string> => {
  const wrong = problem !== undefined;
  return frame(
    {
      title: wrong ? 'Not signed in yet – Paperboy' : 'Sign in – Paperboy',
      description: 'Sign in to read, vote and ask.',
      links: linksFrom(undefined),
      channel: undefined,
      skip: { to: 'secret', label: 'Skip to the form' },
    },
    html`<form class="sign-in card" method="post" action="sign-in">
        <h1>Sign in</h1>
        <p id="about-secret">This Paperboy asks for a secret, which whoever runs it can tell you. You type it once; this browser then stays signed in.</p>
        ${wrong ? html`<p class="notice" id="problem" role="alert">${problem}</p>` : nothing}
        <input type="hidden" name="to" value="${to}" />
        <label for="secret">Secret</label>
        <input type="password" id="secret" name="secret" autocomplete="current-password" required autofocus aria-describedby="${wrong ? 'problem ' : ''}about-secret"${wrong ? html` aria-invalid="true"` : nothing} />
        <button type="submit">Sign in</button>
      </form>`,
  );
};

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

/** Why there is no page at a path such as `foundations/2025-07-08.html`. */
export const missingPage = async (
  path: string,
  { channels, stores }: { channels: readonly PageChannel[]; stores: Pick<Stores, 'changes'> },
): Promise<ProblemPage> => {
  const [folder, file = '', ...deeper] = path.split('/');
  const channel = channels.find(({ name }) => name === folder);
  const [, date = ''] = /^(\d{4}-\d{2}-\d{2})(?:\.(?:html|md|json))?$/.exec(file) ?? [];
  if (!channel)
    return { title: 'There is nothing here', text: 'There is nothing at this address. The pages begin at /' };
  const { name, timezone } = channel;
  if (!isIsoDate(date) || deeper.length > 0)
    return { title: 'There is nothing here', text: `${name} has no page at this address.`, channel: name };
  const retraction = await lastRetraction(name, date, stores.changes);
  if (!retraction) return { title: 'No digest', text: `${name} has no digest of ${longDate(date)}.`, channel: name };
  const when = `on ${timeOfInstant(retraction.at, timezone)} (${timezone})`;
  return {
    title: 'Taken back',
    text: `The digest of ${longDate(date)} was taken back ${when}. The channel’s managers and the admins can have it made anew with /arxiv digest ${date}`,
    channel: name,
  };
};
