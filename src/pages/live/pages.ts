import { html } from 'hono/html';
import { lastRetraction } from '../../core/changes.ts';
import { isIsoDate, longDate } from '../../core/dates.ts';
import type { ProblemPage } from '../../core/site.ts';
import type { Stores } from '../../core/stores.ts';
import { timeOfInstant } from '../dates.ts';
import type { PageChannel } from '../day/day.ts';
import { frame } from '../frame.ts';
import { nothing } from '../html.ts';
import { type Links, linksFrom } from '../links.ts';

/**
 * The page at `/sign-in`.
 * @param to the path to open afterwards
 * @param problem a sentence that says what was wrong with the last attempt
 */
export const signInPage = ({ to, problem }: { to: string; problem: string | undefined }): Promise<string> => {
  const hasFailed = problem !== undefined;
  return frame(
    {
      title: hasFailed ? 'Sign-in failed – Paperboy' : 'Sign in – Paperboy',
      description: 'Sign in to read, vote and send commands.',
      links: linksFrom(undefined),
      channel: undefined,
      skip: { to: 'secret', label: 'Skip to the form' },
    },
    html`<form class="sign-in card" method="post" action="sign-in">
        <h1>Sign in</h1>
        <p id="about-secret">Enter the secret from your Paperboy admin. This browser then stays signed in.</p>
        ${hasFailed ? html`<p class="notice" id="problem" role="alert">${problem}</p>` : nothing}
        <input type="hidden" name="to" value="${to}" />
        <label for="secret">Secret</label>
        <input type="password" id="secret" name="secret" autocomplete="current-password" required autofocus aria-describedby="${hasFailed ? 'problem ' : ''}about-secret"${hasFailed ? html` aria-invalid="true"` : nothing} />
        <button type="submit">Sign in</button>
      </form>`,
  );
};

/** From any folder. */
export const absoluteLinks: Links = {
  top: '/',
  asset: (name) => `/assets/${name}`,
  file: (channel, name) => `/${channel}/${name === 'index.html' ? '' : name}`,
};

export const problemPage = ({ title, text, channel }: ProblemPage): Promise<string> => {
  const channelLink =
    channel === undefined ? [] : [html`<a href="${absoluteLinks.file(channel, 'index.html')}">${channel}</a> · `];
  return frame(
    { title: `${title} – Paperboy`, description: text, links: absoluteLinks, channel: undefined },
    html`<section class="problem card">
        <h1>${title}</h1>
        <p>${text}</p>
        <p>${channelLink}<a href="${absoluteLinks.top}">All pages</a></p>
      </section>`,
  );
};

export const missingPage = async (
  path: string,
  { channels, stores }: { channels: readonly PageChannel[]; stores: Pick<Stores, 'changes'> },
): Promise<ProblemPage> => {
  const [folder, file = '', ...deeper] = path.split('/');
  const channel = channels.find(({ name }) => name === folder);
  const [, date = ''] = /^(\d{4}-\d{2}-\d{2})(?:\.(?:html|md|json))?$/.exec(file) ?? [];
  if (!channel) return { title: 'Page not found', text: 'There is no page at this address.' };
  const { name, timezone } = channel;
  if (!isIsoDate(date) || deeper.length > 0)
    return { title: 'Page not found', text: `${name} has no page at this address.`, channel: name };
  const retraction = await lastRetraction(name, date, stores.changes);
  if (!retraction) return { title: 'No digest', text: `${name} has no digest for ${longDate(date)}.`, channel: name };
  const when = `on ${timeOfInstant(retraction.at, timezone)} (${timezone})`;
  return {
    title: 'Digest retracted',
    text: `The digest of ${longDate(date)} was retracted ${when}. Managers and admins can remake it with /arxiv digest ${date}`,
    channel: name,
  };
};
