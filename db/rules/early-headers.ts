import type { EarlyHeader } from '../../src/core/early-header.ts';

export const earlyHeaderOf = ({
  destination,
  messageId,
}: {
  destination: string;
  messageId: string | null;
}): EarlyHeader => ({ message: messageId === null ? undefined : { destination, messageId } });
