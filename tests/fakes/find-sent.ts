import type { MessageRef } from '../../src/core/addresses.ts';
import type { Platform, SentQuery } from '../../src/core/platform.ts';

/** The message of a key on a platform. */
export const findSent = async (
  platform: Platform,
  { key, ...query }: SentQuery & { key: string },
): Promise<MessageRef | undefined> => (await platform.sent(query)).find((one) => one.key === key)?.message;
