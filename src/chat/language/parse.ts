import leven from 'leven';
import { type Command, type CommandEntry, isGroup, type ListedCommand } from '../../core/command.ts';
import { UserError } from '../../core/errors.ts';
import { shorten } from '../../core/paper-text.ts';
import { findNamed, namedCommand, placeWords, prefix, type Value, wordsOf } from './read.ts';

export type ParsedCommand = ListedCommand & { values: Record<string, Value> };

/** In UTF-16 units; more than anybody types on one line, and as much as a Slack message holds. */
const maxTextLength = 4_000;

/** A typed word as a reply repeats it: never longer than a reader needs to know it again. */
const repeated = (word: string): string => shorten(word.toWellFormed(), 60);

const expected = (command: Command): string => {
  const examples = command.examples.map((example) => `${prefix} ${example}`);
  return examples.length > 1 ? `${examples.slice(0, -1).join(', ')} or ${examples.at(-1)}` : (examples[0] ?? '');
};

const readOptions = (command: Command, words: readonly string[], now: Date): Record<string, Value> => {
  const { values, free, stray } = placeWords(command.options, words, now);
  if (stray?.refused) throw new UserError(stray.refused(repeated(stray.word)));
  if (stray) throw new UserError(`I do not understand "${repeated(stray.word)}" here; type ${expected(command)}.`);
  const missing = free.find(([, option]) => 'required' in option && option.required);
  if (missing) throw new UserError(`Something is missing: ${missing[1].description}; type ${expected(command)}.`);
  if (Object.values(values).some((value) => typeof value === 'string' && value.length > maxTextLength))
    throw new UserError(`That is too long for me; write at most ${maxTextLength.toLocaleString('en-US')} characters.`);
  return values;
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
  return { command, path, values: readOptions(command, rest, now) };
};
