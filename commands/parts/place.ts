import type { Channel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';

/** The channel of the place; undefined where the place does not tell, for commands that can do without. */
export const channelIfAny = async (context: Pick<CommandContext, 'channel'>): Promise<Channel | undefined> => {
  try {
    return await context.channel();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
};
