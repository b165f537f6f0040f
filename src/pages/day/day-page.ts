import { html } from 'hono/html';
import { longDate } from '../../core/clock.ts';
import type { DigestEntry } from '../../core/digest.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Rubric } from '../../core/score.ts';
import { byTopic, describeCounts, describeEngines, describeOrder } from '../../digest/text.ts';
import { monthInWords, shortDay, timeOfInstant } from '../dates.ts';
import { channelKicker, frame, type LiveFrame, neighbours, type Way } from '../frame.ts';
import { type Html, nothing } from '../html.ts';
import { type Links, linksFrom, paperAnchor } from '../links.ts';
import { paperList } from '../overview/paper-list.ts';
import { type Ballots, countsAsBallots } from './ballot.ts';
import { costTable } from './cost.ts';
import { type Day, monthOf } from './day.ts';
import { funnel } from './funnel.ts';
import { movedSummary, noticesOf } from './notices.ts';
import { paperCards, paperCardsByTopic, selection } from './paper-card.ts';
import { countLabel, scoreGrid } from './scores.ts';

const navigation = ({ channel, digest, previous, next }: Day, links: Links): Way => {
  const day = (date: IsoDate | undefined, label: string) =>
    date === undefined
      ? undefined
      : { href: links.file(channel.name, `${date}.html`), date, label, words: shortDay(date) };
  const month = monthOf(digest.date);
  return neighbours('Days', {
    previous: day(previous, '← Previous day'),
    up: {
      href: links.file(channel.name, `${month}.html`),
      date: month,
      label: 'Month',
      words: monthInWords(month),
    },
    next: day(next, 'Next day →'),
  });
};

/** Feeds and the same page for machines. */
const formats = ({ channel, digest }: Day, links: Links): Html => {
  const file = (ending: string): string => links.file(channel.name, `${digest.date}${ending}`);
  return html`<span class="formats">
        This page as <a href="${file('.md')}">Markdown</a> or <a href="${file('.json')}">JSON</a>;
        every day in the <a href="${links.file(channel.name, 'feed.xml')}">feed</a>.</span>`;
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
  const title = entries.length > 0 ? 'Papers' : 'Nothing passed; these came nearest';
  const moved = movedSummary(some);
  if (some.length === 0) return html`<p id="papers">There is nothing to show for this day.</p>`;
  return html`<section class="papers" id="papers" aria-labelledby="papers-title">
        <h2 id="papers-title" class="${entries.length > 0 ? 'spoken' : 'nearest'}">${title}</h2>${
          moved &&
          html`
        <p class="small">${moved}</p>`
        }
        ${groupByTopic && entries.length > 0 ? paperCardsByTopic(some, ballots) : paperCards(some, ballots)}
      </section>`;
};

const numbers = (day: Day): Html => {
  const { digest } = day;
  return html`<section class="numbers" aria-label="The day in numbers">
        <div>${funnel(digest)}</div>
        <details class="unfold">
          <summary class="narrow">Scores, tokens and cost</summary>
          <div class="pictures">
            ${scoreGrid(digest.entries)}
            <div>${costTable(day)}</div>
          </div>
        </details>
      </section>`;
};

/** A day's page as one reader sees it in the running bot. */
export type LiveDay = {
  frame: LiveFrame;
  ballots: Ballots;
  /** After the day, where it is the channel's own page. */
  posts: Html;
  /** Folder of the page, where it is not the channel's. */
  folder: string | undefined;
};

/**
 * The page of a day.
 *
 * @param prompt What a model is told under a rubric.
 */
export const dayPage = (day: Day, prompt: (rubric: Rubric) => string, live?: LiveDay): Promise<string> => {
  const { channel, digest, votes } = day;
  const links = linksFrom(live ? live.folder : channel.name);
  const ballots = live?.ballots ?? countsAsBallots(votes);
  const date = longDate(digest.date);
  const way = navigation(day, links);
  const made = `Made on ${timeOfInstant(digest.createdAt, channel.timezone)}, time zone ${channel.timezone}.`;
  return frame(
    {
      title: `${date} · ${channel.name}`,
      description: describeCounts(digest),
      links,
      channel: channel.name,
      navigation: way.above,
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
      ${numbers(day)}
      <div class="${digest.entries.length > 0 ? 'columns' : 'column'}">${contents(digest)} ${papers(day, ballots)}</div>
      ${live?.posts ?? nothing}
      ${selection(digest, day.rubric, prompt)}
      ${way.below}`,
  );
};
