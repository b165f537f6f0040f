import type { Person } from '../../core/addresses.ts';
import type { ChangeStore } from '../../core/stores.ts';

/** Newer changes than these are looked through for what a person did today. */
const maxChanges = 5_000;

export type Quota = {
  /**
   * Sets so much aside for a person. Two calls at once never pass the limit together.
   *
   * @returns what is left where there is not enough, else how to give it back once it is on record or was not used.
   */
  reserve(person: Person, amount: number, limit: number): Promise<{ left: number } | { release: () => void }>;
};

/** How many papers each person may rescore a day, by the change log. */
export const createQuota = (
  changes: Pick<ChangeStore, 'count' | 'newest'>,
  /** Simulated time, ISO 8601, at which the day began. */
  dayStart: () => string,
): Quota => {
  const pending = new Map<Person, number>();
  const add = (person: Person, amount: number): number => {
    const sum = (pending.get(person) ?? 0) + amount;
    if (sum > 0) pending.set(person, sum);
    else pending.delete(person);
    return sum;
  };
  const recorded = async (person: Person): Promise<number> => {
    const since = dayStart();
    if ((await changes.count(person, 'rescore', since)) === 0) return 0;
    return (await changes.newest(maxChanges))
      .filter((change) => change.action === 'rescore')
      .filter((change) => change.person === person && change.at >= since)
      .reduce((sum, { value }) => sum + value.papers, 0);
  };

  return {
    async reserve(person, amount, limit) {
      // Set aside before the record is read, so that of two calls the second sees the first.
      const held = add(person, amount);
      let kept = false;
      try {
        const had = (await recorded(person)) + held - amount;
        if (had + amount > limit) return { left: Math.max(0, limit - had) };
        kept = true;
        return { release: () => void add(person, -amount) };
      } finally {
        if (!kept) add(person, -amount);
      }
    },
  };
};
