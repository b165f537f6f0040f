import type { Destination, Person } from '../core/address.ts';
import { type CommandEntry, type ListedCommand, listedCommands, type Option, usageText } from '../core/command.ts';
import type { PlatformHandlers, Suggestion } from '../core/platform.ts';
import { namedCommand, type Placement, placeWords, prefix, wordsOf } from './read.ts';

/** One way to go on with a line that somebody types. */
export type Completion = {
  /** The whole line after accepting it, with `/arxiv` where that was typed; ends in a space where more may follow. */
  text: string;
  /** What is offered: `top [n] [date]`, `2025-07-08 · Tuesday, 8 July 2025`. */
  label: string;
  /** What the command or the option is. */
  description: string;
};

/** What a line means of which the command is known. */
export type Usage = {
  /** Such as `top [n] [date]`. */
  usage: string;
  summary: string;
  options: { name: string; description: string }[];
};

type Place = { person: Person; destination: Destination };
type Parts = { commands: readonly CommandEntry[]; suggest: PlatformHandlers['suggest'] };

const mostCompletions = 12;

/** In UTF-16 units. Whoever typed more than this writes a text of their own. */
const longestLine = 300;

/** Which day `today` is changes no option that a word goes to. */
const anyTime = new Date(0);

/** A line as its finished words and the one that is being typed, which is empty after a space. */
type Line = { start: string; finished: string[]; last: string };

const readLine = (typed: string): Line => {
  const words = wordsOf(typed);
  const start = typed.trimStart().startsWith('/') ? `${prefix} ` : '';
  // Whatever separates words, a letter after it begins a new one.
  const isFinished = wordsOf(`${typed}x`).length > words.length;
  return isFinished
    ? { start, finished: words, last: '' }
    : { start, finished: words.slice(0, -1), last: words.at(-1) ?? '' };
};

/** What is typed of a name: nothing yet while it may become `/arxiv`, and no slash that is none of the name's. */
const typedName = ({ finished, last }: Line): string => {
  const typed = [...finished, last].join(' ').toLowerCase().trim();
  return prefix.startsWith(typed) ? '' : typed.replace(/^\/(?:arxiv)?/, '');
};

const commandCompletions = (line: Line, commands: readonly CommandEntry[]): Completion[] => {
  const typed = typedName(line);
  const listed = listedCommands(commands);
  const begins = listed.filter(({ path }) => path.startsWith(typed));
  const contains = listed.filter(({ path }) => !path.startsWith(typed) && path.includes(typed));
  return [...begins, ...contains].map((one) => ({
    text: `${line.start}${one.path}${Object.keys(one.command.options).length > 0 ? ' ' : ''}`,
    label: usageText(one),
    description: one.command.summary,
  }));
};

const hasText = ({ values }: Placement, { command }: ListedCommand): boolean =>
  Object.entries(command.options).some(([name, { type }]) => type === 'text' && Object.hasOwn(values, name));

/** What is offered for one option: nothing that a parser would give to another. */
const optionCompletions = (
  [name, option]: readonly [string, Option],
  { value, label }: Suggestion,
  before: { start: string; words: readonly string[]; named: ListedCommand },
): Completion[] => {
  const { start, words, named } = before;
  const line = [...words, value].join(' ');
  const after = placeWords(named.command.options, wordsOf(line), anyTime);
  if (after.stray || String(after.values[name]) !== value) return [];
  const end = after.free.length > 0 && !hasText(after, named) ? ' ' : '';
  return [{ text: `${start}${named.path} ${line}${end}`, label, description: option.description }];
};

const valueCompletions = async (
  line: Line,
  named: ListedCommand & { rest: string[] },
  place: Place,
  suggest: Parts['suggest'],
): Promise<Completion[]> => {
  const { start, last } = line;
  const placement = placeWords(named.command.options, named.rest, anyTime);
  if (placement.stray) return [];
  const inText = hasText(placement, named);
  const open = inText
    ? Object.entries(named.command.options).filter(([, { type }]) => type === 'text')
    : placement.free;
  const words = named.rest.slice(0, placement.placed);
  const typed = [...named.rest.slice(placement.placed), last].join(' ');
  const offers = await Promise.all(
    open.map(async (option) => {
      const request = { command: named.path, option: option[0], typed, ...place };
      const suggestions = await suggest(request);
      // A number is likely one, unless it begins a date.
      const fitting = /^\d+$/.test(typed) ? suggestions.filter(({ value }) => value.startsWith(typed)) : suggestions;
      return fitting.flatMap((suggestion) => optionCompletions(option, suggestion, { start, words, named }));
    }),
  );
  return offers.flat();
};

/**
 * What a command box offers while somebody types a line such as `/arxiv top 5 20`: commands while the name is not
 * complete, then values for the options that are still free, as the parser would read them; at most 12, and none that
 * changes nothing. A line of more than 300 characters is offered nothing.
 */
export const completionsFor = async (
  typed: string,
  place: Place,
  { commands, suggest }: Parts,
): Promise<Completion[]> => {
  if (typed.length > longestLine) return [];
  const line = readLine(typed);
  const named = namedCommand(line.finished, commands);
  const completions = named ? await valueCompletions(line, named, place, suggest) : commandCompletions(line, commands);
  return completions.filter(({ text }) => text !== typed).slice(0, mostCompletions);
};

/** How the command is used that somebody is typing; undefined until its name is complete. */
export const usageOf = (typed: string, commands: readonly CommandEntry[]): Usage | undefined => {
  const named = namedCommand(wordsOf(typed.slice(0, longestLine)), commands);
  if (!named) return undefined;
  const { options, summary } = named.command;
  return {
    usage: usageText(named),
    summary,
    options: Object.entries(options).map(([name, { description }]) => ({ name, description })),
  };
};
