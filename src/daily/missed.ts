import { addDays } from '../core/clock.ts';
import type { DigestSummary, Remedial } from '../core/digest.ts';
import type { IsoDate } from '../core/paper.ts';
import { lastMailingDate, mailingDates, previousMailingDate } from './mailing.ts';

/** So many mailings before the newest are made up for by themselves; after a long time off that is enough to read. */
const mostMissed = 5;

/**
 * The dates among the last mailings before the newest for which a channel has no digest, oldest first. What was announced
 * before its first digest, remedial ones aside, it has not missed. Holidays are among them.
 */
export const missedDates = (
  newest: IsoDate,
  digests: readonly Pick<DigestSummary, 'date' | 'remedial'>[],
): IsoDate[] => {
  const dates = new Set(digests.map(({ date }) => date));
  const onTheirDay = digests.filter(({ remedial }) => !remedial).map(({ date }) => date);
  const first = onTheirDay.sort()[0];
  if (first === undefined) return [];
  let from = newest;
  for (let back = 0; back < mostMissed; back += 1) from = previousMailingDate(from);
  return mailingDates(from, addDays(newest, -1)).filter((date) => date > first && !dates.has(date));
};

/**
 * What is remedial in a digest of a date that is made at an instant; undefined for the day's own mailing.
 *
 * @param wasEmpty Whether a date is known to have had no announcement: a holiday.
 */
export const remedialOf = async (
  date: IsoDate,
  approximate: boolean,
  now: Date,
  wasEmpty: (date: IsoDate) => Promise<boolean>,
): Promise<Remedial | undefined> => {
  if (date >= lastMailingDate(now)) return undefined;
  let from = previousMailingDate(date);
  while (await wasEmpty(from)) from = previousMailingDate(from);
  return { from, to: addDays(date, -1), approximate };
};
