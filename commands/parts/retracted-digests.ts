import type { Digest } from '../../src/core/digest.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import { retractAction } from '../../src/core/retracted.ts';
import type { Stores } from '../../src/core/stores.ts';
import { fieldsOf, numberOf, textOf } from './records.ts';

/** What is on record of the cost of a digest that was taken back. */
export type RetractedDigest = Pick<Digest, 'date' | 'rubric' | 'createdAt'> & {
  /** US dollars; undefined where it is not known. */
  costUsd: number | undefined;
};

/**
 * The digests of a stretch of days, both included, that were taken back and whose cost stands in no digest that is left: one
 * that is made anew under the same rubric counts all calls of its day.
 */
export const retractedDigests = async (
  { changes }: Pick<Stores, 'changes'>,
  channel: string,
  digests: readonly Digest[],
  { from, to }: { from: IsoDate; to: IsoDate },
): Promise<RetractedDigest[]> => {
  const last = new Map<string, RetractedDigest>();
  for (const { value } of await changes.list(channel, retractAction)) {
    const fields = fieldsOf(value);
    const [date, rubric, createdAt] = [fields.date, fields.rubric, fields.createdAt].map(textOf);
    if (date === undefined || rubric === undefined || createdAt === undefined || date < from || date > to) continue;
    last.set(`${date} ${rubric}`, { date, rubric, createdAt, costUsd: numberOf(fields.costUsd) });
  }
  for (const { date, rubric } of digests) last.delete(`${date} ${rubric}`);
  return [...last.values()];
};
