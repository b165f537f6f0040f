import { html } from 'hono/html';
import { longDate, monthInWords } from '../../core/dates.ts';
import { type Digest, type DigestEntry, isOnlyBuiltIn } from '../../core/digest.ts';
import { grouped, type IsoDate } from '../../core/paper.ts';
import {
  dollars,
  isBuiltIn,
  isByModel,
  type Rubric,
  scorerName,
  screenedOutCount,
  totalTokens,
} from '../../core/score.ts';
import {
  apartTitle,
  byTopic,
  describeCounts,
  describeEngines,
  describePicked,
  describeScale,
  inParts,
} from '../../digest/text.ts';
import { monthOf, shortDay, timeOfInstant } from '../dates.ts';
import { topicFeedName, topicsWithFeed } from '../formats/feed.ts';
import { channelKicker, frame, type LiveFrame, type Navigation, neighbors } from '../frame.ts';
import { type Html, nothing } from '../html.ts';
import { type Links, linksFrom, paperAnchor } from '../links.ts';
import type { Day } from './day.ts';
import { filterForm, type PaperFilter, passing } from './filter.ts';
import { movedSummary, nearestTitle, noticesOf } from './notices.ts';
import { dayNumbers } from './numbers.ts';
import {
  type Ballots,
  countLabel,
  countsAsBallots,
  paperCards,
  paperCardsApart,
  paperCardsByTopic,
  paperList,
} from './papers.ts';

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

/** Links to the feeds of the newest digest's topics. The topics of older digests may have none. */
const topicFeeds = (digest: Digest, links: Links): Html => {
  const feeds = topicsWithFeed([digest]).map(
    (topic) => html`<a href="${links.file(digest.channel, topicFeedName(topic) ?? 'feed.xml')}">${topic}</a>`,
  );
  if (feeds.length === 0) return nothing;
  return html`, or by topic: ${feeds.flatMap((feed, index) => (index === 0 ? [feed] : [', ', feed]))}`;
};

const formats = ({ channel, digest, next }: Day, links: Links): Html => {
  const file = (ending: string): string => links.file(channel.name, `${digest.date}${ending}`);
  return html`<span class="formats">
        This page as <a href="${file('.md')}">Markdown</a> or <a href="${file('.json')}">JSON</a>;
        all papers as a <a href="${links.file(channel.name, 'feed.xml')}">feed</a>${next === undefined ? topicFeeds(digest, links) : nothing}.</span>`;
};

const contentsList = (entries: readonly DigestEntry[]): Html =>
  paperList(
    entries.map((entry) => ({ entry, href: paperAnchor(entry.rank) })),
    'rank',
  );

const contents = (digest: Digest, entries: readonly DigestEntry[]): Html => {
  const { groupByTopic } = digest;
  if (entries.length === 0) return nothing;
  const { together, apart } = inParts(entries, digest);
  const titled = (title: string, some: readonly DigestEntry[]): Html =>
    some.length === 0 ? nothing : html`<h3>${title} ${countLabel(some.length)}</h3>${contentsList(some)}`;
  const lists = groupByTopic
    ? byTopic(together).map((group) => titled(group.topic, group.entries))
    : contentsList(together);
  const hasPoints = entries.some(({ score }) => isByModel(score));
  return html`<nav class="contents" aria-label="Contents">
        <h2>Contents</h2>
        ${hasPoints ? html`<p class="small legend">Scores: <b class="relevance">relevance</b> + <b class="novelty">novelty</b></p>` : ''}
        ${lists}${titled(apartTitle, apart)}
      </nav>`;
};

const papers = ({ digest }: Day, ballots: Ballots, shown: readonly DigestEntry[]): Html => {
  const { entries, nearest, groupByTopic } = digest;
  const some = entries.length > 0 ? shown : nearest;
  const title = entries.length > 0 ? 'Papers' : nearestTitle;
  const moved = movedSummary(some);
  const { together, apart } = inParts(some, digest);
  if (entries.length > 0 && some.length === 0) return html`<p id="papers">No paper passes the filter.</p>`;
  if (some.length === 0) return html`<p id="papers">No papers to show for this day.</p>`;
  return html`<section class="papers" id="papers" aria-labelledby="papers-title">
        <h2 id="papers-title" class="${entries.length > 0 ? 'spoken' : 'nearest'}">${title}</h2>${
          moved &&
          html`
        <p class="small">${moved}</p>`
        }
        ${groupByTopic && entries.length > 0 ? paperCardsByTopic(together, ballots) : paperCards(together, ballots)}${paperCardsApart(apart, ballots)}
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

/** Relevance and novelty have their legend beside the contents. */
const builtInScale = ({ entries, nearest }: Digest): string =>
  describeScale([...entries, ...nearest].map(({ score }) => score).filter(isBuiltIn));

/** "646 scored · gpt-4o-mini · $0.05", as far as known. */
const engineLine = ({ counts, prefilter, engines, usage }: Digest): string =>
  [
    `${grouped(counts.scanned - screenedOutCount(prefilter))} scored`,
    engines.map(scorerName).join(' and '),
    totalTokens(usage) > 0 && usage.costUsd !== undefined && dollars(usage.costUsd),
  ]
    .filter(Boolean)
    .join(' · ');

/** Counts, scores, tokens, cost and contents behind one line, so that the papers come first. */
const behindTheDay = (day: Day, links: Links, shown: readonly DigestEntry[], slider: Html): Html => {
  const { digest } = day;
  return html`<details class="fold">
        <summary id="numbers">${engineLine(digest)} · <b>Numbers</b></summary>
        <p class="summary">${describeCounts(digest)}</p>
        <p class="small">${[`${describeEngines(digest)}.`, builtInScale(digest)].filter(Boolean).join(' ')} ${formats(day, links)}</p>
        ${slider}
        ${dayNumbers(day)}
        ${contents(digest, shown)}
      </details>`;
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
  const shown = live ? passing(digest.entries, live.filter, { digest, isRead }) : digest.entries;
  const filter = live
    ? filterForm({
        ...{ digest, filter: live.filter, shown: shown.length, canFilterUnread: live.mayMark },
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
    html`<header class="lead day">
        <div class="line">
          ${channelKicker(channel.name, links)}
          <h1><time datetime="${digest.date}">${date}</time></h1>
        </div>
        ${noticesOf(digest, channel)}
      </header>
      <div class="folds"><p class="picked">${describePicked(digest)}</p> ${filter} ${behindTheDay(day, links, shown, live?.slider ?? nothing)}</div>
      ${papers(day, ballots, shown)}
      ${live?.posts ?? nothing}
      ${selection(digest, day.rubric, prompt)}
      ${below}`,
  );
};
