import leven from 'leven';
import { type Command, type CommandEntry, isGroup, type ListedCommand } from '../../core/command.ts';
import { UserError } from '../../core/errors.ts';
import { unquoted } from '../../core/folding.ts';
import { grouped, shorten } from '../../core/paper.ts';
import type { CommandInput, OptionInputs } from '../../core/platform.ts';
import { placeWords } from './placement.ts';
import { readInput, type Value } from './values.ts';
import { findNamed, isGreeting, namedCommand, prefix, wordsOf } from './words.ts';

export type ParsedCommand = ListedCommand & { values: Record<string, Value> };

/** In UTF-16 units. Equals Slack's limit for a message. */
const maxTextLength = 4_000;

const repeated = (word: string): string => shorten(word.toWellFormed(), 60);

const expected = (command: Command): string => {
  const examples = command.examples.map((example) => `${prefix} ${example}`);
  return examples.length > 1 ? `${examples.slice(0, -1).join(', ')} or ${examples.at(-1)}` : (examples[0] ?? '');
};

const unexpected = (word: string, command: Command): UserError =>
  new UserError(`"${repeated(word)}" does not fit here; type ${expected(command)}.`);

/** @throws UserError if a required value is missing, or a text is too long. */
const complete = (command: Command, values: Record<string, Value>): Record<string, Value> => {
  const missing = Object.entries(command.options).find(
    ([name, option]) => 'required' in option && option.required && !Object.hasOwn(values, name),
  );
  if (missing) throw new UserError(`Something is missing: ${missing[1].description}; type ${expected(command)}.`);
  if (Object.values(values).some((value) => typeof value === 'string' && value.length > maxTextLength))
    throw new UserError(`That is too long; write at most ${grouped(maxTextLength)} characters.`);
  return values;
};

const readWords = (command: Command, words: readonly string[], now: Date): Record<string, Value> => {
  const { values, stray } = placeWords(command.options, words, now);
  if (stray?.refused) throw new UserError(stray.refused(repeated(stray.word)));
  if (stray) throw unexpected(stray.word, command);
  return complete(command, values);
};

const readInputs = (command: Command, inputs: OptionInputs, now: Date): Record<string, Value> => {
  const values: Record<string, Value> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const option = Object.hasOwn(command.options, name) ? command.options[name] : undefined;
    if (!option) throw unexpected(name, command);
    const reading = readInput(input, option, now);
    if (reading && 'refused' in reading) throw new UserError(reading.refused(repeated(reading.word)));
    if (reading) values[name] = reading.value;
  }
  return complete(command, values);
};

/** The most similar name, if any is similar. Ignores a prefix without a space, as in `/arxivtop`. */
const nearest = (word: string, names: readonly string[]): string | undefined => {
  const input = word.toLowerCase().replace(/^\/(?:arxiv)?[^a-z]*/, '');
  return names
    .map((name) => ({ name, distance: leven(input, name) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 2)) && distance < name.length)
    .sort((a, b) => a.distance - b.distance)[0]?.name;
};

const allCommands = `${prefix} help lists all commands.`;

const listed = (names: readonly string[], group: string): string =>
  names.map((name) => `${prefix} ${group}${name}`).join(', ');

const unknown = (input: string, names: readonly string[], group: string): UserError => {
  const word = `${group}${repeated(input)}`;
  const near = nearest(repeated(unquoted(input)), names);
  if (near)
    return new UserError(`There is no command "${word}". Did you mean ${prefix} ${group}${near}? ${allCommands}`);
  return new UserError(
    `There is no command "${word}". ${group === '' ? allCommands : `Type one of ${listed(names, group)}.`}`,
  );
};

/** Hidden commands are for buttons and forms only. */
const isShown = (entry: CommandEntry): boolean => isGroup(entry) || !entry.isHidden;

const unnamed = ([name = '', member]: readonly string[], commands: readonly CommandEntry[]): UserError => {
  const group = findNamed(name, commands.filter(isGroup));
  const names = (group?.commands ?? commands).filter(isShown).map((one) => one.name);
  if (!group) return unknown(name, names, '');
  if (member !== undefined) return unknown(member, names, `${group.name} `);
  return new UserError(`Say what to do with ${group.name}; type one of ${listed(names, `${group.name} `)}.`);
};

/**
 * Reads a command text such as `top 5 2025-07-08`; an empty one means `help`. @throws UserError that says what to type.
 */
export const parseCommand = (text: string, commands: readonly CommandEntry[], now: Date): ParsedCommand => {
  const given = wordsOf(text);
  const words = given.length > 0 && !given.every(isGreeting) ? given : ['help'];
  const named = namedCommand(words, commands);
  if (!named) throw unnamed(words, commands);
  const { command, path, rest } = named;
  return { command, path, values: readWords(command, rest, now) };
};

const pathOf = ({ text, command }: CommandInput): string[] => (text === undefined ? command.split(' ') : wordsOf(text));

/** Path of the command that an input names, even if its options cannot be read. */
export const namedPath = (input: CommandInput, commands: readonly CommandEntry[]): string | undefined =>
  namedCommand(pathOf(input), commands)?.path;

/** Reads what a platform sent, a text or typed options. @throws UserError that says what to type. */
export const readCommand = (input: CommandInput, commands: readonly CommandEntry[], now: Date): ParsedCommand => {
  if (input.text !== undefined) return parseCommand(input.text, commands, now);
  const words = pathOf(input);
  const named = namedCommand(words, commands);
  if (!named) throw unnamed(words, commands);
  const { command, path } = named;
  return { command, path, values: readInputs(command, input.values, now) };
};
