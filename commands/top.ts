import type { Channel } from '../src/core/channel.ts';
import { defineCommand } from '../src/core/command.ts';
import type { Digest, DigestEntry } from '../src/core/digest.ts';
import { UserError } from '../src/core/errors.ts';
import type { Block, Inline } from '../src/core/message.ts';
import { countOf, shorten } from '../src/core/paper-text.ts';
import type { Score } from '../src/core/score.ts';
import type { Stores } from '../src/core/stores.ts';
import { byScore, byVotes, firstOfEach, type Picked, pickedOf } from '../src/digest/best-order.ts';
import { rescoredOf } from '../src/digest/current-score.ts';
import { takenBack } from './retract/retract.ts';
import { button, buttonsBlock } from './shared/buttons.ts';
import { shortDay } from './shared/dates.ts';
import { type DigestRange, readDigestRange } from './shared/digest-range.ts';
import { nearestOf, paperLine, scoreText, votesText } from './shared/paper-lines.ts';

/** A posted paper with its current score. */
type Ranked = Picked & { score: Score; isRescored: boolean };

const orders = ['score', 'votes', 'novelty'] as const;
type Order = (typeof orders)[number];

const comparers = {
  score: byScore,
  votes: byVotes,
  novelty: (a, b) => b.score.novelty - a.score.novelty || byScore(a, b),
} satisfies Record<Order, (a: Ranked, b: Ranked) => number>;

/** The posted papers of digests, each once, as the newest digest has it. */
const postedOnce = (digests: readonly Digest[]): Picked[] =>
  firstOfEach(
    pickedOf(
      digests.toSorted((a, b) => b.date.localeCompare(a.date)),
      new Map(),
    ),
  );

const ranked = (papers: readonly Ranked[], order: Order): Ranked[] => papers.toSorted(comparers[order]);

const periodWords = ['today', 'yesterday', 'week', 'month'];

const namesOf = (papers: readonly { entry: Pick<DigestEntry, 'topic'> }[]): string[] => [
  ...new Set(papers.flatMap(({ entry }) => entry.topic ?? [])),
];

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'none of these papers has a topic' : `the topics are ${names.slice(0, 8).join(', ')}`;

/**
 * The papers of the topics whose names contain the asked words; where there is none, those with the words in their
 * titles. `words` tells which.
 *
 * @throws UserError where nothing fits, with what is nearest to what was asked.
 */
const ofTopic = <T extends { entry: Pick<DigestEntry, 'topic' | 'paper'> }>(
  papers: readonly T[],
  asked: string,
): { papers: T[]; words: string } => {
  const named = asked.replace(/^["“„]|["”“]$/g, '');
  const typed = named.toLowerCase();
  const names = namesOf(papers);
  const exact = names.filter((name) => name.toLowerCase() === typed);
  const chosen = exact.length > 0 ? exact : names.filter((name) => name.toLowerCase().includes(typed));
  if (chosen.length > 0) {
    const fitting = papers.filter(({ entry }) => entry.topic !== undefined && chosen.includes(entry.topic));
    return { papers: fitting, words: chosen.join(' and ') };
  }
  const wanted = typed.split(/\s+/);
  const titled = papers.filter(({ entry }) => {
    const title = entry.paper.title.toLowerCase();
    return wanted.every((word) => title.includes(word));
  });
  const shown = shorten(named, 60);
  if (titled.length > 0) return { papers: titled, words: `“${shown}” in the title` };
  const near = nearestOf(shown, [...names, ...periodWords]);
  throw new UserError(
    near
      ? `No topic is called "${shown}" and no title has it; did you mean /arxiv top ${near}?`
      : `No topic is called "${shown}" and no title has it; ${listed(names)}: type /arxiv search ${shown} to look in everything.`,
  );
};

/** What a list of the best shows of how much. */
type Shown = {
  /** The number of the first. */
  from: number;
  shown: number;
  /** How many there are to show. */
  all: number;
  /** How many one answer may show. */
  most: number;
  /** What they were narrowed down to. */
  topic: string | undefined;
  order: Order | undefined;
  hasVotes: boolean;
  /** See `orderText`. */
  orderNote: string;
};

const ofDay = ({ counts, entries, nearest }: Digest, { shown, all, most }: Shown): string => {
  if (entries.length === 0) {
    const none = `None of ${countOf(counts.scanned, 'paper')} passed that day`;
    return nearest.length > 0 ? `${none}; these came nearest.` : `${none}.`;
  }
  const more = counts.relevant - all;
  if (shown === all && more > 0) return `These are all that were posted; ${countOf(more, 'more paper')} passed.`;
  if (shown === all) return `That is all of ${countOf(all, 'paper')}. Scores are relevance + novelty.`;
  if (shown === most) return `The other ${all - shown} of ${countOf(all, 'paper')} are in the thread.`;
  const see = `/arxiv top ${Math.min(most, all)} shows ${all > most ? 'more' : 'them'}.`;
  return more > 0
    ? `The best ${all} of ${countOf(counts.relevant, 'paper')} that passed were posted; ${see}`
    : `${countOf(all, 'paper')} in all; ${see}`;
};

const ofList = ({ from, shown, all, topic }: Shown): string => {
  const what = topic === undefined ? countOf(all, 'paper') : `${countOf(all, 'paper')} (${topic})`;
  const end = from + shown - 1;
  if (from === 1 && shown === all) return `That is all of ${what}. Scores are relevance + novelty.`;
  return end === all ? `That was the last of ${what}.` : `${what} in all.`;
};

const isSameOrder = (one: readonly Ranked[], other: readonly Ranked[]): boolean =>
  one.every(({ entry }, index) => entry === other[index]?.entry);

/** What a day goes by for which no order was asked, in a sentence; empty where its order is that of the scores as posted. */
const orderText = (day: Digest, papers: readonly Ranked[]): string => {
  const posted = papers.toSorted((a, b) => a.entry.rank - b.entry.rank);
  const byScore = ranked(papers, 'score');
  if (isSameOrder(posted, byScore)) return '';
  if (papers.some(({ isRescored }) => isRescored)) return 'By score, as papers were asked about again. ';
  const why = [
    ...(papers.some(({ entry }) => entry.reason.kind === 'author') ? ['followed authors first'] : []),
    ...(papers.some(({ entry }) => entry.nudge) ? ['moved by your votes'] : []),
  ].join(', ');
  return (
    why && `In the order in which they were posted (${why}); /arxiv top ${day.date} by score goes by score alone. `
  );
};

/** What the list leaves out, and how to see it; first what its order is, where that has to be said. */
const whatElse = (day: Digest | undefined, list: Shown): string => {
  const note = day && list.from === 1 && list.topic === undefined ? ofDay(day, list) : ofList(list);
  return list.order === 'votes' && !list.hasVotes && list.all > 0
    ? `Nobody has voted on these yet, so they stand by score. ${note}`
    : `${list.orderNote}${note}`;
};

const usual = 5;
const most = 50;

const isEmptyDay = ({ day }: DigestRange): boolean => day?.entries.length === 0;

/** The papers of the digests as they stand now; of a day without any, those that came nearest. */
const readPapers = async (stores: Stores, channel: Channel, { digests, day }: DigestRange): Promise<Ranked[]> => {
  const posted =
    day && day.entries.length === 0 ? day.nearest.map((entry) => ({ date: day.date, entry })) : postedOnce(digests);
  const ids = posted.map(({ entry }) => entry.paper.id);
  const votes = await stores.reactions.votes(channel.name, ids);
  const entries = posted.map(({ entry }) => entry);
  const rescored = await rescoredOf(entries, channel.rubric.hash, stores.scores);
  return posted.map((one) => {
    const { id } = one.entry.paper;
    const again = rescored.get(id);
    return { ...one, score: again ?? one.entry.score, isRescored: again !== undefined, votes: votes.get(id) };
  });
};

/** A day's own order, followed authors first, holds until a paper was scored again or another order is asked for. */
const inOrder = (papers: readonly Ranked[], order: Order | undefined, range: DigestRange): Ranked[] =>
  isEmptyDay(range) || (range.day && order === undefined && !papers.some(({ isRescored }) => isRescored))
    ? [...papers]
    : ranked(papers, order ?? 'score');

const lineOf = ({ entry, score, isRescored, votes, date }: Ranked, isDay: boolean): Inline[] => {
  const scores = isRescored ? `${scoreText(entry.score)} → ${scoreText(score)} (asked again)` : scoreText(score);
  return paperLine(entry.paper, `${scores}${votesText(votes)}${isDay ? '' : `  ${shortDay(date)}`}`);
};

/** A list counts from 1; what goes on from further down carries its own numbers. */
const listOf = (papers: readonly Ranked[], from: number, isDay: boolean): Block[] => {
  const items = papers.map((one) => lineOf(one, isDay));
  if (items.length === 0) return [];
  if (from === 1) return [{ type: 'list', ordered: true, items }];
  return items.map((item, index): Block => {
    return { type: 'paragraph', content: [{ text: `${from + index}. `, bold: true }, ...item] };
  });
};

const headingOf = (
  range: DigestRange,
  from: number,
  shown: number,
  topic: string | undefined,
  by: Order | undefined,
) => {
  if (isEmptyDay(range)) return `Nothing passed on ${range.words}`;
  const which = from === 1 ? `Top ${shown}` : shown === 1 ? `Number ${from}` : `Numbers ${from} to ${from + shown - 1}`;
  const order = by === undefined ? '' : ` by ${by}`;
  return `${which} of ${range.words}${topic === undefined ? '' : `: ${topic}`}${order}`;
};

export const top = defineCommand({
  name: 'top',
  summary: 'the best papers of a day, week or month',
  examples: ['top', 'top 10', 'top 5 2025-07-08', 'top week by votes', 'top 10 month quantization'],
  options: {
    n: { type: 'integer', description: `how many papers, ${usual} if you do not say`, minimum: 1, maximum: most },
    period: { type: 'period', description: 'the day, week or month; the newest day if you do not say' },
    topic: {
      type: 'text',
      description: 'a topic or part of its name, else words of the titles',
      required: false,
      offers: 'topics',
    },
    by: {
      type: 'word',
      keyword: 'by',
      values: orders,
      description: 'what the order goes by; if you do not say, a day stands as it was posted, a longer time by score',
    },
    from: {
      type: 'integer',
      keyword: 'from',
      minimum: 1,
      maximum: 10_000,
      description: 'the number to begin with',
    },
  },

  async run(context, { n = usual, period, topic, by, from: asked = 1 }) {
    const channel = await context.channel();
    const back = period && period.from === period.to ? await takenBack(context, channel, period.from) : undefined;
    if (back) return back;
    const range = await readDigestRange(context.stores, channel, period, `top ${n}`);
    const every = await readPapers(context.stores, channel, range);
    const isEmpty = isEmptyDay(range);
    const narrowed = topic === undefined || isEmpty ? undefined : ofTopic(every, topic);
    const papers = inOrder(narrowed?.papers ?? every, by, range);
    const all = papers.length;
    const from = isEmpty ? 1 : asked;
    if (from > Math.max(all, 1))
      throw new UserError(`There are only ${all} of them; type /arxiv top ${n} from ${Math.max(1, all - n + 1)}.`);
    const shown = isEmpty ? papers : papers.slice(from - 1, from - 1 + n);
    const heading = headingOf(range, from, shown.length, narrowed?.words, by);
    const next = from + shown.length;
    const more = ['top', String(n), range.input, topic, by && `by ${by}`, `from ${next}`];
    const hasVotes = papers.some(({ votes }) => votes !== undefined);
    const orderNote = by === undefined && range.day && !isEmpty ? orderText(range.day, papers) : '';
    const list = { from, shown: shown.length, all, most, topic: narrowed?.words, order: by, hasVotes, orderNote };
    const url = range.page && context.services.pageUrl(`${channel.name}/${range.page}`);
    const link: Inline[] = url ? ['  ', { text: range.day ? 'Whole day' : 'Whole month', url }] : [];
    return {
      summary: heading,
      blocks: [
        { type: 'heading', text: `${heading} · ${channel.name}` },
        ...listOf(shown, from, range.day !== undefined),
        { type: 'note', content: [whatElse(range.day, list), ...link] },
        ...buttonsBlock(isEmpty || next > all ? [] : button('More', more)),
      ],
    };
  },
});
