import type { Destination, Person } from '../../core/addresses.ts';
import { UserError } from '../../core/errors.ts';

/** A channel of a server. In a direct message there is no server: its tenant is `@me`, as in Discord's own links. */
export type Place = { guild: string; channel: string };

/** Tenant of a direct message. */
export const noGuild = '@me';

export const howToCopy = 'In Discord, turn on Developer Mode, right-click the channel and choose Copy Channel ID';

/**
 * Reads `discord:CHANNEL` or `discord:GUILD:CHANNEL`; the server is undefined where it is not written.
 * @throws UserError where the address is no channel's. The config refuses the same forms.
 */
export const readDestination = (written: string): { guild: string | undefined; channel: string } => {
  const [, guild, channel] = /^discord:(?:(\d{1,20}):)?(\d{1,20})$/.exec(written) ?? [];
  if (!channel) throw new UserError(`"${written}" is no Discord channel. Write discord: and its id. ${howToCopy}.`);
  return { guild, channel };
};

export const addressOf = ({ guild, channel }: Place): Destination => `discord:${guild}:${channel}`;

export const personOf = (guild: string, user: string): Person => `discord:${guild}:${user}`;
