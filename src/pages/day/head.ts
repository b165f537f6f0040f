import { html } from 'hono/html';
import { longDate } from '../../core/dates.ts';
import type { Digest, DigestEntry } from '../../core/digest.ts';
import { grouped } from '../../core/paper.ts';
import { dollars, isBuiltIn, isByModel, scorerName, totalTokens } from '../../core/score.ts';
import { screenedOutCount } from '../../core/screening.ts';
import {
  apartTitle,
  byTopic,
  describeCounts,
  describeEngines,
  describePicked,
  describeScale,
  inParts,
} from '../../digest/text.ts';
import { topicFeedName, topicsWithFeed } from '../formats/feed.ts';
import { channelKicker } from '../frame.ts';
import { type Html, nothing } from '../html.ts';
import { type Links, paperAnchor } from '../links.ts';
import type { Day } from './day.ts';
import { noticesOf } from './notices.ts';
import { dayNumbers } from './numbers.ts';
import { countLabel, paperList } from './papers.ts';

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
        This day as <a href="${file('.md')}">Markdown</a> or <a href="${file('.json')}">JSON</a>;
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

/** Relevance and novelty have their legend beside the contents. */
const builtInScale = ({ entries, nearest }: Digest): string =>
  describeScale([...entries, ...nearest].map(({ score }) => score).filter(isBuiltIn));

/** "646 scored · gpt-4o-mini · $0.05 · ", as far as known. */
const engineLine = ({ counts, prefilter, engines, usage }: Digest): string =>
  [
    `${grouped(counts.scanned - screenedOutCount(prefilter))} scored`,
    engines.map(scorerName).join(' and '),
    totalTokens(usage) > 0 && usage.costUsd !== undefined && dollars(usage.costUsd),
  ]
    .filter(Boolean)
    .map((part) => `${part} · `)
    .join('');

type DayHead = {
  /** The papers of the page. */
  shown: readonly DigestEntry[];
  filter: Html;
  slider: Html;
};

/** Counts, scores, tokens, cost and contents behind one line, so that the papers come first. */
const behindTheDay = (day: Day, links: Links, { shown, slider }: Pick<DayHead, 'shown' | 'slider'>): Html => {
  const { digest } = day;
  return html`<details class="fold">
        <summary id="numbers"><span class="engine">${engineLine(digest)}</span><b>Numbers</b></summary>
        <p class="summary">${describeCounts(digest)}</p>
        <p class="small">${[`${describeEngines(digest)}.`, builtInScale(digest)].filter(Boolean).join(' ')} ${formats(day, links)}</p>
        ${slider}
        ${dayNumbers(day)}
        ${contents(digest, shown)}
      </details>`;
};

/** What is above the papers of a day: channel, date and notices, then one line of parts that open. */
export const dayHead = (day: Day, links: Links, { shown, filter, slider }: DayHead): Html => {
  const { digest, channel } = day;
  return html`<header class="lead day">
        <div class="line">
          ${channelKicker(channel.name, links)}
          <h1><time datetime="${digest.date}">${longDate(digest.date)}</time></h1>
        </div>
        ${noticesOf(digest, channel)}
      </header>
      <div class="folds"><p class="picked">${describePicked(digest)}</p> ${filter} ${behindTheDay(day, links, { shown, slider })}</div>`;
};
