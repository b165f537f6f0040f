import { html } from 'hono/html';
import { longDate, monthInWords } from '../../core/dates.ts';
import type { Digest, DigestEntry } from '../../core/digest.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Rubric } from '../../core/score.ts';
import { byTopic, describeCounts, describeEngines, describeOrder } from '../../digest/text.ts';
import { monthOf, shortDay, timeOfInstant } from '../dates.ts';
import { channelKicker, frame, type LiveFrame, type Navigation, neighbors } from '../frame.ts';
import { type Html, nothing } from '../html.ts';
import { type Links, linksFrom, paperAnchor } from '../links.ts';
import type { Day } from './day.ts';
import { movedSummary, nearestTitle, noticesOf } from './notices.ts';
import { dayNumbers } from './numbers.ts';
import { type Ballots, countLabel, countsAsBallots, paperCards, paperCardsByTopic, paperList } from './papers.ts';

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

const formats = ({ channel, digest }: Day, links: Links): Html => {
  const file = (ending: string): string => links.file(channel.name, `${digest.date}${ending}`);
  return html`<span class="formats">
        This page as <a href="${file('.md')}">Markdown</a> or <a href="${file('.json')}">JSON</a>;
        all days as a <a href="${links.file(channel.name, 'feed.xml')}">feed</a>.</span>`;
};

const contentsList = (entries: readonly DigestEntry[]): Html =>
  paperList(
    entries.map((entry) => ({ entry, href: paperAnchor(entry.rank) })),
    'rank',
  );

const contents = ({ entries, groupByTopic }: Day['digest']): Html => {
  if (entries.length === 0) return nothing;
  const lists = groupByTopic
    ? byTopic(entries).map(
        (group) => html`<h3>${group.topic} ${countLabel(group.entries.length)}</h3>${contentsList(group.entries)}`,
      )
    : contentsList(entries);
  return html`<nav class="contents" aria-label="Contents">
        <h2 class="wide">Contents</h2>
        <details class="unfold">
          <summary class="narrow">Contents: ${entries.length === 1 ? 'one paper' : `all ${entries.length} papers`}</summary>
          <p class="small legend">Scores: <b class="relevance">relevance</b> + <b class="novelty">novelty</b></p>
          ${lists}
        </details>
      </nav>`;
};

const papers = ({ digest }: Day, ballots: Ballots): Html => {
  const { entries, nearest, groupByTopic } = digest;
  const some = entries.length > 0 ? entries : nearest;
  const title = entries.length > 0 ? 'Papers' : nearestTitle;
  const moved = movedSummary(some);
  if (some.length === 0) return html`<p id="papers">No papers to show for this day.</p>`;
  return html`<section class="papers" id="papers" aria-labelledby="papers-title">
        <h2 id="papers-title" class="${entries.length > 0 ? 'spoken' : 'nearest'}">${title}</h2>${
          moved &&
          html`
        <p class="small">${moved}</p>`
        }
        ${groupByTopic && entries.length > 0 ? paperCardsByTopic(some, ballots) : paperCards(some, ballots)}
      </section>`;
};

const folded = (summary: string, text: string): Html => html`<details class="prompt">
        <summary>${summary}</summary>
        <pre>${text}</pre>
      </details>`;

const selection = ({ engines }: Digest, rubric: Rubric | undefined, prompt: (rubric: Rubric) => string): Html => {
  if (!rubric) return nothing;
  const isBuiltIn = engines.some(({ engine }) => engine === 'local');
  const isByModel = engines.some(({ engine }) => engine !== 'local');
  return html`<section class="why" aria-labelledby="why">
      <h2 id="why">Why these papers</h2>
      ${isBuiltIn ? html`<p>The built-in scorer compares papers with the words of the channel’s topics.</p>` : ''}
      ${isBuiltIn && !isByModel ? folded('Topics used for the selection', rubric.topics) : folded('Prompt used for the selection', prompt(rubric))}
    </section>`;
};

export type LiveDay = {
  frame: LiveFrame;
  ballots: Ballots;
  posts: Html;
  folder: string | undefined;
};

export const dayPage = (day: Day, prompt: (rubric: Rubric) => string, live?: LiveDay): Promise<string> => {
  const { channel, digest, votes } = day;
  const links = linksFrom(live ? live.folder : channel.name);
  const ballots = live?.ballots ?? countsAsBallots(votes);
  const date = longDate(digest.date);
  const { above, below } = navigation(day, links);
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
    html`<header class="lead">
        ${channelKicker(channel.name, links)}
        <h1><time datetime="${digest.date}">${date}</time></h1>
        ${noticesOf(digest, channel)}
        <p class="summary">${describeCounts(digest)}</p>
        <p class="small">${[`${describeEngines(digest)}.`, describeOrder(digest)].filter(Boolean).join(' ')} ${formats(day, links)}</p>
      </header>
      ${dayNumbers(day)}
      <div class="${digest.entries.length > 0 ? 'columns' : 'column'}">${contents(digest)} ${papers(day, ballots)}</div>
      ${live?.posts ?? nothing}
      ${selection(digest, day.rubric, prompt)}
      ${below}`,
  );
};
