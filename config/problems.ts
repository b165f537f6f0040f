import leven from 'leven';
import { z } from 'zod';

/** What is wrong and what to write: `channels[0].top: 0 is too small; write a whole number from 1 to 200`. */
export type Problem = string;

export const nearest = (name: string, known: readonly string[]): string | undefined => {
  // A third of the letters may differ: enough for typos, too few to match another word.
  const limit = Math.max(2, Math.ceil(name.length / 3));
  const ranked = known
    .map((candidate) => ({ candidate, distance: leven(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= limit ? best.candidate : undefined;
};

export const suggestion = (name: string, known: readonly string[]): string => {
  const near = nearest(name, known);
  return near ? `did you mean "${near}"?` : `use one of ${known.join(', ')}`;
};

const tokenLike = /\b(xox[a-z]-|xapp-|sk-)/;

export const quote = (value: unknown): string => {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  if (typeof value !== 'string') return String(value);
  if (tokenLike.test(value)) return 'a token';
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
};

const placeOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((place, key) => {
    if (typeof key === 'number') return `${place}[${key}]`;
    return place ? `${place}.${String(key)}` : String(key);
  }, '');

type Issue = { code?: string; input?: unknown; expected?: unknown; origin?: unknown };

const kinds: Record<string, string> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
};

const complaint = (issue: Issue): string => {
  if (issue.input === undefined) return 'is missing';
  if (issue.input === null) return 'is empty';
  const value = quote(issue.input);
  if (issue.code === 'invalid_type') return `${value} is not ${kinds[String(issue.expected)] ?? 'known'}`;
  if (issue.origin === 'array') return issue.code === 'too_small' ? 'is empty' : 'has too many entries';
  if (issue.code === 'too_small') return `${value} is too small`;
  if (issue.code === 'too_big') return `${value} is too large`;
  return `${value} is not valid`;
};

export const oneOf = (words: readonly string[]) => ({
  error: ({ input }: Issue) => {
    if (typeof input === 'string') return `${quote(input)} is not known; ${suggestion(input, words)}`;
    return `${complaint({ input })}; use one of ${words.join(', ')}`;
  },
});

export const write = (instead: string) => ({ error: (issue: Issue) => `${complaint(issue)}; write ${instead}` });

/** The zod error of a refinement. Missing values and values of the wrong type keep their own errors. */
export const complain = (sentence: (input: string) => string) => ({
  error: (issue: Issue) => sentence(String(issue.input)),
});

const inner = (schema: unknown): unknown => {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return inner(schema.unwrap());
  if (schema instanceof z.ZodPipe) return inner(schema.out);
  return schema;
};

export const keysAt = (schema: unknown, path: readonly PropertyKey[]): string[] => {
  const here = inner(schema);
  const [next, ...rest] = path;
  if (here instanceof z.ZodUnion) return here.options.flatMap((option) => keysAt(option, path));
  if (here instanceof z.ZodArray) return keysAt(here.element, next === undefined ? [] : rest);
  if (!(here instanceof z.ZodObject)) return [];
  return next === undefined ? Object.keys(here.shape) : keysAt(here.shape[String(next)], rest);
};

export type PlacedProblem = { path: PropertyKey[]; text: Problem };

const placed = (path: PropertyKey[], message: string): PlacedProblem => {
  const place = placeOf(path) || 'the file';
  // "top is missing", but "top: 0 is too small".
  return {
    path,
    text: message.startsWith('is ') || message.startsWith('has ') ? `${place} ${message}` : `${place}: ${message}`,
  };
};

export const problemsOf = (error: z.ZodError, schema: unknown): PlacedProblem[] =>
  error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [placed(issue.path, issue.message)];
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => placed([...issue.path, key], `is not known; ${suggestion(key, known)}`));
  });
