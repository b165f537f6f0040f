import { ChannelType } from 'discord.js';
import QuickLru from 'quick-lru';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { type ChannelRef, noGuild } from './address.ts';
import type { DiscordCall } from './api.ts';

const postable = new Set<number>([ChannelType.GuildText, ChannelType.GuildAnnouncement]);
const threadTypes = new Set<number>([
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
]);

const maxRemembered = 5000;

export const channelSchema = z.looseObject({
  id: z.string(),
  type: z.number(),
  guild_id: z.string().optional(),
  parent_id: z.string().nullish(),
  name: z.string().nullish(),
});
export type DiscordChannel = z.infer<typeof channelSchema>;

const isThread = ({ type }: Pick<DiscordChannel, 'type'>): boolean => threadTypes.has(type);

/** The channel that message addresses contain; for a thread, its parent channel. */
export const channelRefOf = (channel: DiscordChannel): ChannelRef => ({
  guild: channel.guild_id ?? noGuild,
  channel: isThread(channel) && channel.parent_id ? channel.parent_id : channel.id,
});

export const isPostable = ({ type }: Pick<DiscordChannel, 'type'>): boolean => postable.has(type);

export const checkPostable = (channel: DiscordChannel, written: string): void => {
  if (isThread(channel)) throw new UserError(`"${written}" is a Discord thread. Write the id of its channel.`);
  if (!channel.guild_id || !isPostable(channel))
    throw new UserError(
      `"${written}" is not a text channel of a Discord server. Choose a text or announcement channel.`,
    );
};

/** Channels and threads by id. Cached, because addresses never change. */
export const createChannels = (call: DiscordCall) => {
  const known = new QuickLru<string, ChannelRef>({ maxSize: maxRemembered });
  const learn = (channel: DiscordChannel): ChannelRef => {
    const ref = channelRefOf(channel);
    known.set(channel.id, ref);
    return ref;
  };
  return {
    learn,
    of: async (id: string): Promise<ChannelRef> =>
      known.get(id) ?? learn(await call('get', `/channels/${id}`, channelSchema)),
  };
};

export type Channels = ReturnType<typeof createChannels>;
