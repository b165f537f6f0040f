import type { Command } from 'commander';
import { listedCommands } from '../core/command.ts';

/**
 * Says how to run a chat command in the terminal, for whoever leaves out `say`.
 * @param words What was typed after `paperboy`.
 * @throws CommanderError if the first word is a chat command and not one of the terminal.
 */
export const refuseChatCommand = async (program: Command, words: readonly string[]): Promise<void> => {
  const [word] = words;
  if (!word || word === 'help' || program.commands.some((one) => one.name() === word)) return;
  // Loaded only for mistakes.
  const { commands } = await import('../../commands/index.ts');
  const names = listedCommands(commands).flatMap(({ path, command }) => [
    path.replace(/ .*/, ''),
    ...(path.includes(' ') ? [] : (command.aliases ?? [])),
  ]);
  if (!names.includes(word)) return;
  const said = words.length === 1 ? word : `"${words.join(' ').replaceAll('"', '')}"`;
  program.error(`error: ${word} is a chat command; in the terminal, type: npm run -s paperboy -- say ${said}`);
};
