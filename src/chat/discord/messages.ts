import { createHash } from 'node:crypto';
import { SnowflakeUtil } from 'discord.js';
import { z } from 'zod';
import type { ChannelRef } from './address.ts';
import type { DiscordCall } from './api.ts';

const marker = 'paperboy-';

const pageSize = 100;

/**
 * The URL that carries a delivery's key in a message. It is the `url` of the message's first embed: Discord keeps it,
 * but shows it only if there is a title. It links to the channel.
 */
export const deliveryUrl = ({ guild, channel }: ChannelRef, key: string): string =>
  `https://discord.com/channels/${guild}/${channel}#${marker}${key}`;

/**
 * A delivery's nonce, which lets Discord drop a message sent twice within a few minutes. At most 25 characters,
 * unique across all channels (https://docs.discord.com/developers/resources/message#create-message-jsonform-params).
 */
export const deliveryNonce = ({ guild, channel }: ChannelRef, key: string): string =>
  createHash('sha256').update(`${guild}:${channel}:${key}`).digest('base64url').slice(0, 25);

export const listedSchema = z.looseObject({
  id: z.string(),
  author: z.looseObject({ id: z.string() }),
  embeds: z.array(z.looseObject({ url: z.string().nullish(), description: z.string().nullish() })).default([]),
});

export const keyIn = ({ embeds }: z.infer<typeof listedSchema>): string | undefined => {
  for (const { url } of embeds) {
    const hash = url ? URL.parse(url)?.hash : undefined;
    if (hash?.startsWith(`#${marker}`)) return hash.slice(marker.length + 1);
  }
  return undefined;
};

export const firstIdAt = (time: number): string => {
  const timestamp = Math.max(Number(SnowflakeUtil.epoch), Math.floor(time));
  return String(SnowflakeUtil.generate({ timestamp, increment: 0n, workerId: 0n, processId: 0n }));
};

/** The messages in a channel or thread after an id, page by page, oldest page first. @throws ExternalError */
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
