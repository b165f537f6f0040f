import type { Channel, RecapSpan } from '../core/channel.ts';
import { addDays, longDate, rangeDays, rangeWords } from '../core/dates.ts';
import type { Digest } from '../core/digest.ts';
import {
  button,
  buttonRow,
  heading,
  type Inline,
  type Message,
  message,
  note,
  numberedFrom,
  type Part,
  paragraph,
} from '../core/message.ts';
import { authorsLine, countOf, grouped, type IsoDate, linkedTitle } from '../core/paper.ts';
import { type Score, scoreText } from '../core/score.ts';
import { screenedOutCount } from '../core/screening.ts';
import type { Stores } from '../core/stores.ts';
import { type VoteCount, votesText } from '../core/votes.ts';
import { byScore, byVotes, firstOfEach, marginOf, type Picked, pickedOf } from './best-order.ts';
import { rescoredOf } from './current-score.ts';

export type Recap = {
  channel: Pick<Channel, 'name'>;
  span: RecapSpan;
  from: IsoDate;
  to: IsoDate;
  digests: readonly Digest[];
  votes: ReadonlyMap<string, VoteCount>;
  rescored: ReadonlyMap<string, Score>;
};

const maxListed = 5;

const postedPapers = ({ digests, votes, rescored }: Recap): Picked[] =>
  firstOfEach(pickedOf(digests, votes).toSorted((a, b) => b.date.localeCompare(a.date))).map((paper) => ({
    ...paper,
    score: rescored.get(paper.entry.paper.id),
  }));

const line = ({ date, entry, score = entry.score, votes }: Picked): Inline[] => {
  const day = longDate(date).replace(/ \d{4}$/, '');
  return [
    linkedTitle(entry.paper),
    `  ${scoreText(score)}${votesText(votes)}`,
    { text: `  ${authorsLine(entry.paper.authors, 3)} · ${entry.paper.id} · ${day}`, italic: true },
  ];
};

const titledList = (title: string, first: number, papers: readonly Picked[]): Part =>
  papers.length > 0 ? [paragraph({ text: title, bold: true }), numberedFrom(first, papers.map(line))] : [];

/**
 * The best papers of a week or a month: up to five by votes, then up to five others by score. A paper with more votes
 * against than for is in neither list.
 */
export const recapMessage = (recap: Recap): Message => {
  const { channel, span, digests } = recap;
  const papers = postedPapers(recap);
  const voted = papers
    .filter((paper) => marginOf(paper) > 0)
    .toSorted(byVotes)
    .slice(0, maxListed);
  const scored = papers
    .filter((paper) => marginOf(paper) >= 0 && !voted.includes(paper))
    .toSorted(byScore)
    .slice(0, maxListed);
  const title = `The best of ${rangeWords[span]}`;
  const read = digests.reduce((sum, { counts, prefilter }) => sum + counts.scanned - screenedOutCount(prefilter), 0);
  const counted =
    digests.length === 0
      ? `No digests in ${rangeWords[span]}.`
      : `${countOf(papers.length, 'paper')} posted on ${countOf(digests.length, 'day')}, out of ${grouped(read)} scored.`;
  const parts = [
    heading(`${title} · ${channel.name}`),
    paragraph(counted),
    titledList('By votes', 1, voted),
    titledList(voted.length > 0 ? 'Others, by score' : 'By score', voted.length + 1, scored),
    papers.length > 0 && [
      papers.every(({ votes }) => !votes || votes.up + votes.down === 0) && note('No votes yet. Vote with 👍 or 👎.'),
      buttonRow(
        button('More', ['top 20', span]),
        button('By votes', ['top 20', span, 'by votes']),
        button('Stats', ['stats', String(rangeDays[span])]),
      ),
    ],
  ];
  const ids = [...voted, ...scored].map(({ entry }) => entry.paper.id);
  return message(`${title} · ${channel.name}: ${counted}`, parts, { papers: { first: 1, ids } });
};

export const readRecap = async (
  stores: Pick<Stores, 'digests' | 'reactions' | 'scores'>,
  channel: Channel,
  span: RecapSpan,
  to: IsoDate,
): Promise<Recap> => {
  const from = addDays(to, 1 - rangeDays[span]);
  const digests = await stores.digests.between(channel.name, from, to);
  const entries = digests.flatMap((digest) => digest.entries);
  const ids = entries.map(({ paper }) => paper.id);
  const votes = await stores.reactions.votes(channel.name, ids);
  return {
    channel,
    span,
    from,
    to,
    digests,
    votes,
    rescored: await rescoredOf(entries, channel.rubric.hash, stores.scores),
  };
};
