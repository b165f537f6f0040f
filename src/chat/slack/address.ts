import type { Destination } from '../../core/addresses.ts';
import { UserError } from '../../core/errors.ts';
import type { AddressFault, ParsedAddress } from '../../core/platform.ts';

/** `slack:CHANNEL` or `slack:TEAM:CHANNEL`. Slack's ids of workspaces begin with T or E, of channels with C, G or D. */
export const parseAddress = (written: string): ParsedAddress | AddressFault => {
  const [, tenant, id] = /^slack:(?:([TE][A-Z0-9]+):)?([CGD][A-Z0-9]+)$/.exec(written) ?? [];
  if (id) return { tenant, id };
  return {
    fault: 'names no Slack channel; write its id, such as slack:C01GEN (in Slack: channel name, About, Channel ID)',
  };
};

/** @throws UserError if the address names no channel of the bot's workspace. */
export const fullDestination = (written: string, team: string): Destination => {
  const parsed = parseAddress(written);
  if ('fault' in parsed) throw new UserError(`"${written}" ${parsed.fault}.`);
  if (parsed.tenant && parsed.tenant !== team)
    throw new UserError(`"${written}" is in another Slack workspace than the bot. Its own is ${team}.`);
  return `slack:${team}:${parsed.id}`;
};

/** The channel's id in an address. */
export const channelIn = (destination: Destination): string => destination.split(':').at(-1) ?? '';
