import type { Destination, Person } from '../../core/addresses.ts';
import { UserError } from '../../core/errors.ts';
import type { AddressFault, ParsedAddress } from '../../core/platform.ts';

/** In a direct message, `guild` is `@me`, as in Discord's own links. */
export type ChannelRef = { guild: string; channel: string };

export const noGuild = '@me';

export const howToCopy = 'In Discord, turn on Developer Mode, right-click the channel and choose Copy Channel ID';

/** `discord:CHANNEL` or `discord:GUILD:CHANNEL`. Ids are snowflakes of 17 to 20 digits. */
export const parseAddress = (written: string): ParsedAddress | AddressFault => {
  const [, tenant, id] = /^discord:(?:(\d{17,20}):)?(\d{17,20})$/.exec(written) ?? [];
  if (id) return { tenant, id };
  return {
    fault:
      'names no Discord channel; write its id, such as discord:1098765432101234567 (with Developer Mode on: right-click the channel, Copy Channel ID)',
  };
};

/** @throws UserError if the address names no channel. */
export const readDestination = (written: string): { guild: string | undefined; channel: string } => {
  const parsed = parseAddress(written);
  if ('fault' in parsed) throw new UserError(`"${written}" ${parsed.fault}.`);
  return { guild: parsed.tenant, channel: parsed.id };
};

export const addressOf = ({ guild, channel }: ChannelRef): Destination => `discord:${guild}:${channel}`;

export const personOf = (guild: string, user: string): Person => `discord:${guild}:${user}`;
