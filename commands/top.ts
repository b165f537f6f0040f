import type { Channel } from '../src/core/channel.ts';
import { defineCommand } from '../src/core/command.ts';
import type { Digest, DigestEntry } from '../src/core/digest.ts';
import { UserError } from '../src/core/errors.ts';
import { fold, unquoted } from '../src/core/folding.ts';
import { button, buttonRow, heading, type Inline, message, note, numberedFrom } from '../src/core/message.ts';
import { countOf, shorten } from '../src/core/paper.ts';
import { isByModel, type Score, scoreText } from '../src/core/score.ts';
import type { Stores } from '../src/core/stores.ts';
import { votesText } from '../src/core/votes.ts';
import { byScore, byVotes, firstOfEach, type Picked, pickedOf } from '../src/digest/best-order.ts';
import { rescoredOf } from '../src/digest/current-score.ts';
import { describeScale } from '../src/digest/text.ts';
import { retractedMessage } from './retract/digest.ts';
import { shortDay } from './shared/dates.ts';
import { type DigestRange, readDigestRange } from './shared/digest-range.ts';
import { nearestOf } from './shared/nearest.ts';
import { fromOption, paperLine } from './shared/paper-lines.ts';

type Ranked = Picked & { score: Score; isRescored: boolean };

const orders = ['score', 'votes', 'novelty'] as const;
type Order = (typeof orders)[number];

/** 0 for the built-in scorer, which gives none. */
const noveltyOf = (score: Score): number => (isByModel(score) ? score.novelty : 0);

const comparers = {
  score: byScore,
  votes: byVotes,
  novelty: (a, b) => noveltyOf(b.score) - noveltyOf(a.score) || byScore(a, b),
} satisfies Record<Order, (a: Ranked, b: Ranked) => number>;

const postedOnce = (digests: readonly Digest[]): Picked[] =>
  firstOfEach(
    pickedOf(
      digests.toSorted((a, b) => b.date.localeCompare(a.date)),
      new Map(),
    ),
  );

const sorted = (papers: readonly Ranked[], order: Order): Ranked[] => papers.toSorted(comparers[order]);

const rangeWords = ['today', 'yesterday', 'week', 'month'];
const maxNamedTopics = 8;

/** Shorter beginnings of words say too little: "te" is not "tensor". */
const minStartLength = 3;

/**
 * True if a text has these words next to each other, each as a whole word; the last may be the start of a word if
 * `isStart`.
 */
const hasWords = (text: string, words: string, isStart = false): boolean => {
  const spaced = (one: string): string =>
    ` ${fold(one)
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()} `;
  const wanted = spaced(words);
  if (wanted.trim() === '') return false;
  if (!isStart) return spaced(text).includes(wanted);
  return wanted.trim().length >= minStartLength && spaced(text).includes(wanted.trimEnd());
};

/**
 * Papers whose topic contains the input; if there are none, papers whose titles contain its words.
 * @throws UserError that suggests the nearest topic, if nothing matches.
 */
const ofTopic = <T extends { entry: Pick<DigestEntry, 'topic' | 'paper'> }>(
  papers: readonly T[],
  input: string,
): { papers: T[]; words: string } => {
  const text = unquoted(input);
  const wanted = fold(text);
  const names = [...new Set(papers.flatMap(({ entry }) => entry.topic ?? []))];
  const exact = names.filter((name) => fold(name) === wanted);
  const whole = names.filter((name) => hasWords(name, wanted));
  const parts = whole.length > 0 ? whole : names.filter((name) => hasWords(name, wanted, true));
  const chosen = exact.length > 0 ? exact : parts;
  if (chosen.length > 0) {
    const matching = papers.filter(({ entry }) => entry.topic !== undefined && chosen.includes(entry.topic));
    return { papers: matching, words: chosen.join(' and ') };
  }
  const words = wanted.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const withTitle = (isStart: boolean): T[] =>
    papers.filter(({ entry }) => words.every((word) => hasWords(entry.paper.title, word, isStart)));
  const exactly = words.length > 0 ? withTitle(false) : [];
  const titled = words.length > 0 && exactly.length === 0 ? withTitle(true) : exactly;
  const shown = shorten(text, 60);
  if (titled.length > 0) return { papers: titled, words: `“${shown}” in the title` };
  const near = nearestOf(shown, [...names, ...rangeWords]);
  if (near) throw new UserError(`No topic or title matches "${shown}". Did you mean /arxiv top ${near}?`);
  const topics = names.length > 0 ? `; the topics are ${names.slice(0, maxNamedTopics).join(', ')}` : '';
  throw new UserError(
    `No topic or title matches "${shown}"${topics}. Type /arxiv search ${shown} to search all papers.`,
  );
};

type Shown = {
  from: number;
  shown: number;
  all: number;
  topic: string | undefined;
  order: Order | undefined;
  hasVotes: boolean;
  orderNote: string;
  /** What the scores mean. */
  scale: string;
  hasNovelty: boolean;
  /** What to type after the number of papers to get the same list. */
  input: readonly (string | undefined)[];
};

const commandText = (n: number, input: Shown['input']): string =>
  ['/arxiv top', n, ...input].filter((word) => word !== undefined && word !== '').join(' ');

const defaultCount = 5;
const maxCount = 50;

const ofDay = ({ counts, entries, nearest }: Digest, { shown, all, input, scale }: Shown): string => {
  if (entries.length === 0) {
    const none = `None of the ${countOf(counts.scanned, 'paper')} was picked that day.`;
    return nearest.length > 0 ? `${none} These came closest.` : none;
  }
  const more = counts.relevant - all;
  if (shown === all && more > 0)
    return `All posted papers are shown; ${countOf(more, 'more paper')} ${more === 1 ? 'was' : 'were'} picked but not posted.`;
  if (shown === all) return `${countOf(all, 'paper')} in all. ${scale}`;
  if (shown === maxCount) return `The other ${all - shown} of ${countOf(all, 'paper')} are in the thread.`;
  const see = `type ${commandText(Math.min(maxCount, all), input)} to see ${all > maxCount ? 'more' : 'them'}.`;
  return more > 0
    ? `The best ${all} of ${countOf(counts.relevant, 'picked paper')} were posted; ${see}`
    : `${countOf(all, 'paper')} in all; ${see}`;
};

const ofList = ({ from, shown, all, topic, scale }: Shown): string => {
  const total = `${countOf(all, 'paper')}${topic === undefined ? '' : ` (${topic})`} in all`;
  if (from === 1 && shown === all) return `${total}. ${scale}`;
  return from + shown - 1 === all ? `${total}; this is the end of the list.` : `${total}.`;
};

const isSameOrder = (one: readonly Ranked[], other: readonly Ranked[]): boolean =>
  one.every(({ entry }, index) => entry === other[index]?.entry);

const orderText = (day: Digest, papers: readonly Ranked[]): string => {
  const posted = papers.toSorted((a, b) => a.entry.rank - b.entry.rank);
  if (isSameOrder(posted, sorted(papers, 'score'))) return '';
  if (papers.some(({ isRescored }) => isRescored)) return 'Ordered by score, because papers were rescored. ';
  const why = [
    ...(papers.some(({ entry }) => entry.reason.kind === 'author') ? ['followed authors first'] : []),
    ...(papers.some(({ entry }) => entry.nudge) ? ['moved by your votes'] : []),
  ].join(', ');
  return why && `In posted order (${why}). To sort by score, type /arxiv top ${day.date} by score. `;
};

const noteOf = (day: Digest | undefined, list: Shown): string => {
  const rest = day && list.from === 1 && list.topic === undefined ? ofDay(day, list) : ofList(list);
  if (list.order === 'novelty' && !list.hasNovelty && list.all > 0)
    return `The built-in scorer gives no novelty, so the order is by match. ${rest}`;
  return list.order === 'votes' && !list.hasVotes && list.all > 0
    ? `No votes yet, so the order is by score. ${rest}`
    : `${list.orderNote}${rest}`;
};

const isEmptyDay = ({ day }: DigestRange): boolean => day?.entries.length === 0;

/** The posted papers with their current scores. If the digest has no papers, its nearest misses. */
const readPapers = async (stores: Stores, channel: Channel, { digests, day }: DigestRange): Promise<Ranked[]> => {
  const posted =
    day && day.entries.length === 0 ? day.nearest.map((entry) => ({ date: day.date, entry })) : postedOnce(digests);
  const entries = posted.map(({ entry }) => entry);
  const votes = await stores.reactions.votes(
    channel.name,
    entries.map(({ paper }) => paper.id),
  );
  const rescored = await rescoredOf(entries, channel.rubric.hash, stores.scores);
  return posted.map((one) => {
    const { id } = one.entry.paper;
    const later = rescored.get(id);
    return { ...one, score: later ?? one.entry.score, isRescored: later !== undefined, votes: votes.get(id) };
  });
};

/** Keeps the order in which a digest was posted, unless a paper was rescored or `order` is given. */
const inOrder = (papers: readonly Ranked[], order: Order | undefined, range: DigestRange): Ranked[] =>
  isEmptyDay(range) || (range.day && order === undefined && !papers.some(({ isRescored }) => isRescored))
    ? [...papers]
    : sorted(papers, order ?? 'score');

const lineOf = ({ entry, score, isRescored, votes, date }: Ranked, isDay: boolean): Inline[] => {
  const scores = isRescored ? `${scoreText(entry.score)} → ${scoreText(score)} (rescored)` : scoreText(score);
  return paperLine(entry.paper, `${scores}${votesText(votes)}${isDay ? '' : `  ${shortDay(date)}`}`);
};

const titleOf = (range: DigestRange, from: number, shown: number, topic: string | undefined, by: Order | undefined) => {
  if (isEmptyDay(range)) return `No papers picked on ${range.words}`;
  const which = from === 1 ? `Top ${shown}` : shown === 1 ? `Number ${from}` : `Numbers ${from} to ${from + shown - 1}`;
  return `${which} of ${range.words}${topic === undefined ? '' : `: ${topic}`}${by === undefined ? '' : ` by ${by}`}`;
};

export const top = defineCommand({
  name: 'top',
  summary: 'Show the best papers of a day, week or month',
  examples: ['top', 'top 10', 'top 5 2025-07-08', 'top week by votes', 'top 10 month quantization'],
  aliases: [
    'best',
    'newest',
    'latest',
    'papers',
    ['todays papers', 'today'],
    ["today's papers", 'today'],
    "what's new",
    'whats new',
    'what is new',
    ['best paper', '1'],
    ['top paper', '1'],
    'best papers',
    'newest papers',
    'latest papers',
    'top papers',
  ],
  options: {
    n: { type: 'integer', description: `how many papers, ${defaultCount} by default`, minimum: 1, maximum: maxCount },
    period: { type: 'period', description: 'the day, week or month; the newest digest by default' },
    topic: {
      type: 'text',
      description: 'a topic, part of its name, or words from a paper’s title',
      required: false,
      offers: 'topics',
    },
    by: {
      type: 'word',
      keyword: 'by',
      values: orders,
      description: 'how to sort; by default, as posted for a day and by score for a week or month',
    },
    from: fromOption,
  },

  async run(context, { n = defaultCount, period, topic, by, from: first = 1 }) {
    const channel = await context.channel();
    const retracted = period && period.from === period.to && (await retractedMessage(context, channel, period.from));
    if (retracted) return retracted;
    const range = await readDigestRange(context.stores, channel, period, `top ${n}`);
    const every = await readPapers(context.stores, channel, range);
    const isEmpty = isEmptyDay(range);
    const narrowed = topic === undefined || isEmpty ? undefined : ofTopic(every, topic);
    const papers = inOrder(narrowed?.papers ?? every, by, range);
    const all = papers.length;
    const from = isEmpty ? 1 : first;
    const input = [period && range.input, topic, by && `by ${by}`];
    if (from > Math.max(all, 1))
      throw new UserError(
        `There are only ${countOf(all, 'paper')}. Type ${commandText(n, [...input, `from ${Math.max(1, all - n + 1)}`])}.`,
      );
    const shown = isEmpty ? papers : papers.slice(from - 1, from - 1 + n);
    const title = titleOf(range, from, shown.length, narrowed?.words, by);
    const next = from + shown.length;
    const hasVotes = papers.some(({ votes }) => votes !== undefined);
    const orderNote = by === undefined && range.day && !isEmpty ? orderText(range.day, papers) : '';
    const scores = papers.map(({ score }) => score);
    const list = {
      ...{ from, shown: shown.length, all, topic: narrowed?.words, order: by, hasVotes, orderNote, input },
      ...{ scale: describeScale(scores), hasNovelty: scores.some(isByModel) },
    };
    const url = range.page && context.services.pageUrl(`${channel.name}/${range.page}`);
    const link: Inline[] = url ? ['  ', { text: range.day ? 'Full digest' : 'Full month', url }] : [];
    const parts = [
      heading(`${title} · ${channel.name}`),
      numberedFrom(
        from,
        shown.map((one) => lineOf(one, range.day !== undefined)),
      ),
      note(noteOf(range.day, list), ...link),
      buttonRow(
        !isEmpty &&
          next <= all &&
          button('More', ['top', String(n), range.input, topic, by && `by ${by}`, `from ${next}`]),
      ),
    ];
    return message(title, parts, { papers: { first: from, ids: shown.map(({ entry }) => entry.paper.id) } });
  },
});
