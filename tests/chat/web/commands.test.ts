import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, textMessage } from '../../../src/core/message.ts';
import type { CommandRequest } from '../../../src/core/platform.ts';
import type { Headers } from '../../fakes/browser.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { paperOf } from '../../fakes/fixtures.ts';
import { destination, startWeb, type WebOptions } from '../../fakes/web.ts';
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

describe('the values of a form', () => {
  it('come with its command, with line ends as one character', async () => {
    const { requests, send } = await setUp(done);
    await send({ text: 'topics save', 'field.topics': 'Gears\r\n\r\n<Trains> & $x$', 'field.why': '' });
    await send({ text: 'top' });
    expect(requests.map(({ text, fields }) => [text, fields])).toEqual([
      ['topics save', { topics: 'Gears\n\n<Trains> & $x$', why: '' }],
      ['top', undefined],
    ]);
  });

  it('fit at the maximum length in all fields and any script', async () => {
    const { requests, send } = await setUp(done);
    const names = ['a', 'b', 'c', 'd', 'e'];
    const full = Object.fromEntries(names.map((name) => [`field.${name}`, '字'.repeat(3000)]));
    expect((await send({ text: 'topics save', ...full })).status).toBe(200);
    expect(Object.keys(requests[0]?.fields ?? {})).toEqual(names);
  });

  it.each<[string, Record<string, string>]>([
    ['too long', { 'field.topics': 'x'.repeat(3001) }],
    ['too many', Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`field.${at}`, 'x']))],
    ['without names', { 'field.': 'x' }],
  ])('are refused if they are %s', async (_, fields) => {
    const { requests, send } = await setUp(done);
    const answer = await send({ text: 'topics save', ...fields });
    expect([answer.status, await answer.text()]).toEqual([400, 'Write at most 3,000 characters in each field.']);
    expect(requests).toEqual([]);
  });

  it('cannot set other properties of a request', async () => {
    const { requests, send } = await setUp(done);
    await send({ text: 'topics save', 'field.__proto__': 'x', isOwner: 'x', fields: 'y' });
    expect(Object.entries(requests[0]?.fields ?? {})).toEqual([['__proto__', 'x']]);
  });
});

describe('a command from the page of a day', () => {
  it('is in the thread of its digest', async () => {
    const { web, requests, send } = await setUp(done);
    const digest = await saveDigest(web.stores, [paperOf('2507.00001')]);
    await web.stores.outbox.enqueue(digest, [destination]);
    const [header] = await web.stores.outbox.list(digest.digestId, destination);
    await web.stores.outbox.sent(header?.deliveryId ?? 0, { destination, messageId: 'header' }, 1);
    await send({ text: '3', page: `${digest.date}.html` });
    await send({ text: '3', page: 'index.html' });
    await send({ text: '3', page: '2019-01-01.html' });
    expect(requests.map(({ thread }) => thread?.messageId)).toEqual(['header', undefined, undefined]);
  });
});

describe('the owner of the bot', () => {
  it.each<[string, WebOptions, boolean]>([
    ['everybody on this machine if there is no secret', {}, true],
    ['nobody if there is a secret', { secret: 'a secret of some length' }, false],
  ])('is %s', async (_, options, expected) => {
    const { requests, send } = await setUp(done, options);
    await send({ text: 'status' });
    expect(requests[0]?.isOwner).toBe(expected);
  });
});

describe('a form as the answer', () => {
  it('is shown in the whole page without a script, and can be submitted', async () => {
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

/** A command that reports two steps and waits for `finish` between them. */
const longCommand = () => {
  const waiting = Promise.withResolvers<void>();
  const state = { isDone: false };
  const command = async ({ progress }: CommandRequest) => {
    await progress?.(textMessage('1 of 2.'));
    await waiting.promise;
    await progress?.(textMessage('2 of 2\0.'));
    state.isDone = true;
    // Too late to be shown.
    setTimeout(() => progress?.(textMessage('Too late.')), 0);
    return textMessage('Both.');
  };
  return { command, state, finish: waiting.resolve };
};

const replyOf = (markup: string) => textOf(parsePage(markup).querySelector('.reply'));

describe('a long command', () => {
  it('streams its steps, each with a NUL at its end, then the answer', async () => {
    const { command, finish } = longCommand();
    const { send } = await setUp(command);
    const answer = await send({ text: 'rescore today' });
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    const reader = (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    const first = (await reader.read()).value ?? '';
    expect([replyOf(first), first.endsWith('\0')]).toEqual(['1 of 2.', true]);
    finish();
    let rest = '';
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) rest += chunk.value;
    expect(rest.split('\0').map(replyOf)).toEqual(['2 of 2.', 'Both.']);
  });

  it('is answered once it is done without a script', async () => {
    const { command, finish } = longCommand();
    const { send } = await setUp(command);
    finish();
    const page = parsePage(await (await send({ text: 'rescore today' }, {})).text());
    expect(page.querySelectorAll('#conversation .reply').map(textOf)).toEqual(['Both.']);
  });

  it('continues if the browser leaves', async () => {
    const { command, state, finish } = longCommand();
    const { web, send } = await setUp(command);
    const answer = await send({ text: 'rescore today' });
    await answer.body?.cancel();
    finish();
    await expect.poll(() => state.isDone).toBe(true);
    expect((await fetch(web.url)).status).toBe(200);
  });

  it('is answered even if it fails with a bug', async () => {
    const { send } = await setUp(async () => {
      throw new Error('a bug');
    });
    expect(replyOf(await (await send({ text: 'top' })).text())).toContain('to check the log');
  });
});
