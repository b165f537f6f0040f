import { deliveryKey } from '../../src/core/delivery-key.ts';
import type { Digest } from '../../src/core/digest.ts';
import type { Delivery } from '../../src/core/outbox.ts';

type DeliveryRow = Omit<Delivery, 'paperId' | 'firstTriedAt' | 'triedMsAgo' | 'message'> & {
  paperId: string | null;
  firstTriedAt: number | null;
  lastTriedAt?: number | null;
  triedMsAgo?: number | null;
  messageId: string | null;
  sentAt: number | null;
};

export const deliveryOf = ({ messageId, sentAt: _, lastTriedAt: __, ...row }: DeliveryRow): Delivery => ({
  ...row,
  paperId: row.paperId ?? undefined,
  firstTriedAt: row.firstTriedAt ?? undefined,
  // A server's clock may be set back, too.
  triedMsAgo: typeof row.triedMsAgo === 'number' ? Math.max(0, row.triedMsAgo) : undefined,
  message: messageId === null ? undefined : { destination: row.destination, messageId },
});

/**
 * The rows of a digest's messages at each destination, the header first.
 * @param generation How often the digest of this date was retracted before.
 */
export const deliveriesOf = (
  { digestId, entries, channel, date }: Pick<Digest, 'digestId' | 'entries' | 'channel' | 'date'>,
  destinations: readonly string[],
  generation: number,
) => {
  const messages = [{ rank: 0, paperId: null }, ...entries.map(({ rank, paper }) => ({ rank, paperId: paper.id }))];
  return destinations.flatMap((destination) =>
    messages.map(({ rank, paperId }) => {
      const key = deliveryKey({ channel, date, destination, paperId: paperId ?? undefined, generation });
      return { key, digestId, destination, rank, paperId, status: 'pending' as const };
    }),
  );
};
