import { z } from 'zod';
import type { DiscordCall } from './api.ts';

/** Discord's time begins with 2015: https://docs.discord.com/developers/reference#snowflakes */
const epoch = 1_420_070_400_000;

/** Most messages that Discord lists at once. */
const pageSize = 100;

/** The least id that a message of this time, in milliseconds since 1970, can have. */
export const firstIdAt = (time: number): string => String(BigInt(Math.max(0, Math.floor(time) - epoch)) << 22n);

/** The messages of a channel or thread after an id, page by page, the oldest page first. @throws ExternalError */
export async function* messagesAfter<T extends { id: string }>(
  call: DiscordCall,
  channel: string,
  after: string,
  message: z.ZodType<T>,
): AsyncGenerator<T[]> {
  let last = after;
  for (;;) {
    const query = { limit: pageSize, after: last };
    const page = await call('get', `/channels/${channel}/messages`, z.array(message), { query });
    yield page;
    // A page is not always in order.
    for (const { id } of page) if (BigInt(id) > BigInt(last)) last = id;
    if (page.length < pageSize) return;
  }
}
