import { isByModel, passes, type ScorerStop } from '../../core/score.ts';
import type { DayReader, MeasuredRecall, Prefiltered, ScreenedDay, UnlikelyPaper } from '../../core/screening.ts';
import { beliefFrom, lineFor } from './belief.ts';
import { isSampled, probabilityOf, sampling } from './sample.ts';

/** What to read of a day. */
export type Plan = {
  /** Ids of all papers, the likeliest picks first. */
  order: readonly string[];
  /** How many of them to read first. */
  read: number;
  targetRecall: number;
  /** Earlier days with the same cutoffs, oldest first. */
  days: readonly ScreenedDay[];
  measured: MeasuredRecall | undefined;
};

const shareOf = (position: number, of: number): number => (position - 0.5) / of;

/** Today's first picks count as much as those of this many days, because days differ. */
const weightOfToday = 2;

/**
 * Moves the line down if more of the papers above it were picked near it than expected: the picks then reach further
 * down today. Never moves it up.
 * @returns The number of papers above the line.
 */
export const extendedLine = ({ order, read, days, targetRecall }: Plan, isPick: (id: string) => boolean): number => {
  const picks = order.slice(0, read).flatMap((id, at) => (isPick(id) ? [shareOf(at + 1, order.length)] : []));
  const today = { line: read / order.length, picks, sampling: { near: 0, reach: 1, far: 0 } };
  const belief = beliefFrom([...days, ...Array.from({ length: weightOfToday }, () => today)]);
  return Math.max(read, Math.ceil(lineFor(belief, targetRecall) * order.length));
};

/** If more must be read, screening saves too little to be worth it. */
const maxShareRead = 0.9;

/**
 * Four of five picks are among the first papers, up to this share of the day. Of the rest, less is read: rankings by short
 * excerpts of these papers are as good as by whole abstracts (see docs/ranking.md).
 */
const wholeShare = 0.2;

export const briefOf = (order: readonly string[]): Set<string> =>
  new Set(order.slice(Math.ceil(wholeShare * order.length)));

/**
 * Reads a day above the line, and the sample below it. Then it extends the line if need be, and reads the rest above it.
 * Papers that were read for another reason are not screened out. If the model stops early, nothing is learned from the
 * day.
 */
export const readScreened = async (
  plan: Plan,
  { cutoffs, version, scoreOf, mustRead, read }: DayReader,
): Promise<{ prefiltered: Prefiltered; stop: ScorerStop | undefined }> => {
  const { order, days, measured } = plan;
  const of = order.length;
  const isPick = (id: string): boolean => {
    const score = scoreOf(id);
    return score !== undefined && isByModel(score) && passes(score, cutoffs);
  };
  const brief = new Set([...briefOf(order)].filter((id) => !mustRead(id)));
  const belowLine = (line: number): UnlikelyPaper[] =>
    order.slice(line).map((paperId, at) => {
      const position = line + at + 1;
      const probability = probabilityOf(shareOf(position, of), line / of, sampling);
      return { paperId, version: version(paperId), position, isSampled: isSampled(paperId, probability) };
    });
  const unread = (unlikely: readonly UnlikelyPaper[]): Set<string> =>
    new Set(
      unlikely.flatMap(({ paperId, isSampled }) =>
        isSampled || mustRead(paperId) || scoreOf(paperId) ? [] : [paperId],
      ),
    );
  const concluded = (below: readonly UnlikelyPaper[], screened: ScreenedDay | undefined): Prefiltered => {
    const unlikely = below.filter(({ paperId, isSampled }) => !mustRead(paperId) && (isSampled || !scoreOf(paperId)));
    const sampled = unlikely.filter(({ isSampled }) => isSampled).length;
    const counts = { skipped: unlikely.length - sampled, sampled, days: days.length };
    return { prefilter: { ...counts, ...measured, ...(screened && { screened }) }, unlikely };
  };

  // Some papers may have been scored while arXiv was read. What they show saves a second round of requests.
  const begun = extendedLine(plan, isPick);
  const first = belowLine(begun);
  const early = await read({ skipped: unread(first), brief });
  if (early) return { prefiltered: concluded(first, undefined), stop: early };
  const extended = extendedLine({ ...plan, read: begun }, isPick);
  const line = extended > maxShareRead * of ? of : extended;
  // A lower line has a larger sample below it.
  const below = line === begun ? first : belowLine(line);
  const stop = below === first ? undefined : await read({ skipped: unread(below), brief });
  const sample = new Set(below.flatMap(({ paperId, isSampled }) => (isSampled ? [paperId] : [])));
  const picks = order.flatMap((id, at) =>
    (at < line || sample.has(id)) && isPick(id) ? [Math.round(1e4 * shareOf(at + 1, of)) / 1e4] : [],
  );
  const screened = stop ? undefined : { line: Math.round((1e4 * line) / of) / 1e4, picks, sampling };
  if (line < of) return { prefiltered: concluded(below, screened), stop };
  const reason = `it would have to read more than ${100 * maxShareRead}% of the day, which saves too little`;
  return { prefiltered: { prefilter: { reason, ...(screened && { screened }) }, unlikely: [] }, stop };
};
