import type { Digest } from '../../src/core/digest.ts';
import { countOf } from '../../src/core/paper-text.ts';
import { type Order, type Ranked, ranked } from './ranking.ts';

/** What a list of the best shows of how much. */
export type Shown = {
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
export const orderText = (day: Digest, papers: readonly Ranked[]): string => {
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
export const whatElse = (day: Digest | undefined, list: Shown): string => {
  const note = day && list.from === 1 && list.topic === undefined ? ofDay(day, list) : ofList(list);
  return list.order === 'votes' && !list.hasVotes && list.all > 0
    ? `Nobody has voted on these yet, so they stand by score. ${note}`
    : `${list.orderNote}${note}`;
};
