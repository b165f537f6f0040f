import type { Destination, MessageRef } from './addresses.ts';
import type { Digest } from './digest.ts';
import type { Fence } from './lease.ts';
import type { IsoDate } from './paper.ts';

export type Delivery = {
  deliveryId: number;
  key: string;
  digestId: number;
  destination: Destination;
  rank: number;
  paperId: string | undefined;
  /** `refused` if the platform refuses the message in every form; it is never sent. */
  status: 'pending' | 'sending' | 'sent' | 'refused';
  firstTriedAt: number | undefined;
  /**
   * Milliseconds since the last attempt, by a clock that all processes share. Undefined without an attempt or such a clock:
   * those of machines may jump.
   */
  triedMsAgo?: number | undefined;
  message: MessageRef | undefined;
};

export type Outbox = {
  enqueue(digest: Digest, destinations: readonly Destination[]): Promise<void>;
  readdress(digestId: number, written: string, destination: Destination): Promise<void>;
  /** Dates of a channel's digests created since a time, if a delivery is still unsent; oldest first. */
  unfinished(channel: string, since: string): Promise<IsoDate[]>;
  unsent(channel: string, since: string): Promise<number>;
  /** The same for several channels, each with its own time. Channels with nothing unsent are left out. */
  unsentOf(since: ReadonlyMap<string, string>): Promise<Map<string, number>>;
  list(digestId: number, destination: Destination): Promise<Delivery[]>;
  /**
   * Monotonic time in milliseconds at which the database was last changed before this process opened it; undefined for a
   * new one. At that time, it may have been replaced by a copy that is older than what is on the platforms.
   */
  changedAt(): Promise<number | undefined>;
  find(deliveryId: number): Promise<Delivery | undefined>;
  /** These change nothing and return false if the delivery is gone or the lease is lost. */
  sending(deliveryId: number, at: number, fence?: Fence): Promise<boolean>;
  sent(deliveryId: number, message: MessageRef, at: number, fence?: Fence): Promise<boolean>;
  refused(deliveryId: number, fence?: Fence): Promise<boolean>;
  /** The headers sent since a time, newest first; of all channels if no channel is given. */
  threads(since: number, channel?: string): Promise<MessageRef[]>;
  about(message: MessageRef): Promise<{ channel: string; paperId: string | undefined } | undefined>;
  /** The sent header of a digest at a destination. */
  header(channel: string, date: IsoDate, destination: Destination): Promise<MessageRef | undefined>;
  /** Ids of the papers of the digest that a message belongs to, by rank. */
  papersWith(message: MessageRef): Promise<string[]>;
};
