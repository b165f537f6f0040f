import { type MessageRef, platformOf } from '../core/address.ts';
import type { Channel } from '../core/channel.ts';
import type { DigestEntry } from '../core/digest.ts';
import type { Platform } from '../core/platform.ts';
import type { Delivery, Stores } from '../core/stores.ts';

/** A digest's deliveries to one destination, on the platform that they went to. */
export type Place = { platform: Platform; deliveries: Delivery[]; thread: MessageRef | undefined };

/** @throws ExternalError or UserError where the destination cannot be reached. */
export const readPlace = async (
  digestId: number,
  written: string,
  platforms: ReadonlyMap<string, Platform>,
  outbox: Stores['outbox'],
): Promise<Place | undefined> => {
  const platform = platforms.get(platformOf(written));
  if (!platform) return undefined;
  const deliveries = await outbox.list(digestId, await platform.resolve(written));
  const header = deliveries.find(({ rank, status }) => rank === 0 && status === 'sent');
  return { platform, deliveries, thread: header?.message };
};

/** A paper as a digest of the channel has it. */
export type Picked = { digestId: number; entry: DigestEntry };

/** The newest digest of the channel that picked a paper. Samples are none. */
export const findPicked = async (
  channel: Pick<Channel, 'name'>,
  paperId: string,
  digests: Stores['digests'],
): Promise<Picked | undefined> => {
  const [newest] = await digests.withPaper(channel.name, paperId);
  const digest = newest && (await digests.find(channel.name, newest.date));
  return digest && { digestId: digest.digestId, entry: newest.entry };
};
