import { html } from 'hono/html';
import type { AuthorMatch, Digest, DigestEntry } from '../../core/digest.ts';
import { abstractUrl, htmlUrl, type Paper, pdfUrl } from '../../core/paper.ts';
import { isSamplePaper } from '../../core/paper-text.ts';
import type { Rubric } from '../../core/score.ts';
import { byTopic, describeMatches } from '../../digest/text.ts';
import { type Html, heading, lines, nothing, spoken } from '../html.ts';
import { paperAnchor } from '../links.ts';
import { typeset } from '../math/typeset.ts';
import { grouped } from '../numbers.ts';
import { type Ballot, type Ballots, paperActions, voteButtons } from './ballot.ts';
import { movedLine } from './notices.ts';
import { countLabel, scoreBars } from './scores.ts';

const folded = (summary: string, text: string): Html => html`<details class="prompt">
        <summary>${summary}</summary>
        <pre>${text}</pre>
      </details>`;

/** By what the papers were selected, so that a reader can see why. `prompt` is what the model was told. */
export const selection = (digest: Digest, rubric: Rubric | undefined, prompt: (rubric: Rubric) => string): Html => {
  if (!rubric) return nothing;
  const isLocal = (engine: string): boolean => engine === 'local';
  const byLocal = digest.engines.some(({ engine }) => isLocal(engine));
  const byModel = digest.engines.some(({ engine }) => !isLocal(engine));
  return html`<section class="why" aria-labelledby="why">
      <h2 id="why">Why these papers</h2>
      ${byLocal ? html`<p>The built-in scorer learns what the channel looks for from the words of its topics.</p>` : ''}
      ${byLocal && !byModel ? folded('The topics that selected these papers', rubric.topics) : folded('The prompt that selected these papers', prompt(rubric))}
    </section>`;
};

/** A list of authors that is longer than this is folded after the first few. */
const maxListLength = 14;
const shownOfLonger = 10;

const allAuthors = (authors: readonly string[]): Html => {
  if (authors.length <= maxListLength) return html`<p class="authors">${authors.join(', ')}</p>`;
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

type Card = {
  entry: DigestEntry;
  level: 3 | 4;
  ballot: Ballot | undefined;
  /** False where the papers stand under their topics already. */
  showTopic: boolean;
};

/** A paper with all that its day's page tells of it. Everything from the paper is text, its mathematics typeset. */
const paperCard = ({ entry, level, ballot, showTopic }: Card): Html => {
  const { paper, score, rank } = entry;
  const title = isSamplePaper(paper)
    ? html`${typeset(paper.title)} (invented)`
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

/** The cards of papers, best first. */
export const paperCards = (entries: readonly DigestEntry[], ballots: Ballots): Html =>
  lines(entries.map((entry) => paperCard({ entry, level: 3, ballot: ballots.get(entry.paper.id), showTopic: true })));

/** The cards of papers under the topic that each matches best; every topic with its count. */
export const paperCardsByTopic = (entries: readonly DigestEntry[], ballots: Ballots): Html =>
  lines(
    byTopic(entries).map(
      (group) => html`<section class="topic">
          <h3>${group.topic} ${countLabel(group.entries.length)}</h3>
          ${lines(group.entries.map((entry) => paperCard({ entry, level: 4, ballot: ballots.get(entry.paper.id), showTopic: false })))}
        </section>`,
    ),
  );
