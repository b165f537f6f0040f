import type { Clock } from '../../core/clock.ts';
import type { Stores } from '../../core/stores.ts';
import { type LearnedFeedback, minVotesForChance, type Nudge, type PostedPaper } from '../../core/votes.ts';
import { measureVotes } from './measure.ts';
import { fitPreferences } from './model.ts';
import type { PreferencePaper } from './papers.ts';

/** Older votes count a tenth or less. */
const memoryMs = 200 * 86_400_000;

export type Learner = {
  nudgesOf(channel: string, papers: readonly PreferencePaper[], signal: AbortSignal): Promise<Map<string, Nudge>>;
  /** Ids of the papers that are the most similar to those voted up. */
  likedOf(channel: string, papers: readonly PreferencePaper[], signal: AbortSignal): Promise<Set<string>>;
  learned(channel: string, signal: AbortSignal): Promise<LearnedFeedback>;
};

export const createLearner = (stores: Pick<Stores, 'reactions' | 'changes'>, clock: Clock): Learner => {
  const resetOf = async (channel: string): Promise<string | undefined> =>
    (await stores.changes.list(channel, 'feedback')).findLast(({ undoneBy }) => undoneBy === undefined)?.at;

  /** Votes before the reset do not count, nor do older papers without votes. */
  const countedOf = async (channel: string, resetAt: string | undefined): Promise<PostedPaper[]> => {
    const since = new Date(clock.now().getTime() - memoryMs).toISOString();
    const posted = await stores.reactions.posted(channel, since);
    if (resetAt === undefined) return posted;
    return posted.flatMap((paper) => {
      const votes = paper.votes.filter(({ at }) => at > resetAt);
      return votes.length > 0 || paper.date > resetAt.slice(0, 10) ? [{ ...paper, votes }] : [];
    });
  };

  /** Undefined without votes. */
  const modelOf = async (channel: string, signal: AbortSignal) => {
    const posted = await countedOf(channel, await resetOf(channel));
    if (!posted.some(({ votes }) => votes.length > 0)) return undefined;
    return fitPreferences(posted, clock.now(), signal);
  };

  return {
    nudgesOf: async (channel, papers, signal) => (await modelOf(channel, signal))?.nudges(papers) ?? new Map(),
    likedOf: async (channel, papers, signal) => (await modelOf(channel, signal))?.liked(papers) ?? new Set(),
    async learned(channel, signal) {
      const resetAt = await resetOf(channel);
      const posted = await countedOf(channel, resetAt);
      const { votes, voters, bounds, tastes } = await fitPreferences(posted, clock.now(), signal);
      const measure = votes < minVotesForChance ? undefined : await measureVotes(posted, signal);
      return { votes, voters, bounds, ...tastes(), measure, resetAt };
    },
  };
};
