import * as z from 'zod';
import type { Channel, ChannelChange, NewChannel } from '../../core/channel.ts';
import type { Rubric } from '../../core/score.ts';
import type { Change, ChangeStore } from '../../core/stores.ts';

export type CreateRubric = (texts: Pick<Rubric, 'topics' | 'criteria' | 'language'>) => Rubric;

const band = z.int().min(1).max(10);
const author = z.object({ name: z.string().min(1), semanticScholarId: z.string().optional() });

const changeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('topics'),
    topics: z.string().min(1),
    cutoffs: z.object({ relevance: band, novelty: band }),
  }),
  z.object({ kind: z.literal('schedule'), schedule: z.string().min(1) }),
  z.object({ kind: z.literal('pause'), isPaused: z.boolean() }),
  z.object({ kind: z.literal('authors'), authors: z.array(author) }),
]);

const newChannelSchema = z.object({
  name: z.string().min(1),
  destination: z.string().min(1),
  categories: z.array(z.string()).min(1),
  topics: z.string().min(1),
  timezone: z.string().min(1),
});

/** The record of a channel that was made in chat. */
export const createAction = 'here';

/** The record that a channel was taken away that was made in chat. What was changed before it holds no more. */
export const removeAction = 'remove';

/** A change on record; undefined for one of another action, or that this version cannot read. */
const readChange = ({ action, value }: Change): ChannelChange | undefined => {
  const { data } = changeSchema.safeParse(value);
  return data?.kind === action ? data : undefined;
};

export const readNewChannel = ({ action, value }: Change): NewChannel | undefined =>
  action === createAction ? newChannelSchema.safeParse(value).data : undefined;

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
    if (record.action === removeAction) newest.clear();
    const change = record.undoneBy === undefined ? readChange(record) : undefined;
    if (change) newest.set(change.kind, { change, record });
  }
  return [...newest.values()];
};

/** One edit of a channel's topics; `text` is the whole file as it was from then on. */
export type TopicsVersion = { at: string; by: string; text: string; cutoffs: Channel['cutoffs']; isUndone: boolean };

/** The edits of a channel's topics from chat, oldest first; to be taken into the file that they stand over. */
export const topicsHistory = async (channel: string, changes: Pick<ChangeStore, 'list'>): Promise<TopicsVersion[]> =>
  (await changes.list(channel, 'topics')).flatMap((record) => {
    const change = readChange(record);
    if (change?.kind !== 'topics') return [];
    const { at, person: by, undoneBy } = record;
    return [{ at, by, text: change.topics, cutoffs: change.cutoffs, isUndone: undoneBy !== undefined }];
  });
