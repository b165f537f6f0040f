import type { Channel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { momentText } from './dates.ts';
import { personText } from './people.ts';
import { fieldsOf } from './records.ts';

/** Whose topics those of a channel made in chat are before anybody edits them; undefined for the config file's. */
export const firstTopicsText = async (
  channel: Channel,
  { stores, person }: Pick<CommandContext, 'stores' | 'person'>,
): Promise<string | undefined> => {
  const made = (await stores.changes.list(undefined, 'here')).findLast(
    ({ value }) => fieldsOf(value).name === channel.name,
  );
  return (
    made &&
    `those that ${personText(made.person, person)} wrote on bringing me here (${momentText(new Date(made.at), channel.timezone)})`
  );
};
