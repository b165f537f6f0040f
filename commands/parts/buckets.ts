import { addDays } from '../../src/core/clock.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import { shortDay } from './dates.ts';

/** Above so many days a bar is a week rather than a day. */
const mostDailyBars = 31;

/** The Monday of a date's week. */
const mondayOf = (date: IsoDate): IsoDate => addDays(date, -((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7));

export type Bucket<T> = { label: string; items: T[] };

/** What happened on some dates by day, or by week from its Monday where the stretch is long; the oldest first. */
export const bucketsOf = <T extends { date: IsoDate }>(items: readonly T[], days: number): Bucket<T>[] => {
  const startOf = days > mostDailyBars ? mondayOf : (date: IsoDate): IsoDate => date;
  const buckets = new Map<IsoDate, T[]>();
  for (const item of items.toSorted((a, b) => a.date.localeCompare(b.date))) {
    const start = startOf(item.date);
    buckets.set(start, [...(buckets.get(start) ?? []), item]);
  }
  return [...buckets].map(([start, inside]) => ({ label: shortDay(start), items: inside }));
};

export const bucketNoun = (days: number): 'day' | 'week' => (days > mostDailyBars ? 'week' : 'day');
