import type { Person } from '../../src/core/addresses.ts';
import { type Change, readChange, type StoredChange } from '../../src/core/changes.ts';
import { UserError } from '../../src/core/errors.ts';
import { voteOfEmoji } from '../../src/core/votes.ts';

type ChangeRow = Omit<StoredChange, 'channel' | 'undoneBy'> & { channel: string | null; undoneBy: number | null };

export const changeOf = ({ channel, undoneBy, ...row }: ChangeRow): Change =>
  readChange({ ...row, channel: channel ?? undefined, undoneBy: undoneBy ?? undefined });

/** The row that undoes another. @throws UserError if there is none, or it is already undone. */
export const undoOf = (
  undone: Pick<ChangeRow, 'changeId' | 'channel' | 'undoneBy'> | undefined,
  by: { at: string; person: Person },
) => {
  if (!undone) throw new UserError('There is no such change to undo.');
  if (undone.undoneBy !== null) throw new UserError('That change was already undone.');
  return { ...by, channel: undone.channel, action: 'undo', value: { changeId: undone.changeId } };
};

/** How many papers of channels a person voted on. @param rows Their reactions. */
export const countVotes = (rows: readonly { channel: string; paperId: string | null; emoji: string }[]): number => {
  const votes = rows.filter(({ paperId, emoji }) => paperId !== null && voteOfEmoji(emoji));
  return new Set(votes.map(({ channel, paperId }) => JSON.stringify([channel, paperId]))).size;
};
