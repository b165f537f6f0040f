import type { ChangeOf } from '../../src/core/changes.ts';
import type { Channel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';

/** Topics that somebody edited and has not saved. */
export type TopicsDraft = {
  topics: string;
  /** As they were written, which may be wrong. */
  cutoffs: string;
  /** Fingerprint of what was there when the edit began. */
  base: string;
};

export type StoredDraft = TopicsDraft & { draftId: number };

type Parts = Pick<CommandContext, 'stores' | 'person' | 'clock'>;

type DraftChange = ChangeOf<'topics-draft'>;

const storedDraft = ({ changeId, value }: DraftChange): StoredDraft => ({ ...value, draftId: changeId });

const ownDrafts = async (channel: Channel, { stores, person }: Parts): Promise<DraftChange[]> =>
  (await stores.changes.list(channel.name, 'topics-draft')).filter((one) => one.person === person);

export const addDraft = async (channel: Channel, draft: TopicsDraft, parts: Parts): Promise<StoredDraft> => {
  const { stores, person, clock } = parts;
  const at = clock.now().toISOString();
  const change = { at, person, channel: channel.name, action: 'topics-draft', value: draft } as const;
  const { changeId } = await stores.changes.add(change);
  return { ...draft, draftId: changeId };
};

/** The person's own draft of a number. @throws UserError where there is none, or it was saved or discarded. */
export const findDraft = async (channel: Channel, draftId: number, parts: Parts): Promise<StoredDraft> => {
  const record = (await ownDrafts(channel, parts)).find(({ changeId }) => changeId === draftId);
  if (!record) throw new UserError(`You have no draft ${draftId} here; type /arxiv topics edit to begin one.`);
  if (record.undoneBy !== undefined)
    throw new UserError('That draft was saved or discarded already; type /arxiv topics edit to begin another.');
  return storedDraft(record);
};

/** The newest draft of the person that was neither saved nor discarded. */
export const newestDraft = async (channel: Channel, parts: Parts): Promise<StoredDraft | undefined> => {
  const record = (await ownDrafts(channel, parts)).findLast(({ undoneBy }) => undoneBy === undefined);
  return record && storedDraft(record);
};

/** Puts a draft away that was saved or is not wanted. @throws UserError where that was done already. */
export const closeDraft = async (draftId: number, { stores, person, clock }: Parts): Promise<void> =>
  stores.changes.undo(draftId, { at: clock.now().toISOString(), person });
