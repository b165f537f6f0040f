import type { App } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { createSlackWebhook } from '../../../src/chat/slack/webhook.ts';
import { type Clock, createClock } from '../../../src/core/clock.ts';
import { type Message, textMessage } from '../../../src/core/message.ts';
import type { PlatformHandlers, Webhook } from '../../../src/core/platform.ts';
import { Secret } from '../../../src/core/secret.ts';
import { keepingLogger } from '../../fakes/logger.ts';
import { startWeb } from '../../fakes/web.ts';
import { connect, open } from './connect.ts';
import { address, commandForm, reactionEvent, signed, signingSecret } from './signed.ts';

type Sent = ReturnType<typeof signed>;

/** The webhook of a connected platform, which listens unless told otherwise, with all that it received. */
const connectWebhook = async (
  handlers: Partial<PlatformHandlers> | 'not listening' = {},
  clock: Clock = createClock(),
) => {
  const { lines, logger } = keepingLogger();
  const { api, platform, calls } = await connect(({ method }) => (method === 'answer' ? {} : undefined), {
    ...{ signingSecret, logger, clock },
  });
  const received: string[] = [];
  const listen = () =>
    platform.listen({
      async command({ text = '' }) {
        received.push(text);
        return textMessage('Done');
      },
      suggest: async () => [],
      paperOf: async () => undefined,
      card: async () => undefined,
      reactionAdded: async ({ emoji }) => void received.push(emoji),
      reactionRemoved: async () => {},
      ...(handlers === 'not listening' ? {} : handlers),
    });
  if (handlers !== 'not listening') await listen();
  const { webhook } = platform;
  if (!webhook) throw new Error('no webhook');
  const send = (request: RequestInit) => webhook.handle(new Request(address, request));
  const answers = () => calls('answer').length;
  return { platform, webhook, listen, received, send, lines, answers, responseUrl: `${api.apiUrl}/answer` };
};

describe('the webhook of Slack', () => {
  it("answers Slack's challenge for the address, even before the bot listens", async () => {
    const { send } = await connectWebhook('not listening');
    const challenge = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1aB' });
    const answer = await send(signed(challenge));
    expect([answer.status, await answer.json()]).toEqual([200, { challenge: '3eZbrw1aB' }]);
    expect((await send(signed(challenge, { secret: 'guessed' }))).status).toBe(401);
  });

  it('asks Slack to retry before the bot listens and after it closes', async () => {
    const { send, listen, received, platform } = await connectWebhook('not listening');
    const request = signed(reactionEvent('Ev1'));
    expect((await send(request)).status).toBe(503);
    await listen();
    expect((await send(request)).status).toBe(200);
    await expect.poll(() => received).toEqual(['+1']);
    await platform.close();
    expect((await send(signed(reactionEvent('Ev2')))).status).toBe(503);
  });

  const minutes = 60_000;
  const good = signed(reactionEvent('Ev1'));
  it.each<[string, Sent]>([
    ['with another signature', signed(reactionEvent('Ev1'), { secret: 'guessed' })],
    ['with a changed body', { ...good, body: reactionEvent('Ev1', '-1') }],
    ['signed six minutes ago', signed(reactionEvent('Ev1'), { at: Date.now() - 6 * minutes })],
    ['signed in six minutes', signed(reactionEvent('Ev1'), { at: Date.now() + 6 * minutes })],
    ['without signature', { ...good, headers: { ...good.headers, 'x-slack-signature': '' } }],
    ['of unknown type without signature', { ...good, headers: { ...good.headers, 'x-slack-signature': 'x' } }],
  ])('refuses a request %s with an empty answer', async (_, request) => {
    const { send, received, lines } = await connectWebhook();
    const answer = await send(request);
    expect([answer.status, await answer.text()]).toEqual([401, '']);
    expect(received).toEqual([]);
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain(signingSecret);
  });

  it('handles a repeated request once', async () => {
    const { send, received, responseUrl, answers } = await connectWebhook();
    const request = signed(commandForm('top 5', responseUrl));
    expect((await send(request)).status).toBe(200);
    expect((await send(request)).status).toBe(200);
    expect((await send(signed(commandForm('top 6', responseUrl)))).status).toBe(200);
    await expect.poll(answers).toBe(2);
    expect(received).toEqual(['top 5', 'top 6']);
  });

  it('handles an event once that Slack retries with a new signature', async () => {
    const { send, received } = await connectWebhook();
    const retry = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' };
    await send(signed(reactionEvent('Ev1')));
    expect((await send(signed(reactionEvent('Ev1'), { at: Date.now() - 2000, headers: retry }))).status).toBe(200);
    await send(signed(reactionEvent('Ev2', 'tada')));
    await expect.poll(() => received).toEqual(['+1', 'tada']);
  });

  it('acknowledges a command at once and answers it later', async () => {
    const worked = Promise.withResolvers<Message>();
    // The longest wait for an acknowledgement never ends.
    const clock = { ...createClock(), sleep: () => new Promise<never>(() => {}) };
    const { send, responseUrl, answers } = await connectWebhook({ command: () => worked.promise }, clock);
    const answer = await send(signed(commandForm('rescore', responseUrl)));
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(answers()).toBe(0);
    worked.resolve(textMessage('Done'));
    await expect.poll(answers).toBe(1);
  });

  it('continues after a handler failed', async () => {
    const { send, lines, responseUrl } = await connectWebhook({
      command: async () => Promise.reject(new Error('gone')),
    });
    expect((await send(signed(commandForm('top', responseUrl)))).status).toBe(200);
    await expect.poll(() => lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect((await send(signed(reactionEvent('Ev1')))).status).toBe(200);
  });

  it('acknowledges unused events, and answers other commands with 404', async () => {
    const { send, responseUrl } = await connectWebhook();
    const message = { type: 'event_callback', team_id: 'T01', event_id: 'Ev1', event: { type: 'message' } };
    expect((await send(signed(JSON.stringify(message)))).status).toBe(200);
    expect((await send(signed(commandForm('top', responseUrl, '/other')))).status).toBe(404);
  });

  it('reads a button press: a form with one field of JSON', async () => {
    const { send } = await connectWebhook();
    const click = JSON.stringify({ type: 'block_actions', team: { id: 'T01' }, user: { id: 'U1' }, actions: [{}] });
    const statuses = ['x', click].map(async (payload) => {
      return (await send(signed(new URLSearchParams({ payload }).toString()))).status;
    });
    // No button is posted, but the request is read.
    expect(await Promise.all(statuses)).toEqual([400, 404]);
  });

  it.each([
    ['application/json; charset=utf-8', '{"type":"x"}', 404],
    ['Application/X-WWW-Form-Urlencoded', 'command=x', 404],
    ['text/plain', '{"type":"x"}', 415],
    ['multipart/form-data; boundary=x', '--x--', 415],
    ['', '{}', 415],
    ['application/json', '{"type"', 400],
    ['application/json', '[1]', 400],
    ['application/json', 'null', 400],
    ['application/json', '', 400],
  ])('answers the content type "%s" and the body %s with %i', async (type, body, status) => {
    const { send, lines } = await connectWebhook();
    expect((await send(signed(body, { type }))).status).toBe(status);
    expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it("answers Slack's certificate check and ignores its other fields", async () => {
    const { send, received, responseUrl } = await connectWebhook();
    const { method, body } = signed(`ssl_check=1&${commandForm('top', responseUrl)}`);
    const answer = await send({ method, body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(received).toEqual([]);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    const { send } = await connectWebhook();
    const answer = await send({ method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('the webhook of Slack on the web server', () => {
  const serve = async (webhook: Webhook) => {
    const server = await startWeb({ webhooks: [webhook] });
    open.unshift(server);
    return (request: RequestInit) => fetch(`${server.url}slack/events`, request);
  };

  it('accepts bodies up to 1 MB, with or without a length', async () => {
    const { webhook } = await connectWebhook();
    const send = await serve(webhook);
    const body = (length: number) => JSON.stringify({ text: 'é'.repeat(length / 2) });
    expect((await send(signed(body(980_000)))).status).toBe(404);
    const large = signed(body(1_100_000));
    expect((await send(large)).status).toBe(413);
    const withoutLength = { ...large, body: new Blob([large.body]).stream(), duplex: 'half' as const };
    expect((await send(withoutLength)).status).toBe(413);
    expect((await send(signed(reactionEvent('Ev1')))).status).toBe(200);
  });

  it('explains no error to a request without a signature', async () => {
    const { webhook } = await connectWebhook();
    const send = await serve(webhook);
    for (const type of ['application/json', 'text/plain']) {
      const answer = await send({ method: 'POST', body: '{', headers: { 'content-type': type } });
      expect([answer.status, await answer.text()]).toEqual([401, '']);
    }
  });
});

describe("the timing of Slack's webhook", () => {
  const withFixedTime = () => {
    let passed = 0;
    const sleeps: number[] = [];
    const sleep = async (ms: number) => void sleeps.push(ms);
    const clock = { ...createClock(), monotonic: () => passed, sleep };
    const { lines, logger } = keepingLogger();
    const made = createSlackWebhook({ signingSecret: new Secret(signingSecret), clock, logger });
    const send = (request: RequestInit) => made.webhook.handle(new Request(address, request));
    return { ...made, send, lines, sleeps, pass: (ms: number) => (passed += ms) };
  };

  it('logs refused requests once a minute with their count', async () => {
    const { send, lines, pass } = withFixedTime();
    const refused = async (count: number) => {
      for (let nth = 0; nth < count; nth += 1) await send(signed('{}', { secret: 'guessed' }));
    };
    await refused(50);
    pass(59_000);
    await refused(10);
    pass(1000);
    await refused(5);
    const reason = expect.stringContaining('SLACK_SIGNING_SECRET');
    expect(lines).toEqual(
      [1, 60].map((number) => ({
        level: 'warn',
        message: 'request to the Slack webhook rejected',
        fields: { reason, rejected: number },
      })),
    );
  });

  it('acknowledges within 3 seconds even if a handler does not', async () => {
    const { receiver, send, sleeps } = withFixedTime();
    const bolt = receiver(() => {});
    const never = { processEvent: () => new Promise<never>(() => {}) };
    bolt.init(never as unknown as App);
    await bolt.start();
    expect((await send(signed('{}'))).status).toBe(200);
    expect(Math.max(...sleeps)).toBeLessThan(3000);
  });

  it('acknowledges if Bolt fails, and reports the failure', async () => {
    const { receiver, send } = withFixedTime();
    const failures: unknown[] = [];
    const bolt = receiver((error) => failures.push(error));
    const failing = { processEvent: () => Promise.reject(new Error('broken')) };
    bolt.init(failing as unknown as App);
    await bolt.start();
    expect((await send(signed('{}'))).status).toBe(200);
    expect(failures).toEqual([new Error('broken')]);
  });
});

describe('the mode of the connection to Slack', () => {
  it('is Socket Mode if both are set up, and is logged once', async () => {
    const { lines, logger } = keepingLogger();
    const { platform, calls } = await connect(() => undefined, { appToken: 'xapp-1', signingSecret, logger });
    expect(platform.webhook).toBeUndefined();
    const nothing = async () => {};
    const command = async () => textMessage('');
    const found = { paperOf: async () => undefined, card: async () => undefined, suggest: async () => [] };
    const handlers = { ...found, command, reactionAdded: nothing, reactionRemoved: nothing };
    // The server here opens no socket.
    await expect(platform.listen(handlers)).rejects.toMatchObject({ service: 'Slack' });
    expect(calls('apps.connections.open')).toHaveLength(1);
    expect(lines.filter(({ message }) => message.includes('SLACK_SIGNING_SECRET'))).toHaveLength(1);
  });
});
