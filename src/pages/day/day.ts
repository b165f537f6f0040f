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

export const readDay = async (channel: PageChannel, digest: Digest, stores: PageStores): Promise<Day> => {
  const dates = (await stores.digests.summaries(channel.name)).map(({ date }) => date);
  const papers = [...digest.entries, ...digest.nearest].map(({ paper }) => paper.id);
  return {
    channel,
    digest,
    previous: dates.find((date) => date < digest.date),
    next: dates.findLast((date) => date > digest.date),
    rubric: await stores.scores.rubric(digest.rubric),
    // Digests of early versions have no calls of their own.
    models: digest.models.length > 0 ? digest.models : await stores.ledger.models(digest.rubric, digest.date),
    votes: await stores.reactions.votes(channel.name, papers),
  };
};
