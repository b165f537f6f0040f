import type { Logger } from '../../core/logger.ts';
import { matchedTopics } from '../../core/score.ts';
import type { Prefilter, Prefiltered, RankDay } from '../../core/screening.ts';
import { createSlots } from '../../core/slots.ts';
import type { Stores } from '../../core/stores.ts';
import { beliefFrom, lineFor, measureRecall } from './belief.ts';
import { briefOf, type Plan, readScreened } from './read.ts';

export type PrefilterParts = {
  stores: { digests: Pick<Stores['digests'], 'pastDays'>; announcements: Pick<Stores['announcements'], 'recent'> };
  rank: RankDay;
  targetRecall: number;
  logger: Logger;
};

/** The ranking and the line are learned from this many digests. */
const pastDigests = 20;
/** Below this, a day fits into a few requests, and screening saves next to nothing. */
const minPapers = 50;
/** Past days take memory, so channels with the same schedule take turns. One reads its days while another ranks. */
const maxAtOnce = 2;

type Planner = (...of: Parameters<Prefilter>) => Promise<Plan | Prefiltered>;

/** Learns for each date from the model's verdicts of earlier dates. */
export const createPlanner = ({ stores, rank, targetRecall, logger }: PrefilterParts): Planner => {
  const inTurn = createSlots(maxAtOnce);
  const plan = async (...[channel, date, papers, query, signal]: Parameters<Planner>): Promise<Plan> => {
    const { cutoffs, rubric, categories } = channel;
    const days = await stores.digests.pastDays(channel, query, date, pastDigests);
    const archive = await stores.announcements.recent(date, pastDigests, categories);
    const scored = days.flatMap((day) => day.papers);
    const known = new Set(scored.map(({ paper }) => paper.id));
    const task = {
      papers: papers.map(({ id, version, title, abstract, categories, authors }) => {
        return { id, version, title, abstract, categories, authors };
      }),
      archive: archive.filter(({ id }) => !known.has(id)),
      ...{ scored, cutoffs, topics: matchedTopics(rubric) },
    };
    const order = await rank(task, signal);
    const screened = days.flatMap((day) =>
      day.screened && day.cutoffs.relevance === cutoffs.relevance && day.cutoffs.novelty === cutoffs.novelty
        ? [day.screened]
        : [],
    );
    const read = Math.ceil(lineFor(beliefFrom(screened), targetRecall) * papers.length);
    return { order, read, targetRecall, days: screened, measured: measureRecall(screened) };
  };
  return async (channel, date, papers, query, signal) => {
    if (papers.length < minPapers) return { prefilter: { skipped: 0, sampled: 0, days: 0 }, unlikely: [] };
    try {
      return await inTurn(() => plan(channel, date, papers, query, signal));
    } catch (error) {
      signal.throwIfAborted();
      // The prefilter only saves tokens, so its failure must not prevent the digest.
      logger.error({ channel: channel.name, date, err: error }, 'prefilter failed');
      return { prefilter: { reason: 'it failed (see the log)' }, unlikely: [] };
    }
  };
};

export const createPrefilter = (parts: PrefilterParts): Prefilter => {
  const planner = createPlanner(parts);
  return async (...of) => {
    const plan = await planner(...of);
    if ('prefilter' in plan) return plan;
    const { order, read } = plan;
    return {
      likeliest: { ids: order.slice(0, read), brief: briefOf(order) },
      read: (reader) => readScreened(plan, reader),
    };
  };
};
