import type { Person } from './addresses.ts';

/**
 * Who asks for something that costs money. `address` is where a request to the web page came from: its people share a
 * limit, because a browser can become a new person at any time.
 */
export type Asker = { person: Person; address?: string | undefined };

/** What a person, and what all people at one address together, may use in a day. */
export type Limits = { person: number; address: number };

type QuotaParts = {
  limits: Limits;
  /** What a person has used since a time, without what is not done yet. */
  recorded(person: Person, since: string): Promise<number>;
  /** ISO 8601. */
  dayStart(): string;
};

/** The amount that is left of the limit that is too small. */
export type Exceeded = { limit: keyof Limits; left: number };

export type Quota = {
  /**
   * Reserves an amount, so that parallel requests do not exceed a limit together.
   * @returns `done`, to be called with the amount used once it is recorded, or the limit that is too small.
   */
  take(asker: Asker, amount: number): Promise<{ done(used: number): void } | Exceeded>;
};

/** Limits the memory that many addresses may take. */
const maxAddresses = 10_000;

/** What addresses have used today. Kept in memory only, because addresses of people are not stored. */
const createAddressUse = (dayStart: () => string) => {
  let day = '';
  const used = new Map<string, number>();
  const today = (): Map<string, number> => {
    const start = dayStart();
    if (day !== start) used.clear();
    day = start;
    return used;
  };
  return {
    of: (address: string): number => today().get(address) ?? 0,
    add(address: string, amount: number): void {
      const sum = (today().get(address) ?? 0) + amount;
      used.delete(address);
      if (sum > 0) used.set(address, sum);
      const [oldest] = used.keys();
      if (used.size > maxAddresses && oldest !== undefined) used.delete(oldest);
    },
  };
};

export const createQuota = ({ limits, recorded, dayStart }: QuotaParts): Quota => {
  const pending = new Map<Person, number>();
  const addresses = createAddressUse(dayStart);
  const hold = (person: Person, amount: number): number => {
    const sum = (pending.get(person) ?? 0) + amount;
    if (sum > 0) pending.set(person, sum);
    else pending.delete(person);
    return sum;
  };

  return {
    async take({ person, address }, amount) {
      // Reserved before the record is read, so that the second of two requests counts the first.
      const held = hold(person, amount) - amount;
      const heldAt = address === undefined ? 0 : addresses.of(address);
      if (address !== undefined) addresses.add(address, amount);
      const release = (used: number): void => {
        hold(person, -amount);
        if (address !== undefined) addresses.add(address, used - amount);
      };
      try {
        const left = {
          person: limits.person - held - (await recorded(person, dayStart())),
          address: address === undefined ? Number.POSITIVE_INFINITY : limits.address - heldAt,
        };
        for (const limit of ['person', 'address'] as const)
          if (amount > left[limit]) {
            release(0);
            return { limit, left: Math.max(0, left[limit]) };
          }
      } catch (error) {
        release(0);
        throw error;
      }
      return { done: release };
    },
  };
};
