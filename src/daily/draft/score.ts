import type { CallPriority } from '../../core/call-limiter.ts';
import type { Channel } from '../../core/channel.ts';
import type { Clock } from '../../core/clock.ts';
import type { EngineShare, Fallback } from '../../core/digest.ts';
import { type Candidate, capitalized, countOf, type IsoDate } from '../../core/paper.ts';
import {
  recentDays,
  type ScorablePaper,
  type Score,
  type Scorer,
  type ScorerStop,
  type ScoringTask,
} from '../../core/score.ts';
import type { Prefilter, Prefiltered } from '../../core/screening.ts';
import type { ScoreQuery, Stores } from '../../core/stores.ts';
import { createDayComments } from './comments.ts';

export type ScoredDay = {
  scores: Map<string, Score>;
  engines: EngineShare[];
  notices: string[];
  fallback: Fallback | undefined;
  prefiltered: Prefiltered | undefined;
};

export type ScoreParts = {
  /**
   * Each scores the papers that the previous one left unscored. The last is the built-in scorer, which never stops
   * early.
   */
  scorers: readonly Scorer[];
  stores: Pick<Stores, 'announcements' | 'scores'>;
  clock: Clock;
  prefilter?: Prefilter | undefined;
  priority?: CallPriority | undefined;
  mustRead?: { has(paperId: string): boolean } | undefined;
  /** Papers that the prefilter must not screen out either, because of votes. */
  liked?: { has(paperId: string): boolean } | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
};

/** Announcement dates that the built-in scorer learns from. More dates cost memory and hardly improve its ranking. */
const archiveDates = 20;

const noticeOf = (stop: ScorerStop | undefined, left: number, total: number, model: string): string => {
  const share =
    left < total
      ? `${left} of ${countOf(total, 'paper')}`
      : total === 1
        ? 'the only paper'
        : `all ${countOf(total, 'paper')}`;
  if (!stop)
    return `${model} gave no valid answer for ${countOf(left, 'paper')}. The built-in scorer scored ${left === 1 ? 'it' : 'them'}.`;
  const why =
    stop.kind === 'budget'
      ? capitalized(stop.reason)
      : `The language model ${left < total ? 'stopped answering' : 'failed'}: ${stop.reason}`;
  return `${why}. The built-in scorer scored ${share}.`;
};

/** Undefined if the model answered, and only some papers were left without a verdict. */
const fallbackOf = (stop: ScorerStop | undefined, left: number, total: number, model: string): Fallback | undefined => {
  if (stop) return { model, papers: left, kind: stop.kind, reason: stop.reason, remedy: stop.remedy };
  if (left * 2 <= total) return undefined;
  const reason = `${model} gave no valid answer for most papers`;
  return { model, papers: left, kind: 'outage', reason, remedy: 'Choose another scorer.model.' };
};

const sharesOf = (scores: Iterable<Score>): EngineShare[] => {
  const shares = new Map<string, EngineShare>();
  for (const { engine, model } of scores) {
    const key = `${engine} ${model}`;
    const share = shares.get(key) ?? { engine, model, papers: 0 };
    shares.set(key, { ...share, papers: share.papers + 1 });
  }
  return [...shares.values()].sort((a, b) => b.papers - a.papers);
};

/** Stores verdicts as they arrive. Returns why the scorer stopped early. */
export const storeScores = async (
  scoring: ReturnType<Scorer['score']>,
  query: ScoreQuery,
  { stores, clock }: Pick<ScoreParts, 'stores' | 'clock'>,
  onStored: (scores: Score[]) => void = () => undefined,
): Promise<ScorerStop | undefined> => {
  try {
    let step = await scoring.next();
    for (; !step.done; step = await scoring.next())
      onStored(await stores.scores.add(query, step.value, clock.now().toISOString()));
    return step.value;
  } finally {
    await scoring.return(undefined);
  }
};

/**
 * Stores verdicts as they arrive, and reuses stored ones for the same rubric, engine and model. A killed run can
 * therefore continue.
 */
export const scoreDay = async (
  channel: Channel,
  date: IsoDate,
  candidates: readonly Candidate[],
  signal: AbortSignal,
  parts: ScoreParts,
): Promise<ScoredDay> => {
  const { scorers, stores, clock, prefilter, priority, mustRead, liked, onProgress } = parts;
  const { rubric, cutoffs, name, papersPerDay } = channel;
  const day = candidates.map((candidate) => candidate.paper);
  const pickRate = papersPerDay / Math.max(1, day.length);
  await stores.scores.saveRubric(rubric);

  const scores = new Map<string, Score>();
  const notices: string[] = [];
  let fallback: Fallback | undefined;
  let prefiltered: Prefiltered | undefined;
  let skipped: ReadonlySet<string> = new Set();
  const isUnread = ({ id }: ScorablePaper): boolean => !scores.has(id) && !skipped.has(id);
  const keep = (found: readonly Score[]): void => {
    for (const score of found) scores.set(score.paperId, score);
  };
  const take = (found: readonly Score[]): void => {
    keep(found);
    onProgress?.(scores.size, day.length - skipped.size);
  };

  for (const scorer of scorers) {
    const missing = day.filter(isUnread);
    if (missing.length === 0) break;
    const query = { rubric: rubric.hash, engine: scorer.engine, model: scorer.model(rubric) };
    const isModel = scorer.engine !== 'local';
    take(await stores.scores.current(query, missing));

    const comments = createDayComments({
      ...{ scorer, query, channel, date, day, priority, mustRead, stores, onScores: keep, signal },
    });
    const papersOf = async (dates: number, passed: number): Promise<readonly ScorablePaper[]> =>
      isModel ? [] : stores.announcements.recent(date, dates, channel.categories, passed);
    const readAll = async (brief?: ReadonlySet<string>): Promise<ScorerStop | undefined> => {
      const papers = day.filter(isUnread);
      if (papers.length === 0) return undefined;
      const recent = await papersOf(recentDays, 0);
      const archive = await papersOf(archiveDates - recentDays, recentDays);
      const task: ScoringTask = {
        ...{ channel: name, date, rubric, papers, brief, day, recent, archive, cutoffs, pickRate, priority, signal },
      };
      const stop = await storeScores(scorer.score(task), query, { stores, clock }, (added) => {
        take(added);
        comments.scored(added);
      });
      signal.throwIfAborted();
      return stop;
    };
    const readLikely = async (filter: Prefilter): Promise<ScorerStop | undefined> => {
      const screening = await filter(channel, date, day, query, signal);
      if ('prefilter' in screening) {
        prefiltered = screening;
        return readAll();
      }
      const versions = new Map(day.map(({ id, version }) => [id, version]));
      const result = await screening.read({
        cutoffs,
        version: (id) => versions.get(id) ?? 1,
        scoreOf: (id) => scores.get(id),
        mustRead: (id) => mustRead?.has(id) === true || liked?.has(id) === true,
        read: (ids) => {
          skipped = ids.skipped;
          return readAll(ids.brief);
        },
      });
      prefiltered = result.prefiltered;
      return result.stop;
    };
    const stop = await (isModel && prefilter && day.some(isUnread) ? readLikely(prefilter) : readAll());
    await comments.end(scores, stop === undefined || stop.kind === 'budget');
    signal.throwIfAborted();

    // If a model scored nothing, it screens out nothing: the next scorer gets all papers.
    if (isModel && scores.size === 0) [skipped, prefiltered] = [new Set(), undefined];
    const left = day.length - skipped.size - scores.size;
    if (left === 0 || !isModel) continue;
    const total = day.length - skipped.size;
    notices.push(noticeOf(stop, left, total, query.model));
    fallback ??= fallbackOf(stop, left, total, query.model);
  }
  return { scores, engines: sharesOf(scores.values()), notices, fallback, prefiltered };
};
