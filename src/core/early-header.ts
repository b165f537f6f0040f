import type { Destination, MessageRef } from './addresses.ts';
import type { Digest } from './digest.ts';
import type { Fence } from './lease.ts';

/** A header that may have been posted before its digest was complete. The message is undefined if it may not have arrived. */
export type EarlyHeader = { message: MessageRef | undefined };

export type EarlyHeaderStore = {
  /**
   * Notes that an early header is about to be posted.
   * @returns the key of the header, or undefined if an early header was noted before, or the lease is lost.
   */
  begin(digest: Pick<Digest, 'channel' | 'date'>, destination: Destination, fence: Fence): Promise<string | undefined>;
  /** @returns false if the lease is lost. */
  sent(key: string, message: MessageRef, fence: Fence): Promise<boolean>;
  find(key: string): Promise<EarlyHeader | undefined>;
  /** Forgets an early header, because the complete one has taken its place. */
  completed(key: string): Promise<void>;
};
