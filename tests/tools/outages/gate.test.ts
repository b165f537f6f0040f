import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { readBody } from '../../../src/core/body.ts';
import { failures } from '../../../tools/outages/failures.ts';
import { type Gate, startGate } from '../../../tools/outages/gate.ts';

const speed = 1_000;
const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ asked: request.url }));
});
const sockets = new WebSocketServer({ server });
let gate: Gate;
let url: string;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  gate = await startGate({
    name: 'remote',
    target: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    speed,
  });
  url = gate.url.replace('remote.test', '127.0.0.1');
});
afterEach(() => gate.fail(undefined));
afterAll(async () => {
  await gate.close();
  sockets.close();
  server.close();
});

const failureOf = (name: string) => {
  const found = failures.find((one) => one.name === name);
  if (!found) throw new Error(`no failure ${name}`);
  return found;
};

/** Ends what hangs. Everything else may take its time. */
const hangs = new Set(['silent', 'head-only']);

/** What a client with limits gets: the status and the beginning of the body, or why there is none. */
const ask = async (path = '/some/path', isHanging = false): Promise<string> => {
  try {
    const response = await fetch(`${url}${path}`, {
      redirect: 'manual',
      headers: { authorization: 'Bearer a-secret' },
      ...(isHanging && { signal: AbortSignal.timeout(200) }),
    });
    const headers = ['retry-after', 'location', 'content-type'].map((name) => response.headers.get(name)).join(' ');
    return `${response.status} ${headers} ${(await readBody(response, 1_000_000)).slice(0, 60)}`;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

/** The client may try to use a connection that the gate has just closed. */
const askTwice = async (path?: string): Promise<string> => {
  const answer = await ask(path);
  return answer.startsWith('TypeError') ? ask(path) : answer;
};

describe('a gate', () => {
  it('leads to the server behind it', async () => {
    expect(await askTwice('/some/path?a=1')).toContain('{"asked":"/some/path?a=1"}');
  });

  it.each([
    ['refused', /fetch failed/],
    ['silent', /TimeoutError/],
    ['head-only', /TimeoutError/],
    ['reset', /fetch failed/],
    ['reset-in-body', /terminated/],
    ['cut', /^200 .*\{"asked":"\/$/],
    ['empty', /^200 .* $/],
    ['wrong-type', /octet-stream \{"asked/],
    ['sign-in-page', /text\/html <!doctype/],
    ['malformed', /\{"ok": tru$/],
    ['wrong-shape', /"status":"fine"/],
    ['nested', /nested too deeply/],
    ['huge', /BodyLimitError/],
    ['endless', /BodyLimitError/],
    ['redirect-loop', /^302 .*remote\.test:\d+\/some\/path/],
    ['elsewhere', /^307 .*elsewhere\.test/],
    ['401', /^401/],
    ['429-short', /^429 2 /],
    ['429-long', /^429 3600 /],
    ['502', /^502 .*Bad gateway/],
    ['echoes-key', /^401 .*a-secret/],
  ])('fails as %s', async (name, expected) => {
    await gate.fail(failureOf(name));
    expect(await ask('/some/path', hangs.has(name))).toMatch(expected);
    await gate.fail(undefined);
    expect(await askTwice()).toContain('{"asked":"/some/path"}');
  });

  it('sends an answer a byte at a time, in the time of the bot', async () => {
    await gate.fail(failureOf('drip'));
    const response = await fetch(`${url}/`);
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += new TextDecoder().decode(chunk);
      if (text.length >= 12) break;
    }
    expect('{"asked":"/"}').toContain(text.slice(0, 12));
  });

  it('repeats the first answer on a path', async () => {
    await gate.fail(failureOf('repeated'));
    expect(await askTwice('/one?first')).toContain('/one?first');
    expect(await ask('/one?second')).toContain('/one?first');
  });

  it('lets every fourth request through if it flaps', async () => {
    await gate.fail(failureOf('flapping'));
    const answers = [await askTwice(), await ask(), await ask(), await ask()].map((one) => one.slice(0, 3));
    expect(answers.filter((one) => one === '200')).toHaveLength(1);
  });

  it('ends open sockets and refuses new ones', async () => {
    sockets.once('connection', (socket) => socket.send('hello'));
    const socket = new WebSocket(url.replace('http', 'ws'));
    const [{ data }] = (await once(socket, 'message')) as [MessageEvent];
    expect(String(data)).toBe('hello');
    const closed = once(socket, 'close');
    await gate.fail(failureOf('503'));
    await closed;
    const [error] = await once(new WebSocket(url.replace('http', 'ws')), 'error');
    expect(error).toBeDefined();
  });
});
