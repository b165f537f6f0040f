import type { Destination, Person } from '../../core/addresses.ts';
import { type CommandEntry, type Option, shownCommands, shownOptions, usageText } from '../../core/command.ts';
import type { Completion, PlatformHandlers, Suggestion } from '../../core/platform.ts';
import { type Placement, placeWords } from './placement.ts';
import { cleanWords, type NamedCommand, namedCommand, prefix, wordsOf } from './words.ts';

type Sender = { person: Person; destination: Destination };
type Parts = { commands: readonly CommandEntry[]; suggest: PlatformHandlers['suggest'] };

const maxCompletions = 40;

/** In UTF-16 units. Longer lines contain free text. */
const maxLineLength = 300;

/** The meaning of `today` does not change which option a word belongs to. */
const anyTime = new Date(0);

/** The finished words of a line and the unfinished last one, which is empty after a space. */
type Line = { start: string; finished: string[]; last: string };

const readLine = (input: string): Line => {
  const words = wordsOf(input);
  const start = input.trimStart().startsWith('/') ? `${prefix} ` : '';
  // After any separator, a letter begins a new word.
  const isFinished = wordsOf(`${input}x`).length > words.length;
  return isFinished
    ? { start, finished: words, last: '' }
    : { start, finished: words.slice(0, -1), last: words.at(-1) ?? '' };
};

const begunName = ({ finished, last }: Line): string => {
  const input = [...finished, last].join(' ').toLowerCase().trim();
  return prefix.startsWith(input) ? '' : input.replace(/^\/(?:arxiv)?/, '');
};

const commandCompletions = (line: Line, commands: readonly CommandEntry[]): Completion[] => {
  const input = begunName(line);
  const listed = shownCommands(commands);
  const begins = listed.filter(({ path }) => path.startsWith(input));
  const contains = listed.filter(({ path }) => !path.startsWith(input) && path.includes(input));
  return [...begins, ...contains].map((one) => ({
    text: `${line.start}${one.path}${shownOptions(one.command).length > 0 ? ' ' : ''}`,
    label: usageText(one),
    description: one.command.summary,
  }));
};

const hasText = ({ values }: Placement, { command }: NamedCommand): boolean =>
  Object.entries(command.options).some(
    ([name, { type, keyword }]) => type === 'text' && keyword === undefined && Object.hasOwn(values, name),
  );

const isRead = ({ type }: Option, value: unknown, offered: string): boolean =>
  value !== undefined && (type === 'period' || String(value) === offered);

const optionCompletions = (
  [name, option]: readonly [string, Option],
  { value, label }: Suggestion,
  before: { start: string; words: readonly string[]; named: NamedCommand },
): Completion[] => {
  const { start, words, named } = before;
  const line = [...words, value].join(' ');
  const after = placeWords(named.command.options, cleanWords(line), anyTime);
  if (after.stray || !isRead(option, after.values[name], value)) return [];
  const end = after.free.length > 0 && !hasText(after, named) ? ' ' : '';
  return [{ text: `${start}${named.path} ${line}${end}`, label, description: option.description }];
};

/** The option whose keyword is the last word, so its value comes next. */
const awaited = ({ command, rest }: NamedCommand): readonly [string, Option] | undefined => {
  const before = placeWords(command.options, rest.slice(0, -1), anyTime);
  const word = rest.at(-1)?.toLowerCase();
  return before.stray ? undefined : before.free.find(([, { keyword }]) => keyword !== undefined && keyword === word);
};

const keywordCompletions = ({ start, last }: Line, named: NamedCommand, { free }: Placement): Completion[] =>
  free.flatMap(([, { keyword, description, isHidden }]) => {
    if (keyword === undefined || isHidden || !keyword.startsWith(last.toLowerCase())) return [];
    const text = `${start}${[named.path, ...named.rest, keyword].join(' ')} `;
    return [{ text, label: `${keyword} …`, description }];
  });

const valueCompletions = async (
  line: Line,
  named: NamedCommand,
  sender: Sender,
  suggest: Parts['suggest'],
): Promise<Completion[]> => {
  const { start, last } = line;
  const expected = awaited(named);
  if (expected) {
    const suggestions = await suggest({ command: named.path, option: expected[0], input: last, ...sender });
    return suggestions.flatMap((one) => optionCompletions(expected, one, { start, words: named.rest, named }));
  }
  const placement = placeWords(named.command.options, named.rest, anyTime);
  if (placement.stray) return [];
  const inText = hasText(placement, named);
  const open = (
    inText ? Object.entries(named.command.options).filter(([, { type }]) => type === 'text') : placement.free
  ).filter(([, { keyword, isHidden }]) => keyword === undefined && !isHidden);
  const words = named.rest.slice(0, placement.placed);
  const unfinished = [...named.rest.slice(placement.placed), last].join(' ');
  const offers = await Promise.all(
    open.map(async (option) => {
      const suggestions = await suggest({ command: named.path, option: option[0], input: unfinished, ...sender });
      // Digits are likely a number, unless a date begins with them.
      const fitting = /^\d+$/.test(unfinished)
        ? suggestions.filter(({ value }) => value.startsWith(unfinished))
        : suggestions;
      return fitting.flatMap((suggestion) => optionCompletions(option, suggestion, { start, words, named }));
    }),
  );
  return [...offers.flat(), ...keywordCompletions(line, named, placement)];
};

/**
 * Completions for an unfinished line such as `/arxiv top 5 20`: commands until the name is complete, then values for
 * the options that are still free, as the parser would read them. Returns at most 40, and none for lines of more than
 * 300 characters.
 */
export const completionsFor = async (
  input: string,
  sender: Sender,
  { commands, suggest }: Parts,
): Promise<Completion[]> => {
  if (input.length > maxLineLength) return [];
  const line = readLine(input);
  const named = namedCommand(line.finished, commands);
  const completions = named ? await valueCompletions(line, named, sender, suggest) : commandCompletions(line, commands);
  return completions.filter(({ text }) => text !== input).slice(0, maxCompletions);
};
