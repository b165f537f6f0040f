import type { Person } from '../../src/core/addresses.ts';
import type { Channel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';

export const personText = (person: Person, context: Pick<CommandContext, 'person' | 'platforms'>): string =>
  person === context.person ? 'you' : addressText(person, context);

/** "U01ALICE on Slack". */
export const addressText = (person: Person, { platforms }: Pick<CommandContext, 'platforms'>): string => {
  const [platform = '', ...rest] = person.split(':');
  const id = rest.at(-1);
  if (rest.length === 1 && id === 'forgotten') return 'somebody whose name was deleted';
  const label = platforms.find(({ name }) => name === platform)?.label ?? platform;
  return id === undefined ? label : `${id} on ${label}`;
};

/** The channels that the person may hear about here: the one that posts here, or else those that they may manage. */
export const channelsShown = async (
  context: Pick<CommandContext, 'channel' | 'channels' | 'mayManage'>,
): Promise<readonly Channel[]> => {
  const here = await channelIfAny(context);
  return here ? [here] : context.channels.list().filter(context.mayManage);
};

export const channelIfAny = async (context: Pick<CommandContext, 'channel'>): Promise<Channel | undefined> => {
  try {
    return await context.channel();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
};
