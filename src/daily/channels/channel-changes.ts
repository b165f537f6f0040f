import { type Change, settingOf } from '../../core/changes.ts';
import type { Channel, ChannelChange } from '../../core/channel.ts';
import type { Rubric } from '../../core/score.ts';

export type CreateRubric = (texts: Pick<Rubric, 'topics' | 'criteria' | 'language'>) => Rubric;

/** A channel with a change. */
export const withChange = (channel: Channel, change: ChannelChange, createRubric: CreateRubric): Channel => {
  switch (change.kind) {
    case 'topics': {
      const { criteria, language } = channel.rubric;
      const rubric = createRubric({ topics: change.topics, criteria, language });
      return { ...channel, rubric, cutoffs: change.cutoffs };
    }
    case 'schedule':
      return { ...channel, schedule: change.schedule };
    case 'pause':
      return { ...channel, isPaused: change.isPaused };
    case 'authors':
      return { ...channel, authors: change.authors };
  }
};

/** A change that holds, with who made it when. */
export type StandingChange = { change: ChannelChange; record: Change };

/** The newest change of each kind that was not taken back, since the channel was taken away last. Each holds the whole value, so the earlier ones do not count. */
export const standingChanges = (records: readonly Change[]): StandingChange[] => {
  const newest = new Map<string, StandingChange>();
  for (const record of records) {
    if (record.action === 'remove') newest.clear();
    const change = record.undoneBy === undefined ? settingOf(record) : undefined;
    if (change) newest.set(change.kind, { change, record });
  }
  return [...newest.values()];
};
