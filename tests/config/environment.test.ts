import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readEnvironment, secretsOf } from '../../config/environment.ts';
import { platforms } from '../../src/chat/platforms.ts';
import { Secret } from '../../src/core/secret.ts';
import { load, problems } from './helpers.ts';

const revealed = (value: unknown) => value instanceof Secret && value.reveal();
const read = (variables: Record<string, string>) => readEnvironment(variables, '/home/team', platforms);

describe('a proxy', () => {
  const proxies = async (env: Record<string, string>) => {
    const { proxies: found } = (await load({}, env)).env;
    return found && [found.http?.reveal(), found.https?.reveal(), found.except];
  };

  it.each([
    [{}, undefined],
    [{ HTTPS_PROXY: 'http://p.example:3128' }, [undefined, 'http://p.example:3128', '']],
    [{ HTTP_PROXY: 'p.example:3128' }, ['http://p.example:3128', 'http://p.example:3128', '']],
    [{ https_proxy: 'http://a:b@p.example', HTTPS_PROXY: 'http://q.example' }, [undefined, 'http://a:b@p.example', '']],
    [{ http_proxy: 'http://p', HTTPS_PROXY: '"http://q"', NO_PROXY: 'x.org' }, ['http://p', 'http://q', 'x.org']],
  ])('is read from %j', async (env, expected) => {
    expect(await proxies(env as Record<string, string>)).toEqual(expected);
  });

  it('must be an HTTP proxy; its password is not shown', async () => {
    expect(await problems(load({}, { HTTPS_PROXY: 'socks5://me:secret@p.example' }))).toEqual([
      'HTTPS_PROXY is not an HTTP proxy; write one such as http://proxy.example.org:3128',
    ]);
  });

  it('may be in .env', async () => {
    const { env } = await load({ '.env': 'HTTPS_PROXY=http://p.example:3128\n' });
    expect(env.proxies?.https?.reveal()).toBe('http://p.example:3128');
  });
});

describe('the environment', () => {
  it('needs nothing: every default is a real address, and no platform or model is configured', () => {
    expect(read({})).toEqual({
      problems: [],
      secrets: new Map(),
      environment: {
        platforms: { web: {}, console: {} },
        openai: undefined,
        arxiv: { rssUrl: 'https://rss.arxiv.org', webUrl: 'https://arxiv.org', apiUrl: 'https://export.arxiv.org' },
        s2: { apiKey: undefined, apiUrl: 'https://api.semanticscholar.org' },
        database: { kind: 'sqlite', file: '/home/team/data/paperboy.db' },
        role: 'all',
        http: { host: '127.0.0.1', port: 3210 },
        webSecret: undefined,
        now: undefined,
      },
    });
  });

  it('counts empty and blank values as unset', () => {
    const blank = { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: ' ', OPENAI_API_KEY: '', PAPERBOY_NOW: '', DATABASE_URL: '' };
    expect(read(blank)).toEqual(read({}));
  });

  it('reads tokens as secrets that print as [secret]', () => {
    const { environment } = read({
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: ' xapp-1\n',
      SLACK_SIGNING_SECRET: 'signing',
      OPENAI_API_KEY: 'sk-1',
      S2_API_KEY: 's2',
      PAPERBOY_WEB_SECRET: ' open sesame 12 ',
    });
    expect(secretsOf(environment).map((secret) => secret.reveal())).toEqual([
      'xoxb-1',
      'xapp-1',
      'signing',
      'sk-1',
      's2',
      'open sesame 12',
    ]);
    const shown = `${JSON.stringify(environment)} ${inspect(environment, { depth: 9 })}`;
    for (const token of ['xoxb-1', 'xapp-1', 'sk-1', 'sesame']) expect(shown).not.toContain(token);
  });

  it('removes the slash at the end of base URLs', () => {
    const { environment } = read({
      ARXIV_WEB_URL: 'http://127.0.0.1:4010/',
      OPENAI_BASE_URL: 'http://127.0.0.1:4010/v1/',
    });
    expect(environment.arxiv.webUrl).toBe('http://127.0.0.1:4010');
    expect(environment.openai).toEqual({ apiKey: undefined, baseUrl: 'http://127.0.0.1:4010/v1' });
  });

  it.each([
    ['file:papers.db', '/home/team/papers.db'],
    ['file:/var/lib/papers.db', '/var/lib/papers.db'],
    ['file:///var/lib/my%20papers.db', '/var/lib/my papers.db'],
  ])('accepts the database %s', (value, path) => {
    expect(read({ DATABASE_URL: value })).toMatchObject({
      problems: [],
      environment: { database: { kind: 'sqlite', file: path } },
    });
  });

  it.each([
    ['0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:3210', { host: '::1', port: 3210 }],
    ['off', 'off'],
  ])('accepts PAPERBOY_HTTP=%s', (value, http) => {
    expect(read({ PAPERBOY_HTTP: value })).toMatchObject({ problems: [], environment: { http } });
  });

  it('accepts every role for Postgres, and the usual one for SQLite', () => {
    for (const role of ['all', 'web', 'worker', 'gateway'])
      expect(read({ PAPERBOY_ROLE: role, DATABASE_URL: 'postgres://db/papers' })).toMatchObject({
        problems: [],
        environment: { role },
      });
    expect(read({ PAPERBOY_ROLE: 'all' })).toMatchObject({ problems: [], environment: { role: 'all' } });
  });

  it.each([
    ['2025-07-08T12:00:00Z', '2025-07-08T12:00:00.000Z'],
    ['2025-07-08T12:00:00.5+02:00', '2025-07-08T10:00:00.500Z'],
  ])('accepts PAPERBOY_NOW=%s', (value, iso) => {
    const { environment, problems } = read({ PAPERBOY_NOW: value });
    expect(problems).toEqual([]);
    expect(environment.now?.toISOString()).toBe(iso);
  });

  it('accepts tokens of unknown form', () => {
    expect(read({ SLACK_BOT_TOKEN: 'test-bot', SLACK_APP_TOKEN: 'test-app' }).problems).toEqual([]);
  });

  it('accepts a bot token alone, for runs that only post', () => {
    const { environment, problems } = read({ SLACK_BOT_TOKEN: 'xoxb-1' });
    expect(problems).toEqual([]);
    expect(environment.platforms.slack?.appToken).toBeUndefined();
  });

  it('accepts a Discord token, and says if it contains more than the token', () => {
    const { environment, problems } = read({ DISCORD_TOKEN: ' abc.def ', DISCORD_API_URL: 'http://127.0.0.1:1/api/' });
    expect(problems).toEqual([]);
    expect(revealed(environment.platforms.discord?.token)).toBe('abc.def');
    expect(environment.platforms.discord?.apiUrl).toBe('http://127.0.0.1:1/api');
    expect(read({ DISCORD_TOKEN: 'Bot abc' }).problems).toEqual([
      'DISCORD_TOKEN contains more than the token; leave out "Bot" before it',
    ]);
    expect(read({ DISCORD_API_URL: 'http://127.0.0.1:1' }).environment.platforms.discord).toBeUndefined();
  });

  it('accepts a bot token with a signing secret, for HTTP mode', () => {
    const { environment, problems } = read({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: ' signing ' });
    expect(problems).toEqual([]);
    expect(revealed(environment.platforms.slack?.signingSecret)).toBe('signing');
    expect(environment.platforms.slack?.appToken).toBeUndefined();
  });

  it('ignores other variables', () => {
    expect(read({ HOME: '/root', SLACK_CHANNEL: 'x', DISCORD_TOKEN: 'x' }).problems).toEqual([]);
  });
});

describe('a problem of the environment', () => {
  it.each([
    [
      { SLACK_APP_TOKEN: 'xapp-1' },
      'SLACK_BOT_TOKEN is missing, but SLACK_APP_TOKEN is set; write the bot token, xoxb-…',
    ],
    [
      { SLACK_SIGNING_SECRET: 'x' },
      'SLACK_BOT_TOKEN is missing, but SLACK_SIGNING_SECRET is set; write the bot token, xoxb-…',
    ],
    [
      { SLACK_BOT_TOKEN: 'xapp-1', SLACK_APP_TOKEN: 'xoxb-1' },
      'SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped; exchange their values',
    ],
    [
      { SLACK_BOT_TOKEN: 'xapp-1', SLACK_APP_TOKEN: 'xapp-1' },
      'SLACK_BOT_TOKEN contains an app-level token (xapp-…); use the bot token (xoxb-…)',
    ],
    [
      { SLACK_BOT_TOKEN: 'odd', SLACK_APP_TOKEN: 'xoxb-1' },
      'SLACK_APP_TOKEN contains a bot token (xoxb-…); use the app-level token (xapp-…)',
    ],
    [
      { S2_API_URL: 'api.example.org' },
      'S2_API_URL is not a base URL; write http:// or https://, host and path, without user, ? or #',
    ],
    [
      { OPENAI_BASE_URL: 'http://me:hush@host/v1' },
      'OPENAI_BASE_URL is not a base URL; write http:// or https://, host and path, without user, ? or #',
    ],
    [
      { DATABASE_URL: 'postgres://me:hu/sh@host/db' },
      'DATABASE_URL is not valid. The address of Postgres cannot be read. Write postgres://USER:PASSWORD@HOST/DATABASE, with %40 for @ and %2F for / in the password',
    ],
    [
      { DATABASE_URL: 'papers.db' },
      'DATABASE_URL is not valid. This is not a database. Write file:PATH or postgres://USER:PASSWORD@HOST/DATABASE',
    ],
    [
      { PAPERBOY_ROLE: 'reader', DATABASE_URL: 'postgres://db/papers' },
      'PAPERBOY_ROLE: "reader" is not a role; write all, web, worker or gateway',
    ],
    [
      { PAPERBOY_ROLE: 'web' },
      'PAPERBOY_ROLE is only for a Postgres database; leave it out, or set DATABASE_URL to one',
    ],
    [
      { PAPERBOY_HTTP: '3210' },
      'PAPERBOY_HTTP: "3210" is not HOST:PORT; write an address such as 127.0.0.1:3210, or off',
    ],
    [
      { PAPERBOY_HTTP: 'host:70000' },
      'PAPERBOY_HTTP: "host:70000" is not HOST:PORT; write an address such as 127.0.0.1:3210, or off',
    ],
    [
      { PAPERBOY_WEB_SECRET: ' elevenchars ' },
      'PAPERBOY_WEB_SECRET is too short; write at least 12 characters, such as the output of "openssl rand -hex 16"',
    ],
    [
      { PAPERBOY_NOW: '2025-02-30T00:00:00Z' },
      'PAPERBOY_NOW: "2025-02-30T00:00:00Z" is not a time; write an ISO time such as 2025-07-08T12:00:00Z',
    ],
    [{ PAPERBOY_CONFG: 'x' }, 'PAPERBOY_CONFG is not known; did you mean "PAPERBOY_CONFIG"?'],
    [
      { PAPERBOY_TELEMETRY: 'x' },
      'PAPERBOY_TELEMETRY is not known; use one of PAPERBOY_ROLE, PAPERBOY_CONFIG, PAPERBOY_HTTP, PAPERBOY_PUBLIC_URL, PAPERBOY_WEB_SECRET, PAPERBOY_NOW',
    ],
  ])('%o says what to write instead', (variables, problem) => {
    expect(read(variables as Record<string, string>).problems).toEqual([problem]);
  });

  it('never shows a token or password', () => {
    const hush = 'hush-hush';
    const names = ['SLACK_BOT_TOKEN', 'S2_API_URL', 'DATABASE_URL', 'OPENAI_BASE_URL', 'SLACK_SIGNING_SECRET'];
    const { problems } = read(Object.fromEntries(names.map((name) => [name, `postgres://me:${hush}@ho st`])));
    expect(problems).toHaveLength(3);
    expect(problems.join('\n')).not.toContain(hush);
  });
});
