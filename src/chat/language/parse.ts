import leven from 'leven';
import { type Command, type CommandEntry, isGroup, type ListedCommand } from '../../core/command.ts';
import { UserError } from '../../core/errors.ts';
import { shorten } from '../../core/paper-text.ts';
import type { CommandInput, OptionInputs } from '../../core/platform.ts';
import { findNamed, namedCommand, placeWords, prefix, readInput, type Value, wordsOf } from './read.ts';

export type ParsedCommand = ListedCommand & { values: Record<string, Value> };

/** In UTF-16 units; more than anybody types on one line, and as much as a Slack message holds. */
const maxTextLength = 4_000;

/** A typed word as a reply repeats it: never longer than a reader needs to know it again. */
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
    throw new UserError(`That is too long; write at most ${maxTextLength.toLocaleString('en-US')} characters.`);
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

/** The name that was most likely meant, if any is near; a prefix without its space, as in `/arxivtop`, is no part of it. */
const nearest = (word: string, names: readonly string[]): string | undefined => {
  const typed = word.toLowerCase().replace(/^\/(?:arxiv)?[^a-z]*/, '');
  return names
    .map((name) => ({ name, distance: leven(typed, name) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 2)) && distance < name.length)
    .sort((a, b) => a.distance - b.distance)[0]?.name;
};

const listed = (names: readonly string[], group: string): string =>
  names.map((name) => `${prefix} ${group}${name}`).join(', ');

const unknown = (typed: string, names: readonly string[], group: string): UserError => {
  const word = repeated(typed);
  const near = nearest(word, names);
  return new UserError(
    near
      ? `There is no "${group}${word}"; did you mean ${prefix} ${group}${near}? ${prefix} help lists all commands.`
      : `There is no "${group}${word}"; type one of ${listed(names, group)}.`,
  );
};

/** Commands that only buttons and forms say are not talked of. */
const isTold = (entry: CommandEntry): boolean => isGroup(entry) || !entry.isHidden;

/** Why words name no command. */
const unnamed = ([name = '', member]: readonly string[], commands: readonly CommandEntry[]): UserError => {
  const group = findNamed(name, commands.filter(isGroup));
  const names = (group?.commands ?? commands).filter(isTold).map((one) => one.name);
  if (!group) return unknown(name, names, '');
  if (member !== undefined) return unknown(member, names, `${group.name} `);
  return new UserError(`Say what to do with ${group.name}; type one of ${listed(names, `${group.name} `)}.`);
};

/**
 * Reads a command text such as `top 5 2025-07-08`; an empty one asks for help.
 *
 * @throws UserError with one sentence that says what to type.
 */
export const parseCommand = (text: string, commands: readonly CommandEntry[], now: Date): ParsedCommand => {
  const typed = wordsOf(text);
  const words = typed.length > 0 ? typed : ['help'];
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
