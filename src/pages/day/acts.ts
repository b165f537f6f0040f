import { html } from 'hono/html';
import { bibtexOf } from '../../core/citations/bibtex.ts';
import { grouped, isSamplePaper, type Paper } from '../../core/paper.ts';
import type { Score } from '../../core/score.ts';
import type { Vote, VoteCount } from '../../core/votes.ts';
import { type Html, nothing, spoken } from '../html.ts';
import { commandButtons, type Desk, fileHtml } from '../message.ts';

/** What the reader has done with a paper. */
type OwnMarks = { isSaved: boolean; isRead: boolean };

export type Ballot = {
  count: VoteCount | undefined;
  box?: { address: string; message: string; own: Vote | undefined } | undefined;
  before?: Score | undefined;
  desk?: (Desk & { hasModel: boolean }) | undefined;
  /** Undefined for readers without rights. `address` receives the marks. */
  own?: (OwnMarks & { address: string }) | undefined;
  /** Link to the paper on its day's page, absolute if the public address is known. */
  link?: string | undefined;
};

const sides = [
  { vote: 'up', emoji: '👍', words: 'for this paper' },
  { vote: 'down', emoji: '👎', words: 'against this paper' },
] as const;

export const voteCount = (votes: VoteCount | undefined): Html => {
  if (!votes || votes.up + votes.down === 0) return nothing;
  const side = ({ vote, emoji, words }: (typeof sides)[number]): Html =>
    votes[vote] === 0
      ? nothing
      : html`<span aria-hidden="true">${emoji}</span> ${grouped(votes[vote])}${spoken(` ${words}`)} `;
  return html`<span class="votes">${sides.map(side)}</span>`;
};

/** Vote buttons, as a form that works without scripts; for readers without rights, the counts. */
const voteButtons = (paperId: string, { count, box }: Ballot): Html => {
  if (!box) return voteCount(count);
  const button = ({ vote, emoji, words }: (typeof sides)[number]): Html => {
    const isOwn = box.own === vote;
    return html`<button name="vote" value="${isOwn ? 'none' : vote}" data-vote="${vote}" aria-pressed="${isOwn ? 'true' : 'false'}" title="${isOwn ? 'Remove your vote' : `Vote ${words}`}"><span aria-hidden="true">${emoji}</span> <span class="number">${grouped(count?.[vote] ?? 0)}</span>${spoken(` ${words}`)}</button>`;
  };
  return html`<form class="ballot" method="post" action="${box.address}" data-paper="${paperId}">
          <input type="hidden" name="message" value="${box.message}" />${sides.map(button)}
        </form>`;
};

/** A form with one button, which works without scripts. With them, its button changes in place. */
const markForm = (
  { id }: Pick<Paper, 'id'>,
  { address, mark, isSet }: { address: string; mark: 'save' | 'read'; isSet: boolean },
  labels: { set: string; unset: string },
): Html =>
  html`<form class="mark" method="post" action="${address}" data-set="${labels.set}" data-unset="${labels.unset}"><input type="hidden" name="paper" value="${id}" /><button name="${mark}" value="${isSet ? 'no' : 'yes'}">${isSet ? labels.set : labels.unset}</button></form>`;

export const saveForm = (paper: Pick<Paper, 'id'>, address: string, isSaved: boolean): Html =>
  markForm(paper, { address, mark: 'save', isSet: isSaved }, { set: 'Saved', unset: 'Save' });

const readForm = (paper: Pick<Paper, 'id'>, address: string, isRead: boolean): Html =>
  markForm(paper, { address, mark: 'read', isSet: isRead }, { set: 'Mark unread', unset: 'Mark read' });

export const bibtexFile = (paper: Paper): Html =>
  fileHtml(
    { name: `${paper.id.replace('/', '-')}.bib`, mediaType: 'application/x-bibtex', text: bibtexOf([paper]) },
    'BibTeX',
  );

const similar = (id: string, desk: Desk): Html =>
  commandButtons([{ label: 'Similar', command: `similar ${id}` }], desk, 'actions');

const rescore = (id: string, desk: Desk): Html =>
  commandButtons([{ label: 'Rescore', command: `rescore ${id}` }], desk, 'actions');

const more = (paper: Paper, { own, desk, link }: Partial<Ballot>): Html =>
  own || desk || link
    ? html`<details class="others">
          <summary>More</summary>
          <div>
            ${own ? readForm(paper, own.address, own.isRead) : nothing}${desk?.hasModel ? rescore(paper.id, desk) : nothing}${link ? html`<a class="share" href="${link}">Link</a>` : nothing}
            ${bibtexFile(paper)}
          </div>
        </details>`
    : bibtexFile(paper);

/** What a reader can do with a paper: save it and vote at once, the rest behind "More". */
export const paperActs = (paper: Paper, ballot: Ballot | undefined): Html => {
  const { desk, own } = ballot ?? {};
  const votes = ballot ? voteButtons(paper.id, ballot) : nothing;
  if (isSamplePaper(paper)) return ballot ? html`<div class="acts">${votes}</div>` : nothing;
  return html`<div class="acts">
        ${own ? saveForm(paper, own.address, own.isSaved) : nothing}${desk ? similar(paper.id, desk) : nothing}
        ${more(paper, ballot ?? {})}
        ${votes}
      </div>`;
};
