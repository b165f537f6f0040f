import type { DigestSummary } from '../../core/digest.ts';
import type { ChangeStore } from '../../core/stores.ts';

/**
 * The days of a channel whose digests were retracted, as if they were still there: such a day was posted, and catching up
 * on missed days leaves it out.
 *
 * @param since The change after which they were retracted.
 */
export const retractedDays = async (
  channel: string,
  changes: Pick<ChangeStore, 'list'>,
  since = 0,
): Promise<Pick<DigestSummary, 'date' | 'remedial'>[]> =>
  (await changes.list(channel, 'retract'))
    .filter(({ changeId }) => changeId > since)
    .map(({ value: { date, remedial } }) => ({
      ...{ date, remedial: remedial ? { from: date, to: date, approximate: false } : undefined },
    }));
