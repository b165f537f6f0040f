import { html } from 'hono/html';
import type { DigestEntry } from '../../core/digest.ts';
import { authorsLine } from '../../core/paper-text.ts';
import type { VoteCount } from '../../core/votes.ts';
import { voteCount } from '../day/ballot.ts';
import { scoreSum } from '../day/scores.ts';
import { type Html, lines, nothing } from '../html.ts';
import { typeset } from '../math/typeset.ts';

/** One paper of a list, and the address of its place on its day's page, where it has one. */
export type Listed = {
  entry: DigestEntry;
  href: string | undefined;
  /** Such as the day that it is from. */
  note?: string;
  votes?: VoteCount | undefined;
  withComment?: boolean;
};

const namesShown = 4;

const item = ({ entry, href, note, votes, withComment }: Listed, number: number): Html => {
  const { paper, score } = entry;
  const title =
    href === undefined ? html`<b>${typeset(paper.title)}</b>` : html`<a href="${href}">${typeset(paper.title)}</a>`;
  return html`<li value="${number}">
          <div>
            ${title} ${scoreSum(score)}
            <span class="by">${authorsLine(paper.authors, namesShown)}${note ? html` · <span class="note">${note}</span>` : ''} ${voteCount(votes)}</span>
            ${withComment ? html`<p class="comment" dir="auto">${typeset(score.comment)}</p>` : ''}
          </div>
        </li>`;
};

/** Papers in a few lines each: title, scores, authors. `numbered` by the place in the list, or by the rank of the day. */
export const paperList = (papers: readonly Listed[], numbered: 'place' | 'rank' = 'place'): Html =>
  papers.length === 0
    ? nothing
    : html`<ol class="list">
        ${lines(papers.map((paper, index) => item(paper, numbered === 'rank' ? paper.entry.rank : index + 1)))}
      </ol>`;
