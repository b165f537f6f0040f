import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { createDispatcher } from '../../src/chat/dispatcher.ts';
import { platforms } from '../../src/chat/platforms.ts';
import { isAddressOf } from '../../src/core/addresses.ts';
import type { Channel } from '../../src/core/channel.ts';
import type { CommandEntry } from '../../src/core/command.ts';
import { ExternalError, UserError } from '../../src/core/errors.ts';
import { isForm, plainText, textMessage } from '../../src/core/message.ts';
import type { Stores } from '../../src/core/stores.ts';
import { registryOf } from '../fakes/channels.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { commandOf } from '../fakes/commands.ts';
import { saveDigest } from '../fakes/digest.ts';
import { channelOf, paperOf } from '../fakes/fixtures.ts';
import { keepingLogger } from '../fakes/logger.ts';
import { servicesOf } from '../fakes/services.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const failing = (name: string, error: unknown) => commandOf(name, {}, { run: () => Promise.reject(error) });
const commands: readonly CommandEntry[] = [
  commandOf('top', { n: { type: 'integer', description: 'how many', minimum: 1, maximum: 9 } }),
  commandOf(
    'where',
    {},
    { run: async ({ channel, person }) => textMessage(`${(await channel()).name} for ${person}`) },
  ),
  commandOf('anywhere', {}, { run: async ({ channels }) => textMessage(`${channels.list().length} channels`) }),
  failing('wrong', new UserError('Write it another way.')),
  failing('outside', new ExternalError({ service: 'arXiv', message: 'no answer' })),
  failing('broken', new TypeError('x is not a function')),
  failing('odd', 'not even an error'),
  failing('full', Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })),
  commandOf('change', {}, { rights: 'managers' }),
  commandOf('fill', {}, { run: async ({ fields }) => textMessage(JSON.stringify(fields)) }),
];
const foundations = channelOf();
const robots = channelOf({ name: 'robots' });

const setUp = (
  more: {
    channels?: Channel[];
    channelAt?: (destination: string) => Promise<Channel | undefined>;
    list?: typeof commands;
    admins?: string[];
  } = {},
) => {
  const reports: unknown[] = [];
  const counted = new Map<string, number>();
  const { lines, logger } = keepingLogger();
  const clock = createSteppingClock('2025-07-08T13:00:00Z');
  const { channels = [foundations], channelAt = async () => undefined, list = commands, admins = [] } = more;
  const handlers = createDispatcher({
    ...{ commands: list, channels: registryOf(channels), channelAt, platforms, stores, clock, logger, admins },
    isPerson: isAddressOf,
    services: servicesOf(),
    signal: new AbortController().signal,
    onAnswered: (...answer) => reports.push(answer),
    onVote: (platform) => counted.set(platform, (counted.get(platform) ?? 0) + 1),
  });
  const ask = async (text: string, destination = 'slack:T1:C1') => {
    const answer = await handlers.command({ text, person: 'slack:T1:U1', destination });
    const { blocks } = isForm(answer) ? textMessage('a form') : answer;
    return blocks.map((block) => (block.type === 'paragraph' ? plainText(block.content) : block.type)).join('\n');
  };
  return { ask, handlers, lines, clock, reports, counted };
};

describe('a command', () => {
  it('is answered with what it returns', async () => {
    expect(await setUp().ask('top 5')).toBe('top {"n":5}');
  });

  it('for managers is refused to everybody else, with the address to add', async () => {
    const channelAt = async () => channelOf({ managers: ['slack:U2'] });
    const refused = await setUp({ channelAt }).ask('change');
    expect(refused).toContain(
      'Only the managers of foundations and the admins may do this. Ask your Paperboy admin to add slack:T1:U1',
    );
    expect(await setUp({ channelAt: async () => channelOf({ managers: ['slack:U1'] }) }).ask('change')).toBe(
      'change {}',
    );
    expect(await setUp({ channelAt, admins: ['slack:T1:U1'] }).ask('change')).toBe('change {}');
    expect(await setUp({ channelAt, admins: ['slack:T2:U1', 'discord:U1'] }).ask('change')).toBe(refused);
  });

  it('gets the values of its form, and the owner may run it', async () => {
    const { handlers } = setUp();
    const request = { person: 'web:local:a', destination: 'web:foundations' };
    const filled = await handlers.command({ ...request, text: 'fill', fields: { topics: 'new' } });
    expect(filled).toMatchObject({ summary: '{"topics":"new"}' });
    expect(await handlers.command({ ...request, text: 'change', isOwner: true })).toMatchObject({
      summary: 'change {}',
    });
  });

  it('gets no half characters and no overlong values from a form', async () => {
    const { handlers } = setUp();
    const request = { text: 'fill', person: 'web:local:a', destination: 'web:foundations' };
    const halved = await handlers.command({ ...request, fields: { topics: 'a\ud800b' } });
    expect(halved).toMatchObject({ summary: '{"topics":"a\ufffdb"}' });
    const refused = await handlers.command({ ...request, fields: { topics: 'x'.repeat(3_001) } });
    expect(refused).toMatchObject({ summary: 'That is too long; write at most 3,000 characters in a field.' });
  });

  it('with a mistake is answered with what to type, and is not logged', async () => {
    const { ask, lines } = setUp();
    expect(await ask('top 99')).toBe('99 is out of range; write a whole number from 1 to 9.');
    expect(await ask('wrong')).toBe('Write it another way.');
    expect(lines).toEqual([]);
  });

  it('that is nearly a command is answered with a button that sends that command', async () => {
    const { handlers } = setUp();
    const answer = await handlers.command({ text: 'tpo 5', person: 'slack:T1:U1', destination: 'slack:T1:C1' });
    expect(answer).toMatchObject({
      summary: 'There is no command "tpo". Did you mean /arxiv top? /arxiv help lists all commands.',
      blocks: [{ type: 'paragraph' }, { type: 'buttons', buttons: [{ label: 'Yes', command: 'top 5' }] }],
    });
  });

  it('is answered with the service that failed, and logged as a warning', async () => {
    const { ask, lines } = setUp();
    expect(await ask('outside')).toBe('arXiv failed (no answer). Please try again in a minute.');
    expect(lines).toMatchObject([
      { level: 'warn', fields: { command: 'outside', service: 'arXiv', reason: 'no answer' } },
    ]);
  });

  it.each(['broken', 'odd'])('is answered with the id of its logged error (%s)', async (text) => {
    const { ask, lines } = setUp();
    const reply = await ask(text);
    const [, id] = /\(error ([0-9a-f]{8})\)\. Please tell your Paperboy admin\.$/.exec(reply) ?? [];
    expect(id).toBeDefined();
    expect(reply).not.toContain('not a function');
    expect(lines).toMatchObject([{ level: 'error', fields: { command: text, id, err: expect.anything() } }]);
  });

  it('names a full disk', async () => {
    const { ask } = setUp();
    expect(await ask('full')).toMatch(/^The disk is full \(error [0-9a-f]{8}\)\. Please tell your Paperboy admin\.$/);
  });

  it('is about the channel of its destination', async () => {
    const channelAt = async (destination: string) => (destination === 'slack:T1:C2' ? robots : undefined);
    const { ask } = setUp({ channels: [foundations, robots], channelAt });
    expect(await ask('where', 'slack:T1:C2')).toBe('robots for slack:T1:U1');
  });

  it('from elsewhere is about the only channel for those who may manage it', async () => {
    const managed = channelOf({ managers: ['slack:T1:U1'] });
    expect(await setUp({ channels: [managed] }).ask('where', 'slack:T1:D1')).toBe('foundations for slack:T1:U1');
    const admin = setUp({ admins: ['slack:T1:U1'] });
    expect(await admin.ask('where', 'slack:T1:D1')).toBe('foundations for slack:T1:U1');
    const several = setUp({ channels: [managed, robots] });
    expect(await several.ask('where', 'slack:T1:D1')).toBe(
      'Paperboy does not post here. Use this command where it posts (foundations), or ask an admin to set it up here with /arxiv here.',
    );
  });

  it('from elsewhere is refused to everybody else, without the names of channels', async () => {
    for (const channels of [[foundations], [foundations, robots]])
      expect(await setUp({ channels }).ask('where', 'slack:T1:D1')).toBe(
        'Paperboy does not post here. Use this command where it posts, or ask an admin to set it up here with /arxiv here.',
      );
  });

  it('from a person of another workspace has the rights of their own address', async () => {
    const { handlers } = setUp({ admins: ['slack:T1:U1', 'slack:T8:U1'], channelAt: async () => foundations });
    const change = async (home: string) => {
      const answer = await handlers.command({
        text: 'change',
        person: 'slack:T1:U1',
        home,
        destination: 'slack:T1:C1',
      });
      return isForm(answer) ? 'a form' : answer.summary;
    };
    expect(await change('slack:T9:U1')).toContain('Ask your Paperboy admin to add slack:T9:U1 to admins');
    expect(await change('slack:T8:U1')).not.toContain('Ask your Paperboy admin');
  });

  it('that needs no channel is answered everywhere', async () => {
    const { ask } = setUp({ channels: [foundations, robots] });
    expect(await ask('anywhere', 'slack:T1:D1')).toBe('2 channels');
  });

  it('is answered even if its channel cannot be read', async () => {
    const channelAt = () => Promise.reject(new ExternalError({ service: 'Slack', message: 'no answer' }));
    expect(await setUp({ channelAt }).ask('where')).toMatch(/^Slack failed/);
  });

  it('list that breaks the grammar is refused at the start', () => {
    expect(() => setUp({ list: [commandOf('top'), commandOf('top')] })).toThrow('top: named twice');
  });
});

describe('the report of an answer', () => {
  it.each([
    ['top 5', ['top', 'answered']],
    ['/arxiv TOP', ['top', 'answered']],
    ['', ['help', 'answered']],
    ['topics show', ['topics show', 'answered']],
    ['wrong', ['wrong', 'refused']],
    ['outside', ['outside', 'failed']],
    ['broken', ['broken', 'failed']],
    // Unknown names are not counted, so that what people type does not fill the statistics.
    ['tops', ['unknown', 'refused']],
    ['top 99', ['top', 'refused']],
  ])('has the command and the outcome of "%s"', async (text, expected) => {
    const group = { name: 'topics', summary: 'what is read for', commands: [commandOf('show')] };
    const { ask, reports } = setUp({ list: [...commands, commandOf('help'), group] });
    await ask(text);
    expect(reports).toEqual([[...expected, 0]]);
  });

  it('has its duration in seconds', async () => {
    let clock: ReturnType<typeof setUp>['clock'] | undefined;
    const run = async () => {
      await clock?.sleep(2_500);
      return textMessage('done');
    };
    const slow = setUp({ list: [commandOf('slow', {}, { run })] });
    clock = slow.clock;
    await slow.ask('slow');
    expect(slow.reports).toEqual([['slow', 'answered', 2.5]]);
  });
});

describe('suggestions', () => {
  const list: readonly CommandEntry[] = [
    commandOf('top', {
      date: { type: 'date', description: 'the day' },
      by: { type: 'word', description: 'the order', values: ['score', 'votes', 'novelty'] },
    }),
    commandOf('help', { command: { type: 'text', description: 'one', required: false, offers: 'commands' } }),
  ];
  const suggest = async (command: string, option: string, typed: string, more: Parameters<typeof setUp>[0] = {}) => {
    const { handlers, lines } = setUp({ list, channelAt: async () => foundations, ...more });
    const request = { command, option, input: typed, person: 'slack:T1:U1', destination: 'slack:T1:C1' };
    return { values: (await handlers.suggest(request)).map(({ value }) => value), lines };
  };

  it('are the dates that have a digest, the newest first', async () => {
    for (const day of ['03', '07', '08']) await saveDigest(stores, [paperOf(day)], { date: `2025-07-${day}` });
    expect((await suggest('top', 'date', '')).values).toEqual(['2025-07-08', '2025-07-07', '2025-07-03']);
    expect((await suggest('top', 'date', '2025-07-07')).values).toEqual(['2025-07-07']);
    expect((await suggest('top', 'date', 'thurs')).values).toEqual(['2025-07-03']);
  });

  it('are the values of an option, or the commands, that match the input', async () => {
    expect((await suggest('top', 'by', 'O')).values).toEqual(['score', 'votes', 'novelty']);
    expect((await suggest('top', 'by', 'no')).values).toEqual(['novelty']);
    expect((await suggest('help', 'command', 'to')).values).toEqual(['top']);
  });

  it.each([
    ['nothing', 'date'],
    ['top', 'nothing'],
  ])('are none for the option "%s %s"', async (command, option) => {
    expect(await suggest(command, option, '')).toEqual({ values: [], lines: [] });
  });

  it('have no control characters, because names of authors come from papers', async () => {
    await saveDigest(stores, [paperOf('08', { authors: ['Ada\u202e\u001b[31m Moe\u0007'] })], { date: '2025-07-08' });
    const authors = commandOf('by', { name: { type: 'text', description: 'who', required: true, offers: 'authors' } });
    expect((await suggest('by', 'name', 'ada', { list: [authors] })).values).toEqual(['Ada Moe']);
  });

  it('are none, without a log line, if the destination has no channel', async () => {
    expect(await suggest('top', 'date', '', { channelAt: async () => undefined })).toEqual({ values: [], lines: [] });
  });
});

describe('a reaction', () => {
  const message = { destination: 'slack:T1:C1', messageId: 'm1' };
  const by = (person: string, on = message) => ({ message: on, person: `slack:T1:${person}`, emoji: '+1' });
  const votes = () => stores.reactions.votes('foundations', ['1']);

  beforeEach(async () => {
    const digest = await saveDigest(stores, [paperOf('1')]);
    await stores.outbox.enqueue(digest, ['slack:T1:C1']);
    const [, paper] = await stores.outbox.list(digest.digestId, 'slack:T1:C1');
    await stores.outbox.sent(paper?.deliveryId ?? 0, message, 1);
  });

  it('on a paper is a vote until it is removed', async () => {
    const { handlers } = setUp();
    await handlers.reactionAdded(by('U1'));
    await handlers.reactionAdded(by('U2'));
    expect(await votes()).toEqual(new Map([['1', { up: 2, down: 0 }]]));
    await handlers.reactionRemoved(by('U1'));
    expect(await votes()).toEqual(new Map([['1', { up: 1, down: 0 }]]));
  });

  it('is counted by platform when it is added and removed, but not on other messages', async () => {
    const { handlers, counted } = setUp();
    await handlers.reactionAdded(by('U1'));
    expect(counted).toEqual(new Map([['slack', 1]]));
    await handlers.reactionRemoved(by('U1'));
    expect(counted).toEqual(new Map([['slack', 2]]));
    const elsewhere = { destination: 'slack:T1:C1', messageId: 'elsewhere' };
    await handlers.reactionAdded(by('U1', elsewhere));
    expect(counted).toEqual(new Map([['slack', 2]]));
  });

  it('on any other message is not stored', async () => {
    const stored: unknown[] = [];
    const add = stores.reactions.add;
    stores.reactions.add = async (reaction, at) => {
      stored.push(reaction);
      await add(reaction, at);
    };
    const { handlers } = setUp();
    await handlers.reactionAdded(by('U1', { destination: 'slack:T1:C1', messageId: 'elsewhere' }));
    await handlers.reactionAdded(by('U1', { destination: 'slack:T1:C9', messageId: 'm1' }));
    expect(stored).toEqual([]);
    await handlers.reactionAdded(by('U1'));
    expect(stored).toHaveLength(1);
  });

  it('does not make a handler fail: a bug is logged', async () => {
    const { handlers, lines } = setUp();
    stores.close();
    await handlers.reactionAdded(by('U1'));
    await handlers.reactionRemoved(by('U1'));
    stores = openStores(':memory:');
    expect(lines.map(({ level, message: text }) => `${level}: ${text}`)).toEqual([
      'error: reaction not stored',
      'error: reaction not removed',
    ]);
  });
});
