import leven from 'leven';
import {
  type Command,
  type CommandEntry,
  isGroup,
  isRequired,
  type ListedCommand,
  listedCommands,
} from '../../core/command.ts';
import { bareWord } from '../../core/folding.ts';
import { paperIdOf } from '../../core/paper.ts';
import { isTerm, joinsPapers, readListNumber } from './numbers.ts';
import { isFiller } from './placement.ts';
import { type NamedCommand, namedCommand } from './words.ts';

/** A guess counts only without free text, which would be words that were not meant for the command. */
export type Candidate = NamedCommand & { isGuess: boolean };

type Named = ListedCommand & { words: readonly string[]; then: string };

const plain = (word: string): string => bareWord(word).toLowerCase();

const aliasPairs = ({ aliases = [] }: Command) =>
  aliases.map((alias) => (typeof alias === 'string' ? ([alias, ''] as const) : alias));

/** What commands are called: longer names first. */
const aliasesOf = (commands: readonly CommandEntry[]): Named[] =>
  listedCommands(commands)
    .flatMap((listed) =>
      aliasPairs(listed.command).map(([name, then]) => ({ ...listed, words: name.split(' '), then })),
    )
    .toSorted((a, b) => b.words.length - a.words.length);

/** True if a command needs nothing and takes a free text, as `top` does. */
const mayHaveText = ({ command: { options } }: ListedCommand): boolean => {
  const all = Object.values(options);
  return !all.some(isRequired) && all.some(({ type, keyword }) => type === 'text' && keyword === undefined);
};

const restAfter = ({ words, then }: Named, text: readonly string[]): string[] => [
  ...(then === '' ? [] : then.split(' ')),
  ...text.slice(words.length),
];

const aliased = (text: readonly string[], aliases: readonly Named[]): Candidate | undefined => {
  const start = text.slice(0, 8).map(plain);
  const found = aliases.find(({ words }) => words.every((word, index) => start[index] === word));
  return (
    found && { path: found.path, command: found.command, rest: restAfter(found, text), isGuess: mayHaveText(found) }
  );
};

/** "can you", "show me": requests, which may come before any command. */
const request =
  /^(?:(?:can|could|would|will) you|i(?:'d| would) like(?: to (?:see|read))?|i (?:want|need)(?: to (?:see|read))?|let me see|(?:give|show|tell|get|find|bring)(?: me| us)?|see|go|please|just) /;

/** "what are the": words before a command that only reads. */
const lead = /^(?:what(?:'s| is| are| were)?|list|and|so|the|a|an|my|all|me) /;

type Shortened = { words: string[]; isRequest: boolean };

/** The text without its first polite phrase, without its first two, and so on. */
const withoutPoliteness = (text: readonly string[], isRequest = true): Shortened[] => {
  const start = `${text.slice(0, 6).map(plain).join(' ')} `;
  const [asking] = request.exec(start) ?? [];
  const [dropped] = asking === undefined ? (lead.exec(start) ?? []) : [asking];
  if (dropped === undefined) return [];
  const words = text.slice(dropped.trim().split(' ').length);
  const remains = isRequest && asking !== undefined;
  return [{ words, isRequest: remains }, ...withoutPoliteness(words, remains)];
};

/**
 * Commands with aliases read, or change only a person's own list, so they may be found inside a sentence. "What is pause?"
 * must not pause anything.
 */
const isFoundInside = ({ command }: ListedCommand): boolean => command.aliases !== undefined;

/** "top5", "save-3". */
const unglued = ([first = '', ...rest]: readonly string[]): string[] | undefined => {
  const [, name, number] = /^\/?([a-z]+)[-_:=.]?(#?\d{1,3})$/.exec(plain(first)) ?? [];
  return name !== undefined && number !== undefined ? [name, number, ...rest] : undefined;
};

/** "/top", "/arxivtop", "/arxiv-top". */
const unprefixed = ([first = '', ...rest]: readonly string[]): string[] | undefined => {
  const [, name] = /^\/(?:arxiv[^a-z]*)?([a-z]+)$/.exec(plain(first)) ?? [];
  return name === undefined ? undefined : [name, ...rest];
};

const isSwapped = (a: string, b: string): boolean => {
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return a.length === b.length && a === `${b.slice(0, at)}${b[at + 1] ?? ''}${b[at] ?? ''}${b.slice(at + 2)}`;
};

/** The number of slips of the finger between two words. Two swapped letters are one. */
const slipsBetween = (a: string, b: string): number => (isSwapped(a, b) ? 1 : leven(a, b));

/** Shorter names are too similar to other words. */
const minCorrectedLength = 5;

/** Longer texts are free text or noise. In words. */
const maxLoose = 60;

/** True for "3", "3 and 5" and "the paper 2503.07639": nothing but papers, and at least one. */
export const namesOnlyPapers = (words: readonly string[]): boolean => {
  const isPaper = (word: string, index: number): boolean =>
    paperIdOf(word) !== undefined || readListNumber(word, words[index + 1]) !== undefined;
  if (words.length > maxLoose) return false;
  return (
    words.some(isPaper) && words.every((word, index) => isPaper(word, index) || joinsPapers(word) || isFiller(word))
  );
};

/** Other names of commands, of one word. Before papers alone, such a word is no free text. */
export const aliasWords = (commands: readonly CommandEntry[]): string[] =>
  aliasesOf(commands).flatMap(({ words: [word = '', ...more], then }) =>
    more.length === 0 && then === '' ? word : [],
  );

/** The command of which a word is one slip away, if it only reads and no other is as near. */
const corrected = ([first = '', ...rest]: readonly string[], commands: readonly CommandEntry[]): string[] => {
  const word = plain(first);
  const names = [
    ...commands.flatMap((one) => (isGroup(one) || one.rights || one.isHidden ? [] : one.name)),
    ...(namesOnlyPapers(rest) && !isFiller(first) ? aliasWords(commands) : []),
  ];
  const near = names.filter((name) => name.length >= minCorrectedLength && slipsBetween(word, name) === 1);
  return near.length === 1 ? [near[0] ?? '', ...rest] : [];
};

/**
 * The most similar name that a word may be a slip of, if any is similar. @param names Names of commands, without
 * hidden ones.
 */
export const nearestName = (input: string, names: readonly string[]): string | undefined => {
  const word = input.toLowerCase().replace(/^\/(?:arxiv)?[^a-z]*/, '');
  return names
    .map((name) => ({ name, slips: slipsBetween(word, name) }))
    .filter(({ name, slips }) => slips <= (name.length < minCorrectedLength ? 1 : 2) && slips < name.length)
    .filter(({ name, slips }) => slips === 1 || name[0] === word[0])
    .sort((a, b) => a.slips - b.slips)[0]?.name;
};

const maxTurned = 8;

/** The command named later in a short text, as in "2503.07639 save" and "10 newest papers". */
const turned = (text: readonly string[], commands: readonly CommandEntry[], aliases: readonly Named[]): Candidate[] => {
  if (text.length > maxTurned) return [];
  return text.flatMap((_, at): Candidate[] => {
    if (at === 0) return [];
    const after = text.slice(at);
    const found = namedCommand(after, commands) ?? aliased(after, aliases);
    return found ? [{ ...found, rest: [...text.slice(0, at), ...found.rest], isGuess: true }] : [];
  });
};

const questionWords =
  /^(?:what|whats|what's|which|who|whose|how|why|when|where|is|are|was|were|do|does|did|can|could|has|have|any|anything|and)$/;

/** Without a question mark, a question begins with such a word or is a few words long. */
const isQuestion = (text: readonly string[]): boolean =>
  /\?\W*$/.test(text.at(-1) ?? '') || questionWords.test(plain(text[0] ?? '')) || text.length > 3;

/** A number inside a text that names a paper: "#3", or "3" after "number" or "paper". */
const isNumbered = (word: string, index: number, text: readonly string[]): boolean =>
  /^#\d/.test(plain(word)) ||
  (/^(?:number|no|nr|paper)$/.test(plain(text[index - 1] ?? '')) && readListNumber(word) !== undefined);

/** True for "3 what data?" and "3 is it new". */
const asksAfter = (text: readonly string[], at: number): boolean =>
  /\d/.test(text[at] ?? '') &&
  !isTerm(text[at + 1] ?? '') &&
  (/\?\W*$/.test(text.at(-1) ?? '') || questionWords.test(plain(text[at + 1] ?? '')));

const metaQuestion = /^(?:why|who|when)$/;
const metaWords =
  /^(?:was|were|is|are|did|do|you|so|not|picked?|chosen?|chose|select(?:ed)?|posted|post|published|submitted|announced|ranked|scored?|high|low|wrote|written|write|made|by|authors?|first|last)$/;

/** "why was 3 picked?", "who wrote 2?": the answer is in what is known of the paper, without its text. */
const aboutMetadata = (text: readonly string[], commands: readonly CommandEntry[]): Candidate[] => {
  const [first = '', ...rest] = text;
  const isPaper = (word: string): boolean => paperIdOf(word) !== undefined || /^#?\d{1,3}$/.test(plain(word));
  const [paper, ...others] = rest.filter(isPaper);
  if (!metaQuestion.test(plain(first)) || paper === undefined || others.length > 0) return [];
  if (!rest.every((word) => isPaper(word) || isFiller(word) || metaWords.test(plain(word)))) return [];
  const named = namedCommand(['show', paper], commands);
  return named ? [{ ...named, isGuess: false }] : [];
};

/** A text about one paper, without a command: the paper is shown, or asked about. */
const aboutPaper = (text: readonly string[], commands: readonly CommandEntry[]): Candidate[] => {
  const at = text.findIndex((word) => paperIdOf(word) !== undefined);
  const isOne = new Set(text.flatMap((word) => paperIdOf(word) ?? [])).size === 1;
  const first = text.findIndex((word) => !isFiller(word));
  const numberAt = readListNumber(text[first] ?? '', text[first + 1]) ? first : text.findIndex(isNumbered);
  const number = readListNumber(text[numberAt] ?? '', text[numberAt + 1]);
  const [name, rest] = isOne
    ? [text[at] ?? '', text.filter((_, index) => index !== at)]
    : [number, numberAt === first ? text.slice(first + 1) : text];
  if (name === undefined) return [];
  const said = rest.filter((word) => !isFiller(word));
  // "3 bit quantization" and "first order methods" are terms.
  const isTermOnly = !isOne && numberAt === first && !asksAfter(text, first);
  if (said.length > 0 && isTermOnly && !namesOnlyPapers(text)) return [];
  const asks = said.length > 0 && isQuestion(rest.length > 3 ? rest : said);
  // The question keeps an id in its middle, so that it can still be read.
  const question = isOne && at > 0 ? text : rest;
  const named = namedCommand(asks ? ['ask', name, ...question] : ['show', name, ...rest], commands);
  return named ? [{ ...named, isGuess: false }] : [];
};

/** What a text may mean, best first. A reading counts if its words fit the options of its command. */
export const candidatesFor = (text: readonly string[], commands: readonly CommandEntry[]): Candidate[] => {
  const aliases = aliasesOf(commands);
  const readings = (words: readonly string[]): Candidate[] => {
    const named = namedCommand(words, commands);
    const other = aliased(words, aliases);
    // "help me" is another name, and not "help" with a word.
    const isLonger = other && named && words.length - other.rest.length > named.path.split(' ').length;
    const both = [named && { ...named, isGuess: false }, other];
    return (isLonger ? both.toReversed() : both).filter((one) => one !== undefined);
  };
  if (text.length > maxLoose) return readings(text);
  const bare = withoutPoliteness(text);
  return [
    ...readings(text),
    ...[unprefixed(text), unglued(text), ...bare.map(({ words }) => unglued(words))].flatMap((words) =>
      words ? readings(words) : [],
    ),
    ...bare.flatMap(({ words, isRequest }) => readings(words).filter((one) => isRequest || isFoundInside(one))),
    ...(readings(text).length === 0 ? readings(corrected(text, commands)) : []),
    ...turned(text, commands, aliases).filter(isFoundInside),
    ...aboutMetadata(text, commands),
    ...aboutPaper(text, commands),
  ];
};
