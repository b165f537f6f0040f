import type { Channel } from '../core/channel.ts';
import type { DigestSummary } from '../core/digest.ts';
import type { Stores } from '../core/stores.ts';
import { removeAction } from './channel-changes.ts';
import { retractedDays } from './retracted.ts';

/**
 * The days that a channel had a digest of, also one that was taken back: between these it can have missed some. A channel
 * that was taken away in chat and made again under its name begins anew, as a new one.
 */
export const knownDays = async (
  { name }: Pick<Channel, 'name'>,
  { digests, changes }: Pick<Stores, 'digests' | 'changes'>,
): Promise<Pick<DigestSummary, 'date' | 'remedial'>[]> => {
  const removal = (await changes.list(name, removeAction)).at(-1);
  const made = (await digests.summaries(name)).filter(({ createdAt }) => !removal || createdAt > removal.at);
  return [...made, ...(await retractedDays(name, changes, removal?.changeId))];
};
