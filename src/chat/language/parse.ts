import { type Command, type CommandEntry, isGroup, isRequired, type ListedCommand } from '../../core/command.ts';
import { UserError } from '../../core/errors.ts';
import { bareWord, unquoted } from '../../core/folding.ts';
import { grouped, paperIdOf, shorten } from '../../core/paper.ts';
import type { CommandInput, OptionInputs } from '../../core/platform.ts';
import { aliasWords, type Candidate, candidatesFor, namesOnlyPapers, nearestName } from './loose.ts';
import { joinsPapers, separateNumbers } from './numbers.ts';
import { isFiller, isReferring, placeWords, withoutLinks } from './placement.ts';
import { isValue, readInput, readWord, type Value } from './values.ts';
import { cleanWords, findNamed, isGreeting, isThanks, namedCommand, prefix, wordsOf } from './words.ts';

export type ParsedCommand = ListedCommand & { values: Record<string, Value> };

/** In UTF-16 units. Equals Slack's limit for a message. */
const maxTextLength = 4_000;

const repeated = (word: string): string => shorten(word.toWellFormed(), 60);

const expected = (command: Command): string => {
  const examples = command.examples.map((example) => `${prefix} ${example}`);
  return examples.length > 1 ? `${examples.slice(0, -1).join(', ')} or ${examples.at(-1)}` : (examples[0] ?? '');
};

const unexpected = (word: string, command: Command): UserError =>
  new Misfit(`"${repeated(word)}" is not an option here. Try ${expected(command)}.`);

/** The words do not fit the options, so they may mean another command. */
class Misfit extends UserError {}

/** A near miss of a command; `command` is the text that was probably meant. */
export class NearMiss extends UserError {
  readonly command: string;

  constructor(message: string, command: string) {
    super(message);
    this.command = command;
  }
}

/** The only paper that a text names. */
const paperIn = (text: string): string | undefined => {
  const [id, ...others] = new Set(text.split(' ').flatMap((word) => paperIdOf(word) ?? []));
  return others.length === 0 ? id : undefined;
};

/**
 * Takes a missing paper from the free text, as in `ask what data does 2503.07639 use?`, or else from what the text is
 * about.
 */
const withPaper = (command: Command, values: Record<string, Value>, about: string | undefined) => {
  const named = Object.entries(command.options).find(([, { type }]) => type === 'paper')?.[0];
  if (named === undefined || Object.hasOwn(values, named)) return values;
  const text = Object.values(values).find((value) => typeof value === 'string');
  const paper = (typeof text === 'string' ? paperIn(text) : undefined) ?? about;
  return paper === undefined ? values : { ...values, [named]: paper };
};

/** @throws UserError if a required value is missing, or a text is too long. */
const complete = (command: Command, values: Record<string, Value>): Record<string, Value> => {
  const missing = Object.entries(command.options).find(([name, option]) => {
    const isReplaced = option.type === 'text' && option.unless !== undefined && Object.hasOwn(values, option.unless);
    return isRequired(option) && !Object.hasOwn(values, name) && !isReplaced;
  });
  if (missing) throw new Misfit(`Add ${missing[1].description}, for example: ${expected(command)}.`);
  if (Object.values(values).some((value) => typeof value === 'string' && value.length > maxTextLength))
    throw new UserError(`That is too long; write at most ${grouped(maxTextLength)} characters.`);
  return values;
};

const needsText = ({ options }: Command): boolean =>
  Object.values(options).some((option) => option.type === 'text' && option.keyword === undefined && option.required);

const withoutThanks = (words: readonly string[]): readonly string[] => {
  const end = words.findLastIndex((word) => !isGreeting(word)) + 1;
  return end > 0 ? words.slice(0, end) : words;
};

const readWords = (
  command: Command,
  words: readonly string[],
  now: Date,
  about: string | undefined,
): Record<string, Value> => {
  const given = needsText(command) ? words : withoutLinks(command.options, withoutThanks(words), now);
  const types = Object.values(command.options).map(({ type }) => type);
  const said = types.includes('papers') ? separateNumbers(given) : given;
  const { values, stray } = placeWords(command.options, said, now);
  if (stray?.refused) throw new UserError(stray.refused(repeated(stray.word)));
  const single = Object.entries(command.options).find(([name, { type }]) => type === 'paper' && values[name])?.[1];
  if (
    stray &&
    single &&
    !types.includes('papers') &&
    (joinsPapers(stray.word) || isValue(readWord(stray.word, single, now)))
  )
    throw new Misfit(`${prefix} ${command.name} takes one paper at a time. Try ${expected(command)}.`);
  if (stray) throw unexpected(stray.word, command);
  const referring = said.find(isReferring);
  const all = Object.entries(command.options).find(
    ([name, { type }]) => type === 'papers' && !types.includes('paper') && !Object.hasOwn(values, name),
  );
  // "rescore this paper" must not rescore all papers.
  if (all && referring !== undefined && about === undefined) throw unexpected(referring, command);
  return complete(
    command,
    all && about !== undefined ? { ...values, [all[0]]: [about] } : withPaper(command, values, about),
  );
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

const allCommands = `${prefix} help lists all commands.`;

const listed = (names: readonly string[], group: string): string =>
  names.map((name) => `${prefix} ${group}${name}`).join(', ');

const unknown = (
  input: string,
  names: readonly string[],
  group: string,
  rest: readonly string[],
  hinted?: string,
): UserError => {
  const word = `${group}${repeated(input)}`;
  const near = hinted ?? nearestName(repeated(unquoted(input)), names);
  if (near) {
    const meant = `${group}${near}`;
    return new NearMiss(
      `There is no command "${word}". Did you mean ${prefix} ${meant}? ${allCommands}`,
      [meant, ...rest].join(' '),
    );
  }
  return new UserError(
    `There is no command "${word}". ${group === '' ? allCommands : `Type one of ${listed(names, group)}.`}`,
  );
};

/** Hidden commands are for buttons and forms only. */
const isShown = (entry: CommandEntry): boolean => isGroup(entry) || !entry.isHidden;

const unnamed = ([name = '', member, ...more]: readonly string[], commands: readonly CommandEntry[]): UserError => {
  const group = findNamed(name, commands.filter(isGroup));
  const names = (group?.commands ?? commands).filter(isShown).map((one) => one.name);
  if (!group && !isFiller(name) && member !== undefined && namesOnlyPapers([member, ...more]))
    names.push(...aliasWords(commands));
  const hinted = commands.find((one) => !isGroup(one) && one.hints?.includes(bareWord(name).toLowerCase()))?.name;
  if (!group) return unknown(name, names, '', member === undefined ? [] : [member, ...more], hinted);
  if (member !== undefined) return unknown(member, names, `${group.name} `, more);
  return new UserError(`Say what to do with ${group.name}; type one of ${listed(names, `${group.name} `)}.`);
};

const freeText = ({ options }: Command, values: Readonly<Record<string, Value>>): boolean =>
  Object.entries(options).some(
    ([name, { type, keyword }]) => type === 'text' && keyword === undefined && Object.hasOwn(values, name),
  );

type Reading = { command: ParsedCommand } | { error: UserError };

const readingOf = (
  { path, command, rest, isGuess }: Candidate,
  now: Date,
  about: string | undefined,
): Reading | undefined => {
  try {
    const values = readWords(command, rest, now, about);
    return isGuess && freeText(command, values) ? undefined : { command: { path, command, values } };
  } catch (error) {
    if (error instanceof UserError) return isGuess ? undefined : { error };
    throw error;
  }
};

/** Commands for texts that are none, if the list has them. */
const spoken = { hello: 'hello', thanks: 'thanks', question: 'question' } as const;

/** Where a text comes from. `about`: the paper that it is about. */
export type Setting = { isMention?: boolean | undefined; about?: string | undefined };

/** What to run for a text without words: help, or a short answer to a greeting, a mention or thanks. */
const pleasantry = (text: string, { isMention = false }: Setting, commands: readonly CommandEntry[]): string => {
  const words = cleanWords(text);
  const isCommandOnly = words.every((word) => bareWord(word).toLowerCase() === prefix);
  const name = isThanks(words) ? spoken.thanks : spoken.hello;
  const isAnswered = findNamed(name, commands) !== undefined && !(isCommandOnly && !isMention);
  return isAnswered ? name : 'help';
};

/** The words may be a question, unless they name a command that does not need a paper. */
const asQuestion = (
  words: readonly string[],
  commands: readonly CommandEntry[],
  now: Date,
): ParsedCommand | undefined => {
  const command = findNamed(spoken.question, commands);
  if (!command || isGroup(command)) return undefined;
  const named = namedCommand(words, commands)?.command;
  const isForPaper = named && Object.values(named.options).some((one) => one.type === 'paper' && isRequired(one));
  if (findNamed(words[0], commands) && !(isForPaper && words.length > 1)) return undefined;
  return { path: command.name, command, values: readWords(command, words, now, undefined) };
};

/** A near miss whose other words fit the command. */
const nearMiss = (words: readonly string[], commands: readonly CommandEntry[], now: Date): NearMiss | undefined => {
  const error = namedCommand(words, commands) ? undefined : unnamed(words, commands);
  if (!(error instanceof NearMiss)) return undefined;
  const [meant] = candidatesFor(wordsOf(error.command), commands);
  const reading = meant && readingOf({ ...meant, isGuess: false }, now, undefined);
  return reading && 'command' in reading ? error : undefined;
};

/**
 * Reads a command text such as `top 5 2025-07-08`, also as people type it: `top5`, `find pruning`, an id alone. An empty
 * text means `help`, and a text without a command is a question if the list has a command for questions.
 * @throws UserError that says what to type, a NearMiss if it is close to a command.
 */
export const parseCommand = (
  text: string,
  commands: readonly CommandEntry[],
  now: Date,
  setting: Setting = {},
): ParsedCommand => {
  const given = wordsOf(text);
  const isSpoken = given.length === 0 || given.every(isGreeting) || isThanks(given);
  const words = isSpoken ? [pleasantry(text, setting, commands)] : given;
  let error: UserError | undefined;
  let papersError: UserError | undefined;
  for (const candidate of candidatesFor(words, commands)) {
    const reading = readingOf(candidate, now, setting.about);
    if (reading && 'command' in reading) return reading.command;
    error ??= reading?.error;
    if (namesOnlyPapers(candidate.rest)) papersError ??= reading?.error;
    // A value that is out of range is a mistake and not another command.
    if (reading && !(reading.error instanceof Misfit)) throw reading.error;
  }
  // "show 2 and 3" asks for papers of a list; a search for the numbers would find others.
  if (papersError) throw papersError;
  const miss = nearMiss(words, commands, now);
  if (miss) throw miss;
  const question = asQuestion(words, commands, now);
  if (question) return question;
  const last = unnamed(words, commands);
  // A button must not send words that do not fit.
  throw (
    (namedCommand(words, commands) ? error : undefined) ??
    (last instanceof NearMiss ? new UserError(last.message) : last)
  );
};

const pathOf = ({ text, command }: CommandInput): string[] => (text === undefined ? command.split(' ') : wordsOf(text));

/** Path of the command that an input names, even if its options cannot be read. */
export const namedPath = (input: CommandInput, commands: readonly CommandEntry[]): string | undefined =>
  namedCommand(pathOf(input), commands)?.path;

/** Reads what a platform sent, a text or typed options. @throws UserError that says what to type. */
export const readCommand = (
  input: CommandInput,
  commands: readonly CommandEntry[],
  now: Date,
  setting: Setting = {},
): ParsedCommand => {
  if (input.text !== undefined) return parseCommand(input.text, commands, now, setting);
  const words = pathOf(input);
  const named = namedCommand(words, commands);
  if (!named) throw unnamed(words, commands);
  const { command, path } = named;
  return { command, path, values: readInputs(command, input.values, now) };
};
