import leven from 'leven';
import { addDays, arxivTimeZone, dateIn, isIsoDate } from '../core/clock.ts';
import { type Command, type CommandEntry, isGroup, type Option } from '../core/command.ts';
import { UserError } from '../core/errors.ts';

type Value = string | number;
export type ParsedCommand = { command: Command; values: Record<string, Value> };

/** A token that is of the option's type but not allowed gives the reason; one of another type gives undefined. */
type Reading = { value: Value } | { problem: string } | undefined;

const readInteger = (token: string, option: Extract<Option, { type: 'integer' }>): Reading => {
  if (!/^[-+]?\d+$/.test(token)) return undefined;
  const value = Number(token);
  if (value >= option.minimum && value <= option.maximum) return { value };
  return { problem: `${token} is out of range; write a whole number from ${option.minimum} to ${option.maximum}` };
};

const readDate = (token: string, now: Date): Reading => {
  const today = dateIn(now, arxivTimeZone);
  if (/^today$/i.test(token)) return { value: today };
  if (/^yesterday$/i.test(token)) return { value: addDays(today, -1) };
  if (isIsoDate(token)) return { value: token };
  if (!/^\d+([-/]\d+){1,2}$|^\d+\.\d+\.\d+$/.test(token)) return undefined;
  return { problem: `"${token}" is no date that I know; write it as year-month-day, such as ${today}` };
};

const readToken = (token: string, option: Option, now: Date): Reading => {
  if (option.type === 'integer') return readInteger(token, option);
  if (option.type === 'date') return readDate(token, now);
  if (option.type === 'word')
    return option.values.includes(token.toLowerCase()) ? { value: token.toLowerCase() } : undefined;
  return undefined;
};

const expected = (command: Command): string => {
  const examples = command.examples.map((example) => `/arxiv ${example}`);
  return examples.length > 1 ? `${examples.slice(0, -1).join(', ')} or ${examples.at(-1)}` : (examples[0] ?? '');
};

/** Each token goes to the first option that is still free and of its type; what is left goes to the free text. */
const readOptions = (command: Command, tokens: readonly string[], now: Date): Record<string, Value> => {
  const values: Record<string, Value> = {};
  const options = Object.entries(command.options);
  const [textName] = options.find(([, option]) => option.type === 'text') ?? [];
  for (const [index, token] of tokens.entries()) {
    const free = options.filter(([name]) => !(name in values));
    const [match] = free.flatMap(([name, option]) => {
      const reading = readToken(token, option, now);
      return reading ? [{ name, reading }] : [];
    });
    if (match) {
      if ('problem' in match.reading) throw new UserError(`${match.reading.problem}.`);
      values[match.name] = match.reading.value;
    } else if (textName !== undefined) {
      values[textName] = tokens.slice(index).join(' ');
      break;
    } else throw new UserError(`I do not understand "${token}" here; type ${expected(command)}.`);
  }
  const missing = options.find(([name, option]) => option.type === 'text' && option.required && !(name in values));
  if (missing) throw new UserError(`Something is missing: ${missing[1].description}; type ${expected(command)}.`);
  return values;
};

/** The name that was most likely meant, if any is near. */
const nearest = (word: string, names: readonly string[]): string | undefined =>
  names
    .map((name) => ({ name, distance: leven(word.toLowerCase(), name) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 2)) && distance < name.length)
    .sort((a, b) => a.distance - b.distance)[0]?.name;

const listed = (names: readonly string[], prefix: string): string =>
  names.map((name) => `/arxiv ${prefix}${name}`).join(', ');

const unknown = (word: string, names: readonly string[], prefix: string): UserError => {
  const near = nearest(word, names);
  const known = listed(names, prefix);
  return new UserError(
    near
      ? `There is no "${prefix}${word}"; did you mean /arxiv ${prefix}${near}? /arxiv help lists all commands.`
      : `There is no "${prefix}${word}"; type one of ${known}.`,
  );
};

/**
 * Reads a command text such as `top 5 2025-07-08`; an empty one asks for help.
 *
 * @throws UserError with one sentence that says what to type.
 */
export const parseCommand = (text: string, commands: readonly CommandEntry[], now: Date): ParsedCommand => {
  const words = text
    .trim()
    .replace(/^\/arxiv\b/i, '')
    .split(/\s+/)
    .filter(Boolean);
  const [name = 'help', ...rest] = words.map((word) => word.slice(0, 200));
  const entry = commands.find((one) => one.name === name.toLowerCase());
  if (!entry)
    throw unknown(
      name,
      commands.map((one) => one.name),
      '',
    );
  if (!isGroup(entry)) return { command: entry, values: readOptions(entry, rest, now) };
  const names = entry.commands.map((one) => one.name);
  const [member, ...tokens] = rest;
  if (member === undefined)
    throw new UserError(`Say what to do with ${entry.name}; type one of ${listed(names, `${entry.name} `)}.`);
  const command = entry.commands.find((one) => one.name === member.toLowerCase());
  if (!command) throw unknown(member, names, `${entry.name} `);
  return { command, values: readOptions(command, tokens, now) };
};
