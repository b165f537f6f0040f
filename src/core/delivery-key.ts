import { createHash } from 'node:crypto';
import type { Destination } from './addresses.ts';
import type { IsoDate } from './paper.ts';

export type DeliveryIdentity = {
  channel: string;
  date: IsoDate;
  destination: Destination;
  /** Undefined for the header. */
  paperId: string | undefined;
  /** How often the digest of this date was retracted before. */
  generation: number;
};

/**
 * The key of a message of a digest. It depends only on what the message is, so a message is found on its platform
 * whatever the database remembers.
 */
export const deliveryKey = ({ generation, ...what }: DeliveryIdentity): string => {
  const text = JSON.stringify([what.channel, what.date, what.destination, what.paperId ?? '']);
  return `${createHash('sha256').update(text).digest('hex').slice(0, 32)}-${generation}`;
};

/** Keys of earlier versions are random UUIDs. */
const parsed = (key: string) => {
  const [, what, generation] = /^([0-9a-f]{32})-(\d+)$/.exec(key) ?? [];
  return what === undefined ? { what: key, generation: 0 } : { what, generation: Number(generation) };
};

/**
 * True if a message with the key `found` is the one to be sent under `key`, or one that was made after a later
 * retraction, of which an older database does not know.
 */
export const isDelivered = (key: string, found: string): boolean => {
  const [wanted, other] = [parsed(key), parsed(found)];
  return wanted.what === other.what && other.generation >= wanted.generation;
};
