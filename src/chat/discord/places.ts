import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { noGuild, type Place } from './address.ts';
import type { DiscordCall } from './api.ts';
import { createMemory } from './memory.ts';

/** Types of channels that a digest can be posted to: https://docs.discord.com/developers/resources/channel#channel-object-channel-types */
const postable = new Set([0, 5]);
const threadTypes = new Set([10, 11, 12]);

/** How many channels and threads are remembered. */
const limit = 5000;

export const channelSchema = z.looseObject({
  id: z.string(),
  type: z.number(),
  guild_id: z.string().optional(),
  parent_id: z.string().nullish(),
  name: z.string().nullish(),
});
export type DiscordChannel = z.infer<typeof channelSchema>;

const isThread = ({ type }: Pick<DiscordChannel, 'type'>): boolean => threadTypes.has(type);

/** The channel that a message is addressed by: of a message in a thread, the channel that the thread belongs to. */
export const placeOf = (channel: DiscordChannel): Place => ({
  guild: channel.guild_id ?? noGuild,
  channel: isThread(channel) && channel.parent_id ? channel.parent_id : channel.id,
});

/** @throws UserError where the channel is none that a digest can be posted to. */
export const checkPostable = (channel: DiscordChannel, written: string): void => {
  if (isThread(channel)) throw new UserError(`"${written}" is a Discord thread. Write the id of its channel.`);
  if (!channel.guild_id || !postable.has(channel.type))
    throw new UserError(`"${written}" is no text channel of a Discord server. Choose a text or announcement channel.`);
};

/** Which channel a channel's or thread's messages are addressed by. It never changes, so it is asked for once. */
export const createPlaces = (call: DiscordCall) => {
  const known = createMemory<Place>(limit);
  const learn = (channel: DiscordChannel): void => known.set(channel.id, placeOf(channel));
  return {
    learn,
    /** @throws ExternalError */
    async of(id: string): Promise<Place> {
      const place = known.get(id);
      if (place) return place;
      const channel = await call('get', `/channels/${id}`, channelSchema);
      learn(channel);
      return placeOf(channel);
    },
  };
};

export type Places = ReturnType<typeof createPlaces>;
