import { z } from 'zod';
import { type CommandEntry, shownCommands } from '../../core/command.ts';
import { type Message, textMessage } from '../../core/message.ts';

/** https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-types */
export const onMessage = 3;

/** What the menu of a message offers, and the command that it says of the message's paper. */
const menus = [
  { name: 'Show in Paperboy', command: 'show' },
  { name: 'More like this', command: 'similar' },
  { name: 'Save to my list', command: 'save' },
] as const;

/** Names of the menu's entries whose commands there are. */
export const menuNames = (commands: readonly CommandEntry[]): string[] => {
  const known = new Set(shownCommands(commands).map(({ path }) => path));
  return menus.filter(({ command }) => known.has(command)).map(({ name }) => name);
};

/** https://docs.discord.com/developers/interactions/application-commands#message-commands */
export const chosenSchema = z.looseObject({ type: z.literal(onMessage), name: z.string(), target_id: z.string() });

/** The command that an entry says of a paper; undefined for an entry that is not ours. */
export const menuCommand = (name: string): ((paper: string) => string) | undefined => {
  const menu = menus.find((one) => one.name === name);
  return menu && ((paper) => `${menu.command} ${paper}`);
};

export const aboutNoPaper: Message = textMessage(
  'That message is about no paper of mine. Choose one that I posted about a paper, in the thread of a day.',
);
