import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { createCaller } from '../../../src/chat/discord/api.ts';
import { arxivCommand, registerCommands } from '../../../src/chat/discord/commands.ts';
import { readOptions, slashCommandSchema } from '../../../src/chat/discord/request.ts';
import { readCommand } from '../../../src/chat/language/parse.ts';
import { createClock } from '../../../src/core/clock.ts';
import { isGroup } from '../../../src/core/command.ts';
import { Secret } from '../../../src/core/secret.ts';
import { commandOf, everyKind } from '../../fakes/commands.ts';
import { discordCommandsSchema } from '../../fakes/discord-limits.ts';
import { startDiscordServer, type TypedOption } from '../../fakes/discord-server.ts';
import { listenOn, open } from './connect.ts';

const read = (options: TypedOption[], entries = everyKind) =>
  readOptions(slashCommandSchema.parse({ name: 'arxiv', options }), entries);
const sub = (name: string, options: TypedOption[] = []): TypedOption => ({ name, type: 1, options });

describe('/arxiv as registered with Discord', () => {
  it('has a subcommand with typed options for each command, and a group for each group', async () => {
    const [command] = discordCommandsSchema.parse([arxivCommand(everyKind)]);
    await expect(`${JSON.stringify(command, null, 2)}\n`).toMatchFileSnapshot('golden/command.json');
  });

  it("contains all of this project's commands", () => {
    const [command] = discordCommandsSchema.parse([arxivCommand(commands)]);
    const names = command?.options.flatMap((option) =>
      option.name === 'more' && option.type === 2 ? option.options.map(({ name }) => name) : [option.name],
    );
    expect(names).toEqual(commands.filter((entry) => isGroup(entry) || !entry.isHidden).map(({ name }) => name));
  });

  it("stays within Discord's limits, with any length of summaries and number of values", () => {
    const values = Array.from({ length: 30 }, (_, index) => `value-${index}`);
    const long = commandOf(
      'long',
      {
        minHIndex: { type: 'integer', description: 'd'.repeat(300), minimum: 0, maximum: 300 },
        kind: { type: 'word', description: 'which', values },
      },
      { summary: 's'.repeat(300) },
    );
    const [command] = discordCommandsSchema.parse([arxivCommand([long])]);
    expect(command?.options[0]?.options).toMatchObject([{ name: 'min-h-index' }, { name: 'kind', autocomplete: true }]);
    expect(read([sub('long', [{ name: 'min-h-index', type: 4, value: 7, focused: true }])], [long])).toEqual({
      ...{ command: 'long', values: { minHIndex: 7 }, text: 'long 7', focused: { option: 'minHIndex', input: '7' } },
    });
  });

  it('offers suggestions for a free text that has known values', () => {
    const about = { type: 'text', description: 'one', required: false, offers: 'commands' } as const;
    const [command] = discordCommandsSchema.parse([arxivCommand([commandOf('help', { about })])]);
    expect(command?.options[0]?.options).toMatchObject([{ name: 'about', autocomplete: true }]);
  });

  it('lists required options first, and offers suggestions for a period', () => {
    const options = {
      period: { type: 'period', description: 'the days' },
      order: { type: 'word', description: 'the order', values: ['score', 'votes'], keyword: 'by' },
      papers: { type: 'papers', description: 'several' },
      paper: { type: 'paper', description: 'one', required: true },
    } as const;
    const [command] = discordCommandsSchema.parse([arxivCommand([commandOf('mix', options)])]);
    expect(command?.options[0]?.options).toMatchObject([
      { name: 'paper', required: true },
      { name: 'period', autocomplete: true },
      { name: 'order', choices: [{ value: 'score' }, { value: 'votes' }] },
      { name: 'papers' },
    ]);
  });

  it('leaves out hidden commands, and groups of only these', () => {
    const hidden = commandOf('secret', {}, { isHidden: true });
    const group = { name: 'topics', summary: 'topics', commands: [commandOf('show'), hidden] };
    const entries = [commandOf('top'), hidden, group, { ...group, name: 'none', commands: [hidden] }];
    const [command] = discordCommandsSchema.parse([arxivCommand(entries)]);
    expect(command?.options).toMatchObject([{ name: 'top' }, { name: 'topics', options: [{ name: 'show' }] }]);
  });

  it('puts excess commands into a group, and drops its name when one is read', () => {
    const names = Array.from({ length: 27 }, (_, index) => `c${'x'.repeat(index)}`);
    const entries = names.map((name) => commandOf(name));
    const [command] = discordCommandsSchema.parse([arxivCommand(entries)]);
    expect(command?.options).toHaveLength(25);
    expect(command?.options.at(-1)).toMatchObject({ name: 'more', options: names.slice(24).map((name) => ({ name })) });
    const last = names[26] ?? '';
    const typed = read([{ name: 'more', type: 2, options: [sub(last)] }], entries);
    expect(typed).toMatchObject({ command: last, values: {} });
  });

  it('cuts the longest descriptions if they are too long together', () => {
    const option = { type: 'date', description: 'd'.repeat(100) } as const;
    const options = { a: option, b: option, c: option, d: option, e: option };
    const entries = Array.from({ length: 20 }, (_, index) => commandOf(`command${'x'.repeat(index)}`, options));
    discordCommandsSchema.parse([arxivCommand(entries)]);
  });

  it('comes with a menu on messages for the commands that exist', async () => {
    const server = await startDiscordServer();
    open.push(server);
    const paper = { paper: { type: 'paper', description: 'one', required: true } } as const;
    const entries = ['show', 'similar', 'save', 'top'].map((name) => commandOf(name, paper));
    const call = createCaller({ token: new Secret(server.token), apiUrl: server.apiUrl, clock: createClock() });
    open.unshift({ close: async () => call.close() });
    const register = () => registerCommands(call.call, server.state.application, entries);
    expect(await register()).toBe(true);
    const menu = server.registry.commands.slice(1);
    expect(menu).toMatchObject([
      { type: 3, name: 'Show in Paperboy' },
      { type: 3, name: 'Similar papers' },
      { type: 3, name: 'Save to my list' },
    ]);
    server.registry.commands.reverse();
    expect(await register()).toBe(false);
    server.registry.commands.pop();
    expect(await register()).toBe(true);
  });

  it('is registered once, and again only after a change', async () => {
    const server = await startDiscordServer();
    open.push(server);
    const put = () => server.called('PUT', /\/commands$/).length;
    for (const expected of [1, 1]) {
      const { platform } = await listenOn(server);
      expect(put()).toBe(expected);
      await platform.close();
    }
    server.registry.commands = [{ ...arxivCommand(everyKind), description: 'Older words', id: '1' }];
    await listenOn(server);
    expect(put()).toBe(2);
  });

  it('is not needed for votes: a failure is only logged', async () => {
    const answers: { status: number; body: object }[] = [
      { status: 400, body: { code: 50_035, message: 'Invalid Form Body' } },
      { status: 503, body: {} },
    ];
    const server = await startDiscordServer(({ method }) => (method === 'PUT' ? answers.shift() : undefined));
    open.push(server);
    const { warnings } = await listenOn(server);
    expect(warnings()).toMatchObject([{ level: 'error', message: 'could not register /arxiv with Discord' }]);
    expect((await listenOn(server)).warnings()).toMatchObject([{ message: 'could not register /arxiv with Discord' }]);
  });

  it('is registered if the server cannot list commands', async () => {
    const server = await startDiscordServer(({ method, path }) =>
      method === 'GET' && path.endsWith('/commands') ? { status: 404, body: { code: 0 } } : undefined,
    );
    open.push(server);
    await listenOn(server);
    expect(server.called('PUT', /\/commands$/)).toHaveLength(1);
  });
});

describe('the options of a command on Discord', () => {
  it.each<[string, Record<string, unknown>, TypedOption[]]>([
    ['top', {}, [sub('top')]],
    [
      'top',
      { n: 5, date: '2025-07-08' },
      [
        sub('top', [
          { name: 'date', type: 3, value: '2025-07-08' },
          { name: 'n', type: 4, value: 5 },
        ]),
      ],
    ],
    ['topics show', {}, [{ name: 'topics', type: 2, options: [sub('show')] }]],
    [
      'topics edit',
      { text: 'more sorting' },
      [{ name: 'topics', type: 2, options: [sub('edit', [{ name: 'text', type: 3, value: 'more sorting' }])] }],
    ],
    ['gone', { n: 7 }, [sub('gone', [{ name: 'n', type: 4, value: 7 }])]],
  ])('are read as the values of %s: %j', (command, values, options) => {
    expect(read(options)).toMatchObject({ command, values });
  });

  it('are read by the rules for typed options', () => {
    const find = commandOf('find', {
      n: { type: 'integer', description: 'how many', minimum: 1, maximum: 50 },
      words: { type: 'text', description: 'what to find', required: true },
      since: { type: 'date', description: 'from', keyword: 'since' },
      author: { type: 'text', description: 'by whom', required: false, keyword: 'author' },
      order: { type: 'word', description: 'order', values: ['score', 'votes'], keyword: 'by' },
      papers: { type: 'papers', description: 'which' },
    });
    const options = [
      { name: 'words', type: 3, value: 'tree search' },
      { name: 'author', type: 3, value: ' Yoshua Bengio ' },
      { name: 'since', type: 3, value: '2025-07-01' },
      { name: 'order', type: 3, value: 'votes' },
      { name: 'papers', type: 3, value: '2503.07639, arXiv:2503.07640' },
      { name: 'n', type: 4, value: 5 },
    ];
    const { command, values } = read([sub('find', options)], [find]);
    expect(readCommand({ command, values }, [find], new Date('2025-07-08T12:00:00Z')).values).toEqual({
      ...{ n: 5, since: '2025-07-01', author: 'Yoshua Bengio', order: 'votes', words: 'tree search' },
      papers: ['2503.07639', '2503.07640'],
    });
  });

  it('can be written as a text for the same command', () => {
    const options = [
      { name: 'order', type: 3, value: 'votes' },
      { name: 'n', type: 4, value: 5 },
    ];
    const entry = commandOf('top', {
      n: { type: 'integer', description: 'how many', minimum: 1, maximum: 50 },
      order: { type: 'word', description: 'order', values: ['score', 'votes'], keyword: 'by' },
    });
    expect(read([sub('top', options)], [entry]).text).toBe('top 5 by votes');
  });

  it('include the one that is being filled in, in a group too', () => {
    const options = [{ name: 'text', type: 3, value: 'mor', focused: true }];
    expect(read([{ name: 'topics', type: 2, options: [sub('edit', options)] }])).toMatchObject({
      ...{ command: 'topics edit', focused: { option: 'text', input: 'mor' } },
    });
  });
});
