import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { arxivCommand, readTyped, typedCommandSchema } from '../../../src/chat/discord/commands.ts';
import { commandOf, everyKind } from '../../fakes/commands.ts';
import { discordCommandsSchema } from '../../fakes/discord-limits.ts';
import { startDiscordServer, type TypedOption } from '../../fakes/discord-server.ts';
import { hear, open } from './connect.ts';

const read = (options: TypedOption[], entries = everyKind) =>
  readTyped(typedCommandSchema.parse({ name: 'arxiv', options }), entries);
const sub = (name: string, options: TypedOption[] = []): TypedOption => ({ name, type: 1, options });

describe('/arxiv as it is registered with Discord', () => {
  it('has a subcommand for each command with its typed options, and a group for each group', async () => {
    const [command] = discordCommandsSchema.parse([arxivCommand(everyKind)]);
    await expect(`${JSON.stringify(command, null, 2)}\n`).toMatchFileSnapshot('golden/command.json');
  });

  it("takes all of this project's commands", () => {
    const [command] = discordCommandsSchema.parse([arxivCommand(commands)]);
    expect(command?.options.map(({ name }) => name)).toEqual(commands.map(({ name }) => name));
  });

  it('keeps to what Discord takes, however long a summary is and however many values a word has', () => {
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
      ...{ path: 'long', text: 'long 7', focused: { option: 'minHIndex', typed: '7' } },
    });
  });

  it('offers values for a free text that has known ones', () => {
    const about = { type: 'text', description: 'one', required: false, offers: 'commands' } as const;
    const [command] = discordCommandsSchema.parse([arxivCommand([commandOf('help', { about })])]);
    expect(command?.options[0]?.options).toMatchObject([{ name: 'about', autocomplete: true }]);
  });

  it('is registered once, and again only when it has changed', async () => {
    const server = await startDiscordServer();
    open.push(server);
    const put = () => server.called('PUT', /\/commands$/).length;
    for (const expected of [1, 1]) {
      const { platform } = await hear(server);
      expect(put()).toBe(expected);
      await platform.close();
    }
    server.registry.commands = [{ ...arxivCommand(everyKind), description: 'Older words', id: '1' }];
    await hear(server);
    expect(put()).toBe(2);
  });

  it('that Discord refuses, or fails at, is logged, and votes are heard all the same', async () => {
    const answers: { status: number; body: object }[] = [
      { status: 400, body: { code: 50_035, message: 'Invalid Form Body' } },
      { status: 503, body: {} },
    ];
    const server = await startDiscordServer(({ method }) => (method === 'PUT' ? answers.shift() : undefined));
    open.push(server);
    const { warnings } = await hear(server);
    expect(warnings()).toMatchObject([{ level: 'error', message: 'could not register /arxiv with Discord' }]);
    expect((await hear(server)).warnings()).toMatchObject([{ message: 'could not register /arxiv with Discord' }]);
  });

  it('is registered where the server does not list what is', async () => {
    const server = await startDiscordServer(({ method, path }) =>
      method === 'GET' && path.endsWith('/commands') ? { status: 404, body: { code: 0 } } : undefined,
    );
    open.push(server);
    await hear(server);
    expect(server.called('PUT', /\/commands$/)).toHaveLength(1);
  });
});

describe('a command typed into fields', () => {
  it.each<[string, TypedOption[]]>([
    ['top', [sub('top')]],
    ['top 5', [sub('top', [{ name: 'n', type: 4, value: 5 }])]],
    [
      'top 5 2025-07-08',
      [
        sub('top', [
          { name: 'date', type: 3, value: '2025-07-08' },
          { name: 'n', type: 4, value: 5 },
        ]),
      ],
    ],
    [
      'ask best 3 what is new',
      [
        sub('ask', [
          { name: 'question', type: 3, value: ' what is new ' },
          { name: 'order', type: 3, value: 'best' },
          { name: 'n', type: 4, value: 3 },
        ]),
      ],
    ],
    ['topics show', [{ name: 'topics', type: 2, options: [sub('show')] }]],
    [
      'topics edit more sorting',
      [{ name: 'topics', type: 2, options: [sub('edit', [{ name: 'text', type: 3, value: 'more sorting' }])] }],
    ],
    ['gone 7', [sub('gone', [{ name: 'n', type: 4, value: 7 }])]],
  ])('is the text %j', (text, options) => {
    expect(read(options).text).toBe(text);
  });

  it('names the option that is being typed, in a group too', () => {
    const options = [{ name: 'text', type: 3, value: 'mor', focused: true }];
    expect(read([{ name: 'topics', type: 2, options: [sub('edit', options)] }])).toMatchObject({
      ...{ path: 'topics edit', focused: { option: 'text', typed: 'mor' } },
    });
  });
});
