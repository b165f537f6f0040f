import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, textMessage } from '../../../src/core/message.ts';
import type { CommandRequest } from '../../../src/core/platform.ts';
import type { Headers } from '../../fakes/browser.ts';
import { startWeb, type WebOptions } from '../../fakes/web.ts';
import { attributesOf, parsePage, textOf } from '../../pages/page.ts';

const fragment: Headers = { accept: 'text/html-fragment' };

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const web of open.splice(0)) await web.close();
});

const setUp = async (command: (request: CommandRequest) => Promise<Answer>, options: WebOptions = {}) => {
  const web = await startWeb(options);
  open.push(web);
  const requests: CommandRequest[] = [];
  await web.platform.listen({
    async command(request) {
      requests.push(request);
      return command(request);
    },
    paperOf: async () => undefined,
    card: async () => undefined,
    suggest: async () => [],
    reactionAdded: async () => {},
    reactionRemoved: async () => {},
  });
  const visitor = await web.visitor();
  const send = (fields: Record<string, string>, headers = fragment) =>
    visitor.post('foundations/commands', fields, headers);
  return { web, visitor, requests, send };
};

const done = async () => textMessage('Done.');

describe('what is filled into a form', () => {
  it('comes with its command, ends of lines as one character', async () => {
    const { requests, send } = await setUp(done);
    await send({ text: 'topics save', 'field.topics': 'Gears\r\n\r\n<Trains> & $x$', 'field.why': '' });
    await send({ text: 'top' });
    expect(requests.map(({ text, fields }) => [text, fields])).toEqual([
      ['topics save', { topics: 'Gears\n\n<Trains> & $x$', why: '' }],
      ['top', undefined],
    ]);
  });

  it('fits in any script at its greatest length, in all its fields', async () => {
    const { requests, send } = await setUp(done);
    const names = ['a', 'b', 'c', 'd', 'e'];
    const full = Object.fromEntries(names.map((name) => [`field.${name}`, '字'.repeat(3000)]));
    expect((await send({ text: 'topics save', ...full })).status).toBe(200);
    expect(Object.keys(requests[0]?.fields ?? {})).toEqual(names);
  });

  it.each<[string, Record<string, string>]>([
    ['too long', { 'field.topics': 'x'.repeat(3001) }],
    ['too many', Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`field.${at}`, 'x']))],
    ['without a name', { 'field.': 'x' }],
  ])('is refused where it is %s', async (_, fields) => {
    const { requests, send } = await setUp(done);
    const answer = await send({ text: 'topics save', ...fields });
    expect([answer.status, await answer.text()]).toEqual([400, 'Write at most 3,000 characters in each field.']);
    expect(requests).toEqual([]);
  });

  it('is no way to other properties of a request', async () => {
    const { requests, send } = await setUp(done);
    await send({ text: 'topics save', 'field.__proto__': 'x', isOwner: 'x', fields: 'y' });
    expect(Object.entries(requests[0]?.fields ?? {})).toEqual([['__proto__', 'x']]);
  });
});

describe('who runs the bot', () => {
  it.each<[string, WebOptions, boolean]>([
    ['everybody on this machine, where there is no secret', {}, true],
    ['nobody that the page could know, where there is one', { secret: 'a secret of some length' }, false],
  ])('is %s', async (_, options, expected) => {
    const { requests, send } = await setUp(done, options);
    await send({ text: 'status' });
    expect(requests[0]?.isOwner).toBe(expected);
  });
});

describe('a form as the answer', () => {
  it('without a script is a form of the whole page, which is filled in the same way', async () => {
    const form: Answer = {
      form: {
        title: 'Topics',
        fields: [{ name: 'topics', label: 'Topics', kind: 'text', value: 'Gears', required: true }],
        submit: { label: 'Save', command: 'topics save' },
      },
    };
    const { send } = await setUp(async ({ fields }) => (fields ? textMessage(`Saved ${fields.topics}.`) : form));
    const page = parsePage(await (await send({ text: 'topics edit', page: 'index.html' }, {})).text());
    const sent = page.querySelector('#conversation form.fill');
    expect([sent?.getAttribute('method'), sent?.getAttribute('action')]).toEqual(['post', 'commands']);
    expect(attributesOf(page, 'form.fill [name]', 'name')).toEqual(['field.topics', 'page', 'text']);
    const answer = await send({ text: 'topics save', page: 'index.html', 'field.topics': 'Trains' }, {});
    expect(textOf(parsePage(await answer.text()).querySelector('.reply'))).toBe('Saved Trains.');
  });
});

/** A command that tells of two steps and ends when it is let go. */
const longCommand = () => {
  const held = Promise.withResolvers<void>();
  const state = { isDone: false };
  const command = async ({ progress }: CommandRequest) => {
    await progress?.(textMessage('1 of 2.'));
    await held.promise;
    await progress?.(textMessage('2 of 2\0.'));
    state.isDone = true;
    // Late, and so of no use.
    setTimeout(() => progress?.(textMessage('Too late.')), 0);
    return textMessage('Both.');
  };
  return { command, state, letGo: held.resolve };
};

const replyOf = (markup: string) => textOf(parsePage(markup).querySelector('.reply'));

describe('a long command', () => {
  it('tells its steps as they come, each ended by a NUL, then the answer', async () => {
    const { command, letGo } = longCommand();
    const { send } = await setUp(command);
    const answer = await send({ text: 'rescore today' });
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    const reader = (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    const first = (await reader.read()).value ?? '';
    expect([replyOf(first), first.endsWith('\0')]).toEqual(['1 of 2.', true]);
    letGo();
    let rest = '';
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) rest += piece.value;
    expect(rest.split('\0').map(replyOf)).toEqual(['2 of 2.', 'Both.']);
  });

  it('without a script is answered once it is done', async () => {
    const { command, letGo } = longCommand();
    const { send } = await setUp(command);
    letGo();
    const page = parsePage(await (await send({ text: 'rescore today' }, {})).text());
    expect(page.querySelectorAll('#conversation .reply').map(textOf)).toEqual(['Both.']);
  });

  it('goes on where the browser leaves', async () => {
    const { command, state, letGo } = longCommand();
    const { web, send } = await setUp(command);
    const answer = await send({ text: 'rescore today' });
    await answer.body?.cancel();
    letGo();
    await expect.poll(() => state.isDone).toBe(true);
    expect((await fetch(web.url)).status).toBe(200);
  });

  it('that fails in a way nobody thought of is answered too', async () => {
    const { send } = await setUp(async () => {
      throw new Error('a bug');
    });
    expect(replyOf(await (await send({ text: 'top' })).text())).toContain('to check the log');
  });
});
