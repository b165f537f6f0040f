import type { Digest, ModelUsage } from '../../core/digest.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Rubric } from '../../core/score.ts';
import type { Stores } from '../../core/stores.ts';
import type { VoteCount } from '../../core/votes.ts';

export type PageChannel = {
  name: string;
  timezone: string;
};

export type PageStores = Pick<Stores, 'digests' | 'scores' | 'ledger' | 'reactions'>;

/** The papers that a digest shows. */
export const shownIds = ({ entries, nearest }: Pick<Digest, 'entries' | 'nearest'>): string[] =>
  [...entries, ...nearest].map(({ paper }) => paper.id);

export type Day = {
  channel: PageChannel;
  digest: Digest;
  previous: IsoDate | undefined;
  next: IsoDate | undefined;
  rubric: Rubric | undefined;
  /** The model calls behind its scores, including those that another channel paid for. */
  models: ModelUsage[];
  votes: ReadonlyMap<string, VoteCount>;
};

/** @param dates The dates of the channel's digests, newest first. */
export const readDay = async (
  channel: PageChannel,
  { digest, dates, votes }: Pick<Day, 'digest' | 'votes'> & { dates: readonly IsoDate[] },
  stores: PageStores,
): Promise<Day> => {
  return {
    ...{ channel, digest, votes },
    previous: dates.find((date) => date < digest.date),
    next: dates.findLast((date) => date > digest.date),
    rubric: await stores.scores.rubric(digest.rubric),
    // Digests of early versions have no calls of their own.
    models: digest.models.length > 0 ? digest.models : await stores.ledger.models(digest.rubric, digest.date),
  };
};
