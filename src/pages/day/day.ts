import { addDays } from '../../core/clock.ts';
import type { Digest, ModelUsage } from '../../core/digest.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Rubric } from '../../core/score.ts';
import type { Stores } from '../../core/stores.ts';
import type { VoteCount } from '../../core/votes.ts';

/** What the pages need of a channel. */
export type PageChannel = {
  name: string;
  /** IANA name, for the times that are shown. */
  timezone: string;
};

/** The stores that the pages read. */
export type PageStores = Pick<Stores, 'digests' | 'scores' | 'ledger' | 'reactions'>;

/** A digest and all that its page tells besides. */
export type Day = {
  channel: PageChannel;
  digest: Digest;
  /** The digests before and after it. */
  previous: IsoDate | undefined;
  next: IsoDate | undefined;
  rubric: Rubric | undefined;
  /** The model calls that its scores came from, those that another channel paid for included. */
  models: ModelUsage[];
  /** Standing votes by paper id. */
  votes: ReadonlyMap<string, VoteCount>;
};

/** Reads what the page of a digest shows. */
export const readDay = async (channel: PageChannel, digest: Digest, stores: PageStores): Promise<Day> => {
  const dates = (await stores.digests.summaries(channel.name)).map(({ date }) => date);
  const papers = [...digest.entries, ...digest.nearest].map(({ paper }) => paper.id);
  return {
    channel,
    digest,
    previous: dates.find((date) => date < digest.date),
    next: dates.findLast((date) => date > digest.date),
    rubric: await stores.scores.rubric(digest.rubric),
    // The first version kept them in the ledger alone.
    models: digest.models.length > 0 ? digest.models : await stores.ledger.models(digest.rubric, digest.date),
    votes: await stores.reactions.votes(channel.name, papers),
  };
};

/** `2025-07` of `2025-07-08`. */
export const monthOf = (date: IsoDate): string => date.slice(0, 7);

/** `2025` of `2025-07-08`, and of `2025-07`. */
export const yearOf = (date: string): string => date.slice(0, 4);

/** The months of the dates, each once and in their order. */
export const monthsOf = (dates: readonly IsoDate[]): string[] => [...new Set(dates.map(monthOf))];

/** The years of the dates, each once and in their order. */
export const yearsOf = (dates: readonly IsoDate[]): string[] => [...new Set(dates.map(yearOf))];

/** The first and the last day of a month such as `2025-02`. */
export const daysOf = (month: string): { from: IsoDate; to: IsoDate } => {
  const from = `${month}-01`;
  return { from, to: addDays(`${monthOf(addDays(from, 31))}-01`, -1) };
};
