import type { Destination } from '../../core/addresses.ts';
import { UserError } from '../../core/errors.ts';

/**
 * The full address of `slack:CHANNEL` or `slack:TEAM:CHANNEL` in the bot's own workspace.
 * @throws UserError where the address names no channel of it. The config refuses the same forms.
 */
export const fullDestination = (written: string, team: string): Destination => {
  const [, named, channel] = /^slack:(?:([TE][A-Z0-9]+):)?([CGD][A-Z0-9]+)$/.exec(written) ?? [];
  if (!channel) {
    const where = 'it is at the foot of the channel’s details and begins with C';
    throw new UserError(`"${written}" is no Slack channel. Write slack: and the channel's id; ${where}.`);
  }
  if (named && named !== team) {
    throw new UserError(`"${written}" is in another Slack workspace than the bot. Its own is ${team}.`);
  }
  return `slack:${team}:${channel}`;
};

/** The channel's id in an address. */
export const channelIn = (destination: Destination): string => destination.split(':').at(-1) ?? '';
