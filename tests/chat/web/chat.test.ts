import { afterEach, describe, expect, it } from 'vitest';
import { textMessage } from '../../../src/core/message.ts';
import { createBrowser, type Headers } from '../../fakes/browser.ts';
import { postDigest, startWeb, type WebOptions } from '../../fakes/web.ts';
import { attributesOf, parsePage, textOf } from '../../pages/page.ts';

const paper = '2507.00001';
const json = { accept: 'application/json' };
const fragment = { accept: 'text/html-fragment' };
const secret = 'a secret for the page';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const web of open.splice(0)) await web.close();
});

/** The page with a digest of one paper, and a visitor. */
const setUp = async (options: WebOptions = {}) => {
  const web = await startWeb(options);
  open.push(web);
  const { digest, messages } = await postDigest(web, [paper]);
  const visitor = await web.visitor();
  const message = messages.get(paper) ?? '';
  const votes = async () => (await web.stores.reactions.votes('foundations', [paper])).get(paper);
  const vote = (how: string, browser = visitor, headers: Headers = json) =>
    browser.post('foundations/reactions', { message, vote: how }, headers);
  return { web, digest, message, visitor, votes, vote };
};

/** The counts of a paper's vote buttons, and which are pressed. */
const shown = (page: string) => ({
  counts: parsePage(page)
    .querySelectorAll('.ballot .number')
    .map((one) => one.text),
  pressed: attributesOf(parsePage(page), '.ballot button', 'aria-pressed'),
});

describe('a vote', () => {
  it('counts, and can be switched and removed', async () => {
    const { vote, votes, visitor } = await setUp();
    const answerOf = async (how: string) => (await vote(how)).json();
    expect(await answerOf('up')).toEqual({ count: { up: 1, down: 0 }, own: 'up' });
    expect(await answerOf('up')).toEqual({ count: { up: 1, down: 0 }, own: 'up' });
    expect(await answerOf('down')).toEqual({ count: { up: 0, down: 1 }, own: 'down' });
    const page = await (await visitor.get('foundations/')).text();
    expect(shown(page)).toEqual({ counts: ['0', '1'], pressed: ['false', 'true'] });
    expect(await answerOf('none')).toEqual({ count: { up: 0, down: 0 }, own: null });
    expect(await answerOf('none')).toEqual({ count: { up: 0, down: 0 }, own: null });
    expect(await votes()).toBeUndefined();
  });

  it('counts once per person', async () => {
    const { web, vote, votes, visitor } = await setUp();
    const other = await web.visitor();
    expect(other.person()).not.toBe(visitor.person());
    await vote('up');
    expect(await (await vote('down', other)).json()).toEqual({ count: { up: 1, down: 1 }, own: 'down' });
    const page = await (await visitor.get('foundations/')).text();
    expect(shown(page)).toEqual({ counts: ['1', '1'], pressed: ['true', 'false'] });
    await vote('none', other);
    expect(await votes()).toEqual({ up: 1, down: 0 });
  });

  it('is stored before the bot listens, and is reported once it does', async () => {
    const { web, vote, votes, visitor, message } = await setUp();
    await vote('up');
    const reported: string[] = [];
    await web.platform.listen({
      command: async () => textMessage(''),
      paperOf: async () => undefined,
      card: async () => undefined,
      suggest: async () => [],
      reactionAdded: async ({ emoji, person }) => void reported.push(`+${emoji} ${person}`),
      reactionRemoved: async ({ emoji }) => void reported.push(`-${emoji}`),
    });
    await vote('down');
    expect(reported).toEqual(['-👍', `+👎 ${visitor.person()}`]);
    expect(await votes()).toEqual({ up: 0, down: 1 });
    expect(await web.platform.reactions({ destination: 'web:foundations', messageId: message })).toHaveLength(1);
  });

  it('on an unknown message is refused with what to do', async () => {
    const { visitor, votes } = await setUp();
    const answer = await visitor.post('foundations/reactions', { message: 'elsewhere', vote: 'up' }, json);
    expect([answer.status, await answer.text()]).toEqual([404, 'This paper is no longer here. Reload the page.']);
    expect(await votes()).toBeUndefined();
  });

  it.each<[string, Record<string, string>, Headers]>([
    ['with another word', { message: 'm', vote: 'sideways' }, json],
    ['without a message', { vote: 'up' }, json],
    ['with a message of any length', { message: 'm'.repeat(201), vote: 'up' }, json],
    ['that is no form', {}, { ...json, 'content-type': 'application/json' }],
    ['that is a broken form', {}, { ...json, 'content-type': 'multipart/form-data' }],
  ])('%s is refused', async (_, fields, headers) => {
    const { visitor } = await setUp();
    const answer = await visitor.post('foundations/reactions', fields, headers);
    expect([answer.status, await answer.text()]).toEqual([400, 'This is not a vote. Reload the page.']);
  });

  it.each([
    ['reading', 'reading does not post to the web page. Add web to its post setting.'],
    ['elsewhere', 'There is no such channel. Start at /'],
  ])('in the channel %s is refused, because it has no page', async (channel, words) => {
    const { visitor, message } = await setUp();
    const answer = await visitor.post(`${channel}/reactions`, { message, vote: 'up' }, json);
    expect([answer.status, await answer.text()]).toEqual([404, words]);
  });

  it('without a cookie is refused', async () => {
    const { web, vote, votes } = await setUp();
    const answer = await vote('up', createBrowser(web.url));
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('Allow cookies')]);
    expect(await votes()).toBeUndefined();
  });

  it('from another website is refused and changes nothing', async () => {
    const { visitor, vote, votes } = await setUp();
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }])
      expect((await vote('up', visitor, { ...json, ...headers })).status).toBe(403);
    expect(await votes()).toBeUndefined();
  });
});

describe('a vote without a script', () => {
  it.each([
    ['foundations/2025-07-08.html', '/foundations/2025-07-08.html'],
    ['', '/'],
    ['foundations/2025-07-08.html?a=1#b', '/foundations/2025-07-08.html?a=1'],
    ['https://evil.example/foundations/x', '/foundations/'],
    ['/evil.example/', '/foundations/'],
    ['no address: //', '/foundations/'],
  ])('from the page "%s" redirects to %s', async (from, to) => {
    const { web, visitor, vote, votes } = await setUp();
    const referer = from.includes(':') ? from : `${web.url}${from}`;
    const answer = await vote('up', visitor, { referer });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, to]);
    expect(await votes()).toEqual({ up: 1, down: 0 });
  });

  it('is sent by the buttons of the page', async () => {
    const { web, visitor, votes } = await setUp();
    const page = parsePage(await (await visitor.get('foundations/2025-07-08.html')).text());
    const [action = ''] = attributesOf(page, 'form.ballot', 'action');
    const [message = ''] = attributesOf(page, 'form.ballot input[name=message]', 'value');
    const { pathname } = new URL(action, `${web.url}foundations/2025-07-08.html`);
    await visitor.post(pathname.slice(1), { message, vote: 'down' });
    expect(await votes()).toEqual({ up: 0, down: 1 });
  });

  it.each(['commands', 'reactions'])('redirects to an existing page after an answer at /%s', async (name) => {
    const { web, visitor, vote } = await setUp();
    const answer = await vote('up', visitor, { referer: `${web.url}foundations/${name}` });
    const back = await visitor.get((answer.headers.get('location') ?? '').slice(1));
    expect([back.status, back.headers.get('location')]).toEqual([303, '/foundations/']);
    expect((await visitor.get(`reading/${name}`)).headers.get('location')).toBe('/reading/');
    expect((await visitor.get(`%2fevil.example/${name}`)).status).toBe(404);
  });
});

describe('a command', () => {
  const hostile = '<script>alert(1)</script> "&amp;" <@U1>';

  it('is answered with the exchange as a fragment', async () => {
    const { web, visitor } = await setUp();
    await web.listen();
    const answer = await visitor.post('foundations/commands', { text: '/arxiv top 5' }, fragment);
    const page = parsePage(await answer.text());
    expect(textOf(page.querySelector('.asked'))).toBe('/arxiv top 5');
    expect(textOf(page.querySelector('.reply'))).toBe('You typed /arxiv top 5.');
    expect(page.querySelector('html')).toBeNull();
  });

  it.each([
    ['2025-07-08.html', '2025-07-08.html'],
    ['index.html', 'index.html'],
    ['../reading/index.html', 'index.html'],
    ['1999-01-01.html', 'index.html'],
  ])('without a script is answered with its page %s and the exchange', async (page, expected) => {
    const { web, visitor } = await setUp();
    await web.listen();
    const answer = await visitor.post('foundations/commands', { text: 'top 5', page });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const shownPage = parsePage(await answer.text());
    expect(textOf(shownPage.querySelector('#conversation .reply'))).toBe('You typed top 5.');
    expect(attributesOf(shownPage, '#ask input[name=page]', 'value')).toEqual([expected]);
    expect(shownPage.querySelector('#answers[hidden]')).toBeNull();
    expect(shownPage.querySelector('.ballot')).not.toBeNull();
  });

  it('includes the person and the destination', async () => {
    const { web, visitor } = await setUp();
    const requests: unknown[] = [];
    await web.platform.listen({
      async command(request) {
        requests.push(request);
        return textMessage('Done.');
      },
      paperOf: async () => undefined,
      card: async () => undefined,
      suggest: async () => [],
      reactionAdded: async () => {},
      reactionRemoved: async () => {},
    });
    await visitor.post('foundations/commands', { text: 'top' }, fragment);
    const sent = { text: 'top', person: visitor.person(), destination: 'web:foundations', address: '127.0.0.1' };
    expect(requests).toEqual([{ ...sent, isOwner: true, progress: expect.any(Function) }]);
  });

  it('is answered with what to do before the bot listens and after it closes', async () => {
    const { web, visitor } = await setUp();
    const ask = async () => (await visitor.post('foundations/commands', { text: 'top' }, fragment)).text();
    expect(await ask()).toContain('Please try again in a moment');
    await web.listen();
    expect(await ask()).toContain('You typed top.');
    await web.platform.close();
    expect(await ask()).toContain('Please try again in a moment');
  });

  it.each<[string, Record<string, string>, Headers]>([
    ['too long', { text: 'x'.repeat(2001) }, fragment],
    ['without a text', {}, fragment],
    ['a broken form', {}, { ...fragment, 'content-type': 'multipart/form-data' }],
  ])('that is %s is refused', async (_, fields, headers) => {
    const { web, visitor } = await setUp();
    await web.listen();
    const answer = await visitor.post('foundations/commands', fields, headers);
    expect([answer.status, await answer.text()]).toEqual([400, 'Write a command of at most 2000 characters.']);
  });

  it('of the maximum length is answered', async () => {
    const { web, visitor } = await setUp();
    await web.listen();
    expect((await visitor.post('foundations/commands', { text: 'é'.repeat(2000) }, fragment)).status).toBe(200);
  });

  it('is escaped, as is its answer', async () => {
    const { web, visitor } = await setUp();
    await web.listen();
    for (const headers of [fragment, {}]) {
      const answer = await (await visitor.post('foundations/commands', { text: hostile }, headers)).text();
      const exchange = parsePage(answer).querySelector('.exchange');
      expect(exchange?.querySelector('script')).toBeNull();
      expect(exchange?.querySelector('.asked')?.text).toBe(`/arxiv ${hostile}`);
      expect(exchange?.querySelector('.reply')?.text).toContain(hostile);
    }
  });

  it('from another website is refused', async () => {
    const { web, visitor } = await setUp();
    await web.listen();
    const headers = { ...fragment, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await visitor.post('foundations/commands', { text: 'top' }, headers)).status).toBe(403);
  });
});

describe('completions on the page', () => {
  it('get the text up to the maximum length, the person and the destination', async () => {
    const requests: unknown[] = [];
    const complete = async (...request: unknown[]) => {
      requests.push(request);
      return [{ text: 'top 5', label: 'top [n]', description: 'the best' }];
    };
    const { visitor } = await setUp({ complete });
    const answer = await visitor.get('foundations/completions?typed=to%20%C3%A9', json);
    expect(await answer.json()).toEqual([{ text: 'top 5', label: 'top [n]', description: 'the best' }]);
    const who = { person: visitor.person(), destination: 'web:foundations' };
    expect(requests).toEqual([['to é', who]]);
    await visitor.get('foundations/completions');
    await visitor.get(`foundations/completions?typed=${'x'.repeat(3000)}`);
    expect(requests.slice(1)).toEqual([
      ['', who],
      ['x'.repeat(2000), who],
    ]);
    expect((await visitor.get('reading/completions?typed=t')).status).toBe(404);
  });
});

describe('a person who may only read', () => {
  it.each<[string, WebOptions, number]>([
    ['if reading is public and there is no secret', { publicReading: true, isLoopback: false }, 403],
    ['if reading is public and acting needs the secret', { publicReading: true, secret }, 401],
  ])('sees pages and their changes but cannot act %s', async (_, options, status) => {
    const { web, vote, votes } = await setUp(options);
    const reader = createBrowser(web.url);
    const page = parsePage(await (await reader.get('foundations/')).text());
    expect(page.querySelector('.ballot, #ask')).toBeNull();
    expect(page.querySelector('.paper')).not.toBeNull();
    expect(reader.person()).toBeUndefined();
    const stream = await reader.follow('foundations/live');
    await expect.poll(() => stream.states).toHaveLength(1);
    await stream.leave();
    expect((await vote('up', reader)).status).toBe(status);
    expect((await reader.post('foundations/commands', { text: 'top' }, fragment)).status).toBe(status);
    expect((await reader.get('foundations/completions?typed=t', json)).status).toBe(status);
    expect(await votes()).toBeUndefined();
  });

  it('can act between signing in and signing out', async () => {
    const { visitor, vote, votes } = await setUp({ publicReading: true, secret });
    expect((await vote('up')).status).toBe(200);
    await visitor.post('sign-out', {});
    expect((await vote('none')).status).toBe(401);
    expect(await votes()).toEqual({ up: 1, down: 0 });
  });
});

describe('a person who may not read', () => {
  it('gets no changes', async () => {
    const { web } = await setUp({ secret });
    const stream = await createBrowser(web.url).follow('foundations/live');
    await stream.leave();
    expect([stream.status, stream.states]).toEqual([401, []]);
    expect(web.parts.watches.size()).toBe(0);
  });
});
