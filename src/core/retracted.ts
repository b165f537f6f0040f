import type { Person } from './addresses.ts';
import type { IsoDate } from './paper.ts';
import type { ChangeStore } from './stores.ts';

/** The record of a digest that was taken back. */
export const retractAction = 'retract';

const isOf = (value: unknown, date: IsoDate): boolean =>
  typeof value === 'object' && value !== null && 'date' in value && value.date === date;

/**
 * Who took the digest of a day back last, and the told time, ISO 8601; undefined where nobody did. It may have been made anew
 * since.
 */
export const lastRetraction = async (
  channel: string,
  date: IsoDate,
  changes: Pick<ChangeStore, 'list'>,
): Promise<{ by: Person; at: string } | undefined> => {
  const record = (await changes.list(channel, retractAction)).findLast(({ value }) => isOf(value, date));
  return record && { by: record.person, at: record.at };
};
