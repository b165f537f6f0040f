import { html } from 'hono/html';
import type { AuthorMatch, Digest, DigestEntry } from '../../core/digest.ts';
import {
  abstractUrl,
  authorsLine,
  countOf,
  grouped,
  htmlUrl,
  isSamplePaper,
  type Paper,
  pdfUrl,
} from '../../core/paper.ts';
import { isBuiltIn, matchText, ordinal, type Points, type Score, scoreText, totalScore } from '../../core/score.ts';
import type { VoteCount } from '../../core/votes.ts';
import { apartTitle, byTopic, describeMatches, inParts, reasonOf } from '../../digest/text.ts';
import { type Html, heading, lines, nothing, spoken } from '../html.ts';
import { paperAnchor } from '../links.ts';
import { typeset } from '../math/typeset.ts';
import { type Ballot, paperActs, voteCount } from './acts.ts';
import { movedLine } from './notices.ts';

export type Ballots = ReadonlyMap<string, Ballot>;

export const countsAsBallots = (votes: ReadonlyMap<string, VoteCount>): Ballots =>
  new Map([...votes].map(([paperId, count]) => [paperId, { count }]));

const scoreBar = (kind: keyof Points | 'match', label: string, value: number | string, percent: number): Html =>
  html`<span class="score ${kind}">${label} <b>${value}</b><i class="bar" style="--share:${percent}%"></i></span>`;

const scoreBars = (score: Score): Html =>
  isBuiltIn(score)
    ? html`<p class="scores">
        ${scoreBar('match', 'Match', matchText(score.match), Math.round(score.match))}
        <span class="total"><b>${ordinal(score.position)}</b> of ${grouped(score.of)}</span>
      </p>`
    : html`<p class="scores">
        ${scoreBar('relevance', 'Relevance', score.relevance, score.relevance * 10)} ${scoreBar('novelty', 'Novelty', score.novelty, score.novelty * 10)}
        <span class="total"><b>${totalScore(score)}</b> of 20</span>
      </p>`;

const scoreSum = (score: Score): Html =>
  isBuiltIn(score)
    ? html`<span class="sum">${scoreText(score)}</span>`
    : html`<span class="sum">${spoken('relevance ')}<b class="relevance">${score.relevance}</b> + ${spoken('novelty ')}<b class="novelty">${score.novelty}</b></span>`;

const maxAuthors = 4;
const shownOfLonger = 3;

const allAuthors = (authors: readonly string[]): Html => {
  if (authors.length <= maxAuthors) return html`<p class="authors">${authors.join(', ')}</p>`;
  const rest = authors.slice(shownOfLonger);
  return html`<details class="authors">
        <summary>${authors.slice(0, shownOfLonger).join(', ')} <span class="more">and ${grouped(rest.length)} more</span></summary>
        <p>${rest.join(', ')}</p>
      </details>`;
};

const matchLabel = (match: AuthorMatch): Html =>
  match.basis === 'refuted'
    ? html`<span class="label refuted">Matched by name only; Semantic Scholar says this is another ${match.name}</span>`
    : html`<span class="label match">${describeMatches({ reason: { kind: 'author', matches: [match] } })}</span>`;

const labels = ({ paper, reason, topic }: DigestEntry, showTopic: boolean, before: Ballot['before']): Html => {
  const matches = reason.kind === 'author' ? reason.matches : [];
  return html`<p class="labels">
        ${matches.map(matchLabel)} ${showTopic && topic ? html`<span class="label">${topic}</span>` : ''}${before ? html` <span class="label">Rescored; was ${scoreText(before)}</span>` : ''} <span class="categories">${paper.categories.join(', ')}</span>
      </p>`;
};

const comment = (reason: string): Html =>
  reason ? html`<p class="comment" dir="auto">${typeset(reason)}</p>` : nothing;

const summaryLine = ({ summary }: DigestEntry): Html =>
  summary
    ? html`<p class="gist" dir="auto">${typeset(summary.text)}</p>
      `
    : nothing;

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
  showTopic: boolean;
};

const paperCard = ({ entry, level, ballot, showTopic }: Card): Html => {
  const { paper, score, rank } = entry;
  const title = isSamplePaper(paper)
    ? html`${typeset(paper.title)} (invented)`
    : html`<a href="${abstractUrl(paper)}">${typeset(paper.title)}</a>`;
  return html`<article class="paper${ballot?.own?.isRead ? ' seen' : ''}${ballot?.own?.isSaved ? ' kept' : ''}" id="paper-${rank}" aria-labelledby="${paper.id}">
      <a class="rank" href="${paperAnchor(rank)}">${spoken('Paper ')}${rank}</a>
      ${heading(level, title, paper.id)}
      ${allAuthors(paper.authors)}
      ${scoreBars(score)}
      ${labels(entry, showTopic, ballot?.before)}
      ${summaryLine(entry)}${comment(reasonOf(entry))}${moved(entry)}
      <div class="about">
        <details class="abstract">
          <summary>Abstract</summary>
          <p dir="auto">${typeset(paper.abstract)}</p>
        </details>
        <div class="facts">${links(paper)}</div>
      </div>
      ${paperActs(paper, ballot)}
    </article>`;
};

const paperCards = (entries: readonly DigestEntry[], ballots: Ballots): Html =>
  lines(entries.map((entry) => paperCard({ entry, level: 3, ballot: ballots.get(entry.paper.id), showTopic: true })));

export const countLabel = (count: number): Html => html`<span class="count">${countOf(count, 'paper')}</span>`;

const cardSection = (title: string, entries: readonly DigestEntry[], ballots: Ballots, showTopic: boolean): Html =>
  html`<section class="topic">
          <h3>${title} ${countLabel(entries.length)}</h3>
          ${lines(entries.map((entry) => paperCard({ entry, level: 4, ballot: ballots.get(entry.paper.id), showTopic })))}
        </section>`;

const paperCardsByTopic = (entries: readonly DigestEntry[], ballots: Ballots): Html =>
  lines(byTopic(entries).map((group) => cardSection(group.topic, group.entries, ballots, false)));

/**
 * Cards of papers of a digest: by topic if the digest groups its picks, and with the built-in scorer's papers apart if a
 * language model scored others.
 */
export const digestCards = (
  digest: Pick<Digest, 'engines' | 'groupByTopic' | 'entries'>,
  shown: readonly DigestEntry[],
  ballots: Ballots,
): Html => {
  const { together, apart } = inParts(shown, digest);
  const isGrouped = digest.groupByTopic && digest.entries.length > 0;
  const cards = isGrouped ? paperCardsByTopic(together, ballots) : paperCards(together, ballots);
  return html`${cards}${apart.length === 0 ? nothing : cardSection(apartTitle, apart, ballots, true)}`;
};

export type Listed = {
  entry: DigestEntry;
  href: string;
  note?: string;
  votes?: VoteCount | undefined;
  withComment?: boolean;
};

const namesShown = 4;

const listItem = ({ entry, href, note, votes, withComment }: Listed, number: number): Html => {
  const { paper, score } = entry;
  return html`<li value="${number}">
          <div>
            <a href="${href}">${typeset(paper.title)}</a> ${scoreSum(score)}
            <span class="by">${authorsLine(paper.authors, namesShown)}${note ? html` · <span class="note">${note}</span>` : ''} ${voteCount(votes)}</span>
            ${withComment ? comment(score.comment) : ''}
          </div>
        </li>`;
};

/** Papers in a few lines each, numbered by position in the list or by rank in the digest. */
export const paperList = (papers: readonly Listed[], numbered: 'position' | 'rank' = 'position'): Html =>
  papers.length === 0
    ? nothing
    : html`<ol class="list">
        ${lines(papers.map((paper, index) => listItem(paper, numbered === 'rank' ? paper.entry.rank : index + 1)))}
      </ol>`;
