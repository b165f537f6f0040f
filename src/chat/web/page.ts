import { html, raw } from 'hono/html';
import { acknowledgement } from '../../core/acknowledgement.ts';
import { longDate } from '../../core/clock.ts';
import type { Digest, DigestEntry } from '../../core/digest.ts';
import { describeCost, describeCounts, describeEngines } from '../../core/digest-text.ts';
import { abstractUrl, htmlUrl, pdfUrl } from '../../core/paper.ts';
import { isSamplePaper } from '../../core/paper-text.ts';
import type { VoteCount } from '../../core/stores.ts';
import { style } from './style.ts';

type Html = ReturnType<typeof html>;

const scoreBar = (label: string, value: number): Html => html`<span class="score">
  ${label} <b>${value}</b>
  <meter min="0" max="10" value="${value}" aria-label="${label} ${value} of 10"></meter>
</span>`;

const paperCard = (entry: DigestEntry, votes: VoteCount | undefined): Html => {
  const { paper, score, rank, reason } = entry;
  const linked = !isSamplePaper(paper);
  const links = linked
    ? html` · <a href="${abstractUrl(paper)}">Abstract</a> · <a href="${pdfUrl(paper)}">PDF</a> ·
        <a href="${htmlUrl(paper)}">HTML</a>`
    : '';
  const counted = votes ? html` · 👍 ${votes.up} · 👎 ${votes.down}` : '';
  return html`<li id="paper-${rank}">
    <article>
      <h2>${linked ? html`<a href="${abstractUrl(paper)}">${paper.title}</a>` : paper.title}</h2>
      <p class="authors">${paper.authors.join(', ')}</p>
      <p class="scores">
        ${scoreBar('Relevance', score.relevance)} ${scoreBar('Novelty', score.novelty)}
        ${reason.kind === 'author' ? html`<span class="match">Author match (name only): ${reason.name}</span>` : ''}
      </p>
      <p>${score.comment}</p>
      <details>
        <summary>Abstract</summary>
        <p>${paper.abstract}</p>
      </details>
      <p class="small">${paper.id} · ${paper.categories.join(', ')}${links}${counted}</p>
    </article>
  </li>`;
};

const frame = (title: string, content: Html): Html => html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${title}</title>
      <style>
        ${raw(style)}
      </style>
    </head>
    <body>
      <main>${content}</main>
      <footer class="small">${acknowledgement}</footer>
    </body>
  </html>`;

/** What the page shows around a digest: the other channels, and the channel's other dates. */
export type PageContext = {
  channels: readonly string[];
  /** Newest first. */
  dates: readonly string[];
  votes: ReadonlyMap<string, VoteCount>;
};

const address = (channel: string, date?: string): string =>
  `/?channel=${encodeURIComponent(channel)}${date === undefined ? '' : `&date=${date}`}`;

const navigation = (channel: string, date: string, { channels, dates }: PageContext): Html => {
  const at = dates.indexOf(date);
  const earlier = at < 0 ? dates[0] : dates[at + 1];
  const later = at > 0 ? dates[at - 1] : undefined;
  const others = channels.filter((name) => name !== channel);
  return html`<nav>
    ${earlier ? html`<a rel="prev" href="${address(channel, earlier)}">← ${earlier}</a>` : html`<span></span>`}
    ${others.map((name) => html`<a href="${address(name)}">${name}</a>`)}
    ${later ? html`<a rel="next" href="${address(channel, later)}">${later} →</a>` : html`<span></span>`}
  </nav>`;
};

/** The page of one digest. Everything from a paper is text. */
export const digestPage = (digest: Digest, context: PageContext): Html => {
  const { channel, date, entries, nearest, notices, sample } = digest;
  const shown = entries.length > 0 ? entries : nearest;
  const title = sample ? `A sample day · ${channel}` : `${longDate(date)} · ${channel}`;
  const cards = shown.map((entry) => paperCard(entry, context.votes.get(entry.paper.id)));
  return frame(
    title,
    html`${navigation(channel, date, context)}
      <header>
        <p class="small">${channel}</p>
        <h1>${sample ? 'A sample day' : longDate(date)}</h1>
        ${
          sample
            ? html`<p class="notice">
              Every paper here is invented. arXiv is out of reach, so this sample shows what a day looks like; the real
              digest follows as soon as arXiv answers.
            </p>`
            : ''
        }
        ${notices.map((notice) => html`<p class="notice">${notice}</p>`)}
        <p>${describeCounts(digest)}</p>
        <p class="small">${[describeEngines(digest), describeCost(digest)].filter(Boolean).join(' · ')}</p>
      </header>
      ${entries.length === 0 && nearest.length > 0 ? html`<p>The nearest:</p>` : ''}
      <ol>
        ${cards}
      </ol>`,
  );
};

/** A page of one sentence, for what is not there (yet). */
export const sentencePage = (title: string, sentence: string): Html =>
  frame(
    title,
    html`<header>
      <h1>${title}</h1>
      <p>${sentence}</p>
    </header>`,
  );
