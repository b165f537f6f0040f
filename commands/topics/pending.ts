import type { ChangeOf } from '../../src/core/changes.ts';
import type { Channel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';

export type PendingTopics = {
  topics: string;
  /** As entered, so possibly invalid. */
  cutoffs: string;
  /** As entered; undefined to keep the channel's. */
  papersPerDay?: string | undefined;
  base: string;
};

export type StoredTopics = PendingTopics & { id: number };

type Context = Pick<CommandContext, 'stores' | 'person' | 'clock'>;

const storedTopics = ({ changeId, value }: ChangeOf<'topics-draft'>): StoredTopics => ({ id: changeId, ...value });

const ownEdits = async (channel: Channel, { stores, person }: Context): Promise<ChangeOf<'topics-draft'>[]> =>
  (await stores.changes.list(channel.name, 'topics-draft')).filter((one) => one.person === person);

export const addPending = async (channel: Channel, pending: PendingTopics, context: Context): Promise<StoredTopics> => {
  const { stores, person, clock } = context;
  const at = clock.now().toISOString();
  const change = { at, person, channel: channel.name, action: 'topics-draft', value: pending } as const;
  const { changeId } = await stores.changes.add(change);
  return { ...pending, id: changeId };
};

/** The person's own pending edit. @throws UserError if none has this id, or it was saved or discarded. */
export const findPending = async (channel: Channel, id: number, context: Context): Promise<StoredTopics> => {
  const change = (await ownEdits(channel, context)).find(({ changeId }) => changeId === id);
  if (!change) throw new UserError(`You have no pending edit ${id} here. Type /arxiv topics edit to start one.`);
  if (change.undoneBy !== undefined)
    throw new UserError('This edit was already saved or discarded. Type /arxiv topics edit to start a new one.');
  return storedTopics(change);
};

export const newestPending = async (channel: Channel, context: Context): Promise<StoredTopics | undefined> => {
  const change = (await ownEdits(channel, context)).findLast(({ undoneBy }) => undoneBy === undefined);
  return change && storedTopics(change);
};

/** Marks an edit as saved or discarded. @throws UserError if it was already marked. */
export const closePending = async (id: number, { stores, person, clock }: Context): Promise<void> =>
  stores.changes.undo(id, { at: clock.now().toISOString(), person });
