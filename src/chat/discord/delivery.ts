import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Place } from './address.ts';

const marker = 'paperboy-';

/**
 * The address that carries a delivery's key in a message. It is the `url` of the message's first embed, which Discord
 * keeps and shows only under a title, of which there is none. It leads to the channel itself.
 */
export const deliveryUrl = ({ guild, channel }: Place, key: string): string =>
  `https://discord.com/channels/${guild}/${channel}#${marker}${key}`;

/**
 * A delivery's nonce, by which Discord knows a message that is sent twice within some minutes: at most 25 characters,
 * unique over all channels (https://docs.discord.com/developers/resources/message#create-message-jsonform-params).
 */
export const deliveryNonce = ({ guild, channel }: Place, key: string): string =>
  createHash('sha256').update(`${guild}:${channel}:${key}`).digest('base64url').slice(0, 25);

/** A message as it is listed; the nonce may be missing there. */
export const listedSchema = z.looseObject({
  id: z.string(),
  author: z.looseObject({ id: z.string() }),
  nonce: z.union([z.string(), z.number()]).nullish(),
  embeds: z.array(z.looseObject({ url: z.string().nullish(), description: z.string().nullish() })).default([]),
});

export const isDelivery = (message: z.infer<typeof listedSchema>, place: Place, key: string): boolean =>
  message.nonce === deliveryNonce(place, key) ||
  message.embeds.some(({ url }) => url && URL.parse(url)?.hash === `#${marker}${key}`);
