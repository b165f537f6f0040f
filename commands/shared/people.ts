import type { Person } from '../../src/core/addresses.ts';
import type { Channel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';

/** Who did something, as the one who reads it is told: "you", "U01ALICE on Slack". */
export const personText = (
  person: Person,
  { person: reader, platforms }: Pick<CommandContext, 'person' | 'platforms'>,
): string => {
  if (person === reader) return 'you';
  const [platform = '', ...rest] = person.split(':');
  const id = rest.at(-1);
  if (rest.length === 1 && id === 'forgotten') return 'somebody who asked to be forgotten';
  const name = platforms.find((one) => one.name === platform)?.label ?? platform;
  return id === undefined ? name : `${id} on ${name}`;
};

/** The channel of the place; undefined where the place does not tell, for commands that can do without. */
export const channelIfAny = async (context: Pick<CommandContext, 'channel'>): Promise<Channel | undefined> => {
  try {
    return await context.channel();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
};
