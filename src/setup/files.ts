import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { lineChanges } from '../../commands/topics/lines.ts';
import { editConfig, editDotenv, readConfigText } from '../../config/edit.ts';
import type { Environment, Variables } from '../../config/environment.ts';
import { readEnvironment } from '../../config/environment.ts';
import { configPath, loadConfig } from '../../config/load.ts';
import type { ConfigFile } from '../../config/schema.ts';
import { platformOf } from '../core/addresses.ts';
import { channelDefaults } from '../core/channel.ts';
import { UserError } from '../core/errors.ts';
import type { PlatformDescriptor } from '../core/platform.ts';
import { createRubric } from '../scoring/rubric.ts';
import type { PlannedFile } from './write-files.ts';

/** Everything that is to be written; plain data, so that any page or program can collect it. */
export type Choices = {
  channel: string;
  topics: string;
  categories: readonly string[];
  papersPerDay: number;
  timezone: string;
  schedule: string;
  /** Null for the built-in scorer although there is a key; undefined to leave it as it is. */
  model: string | null | undefined;
  /** Addresses on chat platforms; the web page is added. */
  post: readonly string[];
  admins: readonly string[];
  /** Variables for `.env`, such as tokens. */
  variables: Readonly<Record<string, string>>;
};

/** What is set already. */
export type Present = {
  configFile: string;
  configText: string | undefined;
  file: ConfigFile | undefined;
  dotenvText: string | undefined;
  /** Of the environment, `.env` and the files of secrets together. */
  variables: Variables;
  environment: Environment;
};

type Where = { env: Variables; cwd: string; platforms: readonly PlatformDescriptor[] };

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`${path} cannot be read (${(error as Error).message}). Correct that, then start again.`);
  }
};

/** @throws UserError if the config file cannot be understood */
export const readPresent = async ({ env, cwd, platforms }: Where): Promise<Present> => {
  const dotenvText = await readIfThere(join(cwd, '.env'));
  const variables = { ...(dotenvText === undefined ? {} : parseEnv(dotenvText)), ...env };
  const configFile = configPath(variables, cwd);
  const configText = await readIfThere(configFile);
  const read = configText === undefined ? undefined : readConfigText(configText);
  if (read && 'problems' in read)
    throw new UserError(
      `${configFile} has problems:\n${read.problems.map((one) => `  - ${one}`).join('\n')}\nCorrect them or rename the file, then start again.`,
    );
  const { environment, secrets } = readEnvironment(variables, cwd, platforms);
  const inFiles = [...secrets].flatMap(([name, { secret, file: from }]) => (from ? [[name, secret.reveal()]] : []));
  return {
    ...{ configFile, configText, file: read?.file, dotenvText, environment },
    variables: { ...variables, ...Object.fromEntries(inFiles) },
  };
};

const topicsFileOf = ({ configFile, file }: Present, channel: string): { path: string; written: string } => {
  const written = file?.channels.find(({ name }) => name === channel)?.topics ?? `topics/${channel}.md`;
  return { written, path: resolve(dirname(configFile), written) };
};

export const readTopics = async (present: Present, channel: string): Promise<string | undefined> =>
  readIfThere(topicsFileOf(present, channel).path);

/** The chosen chat channels instead of those that are there. Other destinations stay; a new channel has the web page. */
const postOf = (post: readonly string[], before: readonly string[] | undefined, { platforms }: Where): string[] => {
  const isChat = (address: string): boolean =>
    platforms.some(({ name, setUp }) => setUp !== undefined && name === platformOf(address));
  const kept = before?.filter((one) => !isChat(one) || post.includes(one));
  return kept ? [...new Set([...kept, ...post])] : [...post, 'web'];
};

/**
 * The files that the choices change. Nothing is written.
 * @throws UserError if Paperboy could not start with them
 */
export const planFiles = async (present: Present, choices: Choices, where: Where): Promise<PlannedFile[]> => {
  const { configFile, configText, file, dotenvText } = present;
  const { channel, topics, categories, papersPerDay, timezone, schedule, model, post, admins, variables } = choices;
  const topicsFile = topicsFileOf(present, channel);
  const known = file?.channels.find(({ name }) => name === channel);
  const config = editConfig(configText, {
    ...(!file && { timezone, schedule }),
    ...(model && model !== file?.scorer.model && { model }),
    ...(model && file?.scorer.engine === 'local' && { engine: 'auto' as const }),
    ...(model === null && { engine: 'local' as const }),
    ...(admins.length > 0 && { admins: [...new Set([...(file?.admins ?? []), ...admins])] }),
    channel: {
      ...{ name: channel, categories, topics: topicsFile.written },
      ...(papersPerDay !== (known?.papersPerDay ?? channelDefaults.papersPerDay) && { papersPerDay }),
      // `papersPerDay` limits the built-in scorer only.
      ...(papersPerDay !== known?.papersPerDay && { top: papersPerDay }),
      ...(file && timezone !== (known?.timezone ?? file.timezone) && { timezone }),
      ...(file && schedule !== (known?.schedule ?? file.schedule) && { schedule }),
      post: postOf(post, known?.post, where),
    },
  });
  const files = [
    { path: topicsFile.path, before: await readIfThere(topicsFile.path), after: topics, isSecret: false },
    ...(Object.keys(variables).length === 0
      ? []
      : [
          {
            path: join(where.cwd, '.env'),
            before: dotenvText,
            after: editDotenv(dotenvText, variables),
            isSecret: true,
          },
        ]),
    { path: configFile, before: configText, after: config, isSecret: false },
  ].map((one) => ({ ...one, shown: relative(where.cwd, one.path) || one.path }));
  const changed = files.filter(({ before, after }) => before !== after);

  // As the next start reads them.
  const texts = new Map(changed.map(({ path, after }) => [path, after]));
  await loadConfig({
    ...{ env: where.env, cwd: where.cwd, platforms: where.platforms, createRubric },
    readFile: async (path) => texts.get(path) ?? readFile(path),
  });
  return changed;
};

/** The changed lines, without the values of secrets. */
export const differenceOf = ({ before = '', after, isSecret }: PlannedFile): string =>
  lineChanges(before, after)
    .map(
      ({ kind, line }) => `${kind === 'added' ? '+' : '−'} ${isSecret ? line.replace(/^(\s*[^#=]+=).*/, '$1…') : line}`,
    )
    .join('\n');
