import type { Channel } from '../src/core/channel.ts';
import { defineCommand } from '../src/core/command.ts';
import { rescoredOf } from '../src/core/current-scores.ts';
import { UserError } from '../src/core/errors.ts';
import type { Block, Inline } from '../src/core/message.ts';
import type { Stores } from '../src/core/stores.ts';
import { button, buttonsBlock } from './parts/buttons.ts';
import { shortDay } from './parts/dates.ts';
import { paperLine, scoreText, votesText } from './parts/paper-lines.ts';
import { type Order, orders, postedOnce, type Ranked, ranked } from './parts/ranking.ts';
import { readStretch, type Stretch } from './parts/stretch.ts';
import { takenBack } from './parts/taken-back.ts';
import { orderText, whatElse } from './parts/top-notes.ts';
import { ofTopic } from './parts/topic-filter.ts';

const usual = 5;
const most = 50;

const isEmptyDay = ({ day }: Stretch): boolean => day?.entries.length === 0;

/** The papers of the digests as they stand now; of a day without any, those that came nearest. */
const readPapers = async (stores: Stores, channel: Channel, { digests, day }: Stretch): Promise<Ranked[]> => {
  const posted =
    day && day.entries.length === 0
      ? day.nearest.map((entry) => ({ date: day.date, rubric: day.rubric, entry }))
      : postedOnce(digests);
  const ids = posted.map(({ entry }) => entry.paper.id);
  const votes = await stores.reactions.votes(channel.name, ids);
  const rescored = await rescoredOf(channel, posted, stores.scores);
  return posted.map((one) => {
    const { id } = one.entry.paper;
    const again = rescored.get(id);
    return { ...one, score: again ?? one.entry.score, isRescored: again !== undefined, votes: votes.get(id) };
  });
};

/** A day's own order, followed authors first, holds until a paper was scored again or another order is asked for. */
const inOrder = (papers: readonly Ranked[], order: Order | undefined, stretch: Stretch): Ranked[] =>
  isEmptyDay(stretch) || (stretch.day && order === undefined && !papers.some(({ isRescored }) => isRescored))
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

const headingOf = (stretch: Stretch, from: number, shown: number, topic: string | undefined, by: Order | undefined) => {
  if (isEmptyDay(stretch)) return `Nothing passed on ${stretch.words}`;
  const which = from === 1 ? `Top ${shown}` : shown === 1 ? `Number ${from}` : `Numbers ${from} to ${from + shown - 1}`;
  const order = by === undefined ? '' : ` by ${by}`;
  return `${which} of ${stretch.words}${topic === undefined ? '' : `: ${topic}`}${order}`;
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
    const stretch = await readStretch(context.stores, channel, period, `top ${n}`);
    const every = await readPapers(context.stores, channel, stretch);
    const isEmpty = isEmptyDay(stretch);
    const narrowed = topic === undefined || isEmpty ? undefined : ofTopic(every, topic);
    const papers = inOrder(narrowed?.papers ?? every, by, stretch);
    const all = papers.length;
    const from = isEmpty ? 1 : asked;
    if (from > Math.max(all, 1))
      throw new UserError(`There are only ${all} of them; type /arxiv top ${n} from ${Math.max(1, all - n + 1)}.`);
    const shown = isEmpty ? papers : papers.slice(from - 1, from - 1 + n);
    const heading = headingOf(stretch, from, shown.length, narrowed?.words, by);
    const next = from + shown.length;
    const more = ['top', String(n), stretch.typed, topic, by && `by ${by}`, `from ${next}`];
    const hasVotes = papers.some(({ votes }) => votes !== undefined);
    const orderNote = by === undefined && stretch.day && !isEmpty ? orderText(stretch.day, papers) : '';
    const list = { from, shown: shown.length, all, most, topic: narrowed?.words, order: by, hasVotes, orderNote };
    const url = stretch.page && context.services.pageUrl(`${channel.name}/${stretch.page}`);
    const link: Inline[] = url ? ['  ', { text: stretch.day ? 'Whole day' : 'Whole month', url }] : [];
    return {
      summary: heading,
      blocks: [
        { type: 'heading', text: `${heading} · ${channel.name}` },
        ...listOf(shown, from, stretch.day !== undefined),
        { type: 'note', content: [whatElse(stretch.day, list), ...link] },
        ...buttonsBlock(isEmpty || next > all ? [] : button('More', more)),
      ],
    };
  },
});
