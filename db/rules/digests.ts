import type { AuthorCheck, Digest, DigestEntry, DigestState, DigestSummary, NewDigest } from '../../src/core/digest.ts';
import type { UnlikelyPaper } from '../../src/core/screening.ts';
import { type PaperRow, paperOf } from './papers.ts';
import { type ScoreRow, scoreOf } from './scores.ts';

type Nullable<T> = { [Name in keyof T]-?: Exclude<T[Name], undefined> | null };

/** What the gate left out: by authors, and by muted words. Each is missing if the channel does not use it. */
export type LeftOut = Partial<AuthorCheck> & { muted?: number | undefined };

export type DigestRow = Pick<
  Digest,
  'digestId' | 'channel' | 'date' | 'createdAt' | 'engines' | 'rubric' | 'notices' | 'groupByTopic'
> &
  Omit<Digest['counts'], 'muted'> &
  Omit<Digest['usage'], 'costUsd'> & {
    cutoffRelevance: number;
    cutoffNovelty: number;
    costUsd: number | null;
  } & Nullable<
    Pick<Digest, 'models' | 'remedial' | 'style' | 'prefilter' | 'fallback' | 'matchLimits'> & { authorCheck: LeftOut }
  >;

type EntryRole = 'picked' | 'nearest';

export type EntryRow = {
  entry: Pick<DigestEntry, 'rank' | 'reason'> & {
    digestId: number;
    role: EntryRole;
    topic: string | null;
    nudge: NonNullable<DigestEntry['nudge']> | null;
    summaryId: number | null;
  };
  paper: PaperRow;
  score: ScoreRow;
  summary: { text: string } | null;
};

export const entryOf = ({ entry, paper, score, summary }: EntryRow): DigestEntry => {
  const { rank, reason, topic, nudge, summaryId } = entry;
  return {
    ...{ rank, reason, paper: paperOf(paper), score: scoreOf(score), topic: topic ?? undefined },
    ...(nudge && { nudge }),
    ...(summaryId !== null && summary && { summary: { summaryId, text: summary.text } }),
  };
};

export const summaryOf = (row: DigestRow): DigestSummary => {
  const { announced, scanned, relevant, unscored, cutoffRelevance, cutoffNovelty } = row;
  const { promptTokens, cachedTokens, completionTokens, costUsd } = row;
  const { digestId, channel, date, createdAt, engines, remedial, matchLimits, authorCheck } = row;
  return {
    ...{ digestId, channel, date, createdAt, engines },
    counts: { announced, scanned, relevant, unscored, ...(authorCheck?.muted && { muted: authorCheck.muted }) },
    cutoffs: { relevance: cutoffRelevance, novelty: cutoffNovelty },
    usage: { promptTokens, cachedTokens, completionTokens, costUsd: costUsd ?? undefined },
    remedial: remedial ?? undefined,
    ...(matchLimits && { matchLimits }),
  };
};

export const stateOf = (row: DigestRow): DigestState => {
  const { prefilter, fallback } = row;
  return { ...summaryOf(row), ...(prefilter && { prefilter }), ...(fallback && { fallback }) };
};

const authorCheckOf = (leftOut: LeftOut | null): AuthorCheck | undefined => {
  const { minHIndex, below = 0, unknown = 0, notLookedUp = 0 } = leftOut ?? {};
  return minHIndex === undefined ? undefined : { minHIndex, below, unknown, notLookedUp };
};

const digestOf = (row: DigestRow, entries: readonly EntryRow[]): Digest => {
  const inRole = (role: EntryRole): DigestEntry[] => entries.filter(({ entry }) => entry.role === role).map(entryOf);
  const { rubric, notices, authorCheck, groupByTopic, style, models } = row;
  return {
    ...stateOf(row),
    ...{ rubric, notices, groupByTopic },
    ...(style && { style }),
    authorCheck: authorCheckOf(authorCheck),
    models: (models ?? []).map((one) => ({ ...one, usage: { ...one.usage, costUsd: one.usage.costUsd ?? undefined } })),
    entries: inRole('picked'),
    nearest: inRole('nearest'),
  };
};

/** @param entries Those of all the digests, by rank. */
export const digestsOf = (rows: readonly DigestRow[], entries: readonly EntryRow[]): Digest[] => {
  const byDigest = Map.groupBy(entries, ({ entry }) => entry.digestId);
  return rows.map((row) => digestOf(row, byDigest.get(row.digestId) ?? []));
};

/** The columns of a new digest. */
export const digestRowOf = (
  {
    counts,
    cutoffs,
    usage,
    authorCheck,
    entries: _entries,
    nearest: _nearest,
    unlikely: _unlikely,
    ...rest
  }: NewDigest,
  createdAt: string,
) => {
  const { relevance: cutoffRelevance, novelty: cutoffNovelty } = cutoffs;
  const { muted, ...others } = counts;
  const leftOut: LeftOut | undefined = muted ? { ...authorCheck, muted } : authorCheck;
  return { ...rest, ...others, authorCheck: leftOut, ...usage, cutoffRelevance, cutoffNovelty, createdAt };
};

/** The rows of the papers that a new digest shows. */
export const entryRowsOf = ({ channel, entries, nearest }: NewDigest, digestId: number) => {
  const rowsOf = (role: EntryRole, some: readonly DigestEntry[]) =>
    some.map(({ paper, score, summary, ...entry }) => {
      const { id: paperId, version } = paper;
      const ids = { paperId, version, scoreId: score.scoreId, summaryId: summary?.summaryId };
      return { ...entry, ...ids, digestId, role, channel };
    });
  return [...rowsOf('picked', entries), ...rowsOf('nearest', nearest)];
};

export const unlikelyOf = ({ paperId, version, position, isSampled }: UnlikelyPaper): UnlikelyPaper => {
  return { paperId, version, position, isSampled };
};

/** Before any date of a digest, and after every one. */
export const anyDate = { from: '', to: '9999-12-31' };
