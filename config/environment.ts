import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { DatabaseUrl } from '../src/core/database-url.ts';
import { errorText, UserError } from '../src/core/errors.ts';
import { withoutQuotes } from '../src/core/folding.ts';
import type { EnvironmentReader, PlatformDescriptor, PlatformSettings } from '../src/core/platform.ts';
import { type Role, roles } from '../src/core/role.ts';
import { Secret } from '../src/core/secret.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { readDotenv } from './dotenv.ts';
import { type Problem, quote, suggestion } from './problems.ts';
import { fileVariable, readSecretFile } from './secret-file.ts';
import { webSecretFault } from './values.ts';

const ownVariables = {
  OPENAI_API_KEY: 'API key for an OpenAI-compatible server',
  OPENAI_BASE_URL: 'base URL of an OpenAI-compatible server, including /v1; OpenAI if unset',
  S2_API_KEY: 'API key for Semantic Scholar',
  S2_API_URL: 'Semantic Scholar: another base URL',
  ARXIV_RSS_URL: 'arXiv: base URL of /rss/CATEGORIES',
  ARXIV_WEB_URL: 'arXiv: base URL of /list/CATEGORY/new and /catchup/CATEGORY/DATE',
  ARXIV_API_URL: 'arXiv: base URL of /api/query',
  DATABASE_URL: 'the database, file:PATH or postgres://USER:PASSWORD@HOST/DATABASE',
  PAPERBOY_ROLE: 'what this process does if several share a Postgres database: all, web, worker or gateway',
  PAPERBOY_CONFIG: 'the config file',
  PAPERBOY_HTTP: 'HOST:PORT of the web page, or off',
  PAPERBOY_PUBLIC_URL: 'where people reach the web page, for links in messages',
  PAPERBOY_WEB_SECRET: 'secret that people enter to sign in to the web page',
  HTTPS_PROXY: 'proxy for https addresses',
  HTTP_PROXY: 'proxy for http addresses, and for https without HTTPS_PROXY',
  NO_PROXY: 'hosts to reach without the proxy, separated by commas',
  PAPERBOY_NOW: 'ISO time at which the simulated time starts, for replays',
} as const satisfies Record<string, string>;

/**
 * Every environment variable that Paperboy reads, with its meaning. Tests compare it with `.env.example` and the docs.
 */
export const environmentVariables = (platforms: readonly PlatformDescriptor[]): Readonly<Record<string, string>> =>
  Object.assign({}, ...platforms.map(({ variables }) => variables), ownVariables);

export type Variables = Readonly<Record<string, string | undefined>>;

export type Environment = {
  platforms: Readonly<Record<string, PlatformSettings>>;
  openai: { apiKey: Secret | undefined; baseUrl: string | undefined } | undefined;
  arxiv: { rssUrl: string; webUrl: string; apiUrl: string };
  s2: { apiKey: Secret | undefined; apiUrl: string };
  proxies: { http: Secret | undefined; https: Secret | undefined; except: string } | undefined;
  database: DatabaseUrl;
  role: Role;
  http: { host: string; port: number } | 'off';
  /** Where people reach the web page, without a slash at the end. Without it, messages do not link to the page. */
  publicUrl: string | undefined;
  webSecret: Secret | undefined;
  now: Date | undefined;
};

const isBase = (value: string): boolean => {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
};

/** A secret that is set, and the file that it was read from, if any. */
type FoundSecret = { secret: Secret; file: string | undefined };

/** All secrets that were asked for, by variable; undefined if one is not set. */
type Secrets = Map<string, FoundSecret | undefined>;

const readerOf = (
  variables: Variables,
  cwd: string,
  secrets: Secrets,
  report: (problem: Problem) => void,
): EnvironmentReader => {
  // Docker's env_file leaves quotes in the value, and curly quotes are never removed.
  const read = (name: string): string | undefined => withoutQuotes(variables[name] ?? '') || undefined;
  const problem = (name: string, text: string): void =>
    report(/^(and|contains|is|names) /.test(text) ? `${name} ${text}` : `${name}: ${text}`);
  const find = (name: string, value: string | undefined): FoundSecret | undefined => {
    const path = read(fileVariable(name));
    if (path === undefined) return value === undefined ? undefined : { secret: new Secret(value), file: undefined };
    if (value !== undefined) problem(name, `and ${fileVariable(name)} are both set; keep one`);
    const file = resolve(cwd, path);
    const found = readSecretFile(file);
    if ('value' in found) return { secret: new Secret(found.value), file };
    problem(fileVariable(name), found.fault);
    // So that it is not reported as missing too. Nobody can guess it.
    return { secret: new Secret(randomUUID()), file: undefined };
  };
  return {
    read,
    problem,
    secret(name, alias = name) {
      if (!secrets.has(name)) secrets.set(name, find(name, read(alias) ?? read(name)));
      return secrets.get(name)?.secret;
    },
    baseUrl(name) {
      const value = read(name);
      if (value === undefined) return undefined;
      // The value is not quoted: it may contain a password.
      if (!isBase(value))
        problem(name, 'is not a base URL; write http:// or https://, host and path, without user, ? or #');
      return value.replace(/\/+$/, '');
    },
  };
};

const readOpenai = (reader: EnvironmentReader): Environment['openai'] => {
  const apiKey = reader.secret('OPENAI_API_KEY');
  // People copy the address of a route from a provider's example.
  const url = reader.baseUrl('OPENAI_BASE_URL')?.replace(/\/(chat\/completions|completions|responses|models)$/, '');
  return apiKey || url ? { apiKey, baseUrl: url } : undefined;
};

/** curl and most programs read the names in lower case too, and prefer them. */
const readProxies = ({ read, secret, problem }: EnvironmentReader): Environment['proxies'] => {
  const proxy = (name: string): Secret | undefined => {
    const value = secret(name, name.toLowerCase())?.reveal();
    if (value === undefined) return undefined;
    const url = /^[a-z][\w+.-]*:\/\//i.test(value) ? value : `http://${value}`;
    // The value is not quoted: it may contain a password.
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      problem(name, 'is not an HTTP proxy; write one such as http://proxy.example.org:3128');
      return undefined;
    }
    return new Secret(url);
  };
  const [http, https] = [proxy('HTTP_PROXY'), proxy('HTTPS_PROXY')];
  if (!http && !https) return undefined;
  return { http, https: https ?? http, except: read('no_proxy') ?? read('NO_PROXY') ?? '' };
};

const defaultDatabase = 'file:./data/paperboy.db';

const readDatabase = (reader: EnvironmentReader, cwd: string): DatabaseUrl => {
  const written = reader.read('DATABASE_URL');
  // A URL with a password is a secret, which may be in a file too.
  const isSecret = /^postgres/.test(written ?? '') || reader.read(fileVariable('DATABASE_URL')) !== undefined;
  const value = (isSecret ? reader.secret('DATABASE_URL')?.reveal() : written) ?? defaultDatabase;
  try {
    return parseDatabaseUrl(value, cwd);
  } catch (error) {
    // The value is not quoted: it may contain a password.
    reader.problem('DATABASE_URL', `is not valid. ${errorText(error).replace(/\.$/, '')}`);
    return parseDatabaseUrl(defaultDatabase, cwd);
  }
};

/** For commands that need no other settings. @throws UserError if `DATABASE_URL` names no database. */
export const readDatabaseUrl = (env: Variables, cwd: string): DatabaseUrl => {
  const variables = { ...readDotenv(cwd), ...env };
  const problems: Problem[] = [];
  const database = readDatabase(
    readerOf(variables, cwd, new Map(), (problem) => problems.push(problem)),
    cwd,
  );
  if (problems.length > 0) throw new UserError(`${problems.join('. ')}.`);
  return database;
};

const readRole = (reader: EnvironmentReader, { kind }: DatabaseUrl): Role => {
  const value = reader.read('PAPERBOY_ROLE') ?? 'all';
  const role = roles.find((one) => one === value);
  if (role === undefined)
    reader.problem('PAPERBOY_ROLE', `${quote(value)} is not a role; write all, web, worker or gateway`);
  else if (role !== 'all' && kind === 'sqlite')
    reader.problem('PAPERBOY_ROLE', 'is only for a Postgres database; leave it out, or set DATABASE_URL to one');
  return role ?? 'all';
};

const readHttp = (reader: EnvironmentReader): Environment['http'] => {
  const value = reader.read('PAPERBOY_HTTP') ?? '127.0.0.1:3210';
  if (value === 'off') return 'off';
  const [, host, port] = /^(\[[\da-fA-F:.]+\]|[^:[\]/\s]+):(\d{1,5})$/.exec(value) ?? [];
  if (!host || Number(port) > 65_535)
    reader.problem(
      'PAPERBOY_HTTP',
      `${quote(value)} is not HOST:PORT; write an address such as 127.0.0.1:3210, or off`,
    );
  return { host: (host ?? '').replace(/^\[|\]$/g, ''), port: Number(port) };
};

const readWebSecret = (reader: EnvironmentReader): Secret | undefined => {
  const secret = reader.secret('PAPERBOY_WEB_SECRET');
  const fault = secret && webSecretFault(secret.reveal());
  if (fault) reader.problem('PAPERBOY_WEB_SECRET', fault);
  return secret;
};

const readNow = (reader: EnvironmentReader): Date | undefined => {
  const value = reader.read('PAPERBOY_NOW');
  if (value === undefined) return undefined;
  if (!z.iso.datetime({ offset: true }).safeParse(value).success)
    reader.problem('PAPERBOY_NOW', `${quote(value)} is not a time; write an ISO time such as 2025-07-08T12:00:00Z`);
  return new Date(value);
};

const unknownProblems = (
  variables: Variables,
  platforms: readonly PlatformDescriptor[],
  secrets: Secrets,
): Problem[] => {
  const ours = Object.keys(environmentVariables(platforms)).filter((name) => name.startsWith('PAPERBOY_'));
  const known = [...ours, ...[...secrets.keys()].map(fileVariable)];
  return Object.keys(variables)
    .filter((name) => name.startsWith('PAPERBOY_') && !known.includes(name))
    .map((name) => `${name} is not known; ${suggestion(name, ours)}`);
};

export const readEnvironment = (
  variables: Variables,
  cwd: string,
  platforms: readonly PlatformDescriptor[],
): { environment: Environment; problems: Problem[]; secrets: ReadonlyMap<string, FoundSecret> } => {
  const problems: Problem[] = [];
  const asked: Secrets = new Map();
  const reader = readerOf(variables, cwd, asked, (problem) => problems.push(problem));
  const database = readDatabase(reader, cwd);
  const environment: Environment = {
    platforms: Object.fromEntries(
      platforms.flatMap((platform) => {
        const settings = platform.readEnvironment(reader);
        return settings ? [[platform.name, settings]] : [];
      }),
    ),
    openai: readOpenai(reader),
    arxiv: {
      rssUrl: reader.baseUrl('ARXIV_RSS_URL') ?? 'https://rss.arxiv.org',
      webUrl: reader.baseUrl('ARXIV_WEB_URL') ?? 'https://arxiv.org',
      apiUrl: reader.baseUrl('ARXIV_API_URL') ?? 'https://export.arxiv.org',
    },
    s2: {
      apiKey: reader.secret('S2_API_KEY'),
      apiUrl: reader.baseUrl('S2_API_URL') ?? 'https://api.semanticscholar.org',
    },
    proxies: readProxies(reader),
    database,
    role: readRole(reader, database),
    http: readHttp(reader),
    publicUrl: reader.baseUrl('PAPERBOY_PUBLIC_URL'),
    webSecret: readWebSecret(reader),
    now: readNow(reader),
  };
  problems.unshift(...unknownProblems(variables, platforms, asked));
  const secrets = new Map([...asked].flatMap(([name, found]) => (found ? [[name, found] as const] : [])));
  return { environment, problems, secrets };
};

export const secretsOf = ({ platforms, openai, s2, webSecret, proxies, database }: Environment): Secret[] =>
  [
    ...Object.values(platforms).flatMap(Object.values<unknown>),
    ...[openai?.apiKey, s2.apiKey, webSecret, proxies?.http, proxies?.https],
    ...(database.kind === 'postgres' ? [database.url] : []),
  ].filter((value) => value instanceof Secret);
