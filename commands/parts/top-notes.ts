import type { Digest } from '../../src/core/digest.ts';
import { countOf } from '../../src/core/paper-text.ts';
import type { Order } from './ranking.ts';

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

/** What the list leaves out, and how to see it. */
export const whatElse = (day: Digest | undefined, list: Shown): string => {
  const note = day && list.from === 1 && list.topic === undefined ? ofDay(day, list) : ofList(list);
  return list.order === 'votes' && !list.hasVotes && list.all > 0
    ? `Nobody has voted on these yet, so they stand by score. ${note}`
    : note;
};
