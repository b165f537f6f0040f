import { readFile as readFileFromDisk } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { type Person, platformOf } from '../src/core/addresses.ts';
import { distinctCategories } from '../src/core/category.ts';
import type { Channel } from '../src/core/channel.ts';
import { errorText, UserError } from '../src/core/errors.ts';
import { thisUser } from '../src/core/folder.ts';
import { withoutQuotes } from '../src/core/folding.ts';
import type { PlatformDescriptor } from '../src/core/platform.ts';
import type { Engine, Rubric } from '../src/core/score.ts';
import type { Secret } from '../src/core/secret.ts';
import { inconsistencies } from './consistency.ts';
import { dotenvFile } from './dotenv.ts';
import { type Environment, readEnvironment, type Variables } from './environment.ts';
import { type PlacedProblem, type Problem, problemsOf } from './problems.ts';
import { type ConfigFile, fileSchema } from './schema.ts';
import { decodeText } from './text-file.ts';
import { keptMonths } from './values.ts';

export type Config = {
  env: Environment;
  timezone: string;
  scorer: {
    engine: Engine;
    model: string;
    batchSize: number;
    concurrency: number | undefined;
    timeoutSeconds: number;
    dailyBudgetUsd: number;
    repeat: number;
    /** Null if the language model reads all papers. */
    prefilter: { targetRecall: number } | null;
    /** How missed days and those known long before their time are scored. Null if by ordinary calls; `auto` decides by the server. */
    batch: 'auto' | { maxWaitMinutes: number } | null;
  };
  admins: Person[];
  defaults: { schedule: string; language: string; criteria: string };
  /**
   * With `publicReading`, everyone who can reach the web page can read it, but not vote or run commands.
   * `trustedProxies` are addresses and networks whose `X-Forwarded-For` counts.
   */
  web: { secret: Secret | undefined; publicReading: boolean; trustedProxies: readonly string[] };
  channels: Channel[];
  /** Which nightly copies of the database to keep; null for none. */
  backup: { keep: { daily: number; weekly: number } } | null;
  /** For how many months to keep papers that nobody needs; null for ever. */
  retention: { paperMonths: number | null };
  source: string;
  isExample: boolean;
  /** The secrets that are set, and the file that each one is in, which may be `.env`; undefined for the environment. */
  secretFiles: readonly { name: string; file: string | undefined }[];
};

type ReadFile = (path: string) => Promise<string | Uint8Array>;

type LoadOptions = {
  env: Variables;
  cwd: string;
  platforms: readonly PlatformDescriptor[];
  createRubric: (parts: { topics: string; criteria: string; language: string }) => Rubric;
  readFile?: ReadFile;
};

const examplePath = join(import.meta.dirname, 'paperboy.example.yaml');
const builtInCriteria = join(import.meta.dirname, 'criteria.md');

type ReadFault = { fault: string; isMissing: boolean; line?: number };
type ReadResult = { text: string } | ReadFault;

/** For a file that no line of the config names. */
const placed = ({ fault, line }: ReadFault): string => (line === undefined ? fault : `${fault} (line ${line})`);

const readText = async (readFile: ReadFile, path: string): Promise<ReadResult> => {
  try {
    const content = await readFile(path);
    const decoded = typeof content === 'string' ? { text: content } : decodeText(content);
    if ('fault' in decoded) return { fault: `${path} ${decoded.fault}`, isMissing: false, line: decoded.line };
    const { text } = decoded;
    return text.trim() || path.endsWith('.env')
      ? { text }
      : { fault: `${path} is empty; add text to it`, isMissing: false };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return { fault: `there is no file ${path}; create it, or write another path`, isMissing: true };
    if ((error as NodeJS.ErrnoException).code === 'EACCES')
      return {
        fault: `${path} may not be read by ${thisUser()}; give it that right with chmod or chown`,
        isMissing: false,
      };
    return {
      fault: `${path} cannot be read (${errorText(error)}); fix that, or write another path`,
      isMissing: false,
    };
  }
};

type Source = { path: string; name: string; isExample: boolean; text: string };

/** The config file that is read if it exists. */
export const configPath = (variables: Variables, cwd: string): string =>
  resolve(
    cwd,
    (variables.PAPERBOY_CONFIG && withoutQuotes(variables.PAPERBOY_CONFIG)) || join('config', 'paperboy.yaml'),
  );

const findSource = async (readFile: ReadFile, variables: Variables, cwd: string): Promise<Source | Problem> => {
  const named = variables.PAPERBOY_CONFIG && withoutQuotes(variables.PAPERBOY_CONFIG);
  const path = configPath(variables, cwd);
  const read = await readText(readFile, path);
  if ('text' in read) return { path, name: path, isExample: false, text: read.text };
  if (named) return `PAPERBOY_CONFIG: ${placed(read)}`;
  if (!read.isMissing) return placed(read);
  const example = await readText(readFile, examplePath);
  if ('fault' in example) return example.fault;
  return { path: examplePath, name: 'built-in example', isExample: true, text: example.text };
};

const filesOutline = z
  .object({
    channels: z.array(
      z.object({ topics: z.string().catch(''), criteria: z.string().catch('') }).catch({ topics: '', criteria: '' }),
    ),
  })
  .catch({ channels: [] });

type Texts = ReadonlyMap<string, string>;

const pathOf = (folder: string, name: string | undefined): string =>
  name ? resolve(folder, name.trim()) : builtInCriteria;

/**
 * Reads the files that channels name, keyed by absolute path. Reports an unreadable file as a problem with its config
 * key.
 */
const readTexts = async (readFile: ReadFile, data: unknown, folder: string) => {
  const texts = new Map<string, string>();
  const problems: PlacedProblem[] = [];
  for (const [index, channel] of filesOutline.parse(data).channels.entries()) {
    for (const key of ['topics', 'criteria'] as const) {
      if (key === 'topics' && !channel.topics) continue;
      const path = pathOf(folder, channel[key]);
      const read = await readText(readFile, path);
      if ('text' in read) texts.set(path, read.text);
      else problems.push({ path: ['channels', index, key], text: `channels[${index}].${key}: ${read.fault}` });
    }
  }
  if (!texts.has(builtInCriteria)) texts.set(builtInCriteria, await readFileFromDisk(builtInCriteria, 'utf8'));
  return { texts, problems };
};

const toConfig = (
  file: ConfigFile,
  env: Environment,
  source: Source,
  texts: Texts,
  options: LoadOptions,
): Omit<Config, 'secretFiles'> => {
  const folder = dirname(source.path);
  const { engine, model, batchSize, concurrency, timeoutSeconds, dailyBudgetUsd, repeat, prefilter, batch } =
    file.scorer;
  const secret = env.webSecret ?? file.web.secret;
  const textOf = (name: string | undefined) => texts.get(pathOf(folder, name)) ?? '';
  return {
    // A secret in the config file must also be masked in logs.
    env: { ...env, webSecret: secret },
    timezone: file.timezone,
    scorer: {
      engine: engine === 'auto' ? (env.openai ? 'openai' : 'local') : engine,
      model,
      batchSize,
      concurrency,
      timeoutSeconds,
      dailyBudgetUsd,
      repeat,
      prefilter,
      batch,
    },
    admins: file.admins,
    backup: file.backup,
    retention: { paperMonths: keptMonths(file.retention.papers) ?? null },
    defaults: { schedule: file.schedule, language: file.language, criteria: textOf(undefined) },
    web: { ...file.web, secret },
    channels: file.channels.map((channel) => ({
      name: channel.name,
      timezone: channel.timezone ?? file.timezone,
      schedule: channel.schedule ?? file.schedule,
      post: channel.post.map((destination) => {
        const platform = options.platforms.find(({ name }) => name === platformOf(destination));
        return platform?.hasDestinationPerChannel ? `${destination}:${channel.name}` : destination;
      }),
      categories: distinctCategories(channel.categories),
      announceTypes: channel.announceTypes,
      primaryOnly: channel.primaryOnly,
      rubric: options.createRubric({
        topics: textOf(channel.topics),
        criteria: textOf(channel.criteria),
        language: channel.language ?? file.language,
      }),
      cutoffs: channel.cutoffs,
      papersPerDay: Math.min(channel.papersPerDay, channel.top),
      top: channel.top,
      authors: channel.authors,
      minHIndex: channel.minHIndex,
      mute: channel.mute,
      groupByTopic: channel.groupByTopic,
      digestStyle: channel.digest.style,
      digestSummary: channel.digest.summary,
      managers: [...file.managers, ...channel.managers],
      isPaused: false,
      linkCards: channel.linkCards,
      recap: channel.recap ?? file.recap,
    })),
    source: source.name,
    isExample: source.isExample,
  };
};

const inOrder = (problems: PlacedProblem[], lineOf: (path: PropertyKey[]) => number | undefined): Problem[] =>
  problems
    .map(({ path, text }) => ({ line: lineOf(path) ?? 0, text }))
    .sort((a, b) => a.line - b.line)
    .map(({ line, text }) => (line > 0 ? `${text} (line ${line})` : text));

type ConfigDocument = {
  data: unknown;
  /** 1-based line of a path, or of its nearest parent in the file. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
};

const hints: Record<string, string> = {
  DUPLICATE_KEY: 'this key is a duplicate; keep one',
  TAB_AS_INDENT: 'this line is indented with a tab; use spaces',
};

const parseConfigDocument = (source: string): { document?: ConfigDocument; problems: Problem[] } => {
  const lines = new LineCounter();
  const parsed = parseDocument(source, { lineCounter: lines, prettyErrors: true });
  if (parsed.errors.length > 0) {
    const problems = parsed.errors.map(({ code, linePos, message }) => {
      const [{ line, col } = { line: 1, col: 1 }] = linePos ?? [];
      const fault = hints[code] ?? message.split(/ at line \d+|\n/)[0];
      return `line ${line}, column ${col}: ${fault}`;
    });
    return { problems };
  }
  try {
    const data: unknown = parsed.toJS({ maxAliasCount: 100 });
    return { document: { data, lineOf: (path) => lineOf(path) }, problems: [] };
  } catch (error) {
    return { problems: [`${error instanceof Error ? error.message : error}; put text that begins with * in quotes`] };
  }

  function lineOf(path: readonly PropertyKey[]): number | undefined {
    for (let length = path.length; length > 0; length -= 1) {
      const node = parsed.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  }
};

const readSource = async (source: Source, env: Environment, options: LoadOptions & { readFile: ReadFile }) => {
  const { document, problems } = parseConfigDocument(source.text);
  if (!document) return { problems };
  const parsed = fileSchema.safeParse(document.data);
  const { texts, problems: fileProblems } = await readTexts(options.readFile, document.data, dirname(source.path));
  const found = [
    ...(parsed.success ? [] : problemsOf(parsed.error, fileSchema)),
    ...inconsistencies(document.data, env, options.platforms),
    ...fileProblems,
  ];
  if (found.length > 0 || !parsed.success) return { problems: inOrder(found, document.lineOf) };
  return { config: toConfig(parsed.data, env, source, texts, options), problems: [] };
};

/** An unclosed quote swallows the lines after it, so their variables would be missing without an error. */
const unclosedQuotes = (variables: Variables): Problem[] =>
  Object.entries(variables)
    .filter(([, value]) => value?.includes('\n'))
    .map(([name]) => `${name} in .env has several lines; close its quotes on its own line`);

const section = (title: string, problems: readonly Problem[]): string[] =>
  problems.length === 0 ? [] : [`${title}:`, ...problems.map((problem) => `  - ${problem}`)];

/**
 * Reads the environment (a `.env` file in `cwd` fills in unset variables), the config file (`PAPERBOY_CONFIG` if set,
 * otherwise `config/paperboy.yaml` if it exists, otherwise the built-in example), and the files that channels name.
 * @throws UserError that lists every problem with its key and what to write instead.
 */
export const loadConfig = async (options: LoadOptions): Promise<Config> => {
  const { cwd, readFile = (path: string) => readFileFromDisk(path) } = options;
  const dotenv = await readText(readFile, dotenvFile(cwd));
  const ownVariables: Variables = 'text' in dotenv ? parseEnv(dotenv.text) : {};
  const variables: Variables = { ...ownVariables, ...options.env };
  const { environment, problems, secrets } = readEnvironment(variables, cwd, options.platforms);
  problems.push(...unclosedQuotes(ownVariables));
  // Otherwise the bot would run without keys and tokens.
  if ('fault' in dotenv && !dotenv.isMissing) problems.push(placed(dotenv));
  const source = await findSource(readFile, variables, cwd);
  if (typeof source === 'string') problems.push(source);
  const read = typeof source === 'string' ? undefined : await readSource(source, environment, { ...options, readFile });
  if (read?.config && problems.length === 0) {
    const isInDotenv = (name: string): boolean => options.env[name] === undefined && ownVariables[name] !== undefined;
    const secretFiles = [...secrets].map(([name, { file }]) => ({
      name,
      file: file ?? (isInDotenv(name) ? dotenvFile(cwd) : undefined),
    }));
    return { ...read.config, secretFiles };
  }
  const lines = [
    ...section('environment', problems),
    ...(typeof source === 'string' ? [] : section(source.path, read?.problems ?? [])),
  ];
  const count = lines.filter((line) => line.startsWith('  - ')).length;
  throw new UserError(`${count === 1 ? 'One setting needs' : `${count} settings need`} a change.\n${lines.join('\n')}`);
};
