import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Secret } from '../src/core/secret.ts';
import { type Problem, quote, suggestion } from './problems.ts';
import { webSecretFault } from './values.ts';

/** Every environment variable that Paperboy reads, with its meaning. `.env.example` and the docs are held to this. */
export const environmentVariables = {
  SLACK_BOT_TOKEN: 'Slack: the bot token, xoxb-…',
  SLACK_APP_TOKEN: 'Slack: the app-level token of Socket Mode, xapp-…',
  SLACK_SIGNING_SECRET: 'Slack: the signing secret, for HTTP mode instead of Socket Mode',
  SLACK_API_URL: 'Slack: another API base, for tests',
  DISCORD_TOKEN: 'Discord: the bot token',
  DISCORD_API_URL: 'Discord: another API base, for tests',
  OPENAI_API_KEY: 'the key of an OpenAI-compatible server',
  OPENAI_BASE_URL: 'the base of an OpenAI-compatible server, /v1 included; OpenAI itself if unset',
  S2_API_KEY: 'the key of Semantic Scholar',
  S2_API_URL: 'Semantic Scholar: another API base',
  ARXIV_RSS_URL: 'arXiv: the base of /rss/CATEGORIES',
  ARXIV_WEB_URL: 'arXiv: the base of /list/CATEGORY/new and /catchup/CATEGORY/DATE',
  ARXIV_API_URL: 'arXiv: the base of /api/query',
  DATABASE_URL: 'the database, file:PATH',
  PAPERBOY_CONFIG: 'the config file',
  PAPERBOY_HTTP: 'HOST:PORT of the web page, or off',
  PAPERBOY_WEB_SECRET: 'the secret that lets people act on the web page from anywhere',
  PAPERBOY_NOW: 'an ISO time at which the told clock starts, for replays',
} as const satisfies Record<string, string>;

export type EnvironmentVariable = keyof typeof environmentVariables;

/** Variables as a process or a `.env` file gives them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The checked environment. Bases of addresses have no slash at the end. */
export type Environment = {
  slack:
    | {
        botToken: Secret;
        /** With it the bot listens in Socket Mode. */
        appToken: Secret | undefined;
        /** With it, and without an app token, the bot listens in HTTP mode; with neither it only posts. */
        signingSecret: Secret | undefined;
        apiUrl: string | undefined;
      }
    | undefined;
  discord: { token: Secret; apiUrl: string | undefined } | undefined;
  openai: { apiKey: Secret | undefined; baseUrl: string | undefined } | undefined;
  arxiv: { rssUrl: string; webUrl: string; apiUrl: string };
  s2: { apiKey: Secret | undefined; apiUrl: string };
  /** Full path of the SQLite file. */
  databaseFile: string;
  http: { host: string; port: number } | 'off';
  /** With it, whoever acts on the web page signs in. */
  webSecret: Secret | undefined;
  /** When the told clock starts; real time if undefined. */
  now: Date | undefined;
};

type Reader = {
  /** The trimmed value; undefined where it is unset or empty. */
  read(name: EnvironmentVariable): string | undefined;
  problem(name: EnvironmentVariable, text: string): void;
};

const isBase = (value: string): boolean => {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
};

function baseUrl(reader: Reader, name: EnvironmentVariable): string | undefined;
function baseUrl(reader: Reader, name: EnvironmentVariable, fallback: string): string;
function baseUrl(reader: Reader, name: EnvironmentVariable, fallback?: string): string | undefined {
  const value = reader.read(name);
  if (value === undefined) return fallback;
  // The value is not quoted: a password may stand in it.
  if (!isBase(value))
    reader.problem(name, 'is not an address; write http:// or https://, host and path, without user, ? and #');
  return value.replace(/\/+$/, '');
}

const secret = (value: string | undefined): Secret | undefined => (value === undefined ? undefined : new Secret(value));

const slackFault = (bot: string | undefined, app: string | undefined): [EnvironmentVariable, string] | undefined => {
  const botIsApp = bot?.startsWith('xapp-') ?? false;
  const appIsBot = app?.startsWith('xoxb-') ?? false;
  if (botIsApp && appIsBot) return ['SLACK_BOT_TOKEN', 'and SLACK_APP_TOKEN are swapped; exchange their values'];
  if (botIsApp) return ['SLACK_BOT_TOKEN', 'holds an app-level token (xapp-…); write the bot token, xoxb-…'];
  if (appIsBot) return ['SLACK_APP_TOKEN', 'holds a bot token (xoxb-…); write the app-level token, xapp-…'];
  return undefined;
};

const readSlack = (reader: Reader): Environment['slack'] => {
  const bot = reader.read('SLACK_BOT_TOKEN');
  const app = reader.read('SLACK_APP_TOKEN');
  const signing = reader.read('SLACK_SIGNING_SECRET');
  const apiUrl = baseUrl(reader, 'SLACK_API_URL');
  const swapped = slackFault(bot, app);
  if (swapped) reader.problem(...swapped);
  else if (app && !bot)
    reader.problem('SLACK_BOT_TOKEN', 'is missing beside SLACK_APP_TOKEN; write the bot token, xoxb-…');
  else if (signing && !bot)
    reader.problem('SLACK_BOT_TOKEN', 'is missing beside SLACK_SIGNING_SECRET; write the bot token, xoxb-…');
  if (!bot) return undefined;
  return { botToken: new Secret(bot), appToken: secret(app), signingSecret: secret(signing), apiUrl };
};

const readDiscord = (reader: Reader): Environment['discord'] => {
  const token = reader.read('DISCORD_TOKEN');
  const apiUrl = baseUrl(reader, 'DISCORD_API_URL');
  if (token && /^Bot\s/i.test(token))
    reader.problem('DISCORD_TOKEN', 'holds more than the token; write it without "Bot" before it');
  return token ? { token: new Secret(token), apiUrl } : undefined;
};

const readOpenai = (reader: Reader): Environment['openai'] => {
  const apiKey = secret(reader.read('OPENAI_API_KEY'));
  const url = baseUrl(reader, 'OPENAI_BASE_URL');
  return apiKey || url ? { apiKey, baseUrl: url } : undefined;
};

const readDatabase = (reader: Reader, cwd: string): string => {
  const value = reader.read('DATABASE_URL') ?? 'file:./data/paperboy.db';
  if (/^postgres(ql)?:/.test(value))
    reader.problem('DATABASE_URL', 'names Postgres, which is not yet supported; write file:PATH');
  else if (!/^file:./.test(value))
    reader.problem('DATABASE_URL', 'names no database; write file:PATH, such as file:./data/paperboy.db');
  return value.startsWith('file:///') ? fileURLToPath(value) : resolve(cwd, value.replace(/^file:/, ''));
};

const readHttp = (reader: Reader): Environment['http'] => {
  const value = reader.read('PAPERBOY_HTTP') ?? '127.0.0.1:3210';
  if (value === 'off') return 'off';
  const [, host, port] = /^(\[[\da-fA-F:.]+\]|[^:[\]/\s]+):(\d{1,5})$/.exec(value) ?? [];
  if (!host || Number(port) > 65_535)
    reader.problem('PAPERBOY_HTTP', `${quote(value)} is not HOST:PORT; write one such as 127.0.0.1:3210, or off`);
  return { host: (host ?? '').replace(/^\[|\]$/g, ''), port: Number(port) };
};

const readWebSecret = (reader: Reader): Secret | undefined => {
  const value = reader.read('PAPERBOY_WEB_SECRET');
  const fault = value === undefined ? undefined : webSecretFault(value);
  if (fault) reader.problem('PAPERBOY_WEB_SECRET', fault);
  return secret(value);
};

const readNow = (reader: Reader): Date | undefined => {
  const value = reader.read('PAPERBOY_NOW');
  if (value === undefined) return undefined;
  if (!z.iso.datetime({ offset: true }).safeParse(value).success)
    reader.problem('PAPERBOY_NOW', `${quote(value)} is not a time; write an ISO time such as 2025-07-08T12:00:00Z`);
  return new Date(value);
};

const unknownProblems = (variables: Variables): Problem[] => {
  const known = Object.keys(environmentVariables);
  const ours = known.filter((name) => name.startsWith('PAPERBOY_'));
  return Object.keys(variables)
    .filter((name) => name.startsWith('PAPERBOY_') && !known.includes(name))
    .map((name) => `${name} is not known; ${suggestion(name, ours)}`);
};

/**
 * Reads and checks the environment. Empty values count as unset. Where there is a problem, the environment may hold
 * values that are of no use.
 */
export const readEnvironment = (
  variables: Variables,
  cwd: string,
): { environment: Environment; problems: Problem[] } => {
  const problems = unknownProblems(variables);
  const reader: Reader = {
    read: (name) => variables[name]?.trim() || undefined,
    problem: (name, text) => {
      problems.push(/^(and|holds|is|names) /.test(text) ? `${name} ${text}` : `${name}: ${text}`);
    },
  };
  const environment: Environment = {
    slack: readSlack(reader),
    discord: readDiscord(reader),
    openai: readOpenai(reader),
    arxiv: {
      rssUrl: baseUrl(reader, 'ARXIV_RSS_URL', 'https://rss.arxiv.org'),
      webUrl: baseUrl(reader, 'ARXIV_WEB_URL', 'https://arxiv.org'),
      apiUrl: baseUrl(reader, 'ARXIV_API_URL', 'https://export.arxiv.org'),
    },
    s2: {
      apiKey: secret(reader.read('S2_API_KEY')),
      apiUrl: baseUrl(reader, 'S2_API_URL', 'https://api.semanticscholar.org'),
    },
    databaseFile: readDatabase(reader, cwd),
    http: readHttp(reader),
    webSecret: readWebSecret(reader),
    now: readNow(reader),
  };
  return { environment, problems };
};

/** Every token and key of an environment, for a logger to mask. */
export const secretsOf = ({ slack, discord, openai, s2, webSecret }: Environment): Secret[] =>
  [slack?.botToken, slack?.appToken, slack?.signingSecret, discord?.token, openai?.apiKey, s2.apiKey, webSecret].filter(
    (value) => value !== undefined,
  );
