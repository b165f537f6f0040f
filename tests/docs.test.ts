import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { commands } from '../commands/index.ts';
import { environmentVariables, readEnvironment } from '../config/environment.ts';
import { keysAt } from '../config/problems.ts';
import { fileSchema } from '../config/schema.ts';
import { openStores } from '../db/sqlite/index.ts';
import { arxivCommand } from '../src/chat/discord/commands.ts';
import { inviteLink, missingPermissions } from '../src/chat/discord/permissions.ts';
import { parseCommand } from '../src/chat/language/parse.ts';
import { platforms } from '../src/chat/platforms.ts';
import { shortcutCommands } from '../src/chat/slack/listen.ts';
import { shownCommands, usageText } from '../src/core/command.ts';
import { ask, linesOf } from './commands/context.ts';
import { channel, problems, withFile } from './config/helpers.ts';
import { discordCommandsSchema } from './fakes/discord-limits.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The table rows under the heading that starts with these words, as cells. */
const rowsUnder = (markdown: string, heading: string): string[][] => {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
};

const code = (cell: string | undefined): string | undefined => /^`(.*)`$/.exec(cell ?? '')?.[1];

const lists = ['channels', 'authors'];

/** Every key of the schema, written like `channels[].cutoffs.relevance`. */
const schemaKeys = (path: PropertyKey[] = []): string[] =>
  keysAt(fileSchema, path).flatMap((key) => {
    const deeper = [...path, key, ...(lists.includes(key) ? [0] : [])];
    const dotted = [...path, key].reduce<string>(
      (text, part) => (typeof part === 'number' ? `${text}[]` : `${text}${text && '.'}${String(part)}`),
      '',
    );
    return [dotted, ...schemaKeys(deeper)];
  });

const valueAt = (data: unknown, dotted: string): unknown =>
  dotted
    .replaceAll('[]', '.0')
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], data);

describe('docs/configuration.md', () => {
  const keyRows = rowsUnder(read('docs/configuration.md'), 'The config file');
  const variableRows = rowsUnder(read('docs/configuration.md'), 'The environment');

  it('explains every key of the config file, and no other', () => {
    expect(keyRows.map(([key]) => code(key)).sort()).toEqual(schemaKeys().sort());
  });

  it('shows the defaults of the schema', () => {
    const minimal = { channels: [{ name: 'a', post: ['web'], categories: ['cs.LG'], topics: 't.md', authors: [] }] };
    const filled = fileSchema.parse(minimal);
    const shown = keyRows.filter(([, cell]) => code(cell)).map(([key, cell]) => [code(key) ?? '', code(cell) ?? '']);
    expect(shown.length).toBeGreaterThan(10);
    for (const [key = '', value = ''] of shown)
      expect({ [key]: valueAt(filled, key) }).toEqual({ [key]: key === 'schedule' ? value : parse(value) });
  });

  it('marks exactly the keys that are refused as "not yet"', async () => {
    const marked = keyRows.filter(([, , meaning]) => meaning === 'not yet').map(([key]) => code(key) ?? '');
    const [inChannel, elsewhere] = [
      marked.filter((key) => key.startsWith('channels[].')),
      marked.filter((key) => !key.startsWith('channels[].')),
    ];
    const yaml = `${elsewhere.map((key) => (key.includes('.') ? `${key.replace('.', ': { ')}: 1 }` : `${key}: 1`)).join('\n')}
channels:\n${channel(inChannel.map((key) => `${key.replace('channels[].', '')}: 1`).join('\n'))}`;
    const found = await problems(withFile(yaml));
    expect(found).toHaveLength(marked.length);
    for (const problem of found) expect(problem).toContain('is not yet supported');
  });

  it('explains every environment variable, and no other', () => {
    expect(variableRows.map(([name]) => code(name))).toEqual(Object.keys(environmentVariables(platforms)));
  });

  it('lists every secret that may be in a file, and no other', () => {
    const all = Object.keys(environmentVariables(platforms)).map((name) => [name, 'x']);
    const { secrets } = readEnvironment(Object.fromEntries(all), '/x', platforms);
    const [, section = ''] = /^### Secrets in files\n([^#]*)/m.exec(read('docs/configuration.md')) ?? [];
    const listed = [...section.matchAll(/^- `(\w+)_FILE`$/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual([...secrets.keys()].sort());
  });

  it('shows environment defaults that equal leaving the variable out', () => {
    const unset = readEnvironment({}, '/x', platforms);
    for (const [name, value] of variableRows.map(([name, cell]) => [code(name), code(cell)])) {
      if (name && value && name !== 'PAPERBOY_CONFIG')
        expect(readEnvironment({ [name]: value }, '/x', platforms)).toEqual(unset);
    }
  });
});

describe('.env.example', () => {
  const lines = read('.env.example').split('\n');
  const variables = lines.filter((line) => /^[A-Z0-9_]+=/.test(line));

  it('names every environment variable in the order of the docs, and sets none', () => {
    expect(variables).toEqual(Object.keys(environmentVariables(platforms)).map((name) => `${name}=`));
  });

  it('explains each in a comment above it', () => {
    for (const block of lines.join('\n').split('\n\n').slice(1)) expect(block).toMatch(/^# \S/);
  });
});

describe('config/paperboy.example.yaml', () => {
  it('mentions every key of the config file that works', () => {
    const example = read('config/paperboy.example.yaml');
    // `secret` belongs in the environment.
    const leftOut = ['managers', 'recap', 'secret'];
    const keys = new Set(schemaKeys().map((dotted) => dotted.split('.').at(-1)?.replace('[]', '') ?? ''));
    const unmentioned = [...keys].filter((key) => !leftOut.includes(key) && !new RegExp(`\\b${key}:`).test(example));
    expect(unmentioned).toEqual([]);
  });
});

/** Expects a text to call an existing command. */
const expectCall = (text: string): void => {
  expect(() => parseCommand(text, commands, new Date('2025-07-08T13:00:00Z'))).not.toThrow();
};

/** Limits of a Slack manifest: https://docs.slack.dev/reference/app-manifest */
const slackManifestSchema = z.looseObject({
  display_information: z.looseObject({
    name: z.string().min(1).max(35),
    description: z.string().max(140),
    background_color: z.string().regex(/^#[\da-f]{6}$/i),
  }),
  features: z.looseObject({
    bot_user: z.looseObject({ display_name: z.string().regex(/^[\w .-]{1,80}$/) }),
    slash_commands: z
      .array(
        z.looseObject({
          command: z.string().regex(/^\/[-_a-z0-9]{1,31}$/),
          description: z.string().min(1).max(2_000),
          usage_hint: z.string().max(1_000),
        }),
      )
      .max(50),
    shortcuts: z
      .array(
        z.looseObject({
          name: z.string().min(1).max(24),
          type: z.literal('message'),
          callback_id: z.string().min(1).max(255),
          description: z.string().min(1).max(150),
        }),
      )
      .max(10),
  }),
});

describe('manifest.slack.json', () => {
  const manifest = JSON.parse(read('manifest.slack.json'));

  it('requests exactly the scopes that docs/slack.md explains', () => {
    const explained = rowsUnder(read('docs/slack.md'), 'What each permission').flatMap(([scopes = '']) =>
      [...scopes.matchAll(/`([^`]+)`/g)].map(([, scope]) => scope),
    );
    expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual(explained.sort());
    expect(explained).toEqual([
      'app_mentions:read',
      'channels:history',
      'channels:read',
      'chat:write',
      'commands',
      'groups:history',
      'groups:read',
      'reactions:read',
    ]);
  });

  it('turns on Socket Mode, /arxiv, buttons and forms, and the events of mentions and reactions', () => {
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    expect(manifest.settings.event_subscriptions.bot_events).toEqual([
      'app_mention',
      'reaction_added',
      'reaction_removed',
    ]);
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
    expect(manifest.features.slash_commands).toMatchObject([{ command: '/arxiv' }]);
  });

  it('lists exactly the message menu entries that the bot answers and docs/slack.md describes', () => {
    const { shortcuts } = slackManifestSchema.parse(manifest).features;
    expect(shortcuts.map(({ callback_id }) => callback_id)).toEqual(Object.keys(shortcutCommands));
    for (const { name } of shortcuts) expect(read('docs/slack.md')).toContain(`**${name}**`);
  });

  it("stays within the manifest's limits and hints only at existing commands", () => {
    const { display_information: shown, features } = slackManifestSchema.parse(manifest);
    expect(features.bot_user.display_name).toBe(shown.name);
    for (const hint of features.slash_commands.flatMap(({ usage_hint }) => usage_hint.split(', '))) expectCall(hint);
  });
});

describe('/arxiv', () => {
  const [registered] = discordCommandsSchema.parse([arxivCommand(commands)]);

  it('has the same commands on Slack and Discord, within the limits of both', () => {
    const { slash_commands: onSlack } = slackManifestSchema.parse(JSON.parse(read('manifest.slack.json'))).features;
    expect(onSlack.map(({ command }) => command)).toEqual([`/${registered?.name}`]);
    const paths = (registered?.options ?? []).flatMap((option) =>
      option.type === 1 ? [option.name] : option.options.map(({ name }) => `${option.name} ${name}`),
    );
    // Discord lists 25. On other platforms, commands of its last group are typed without the group's name.
    expect(paths.map((path) => path.replace(/^more /, ''))).toEqual(shownCommands(commands).map(({ path }) => path));
  });

  it.each(['README.md', 'docs/slack.md', 'docs/discord.md'])('appears in %s only with existing calls', (page) => {
    const calls = [...read(page).matchAll(/`\/arxiv ([^`]+)`/g)].map(([, call = '']) => call);
    expect(calls).toContainEqual(expect.stringMatching(/^top/));
    for (const call of calls) expectCall(call);
  });
});

describe('docs/discord.md', () => {
  const page = read('docs/discord.md');
  const nothingGranted = { user: '1', guild: { id: '2', name: '', roles: [] }, member: { roles: [] }, overwrites: [] };

  it('explains exactly the permissions that the bot requests', () => {
    const explained = rowsUnder(page, 'What each permission').map(([permission]) => permission);
    expect(explained).toEqual(missingPermissions(nothingGranted));
    expect(explained).toEqual([
      'View Channel',
      'Send Messages',
      'Embed Links',
      'Read Message History',
      'Create Public Threads',
      'Send Messages in Threads',
    ]);
  });

  it('shows the invite link that doctor prints', () => {
    expect(page).toContain(inviteLink('APPLICATION-ID'));
    const { searchParams } = new URL(inviteLink('1'));
    const scopes = [...page.matchAll(/scopes\s+`([^`]+)` and `([^`]+)`/g)].flatMap(([, ...names]) => names);
    expect(searchParams.get('scope')?.split(' ')).toEqual(scopes);
  });
});

describe('the listed commands', () => {
  const listed = shownCommands(commands).map((one) => {
    const { summary, rights } = one.command;
    return { ...one, usage: usageText(one), summary: rights === 'managers' ? `${summary} (managers)` : summary };
  });

  it('are the rows of the table in docs/commands.md, in the same order', () => {
    const rows = listed.map(({ usage, summary }) => `| \`/arxiv ${usage.replaceAll('|', '\\|')}\` | ${summary} |`);
    const shown = read('docs/commands.md')
      .split('\n')
      .filter((line) => line.startsWith('| `/arxiv'));
    expect(
      shown,
      `The table under "All commands" in docs/commands.md does not match commands/index.ts. Replace its rows with:\n${rows.join('\n')}\n`,
    ).toEqual(rows);
  });

  it.each(listed)('include $path, which docs/commands.md explains', ({ path, summary }) => {
    expect(
      new RegExp(`\`(?:/arxiv )?${path}[ \`]`).test(read('docs/commands.md').replaceAll(/^\| `\/arxiv.*$/gm, '')),
      `docs/commands.md does not mention ${path}. Add a sentence to the section that fits it, such as: \`${path}\` … ("${summary}")`,
    ).toBe(true);
  });

  it('are what help lists', async () => {
    const stores = openStores(':memory:');
    const lines = linesOf(await ask(stores, 'help')).filter((line) => line.startsWith('/arxiv '));
    stores.close();
    expect(lines).toEqual(listed.map(({ usage, summary }) => `/arxiv ${usage}  ${summary}`));
  });
});

describe('docs/design.md', () => {
  it('names only existing files', () => {
    const paths = [...read('docs/design.md').matchAll(/`((?:src|commands|config|db|tools|tests)\/[^` ]+)`/g)]
      .map(([, path = '']) => path)
      .filter((path) => !path.includes('NAME'));
    expect(paths.length).toBeGreaterThan(40);
    expect(
      paths.filter((path) => !existsSync(join(root, path))),
      'docs/design.md names files that do not exist. Correct the paths there.',
    ).toEqual([]);
  });
});

describe('the README and docs', () => {
  const pages = [
    'README.md',
    'CHANGELOG.md',
    ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  ];

  /** As GitHub makes them: https://docs.github.com/en/get-started/writing-on-github */
  const anchorsOf = (page: string): string[] =>
    [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );

  it.each(pages)('%s links only to existing files and headings', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].map(([, path = '', anchor]) => ({
      target: path === '' ? page : join(dirname(page), path),
      anchor,
    }));
    const dead = links.filter(
      ({ target, anchor }) =>
        !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor)),
    );
    expect(dead).toEqual([]);
  });

  it('has a README of less than 100 lines, which links to every page', () => {
    const readme = read('README.md');
    expect(readme.trimEnd().split('\n').length).toBeLessThan(100);
    for (const page of pages.slice(1)) expect(readme).toContain(`](${page})`);
  });

  it('shows config files that load', async () => {
    const env = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', DISCORD_TOKEN: 'token' };
    const files = { 'config/topics/foundations.md': '# Topics' };
    const [, first = ''] = /```yaml\n([\s\S]*?)```/.exec(read('docs/configuration.md')) ?? [];
    const shown = ['slack', 'discord'].map((platform) => {
      const [, yaml = ''] = /\n\n( {4}channels:\n[\s\S]*?)\n\n/.exec(read(`docs/${platform}.md`)) ?? [];
      return yaml.replaceAll(/^ {4}/gm, '');
    });
    for (const yaml of [first, ...shown]) {
      expect(yaml).toContain('channels:');
      expect(await problems(withFile(yaml, env, files))).toEqual([]);
    }
  });
});
