import { isRetracted } from '../../core/changes.ts';
import type { Channel } from '../../core/channel.ts';
import { atMost } from '../../core/clock.ts';
import { errorText } from '../../core/errors.ts';
import type { AnnouncedPaper, Announcement, IsoDate } from '../../core/paper.ts';
import type { ScorablePaper, Scorer } from '../../core/score.ts';
import { withRubricLease } from '../lease.ts';
import type { DraftParts } from './draft.ts';
import { gate, notMuted } from './gate.ts';
import { storeScores } from './score.ts';

type Ahead = { papers: ScorablePaper[]; brief: ReadonlySet<string> };

type HeadStartParts = Pick<DraftParts, 'stores' | 'scorers' | 'clock' | 'logger' | 'prefilter' | 'onProgress'> & {
  /** Does the work when no draft needs the turn. */
  inTurn(work: () => Promise<void>): void;
};

export type HeadStart = {
  /** Takes an announcement while those of other categories are still being requested. */
  add(announcement: Announcement): void;
  /** Begins no more requests, and stops ranking. Resolves when the topics are expanded. Never rejects. */
  stop(): Promise<void>;
  /** Also waits for the requests in progress. Never rejects. */
  end(): Promise<void>;
};

/** Milliseconds to wait for the expansion of new topics, without which papers are ranked a little worse. */
const expansionMs = 500;

/**
 * Has a language model score the likeliest picks of the categories that arXiv has sent, while the gaps between requests
 * to arXiv pass. The draft finds their scores stored. Makes only full requests, so the day needs no more of them.
 */
export const createHeadStart = (
  channel: Channel,
  expanding: Promise<Channel | undefined> | undefined,
  parts: HeadStartParts,
  signal: AbortSignal,
): HeadStart => {
  const { stores, scorers, clock, logger, prefilter, onProgress, inTurn } = parts;
  const [scorer] = scorers;
  const papersPerCall = scorer?.papersPerCall;
  const announced: AnnouncedPaper[] = [];
  const stopped = new AbortController();
  let isWaiting = false;
  let working: Promise<void> = Promise.resolve();
  let expanded: Channel | undefined;
  expanding?.then((one) => {
    expanded = one;
  });

  const isPosted = async (date: IsoDate): Promise<boolean> =>
    (await stores.digests.find(channel.name, date)) !== undefined || (await isRetracted(channel.name, date, stores));

  const likeliest = async (
    day: Parameters<NonNullable<typeof prefilter>>[2],
    { rubric }: Channel,
    { engine, model }: Scorer,
    date: IsoDate,
  ): Promise<Ahead> => {
    if (!prefilter) return { papers: [...day], brief: new Set() };
    const query = { rubric: rubric.hash, engine, model: model(rubric) };
    const screening = await prefilter(
      { ...channel, rubric },
      date,
      day,
      query,
      AbortSignal.any([signal, stopped.signal]),
    );
    if ('prefilter' in screening) return { papers: [], brief: new Set() };
    const { ids, brief } = screening.likeliest;
    const papers = new Map(day.map((paper) => [paper.id, paper]));
    return { papers: ids.flatMap((id) => papers.get(id) ?? []), brief };
  };

  const scoreAhead = async (date: IsoDate, by: Scorer, perCall: number): Promise<void> => {
    if (await isPosted(date)) return;
    if (expanding) await atMost(expansionMs, expanding, clock);
    const known = expanded ?? channel;
    const ids = announced.map(({ paper }) => paper.id);
    const { candidates } = gate(announced, channel, await stores.digests.alreadyPicked(channel.name, date, ids));
    // Authors are looked up later, so a muted paper by a followed author is scored with the rest of the day.
    const day = notMuted(candidates, channel).map(({ paper }) => paper);
    const { papers, brief } = await likeliest(day, known, by, date);
    if (stopped.signal.aborted) return;
    await withRubricLease(known.rubric, { stores, clock, logger }, signal, async (held) => {
      const { rubric, cutoffs, name } = known;
      const query = { rubric: rubric.hash, engine: by.engine, model: by.model(rubric) };
      const scored = new Set((await stores.scores.current(query, papers)).map(({ paperId }) => paperId));
      const missing = papers.filter(({ id }) => !scored.has(id));
      const ahead = missing.slice(0, missing.length - (missing.length % perCall));
      if (ahead.length === 0) return;
      await stores.scores.saveRubric(rubric);
      const task = {
        ...{ channel: name, date, rubric, papers: ahead, brief, day, recent: [], cutoffs },
        ...{ priority: 'digest' as const, signal: held },
      };
      let done = 0;
      await storeScores(by.score(task), query, { stores, clock }, (added) => {
        done += added.length;
        onProgress?.(name, done, day.length);
      });
      logger?.info({ channel: name, date, papers: ahead.length }, 'papers scored while arXiv was read');
    });
  };

  const work = async (date: IsoDate, by: Scorer, perCall: number): Promise<void> => {
    if (stopped.signal.aborted) return;
    try {
      await scoreAhead(date, by, perCall);
    } catch (error) {
      // The draft has the same failure if it lasts, and reports it.
      if (!signal.aborted && !stopped.signal.aborted)
        logger?.info({ channel: channel.name, reason: errorText(error) }, 'no head start');
    }
  };

  return {
    add({ date, papers }) {
      // Authors are looked up for the whole day. A minimum h-index may leave out papers before they are scored.
      if (!scorer || !papersPerCall || channel.minHIndex > 0) return;
      announced.push(...papers);
      if (isWaiting) return;
      isWaiting = true;
      inTurn(() => {
        isWaiting = false;
        working = working.then(() => work(date, scorer, papersPerCall));
        return working;
      });
    },
    async stop() {
      stopped.abort();
      await expanding;
    },
    async end() {
      stopped.abort();
      await Promise.all([expanding, working]);
      announced.length = 0;
    },
  };
};
