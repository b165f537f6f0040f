import type { Destination, Person } from '../../core/addresses.ts';
import {
  type CommandEntry,
  type ListedCommand,
  type Option,
  shownCommands,
  shownOptions,
  usageText,
} from '../../core/command.ts';
import type { PlatformHandlers, Suggestion } from '../../core/platform.ts';
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

type Place = { person: Person; destination: Destination };
type Parts = { commands: readonly CommandEntry[]; suggest: PlatformHandlers['suggest'] };

const maxCompletions = 30;

/** In UTF-16 units. Whoever typed more than this writes a text of their own. */
const maxLineLength = 300;

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
  const listed = shownCommands(commands);
  const begins = listed.filter(({ path }) => path.startsWith(typed));
  const contains = listed.filter(({ path }) => !path.startsWith(typed) && path.includes(typed));
  return [...begins, ...contains].map((one) => ({
    text: `${line.start}${one.path}${shownOptions(one.command).length > 0 ? ' ' : ''}`,
    label: usageText(one),
    description: one.command.summary,
  }));
};

const hasText = ({ values }: Placement, { command }: ListedCommand): boolean =>
  Object.entries(command.options).some(
    ([name, { type, keyword }]) => type === 'text' && keyword === undefined && Object.hasOwn(values, name),
  );

/** True where an offered value is what the option was given, whatever it is read as. */
const isRead = ({ type }: Option, value: unknown, offered: string): boolean =>
  value !== undefined && (type === 'period' || String(value) === offered);

/** What is offered for one option: nothing that a parser would give to another. */
const optionCompletions = (
  [name, option]: readonly [string, Option],
  { value, label }: Suggestion,
  before: { start: string; words: readonly string[]; named: ListedCommand },
): Completion[] => {
  const { start, words, named } = before;
  const line = [...words, value].join(' ');
  const after = placeWords(named.command.options, wordsOf(line), anyTime);
  if (after.stray || !isRead(option, after.values[name], value)) return [];
  const end = after.free.length > 0 && !hasText(after, named) ? ' ' : '';
  return [{ text: `${start}${named.path} ${line}${end}`, label, description: option.description }];
};

/** The option whose keyword was just typed and whose value comes next. */
const awaited = ({ command, rest }: ListedCommand & { rest: string[] }): readonly [string, Option] | undefined => {
  const before = placeWords(command.options, rest.slice(0, -1), anyTime);
  const word = rest.at(-1)?.toLowerCase();
  return before.stray ? undefined : before.free.find(([, { keyword }]) => keyword !== undefined && keyword === word);
};

/** Keywords that may come next and begin with what is typed. */
const keywordCompletions = (
  { start, last }: Line,
  named: ListedCommand & { rest: string[] },
  { free }: Placement,
): Completion[] =>
  free.flatMap(([, { keyword, description, isHidden }]) => {
    if (keyword === undefined || isHidden || !keyword.startsWith(last.toLowerCase())) return [];
    const text = `${start}${[named.path, ...named.rest, keyword].join(' ')} `;
    return [{ text, label: `${keyword} …`, description }];
  });

const valueCompletions = async (
  line: Line,
  named: ListedCommand & { rest: string[] },
  place: Place,
  suggest: Parts['suggest'],
): Promise<Completion[]> => {
  const { start, last } = line;
  const expected = awaited(named);
  if (expected) {
    const suggestions = await suggest({ command: named.path, option: expected[0], typed: last, ...place });
    return suggestions.flatMap((one) => optionCompletions(expected, one, { start, words: named.rest, named }));
  }
  const placement = placeWords(named.command.options, named.rest, anyTime);
  if (placement.stray) return [];
  const inText = hasText(placement, named);
  const open = (
    inText ? Object.entries(named.command.options).filter(([, { type }]) => type === 'text') : placement.free
  ).filter(([, { keyword, isHidden }]) => keyword === undefined && !isHidden);
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
  return [...offers.flat(), ...keywordCompletions(line, named, placement)];
};

/**
 * What a command box offers while somebody types a line such as `/arxiv top 5 20`: commands while the name is not
 * complete, then values for the options that are still free, as the parser would read them; at most 30, and none that
 * changes nothing. A line of more than 300 characters is offered nothing.
 */
export const completionsFor = async (
  typed: string,
  place: Place,
  { commands, suggest }: Parts,
): Promise<Completion[]> => {
  if (typed.length > maxLineLength) return [];
  const line = readLine(typed);
  const named = namedCommand(line.finished, commands);
  const completions = named ? await valueCompletions(line, named, place, suggest) : commandCompletions(line, commands);
  return completions.filter(({ text }) => text !== typed).slice(0, maxCompletions);
};
