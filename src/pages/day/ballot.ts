import { html } from 'hono/html';
import type { Vote, VoteCount } from '../../core/votes.ts';
import { type Html, nothing, spoken } from '../html.ts';
import { commandButtons, type Desk } from '../message.ts';
import { grouped } from '../numbers.ts';

/** What one reader sees and does of a paper besides what the digest says. */
export type Ballot = {
  count: VoteCount | undefined;
  /** Where this reader's vote goes; undefined for one who may only look. */
  box?: { address: string; message: string; own: Vote | undefined } | undefined;
  /** Its score in the digest, where a language model was asked about it again since. */
  before?: { relevance: number; novelty: number } | undefined;
  /** Where this reader asks about the paper, and whether a language model can be asked to score it again. */
  desk?: (Desk & { hasModel: boolean }) | undefined;
};

/** The ballots of a page, by paper id. */
export type Ballots = ReadonlyMap<string, Ballot>;

/** Ballots that can only be looked at. */
export const countsAsBallots = (votes: ReadonlyMap<string, VoteCount>): Ballots =>
  new Map([...votes].map(([paperId, count]) => [paperId, { count }]));

const sides = [
  { vote: 'up', emoji: '👍', words: 'for it' },
  { vote: 'down', emoji: '👎', words: 'against it' },
] as const;

/** "👍 3 👎 1"; nothing for a paper without a vote. */
export const voteCount = (votes: VoteCount | undefined): Html => {
  if (!votes || votes.up + votes.down === 0) return nothing;
  const side = ({ vote, emoji, words }: (typeof sides)[number]): Html =>
    votes[vote] === 0
      ? nothing
      : html`<span aria-hidden="true">${emoji}</span> ${grouped(votes[vote])}${spoken(` ${words}`)} `;
  return html`<span class="votes">${sides.map(side)}</span>`;
};

/** The thumbs to press with their counts, as a form that works without a script too; for one who may only look, the counts. */
export const voteButtons = (paperId: string, { count, box }: Ballot): Html => {
  if (!box) return voteCount(count);
  const button = ({ vote, emoji, words }: (typeof sides)[number]): Html => {
    const isOwn = box.own === vote;
    return html`<button name="vote" value="${isOwn ? 'none' : vote}" data-vote="${vote}" aria-pressed="${isOwn ? 'true' : 'false'}" title="${isOwn ? 'Take your vote back' : `Vote ${words}`}"><span aria-hidden="true">${emoji}</span> <span class="number">${grouped(count?.[vote] ?? 0)}</span>${spoken(` ${words}`)}</button>`;
  };
  return html`<form class="ballot" method="post" action="${box.address}" data-paper="${paperId}">
          <input type="hidden" name="message" value="${box.message}" />${sides.map(button)}
        </form>`;
};

/** What a reader of the running bot may ask about a paper, under it; nothing for one who may only look. */
export const paperActions = (paperId: string, { desk }: Ballot): Html =>
  desk
    ? commandButtons(
        [
          { label: 'More like this', command: `similar ${paperId}` },
          { label: 'Save', command: `save ${paperId}` },
          ...(desk.hasModel ? [{ label: 'Ask again', command: `rescore ${paperId}` }] : []),
        ],
        desk,
        'actions',
      )
    : nothing;
