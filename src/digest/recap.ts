import type { Channel, RecapSpan } from '../core/channel.ts';
import { addDays, longDate } from '../core/clock.ts';
import { type Digest, type DigestEntry, totalScore } from '../core/digest.ts';
import type { Block, Inline, Message } from '../core/message.ts';
import type { IsoDate } from '../core/paper.ts';
import { authorsLine, countOf, linkedTitle } from '../core/paper-text.ts';
import { screenedOutCount } from '../core/prefilter.ts';
import type { Score } from '../core/score.ts';
import type { Stores, VoteCount } from '../core/stores.ts';
import { rescoredOf } from './current-score.ts';

/** What a recap tells of: the digests of some days with what became of their papers. */
export type Recap = {
  channel: Pick<Channel, 'name'>;
  span: RecapSpan;
  /** Both included. */
  from: IsoDate;
  to: IsoDate;
  digests: readonly Digest[];
  /** Standing votes by paper id. */
  votes: ReadonlyMap<string, VoteCount>;
  /** Scores that were given after a paper was picked, by paper id. */
  rescored: ReadonlyMap<string, Score>;
};

const recapDays = { week: 7, month: 30 } satisfies Record<RecapSpan, number>;
const spanWords = { week: 'the last seven days', month: 'the last thirty days' } satisfies Record<RecapSpan, string>;

/** Papers of each list. */
const longest = 5;

type Kept = { date: IsoDate; entry: DigestEntry; score: Score; votes: VoteCount | undefined };

const margin = ({ votes }: Kept): number => (votes ? votes.up - votes.down : 0);

const byScore = (a: Kept, b: Kept): number =>
  totalScore(b.score) - totalScore(a.score) ||
  b.score.relevance - a.score.relevance ||
  a.date.localeCompare(b.date) ||
  a.entry.rank - b.entry.rank;

/** Every posted paper once, as the newest digest has it. */
const posted = ({ digests, votes, rescored }: Recap): Kept[] => {
  const papers = new Map<string, Kept>();
  for (const { date, entries } of digests.toSorted((a, b) => a.date.localeCompare(b.date)))
    for (const entry of entries) {
      const { id } = entry.paper;
      papers.set(id, { date, entry, score: rescored.get(id) ?? entry.score, votes: votes.get(id) });
    }
  return [...papers.values()];
};

const line = ({ date, entry, score, votes }: Kept): Inline[] => {
  const thumbs = [votes?.up ? `👍 ${votes.up}` : '', votes?.down ? `👎 ${votes.down}` : ''].filter(Boolean).join('  ');
  const day = longDate(date).replace(/ \d{4}$/, '');
  return [
    linkedTitle(entry.paper),
    `  ${score.relevance} + ${score.novelty}${thumbs ? `  ${thumbs}` : ''}`,
    { text: `  ${authorsLine(entry.paper.authors, 3)} · ${entry.paper.id} · ${day}`, italic: true },
  ];
};

const listOf = (title: string, papers: readonly Kept[]): Block[] =>
  papers.length === 0
    ? []
    : [
        { type: 'paragraph', content: [{ text: title, bold: true }] },
        { type: 'list', ordered: true, items: papers.map(line) },
      ];

/**
 * The best of a week or a month: up to five by votes, then up to five others by score, with what was read in all. A
 * paper that more voted against than for is in neither list.
 */
export const recapMessage = (recap: Recap): Message => {
  const { channel, span, digests } = recap;
  const papers = posted(recap);
  const voted = papers
    .filter((paper) => margin(paper) > 0)
    .toSorted((a, b) => margin(b) - margin(a) || byScore(a, b))
    .slice(0, longest);
  const scored = papers
    .filter((paper) => margin(paper) >= 0 && !voted.includes(paper))
    .toSorted(byScore)
    .slice(0, longest);
  const heading = `The best of ${spanWords[span]}`;
  const read = digests.reduce((sum, { counts, prefilter }) => sum + counts.scanned - screenedOutCount(prefilter), 0);
  const counted = `${countOf(papers.length, 'paper')} posted on ${countOf(digests.length, 'day')}, out of ${read.toLocaleString('en-US')} that were read.`;
  const none = digests.length === 0 ? `Nothing was announced in ${spanWords[span]}.` : counted;
  return {
    summary: `${heading} · ${channel.name}: ${none}`,
    blocks: [
      { type: 'heading', text: `${heading} · ${channel.name}` },
      { type: 'paragraph', content: [none] },
      ...listOf('By your votes', voted),
      ...listOf(voted.length > 0 ? 'Also, by score' : 'By score', scored),
      ...(papers.length > 0 && voted.length === 0
        ? [{ type: 'note' as const, content: ['Nobody has voted on these yet: react with 👍 or 👎 in the thread.'] }]
        : []),
      ...(papers.length > 0
        ? [
            {
              type: 'buttons' as const,
              buttons: [
                { label: 'More', command: `top 20 ${span}` },
                { label: 'By votes', command: `top 20 ${span} by votes` },
                { label: 'Numbers', command: `stats ${recapDays[span]}` },
              ],
            },
          ]
        : []),
    ],
  };
};

/**
 * Reads what a recap of the days up to one tells of. `to` is that day, in arXiv's reckoning of days; it is included.
 */
export const readRecap = async (
  stores: Pick<Stores, 'digests' | 'reactions' | 'scores'>,
  channel: Channel,
  span: RecapSpan,
  to: IsoDate,
): Promise<Recap> => {
  const from = addDays(to, 1 - recapDays[span]);
  const digests = await stores.digests.between(channel.name, from, to);
  const picked = digests.flatMap(({ rubric, entries }) => entries.map((entry) => ({ rubric, entry })));
  const votes = await stores.reactions.votes(
    channel.name,
    picked.map(({ entry }) => entry.paper.id),
  );
  return { channel, span, from, to, digests, votes, rescored: await rescoredOf(channel, picked, stores.scores) };
};
