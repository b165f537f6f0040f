import * as z from 'zod';
import type { Person } from '../../core/addresses.ts';
import type { DigestSummary } from '../../core/digest.ts';
import type { IsoDate } from '../../core/paper.ts';
import { retractAction } from '../../core/retracted.ts';
import type { ChangeStore } from '../../core/stores.ts';

const recordSchema = z.object({ date: z.string(), remedial: z.boolean().catch(false), messages: z.number().catch(0) });

export type RetractRecord = z.infer<typeof recordSchema> & {
  /** What tells the cost of the digest from that of one made anew: its rubric, and the told time at which it was made. */
  rubric: string;
  createdAt: string;
  /** US dollars; null where it is not known. */
  costUsd: number | null;
};

export const recordRetracted = async (
  changes: ChangeStore,
  channel: string,
  value: RetractRecord,
  by: { at: string; person: Person },
): Promise<void> => {
  await changes.add({ ...by, channel, action: retractAction, value });
};

/** The record that such a digest was made anew. */
const anewAction = 'anew';

export const recordAnew = async (
  changes: Pick<ChangeStore, 'add'>,
  channel: string,
  date: IsoDate,
  by: { at: string; person: Person },
): Promise<void> => {
  await changes.add({ ...by, channel, action: anewAction, value: { date } });
};

/** On record where nobody is named. */
export const nobody: Person = 'console:local:paperboy';

/**
 * The days of a channel whose digests were taken back, as if they were still there: such a day was posted, and does not
 * come back by itself.
 *
 * @param since The change after which they were taken back.
 */
export const retractedDays = async (
  channel: string,
  changes: Pick<ChangeStore, 'list'>,
  since = 0,
): Promise<Pick<DigestSummary, 'date' | 'remedial'>[]> =>
  (await changes.list(channel, retractAction)).flatMap(({ changeId, value }) => {
    const { data } = recordSchema.safeParse(value);
    if (!data || changeId <= since) return [];
    const { date, remedial } = data;
    return [{ date, remedial: remedial ? { from: date, to: date, approximate: false } : undefined }];
  });
