import type { Change } from '../../src/core/stores.ts';

/** What stands in the record of changes is data: it may be of another version, so each field is looked at before use. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Actions of the record that change nothing yet, and are shown in no history. */
export const draftActions = { topics: 'topics-draft', here: 'here-draft' } as const;

/** A channel that was made in chat was taken away. */
export const removeAction = 'remove';

/** Questions about papers are on record for their limit alone. */
const askAction = 'ask';

/** Changes that people are told of: no drafts, nothing that was done to drafts, no questions. */
export const toldChanges = (changes: readonly Change[]): Change[] => {
  const quiet: readonly string[] = [...Object.values(draftActions), askAction];
  const drafts = new Set(changes.filter(({ action }) => quiet.includes(action)).map(({ changeId }) => changeId));
  return changes.filter(({ changeId, action, value }) => {
    const undone = action === 'undo' ? numberOf(fieldsOf(value).changeId) : undefined;
    return !drafts.has(changeId) && (undone === undefined || !drafts.has(undone));
  });
};
