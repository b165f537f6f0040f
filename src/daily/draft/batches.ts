import {
  type BatchDay,
  type BatchOutcome,
  type BatchScorer,
  type BatchWait,
  papersIn,
  type ScoringBatch,
} from '../../core/batch.ts';
import type { Channel } from '../../core/channel.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { ModelVerdict, Rubric, ScorablePaper } from '../../core/score.ts';
import { LeaseTimeout, withLease } from '../lease.ts';
import { candidatesOf, type DraftParts } from './draft.ts';

/** A batch rarely ends sooner, in milliseconds. */
const minWaitMs = 15 * 60_000;

/** One for the papers that the prefilter has read first, one for those that it adds, one for those without a valid answer. */
const maxRounds = 3;

/** Explains batches once. */
export const batchNotice =
  'From now on, papers that can wait are scored in batches, at half the price. Digests of missed days are posted up to an hour later. To score all papers at once, set scorer: { batch: off }.';

export type BatchParts = Pick<
  DraftParts,
  'stores' | 'authors' | 'expand' | 'prefilter' | 'likedOf' | 'batch' | 'onBatch'
> & { clock: Clock; logger: Logger };

const queryOf = (rubric: Pick<Rubric, 'hash'>, { engine, model }: Pick<BatchScorer, 'engine' | 'model'>) => ({
  ...{ rubric: rubric.hash, engine, model },
});

const minutesUntil = (until: number, { clock }: Pick<BatchParts, 'clock'>): number =>
  Math.max(0, Math.round((until - clock.realNow()) / 60_000));

/** The papers of a day without a score that its draft will have the language model read next. */
const unscoredOf = async (
  channel: Channel,
  date: IsoDate,
  batch: BatchScorer,
  parts: BatchParts,
  signal: AbortSignal,
): Promise<BatchDay | undefined> => {
  const { stores, prefilter } = parts;
  if (await stores.digests.find(channel.name, date)) return undefined;
  const announced = await stores.announcements.read(date, channel.categories);
  if (announced.length === 0) return undefined;
  const { candidates, matches, liked } = await candidatesOf(channel, { date, announced }, parts, signal);
  const day = candidates.map(({ paper }) => paper);
  const query = queryOf(channel.rubric, batch);
  const scores = new Map((await stores.scores.current(query, day)).map((score) => [score.paperId, score]));
  const missing = (skipped?: ReadonlySet<string>): ScorablePaper[] =>
    day.filter(({ id }) => !scores.has(id) && skipped?.has(id) !== true);
  if (missing().length === 0) return undefined;
  const screening = await prefilter?.(channel, date, day, query, signal);
  if (!screening || 'prefilter' in screening) return { date, papers: missing(), brief: new Set() };
  const versions = new Map(day.map(({ id, version }) => [id, version]));
  let next: BatchDay | undefined;
  await screening.read({
    cutoffs: channel.cutoffs,
    version: (id) => versions.get(id) ?? 1,
    scoreOf: (id) => scores.get(id),
    mustRead: (id) => matches.has(id) || liked.has(id),
    read: async ({ skipped, brief }) => {
      const papers = missing(skipped);
      if (papers.length === 0) return undefined;
      next = { date, papers, brief };
      // What else is read depends on the scores of these.
      return { kind: 'outage', reason: 'nothing is read yet' };
    },
  });
  return next;
};

/** A batch may answer about papers that were scored by other calls meanwhile. */
const storeNew =
  (rubric: Pick<Rubric, 'hash'>, batch: BatchScorer, { stores, clock }: Pick<BatchParts, 'stores' | 'clock'>) =>
  async (verdicts: readonly ModelVerdict[]): Promise<void> => {
    const query = queryOf(rubric, batch);
    const versions = verdicts.map(({ paperId: id, version }) => ({ id, version }));
    const known = new Set((await stores.scores.current(query, versions)).map(({ paperId }) => paperId));
    const added = verdicts.filter(({ paperId }) => !known.has(paperId));
    await stores.scores.add(query, added, clock.now().toISOString());
  };

/**
 * Works on the batches of a rubric. Its own lease, because a batch takes up to an hour in which nothing else may wait: runs
 * of the channel go on with ordinary calls.
 * @returns undefined if another run worked on them until it was too late.
 */
const withBatches = async <T>(
  rubric: string,
  until: number,
  { stores, clock, logger }: Pick<BatchParts, 'stores' | 'clock' | 'logger'>,
  signal: AbortSignal,
  work: (held: AbortSignal) => Promise<T>,
): Promise<T | undefined> => {
  const maxWaitMs = Math.max(0, until - clock.realNow());
  try {
    return await withLease(`batch ${rubric}`, { leases: stores.leases, clock, logger, maxWaitMs }, signal, work);
  } catch (error) {
    if (error instanceof LeaseTimeout) return undefined;
    throw error;
  }
};

const finishOne = async (
  sent: ScoringBatch,
  batch: BatchScorer,
  wait: Omit<BatchWait, 'store'>,
  parts: BatchParts,
): Promise<BatchOutcome> => {
  const { service } = batch;
  const minutes = minutesUntil(wait.until, parts);
  parts.onBatch?.(sent.channel, { kind: 'continued', service, papers: papersIn(sent), minutes });
  const outcome = await batch.finish(sent, { ...wait, store: storeNew({ hash: sent.rubric }, batch, parts) });
  parts.onBatch?.(sent.channel, { kind: 'ended', service, ...outcome });
  return outcome;
};

const sendAndWait = async (
  channel: Channel,
  dates: readonly IsoDate[],
  batch: BatchScorer,
  wait: Omit<BatchWait, 'store'>,
  parts: BatchParts,
): Promise<BatchOutcome | undefined> => {
  const { name, rubric } = channel;
  const { service } = batch;
  const days: BatchDay[] = [];
  for (const date of dates) {
    const day = await unscoredOf(channel, date, batch, parts, wait.signal);
    if (day) days.push(day);
  }
  if (days.length === 0) return undefined;
  await parts.stores.scores.saveRubric(rubric);
  const outcome = await batch.score({
    ...{ ...wait, channel: name, rubric, days, store: storeNew(rubric, batch, parts) },
    onSent: (papers) =>
      parts.onBatch?.(name, { kind: 'sent', service, papers, minutes: minutesUntil(wait.until, parts) }),
  });
  if (outcome) parts.onBatch?.(name, { kind: 'ended', service, ...outcome });
  return outcome;
};

/**
 * Scores the papers of stored announcements in a batch, at half price, and stores the scores, which the drafts of these
 * dates then find. Continues a batch that an ended process has sent. Whatever goes wrong, the drafts use ordinary calls.
 * @param until System time in milliseconds until which a batch is awaited, if it may take so long.
 * @returns true if this was the first batch that the server has answered
 */
export const scoreInBatch = async (
  given: Channel,
  dates: readonly IsoDate[],
  until: number,
  parts: BatchParts,
  signal: AbortSignal,
): Promise<boolean> => {
  const { batch, clock, stores, logger } = parts;
  if (!batch) return false;
  const latest = Math.min(until, clock.realNow() + batch.maxWaitMs);
  try {
    const channel = parts.expand ? await parts.expand(given, signal) : given;
    const work = async (held: AbortSignal): Promise<boolean> => {
      let isFirst = false;
      const wait = { until: latest, signal: held };
      for (const sent of await stores.batches.list()) {
        if (sent.rubric !== channel.rubric.hash || !batch.isOwn(sent)) continue;
        const outcome = await finishOne(sent, batch, wait, parts);
        isFirst ||= outcome.isFirst;
      }
      for (let round = 0; round < maxRounds && latest - clock.realNow() >= minWaitMs; round += 1) {
        const outcome = await sendAndWait(channel, dates, batch, wait, parts);
        if (!outcome?.scored) break;
        isFirst ||= outcome.isFirst;
      }
      return isFirst;
    };
    return (await withBatches(channel.rubric.hash, latest, parts, signal, work)) ?? false;
  } catch (error) {
    signal.throwIfAborted();
    logger.error({ channel: given.name, err: error }, 'papers not scored ahead');
    return false;
  }
};

/** Longer than a run waits for its batch, in milliseconds. */
const forgottenAfterMs = 30 * 60_000;

/** Takes what exists of the batches for which no run waits any longer, and cancels the rest of them. */
export const finishForgotten = async (parts: BatchParts, signal: AbortSignal): Promise<void> => {
  const { batch, clock, stores } = parts;
  if (!batch) return;
  const isForgotten = ({ createdAt }: ScoringBatch): boolean =>
    clock.now().getTime() - Date.parse(createdAt) > batch.maxWaitMs + forgottenAfterMs;
  for (const { key, rubric } of (await stores.batches.list()).filter(batch.isOwn).filter(isForgotten))
    await withBatches(rubric, clock.realNow(), parts, signal, async (held) => {
      const sent = (await stores.batches.list()).find((one) => one.key === key);
      if (sent) await finishOne(sent, batch, { until: clock.realNow(), signal: held }, parts);
    });
};
