import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textMessage } from '../../../src/core/message.ts';
import { createQuickClock } from '../../fakes/clock.ts';
import type { SlackApiAnswer } from '../../fakes/slack-api.ts';
import { startSlackSocket } from '../../fakes/slack-socket.ts';
import { connect } from './connect.ts';

let socket: Awaited<ReturnType<typeof startSlackSocket>>;
beforeEach(async () => {
  socket = await startSlackSocket();
});
afterEach(() => socket.close());

const nothing = async () => {};
const handlers = {
  command: async () => textMessage(''),
  paperOf: async () => undefined,
  card: async () => undefined,
  suggest: async () => [],
  reactionAdded: nothing,
  reactionRemoved: nothing,
};

/** A platform whose calls to open a connection answer in turn; the last answer repeats. */
const listening = async (answers: SlackApiAnswer[] = []) => {
  const opened = { body: { ok: true, url: socket.url } };
  const clock = createQuickClock();
  const slept: number[] = [];
  const sleep: typeof clock.sleep = (ms, signal) => {
    slept.push(ms);
    return clock.sleep(ms, signal);
  };
  const { platform } = await connect(
    ({ method }) => (method === 'apps.connections.open' ? (answers.shift() ?? opened) : undefined),
    { appToken: 'xapp-1', clock: { ...clock, sleep } },
  );
  const states: (string | undefined)[] = [];
  const listen = () => platform.listen(handlers, (lost) => void states.push(lost));
  return { platform, states, slept, listen };
};

const refusal = (error: string): SlackApiAnswer => ({ body: { ok: false, error } });

describe('listening to Slack over a socket', () => {
  it('fails if Slack rejects the app token, and names it', async () => {
    const { listen } = await listening([refusal('invalid_auth')]);
    await expect(listen()).rejects.toThrow(/rejects SLACK_APP_TOKEN/);
  });

  it('fails with the reason if Slack has too many connections of the app', async () => {
    socket.greetings.push({ disconnect: 'too_many_websockets' });
    const { listen } = await listening();
    await expect(listen()).rejects.toThrow('too many open connections');
  });

  it('reports a lost connection with the reason while Slack refuses another one, and then its return', async () => {
    const { states, listen } = await listening();
    await listen();
    expect(states).toEqual([]);
    const { states: later, listen: again } = await listening([
      { body: { ok: true, url: socket.url } },
      refusal('internal_error'),
      refusal('invalid_auth'),
    ]);
    await again();
    socket.drop();
    await expect.poll(() => later.at(-1) === undefined && later.length).toBe(3);
    expect(later).toEqual([
      expect.stringContaining('internal_error'),
      expect.stringContaining('SLACK_APP_TOKEN'),
      undefined,
    ]);
  });

  it('waits as long as Slack asks before it reconnects, up to an hour', async () => {
    const limited = (seconds: string): SlackApiAnswer => ({ status: 429, headers: { 'retry-after': seconds } });
    const opened = { body: { ok: true, url: socket.url } };
    const { states, slept, listen } = await listening([opened, limited('3000'), limited('900000')]);
    await listen();
    socket.drop();
    await expect.poll(() => states.length).toBe(3);
    expect(states).toEqual([
      expect.stringContaining('rate-limits the bot for 3,000 seconds'),
      expect.stringContaining('rate-limits the bot'),
      undefined,
    ]);
    expect(slept).toEqual([3_000_000, 3_600_000]);
  });

  it('reports too many connections also when it reconnects', async () => {
    const { states, listen } = await listening();
    await listen();
    socket.greetings.push({ disconnect: 'too_many_websockets' });
    socket.drop();
    await expect.poll(() => states.length).toBe(2);
    expect(states).toEqual([expect.stringContaining('too many open connections'), undefined]);
  });
});
