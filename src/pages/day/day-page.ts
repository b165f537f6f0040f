import { html } from 'hono/html';
import { longDate, monthInWords } from '../../core/dates.ts';
import { type Digest, type DigestEntry, isOnlyBuiltIn } from '../../core/digest.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Rubric } from '../../core/score.ts';
import { describeCounts } from '../../digest/text.ts';
import { monthOf, shortDay, timeOfInstant } from '../dates.ts';
import { frame, type LiveFrame, type Navigation, neighbors } from '../frame.ts';
import { type Html, nothing } from '../html.ts';
import { type Links, linksFrom } from '../links.ts';
import type { Day } from './day.ts';
import { filterForm, type PaperFilter, passing } from './filter.ts';
import { dayHead } from './head.ts';
import { movedSummary, nearestTitle } from './notices.ts';
import { type Ballots, countsAsBallots, digestCards } from './papers.ts';

const navigation = ({ channel, digest, previous, next }: Day, links: Links): Navigation => {
  const day = (date: IsoDate | undefined, label: string) =>
    date === undefined
      ? undefined
      : { href: links.file(channel.name, `${date}.html`), date, label, words: shortDay(date) };
  const month = monthOf(digest.date);
  return neighbors('Days', {
    previous: day(previous, '← Previous day'),
    up: { href: links.file(channel.name, `${month}.html`), date: month, label: 'Month', words: monthInWords(month) },
    next: day(next, 'Next day →'),
  });
};

const papers = ({ digest }: Day, ballots: Ballots, shown: readonly DigestEntry[]): Html => {
  const { entries, nearest } = digest;
  const some = entries.length > 0 ? shown : nearest;
  const title = entries.length > 0 ? 'Papers' : nearestTitle;
  const moved = movedSummary(some);
  if (entries.length > 0 && some.length === 0) return html`<p id="papers">No paper passes the filter.</p>`;
  if (some.length === 0) return html`<p id="papers">No papers to show for this day.</p>`;
  return html`<section class="papers" id="papers" aria-labelledby="papers-title">
        <h2 id="papers-title" class="${entries.length > 0 ? 'spoken' : 'nearest'}">${title}</h2>${
          moved &&
          html`
        <p class="small">${moved}</p>`
        }
        ${digestCards(digest, some, ballots)}
      </section>`;
};

const folded = (summary: string, text: string): Html => html`<details class="prompt">
        <summary>${summary}</summary>
        <pre>${text}</pre>
      </details>`;

const selection = (digest: Digest, rubric: Rubric | undefined, prompt: (rubric: Rubric) => string): Html => {
  if (!rubric) return nothing;
  const isByBuiltIn = digest.engines.some(({ engine }) => engine === 'local');
  return html`<section class="why" aria-labelledby="why">
      <h2 id="why">Why these papers</h2>
      ${isByBuiltIn ? html`<p>The built-in scorer compares papers with the words of the channel’s topics.</p>` : ''}
      ${isOnlyBuiltIn(digest) ? folded('Topics used for the selection', rubric.topics) : folded('Prompt used for the selection', prompt(rubric))}
    </section>`;
};

export type LiveDay = {
  frame: LiveFrame;
  ballots: Ballots;
  /** Previews fewer or more papers. */
  slider: Html;
  posts: Html;
  folder: string | undefined;
  filter: PaperFilter;
  /** File of the page, such as `index.html`, in the channel's folder. */
  file: string;
  mayMark: boolean;
};

export const dayPage = (day: Day, prompt: (rubric: Rubric) => string, live?: LiveDay): Promise<string> => {
  const { channel, digest, votes } = day;
  const links = linksFrom(live ? live.folder : channel.name);
  const ballots = live?.ballots ?? countsAsBallots(votes);
  const date = longDate(digest.date);
  const { above, below } = navigation(day, links);
  const isRead = (id: string): boolean => ballots.get(id)?.own?.isRead ?? false;
  const shown = live ? passing(digest.entries, live.filter, isRead) : digest.entries;
  const filter = live
    ? filterForm({
        ...{ entries: digest.entries, filter: live.filter, shown: shown.length, canFilterUnread: live.mayMark },
        page: links.file(channel.name, live.file),
      })
    : nothing;
  const made = `Made on ${timeOfInstant(digest.createdAt, channel.timezone)} (${channel.timezone}).`;
  return frame(
    {
      title: `${date} · ${channel.name}`,
      description: describeCounts(digest),
      links,
      channel: channel.name,
      navigation: above,
      skip: { to: 'papers', label: 'Skip to the papers' },
      made,
      live: live?.frame,
    },
    html`${dayHead(day, links, { shown, filter, slider: live?.slider ?? nothing })}
      ${papers(day, ballots, shown)}
      ${live?.posts ?? nothing}
      ${selection(digest, day.rubric, prompt)}
      ${below}`,
  );
};
