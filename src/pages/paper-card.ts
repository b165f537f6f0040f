import { html } from 'hono/html';
import type { AuthorMatch, DigestEntry } from '../core/digest.ts';
import { describeMatches } from '../core/digest-text.ts';
import { abstractUrl, htmlUrl, type Paper, pdfUrl } from '../core/paper.ts';
import { isSamplePaper } from '../core/paper-text.ts';
import { type Ballot, paperActions, voteButtons } from './ballot.ts';
import { type Html, heading, nothing, spoken } from './html.ts';
import { paperAnchor } from './links.ts';
import { typeset } from './mathematics.ts';
import { movedLine } from './moved.ts';
import { grouped } from './numbers.ts';
import { scoreBars } from './scores.ts';

/** A list of authors that is longer than this is folded after the first few. */
const longestList = 14;
const shownOfLonger = 10;

const allAuthors = (authors: readonly string[]): Html => {
  if (authors.length <= longestList) return html`<p class="authors">${authors.join(', ')}</p>`;
  const rest = authors.slice(shownOfLonger);
  return html`<details class="authors">
        <summary>${authors.slice(0, shownOfLonger).join(', ')} <span class="more">and ${grouped(rest.length)} more</span></summary>
        <p>${rest.join(', ')}</p>
      </details>`;
};

const matchLabel = (match: AuthorMatch): Html =>
  match.basis === 'refuted'
    ? html`<span class="label refuted">Was matched by name; Semantic Scholar says it is another ${match.name}</span>`
    : html`<span class="label match">${describeMatches({ reason: { kind: 'author', matches: [match] } })}</span>`;

const labels = ({ reason, topic }: DigestEntry, showTopic: boolean, before: Ballot['before']): Html => {
  const matches = reason.kind === 'author' ? reason.matches : [];
  if (matches.length === 0 && !(showTopic && topic) && !before) return nothing;
  return html`<p class="labels">
        ${matches.map(matchLabel)} ${showTopic && topic ? html`<span class="label">${topic}</span>` : ''}${before ? html` <span class="label">Asked again; it was ${before.relevance} + ${before.novelty}</span>` : ''}
      </p>`;
};

const moved = (entry: DigestEntry): Html => {
  const line = movedLine(entry);
  return line
    ? html`
      <p class="small" dir="auto">${line}</p>`
    : nothing;
};

const links = (paper: Paper): Html =>
  isSamplePaper(paper)
    ? html`<span>${paper.id}</span>`
    : html`<a href="${abstractUrl(paper)}">${paper.id}</a> <a href="${pdfUrl(paper)}">PDF</a> <a href="${htmlUrl(paper)}">HTML</a>`;

export type Card = {
  entry: DigestEntry;
  level: 3 | 4;
  ballot: Ballot | undefined;
  /** False where the papers stand under their topics already. */
  showTopic: boolean;
};

/** A paper with all that its day's page tells of it. Everything from the paper is text, its mathematics typeset. */
export const paperCard = ({ entry, level, ballot, showTopic }: Card): Html => {
  const { paper, score, rank } = entry;
  const title = isSamplePaper(paper)
    ? typeset(paper.title)
    : html`<a href="${abstractUrl(paper)}">${typeset(paper.title)}</a>`;
  return html`<article class="paper" id="paper-${rank}" aria-labelledby="${paper.id}">
      <a class="rank" href="${paperAnchor(rank)}">${spoken('Paper ')}${rank}</a>
      ${heading(level, title, paper.id)}
      ${allAuthors(paper.authors)}
      ${scoreBars(score)}
      ${labels(entry, showTopic, ballot?.before)}
      <p class="comment" dir="auto">${typeset(score.comment)}</p>${moved(entry)}
      <details class="abstract">
        <summary>Abstract</summary>
        <p dir="auto">${typeset(paper.abstract)}</p>
      </details>
      <div class="facts">
        ${links(paper)} <span class="categories">${paper.categories.join(', ')}</span> ${ballot ? html`${paperActions(paper.id, ballot)}${voteButtons(paper.id, ballot)}` : ''}
      </div>
    </article>`;
};
