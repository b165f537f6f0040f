import { expect, it } from 'vitest';
import { platforms } from '../../src/chat/platforms.ts';
import { type Turn, withRestarts } from '../../src/cli/restarts.ts';

const parts = { env: {}, cwd: '/nowhere', platforms };

/** Resolves when the turn ends. */
const ended = ({ signal }: Turn): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

it('ends with the work, or with the program', async () => {
  let turns = 0;
  await withRestarts({ ...parts, stop: new AbortController().signal }, async () => {
    turns += 1;
  });
  const stop = new AbortController();
  const running = withRestarts({ ...parts, stop: stop.signal }, (turn) => {
    turns += 1;
    return ended(turn);
  });
  await new Promise((resolve) => setTimeout(resolve));
  stop.abort();
  await running;
  expect(turns).toBe(2);
});

it('does the work again after the set-up, and tells it what to do first', async () => {
  const firsts: (string | undefined)[] = [];
  await withRestarts({ ...parts, stop: new AbortController().signal }, async (turn) => {
    firsts.push(turn.first?.channel);
    if (firsts.length > 2) return;
    const end = ended(turn);
    turn.restart({ channel: `channel-${firsts.length}`, preview: undefined });
    await end;
  });
  expect(firsts).toEqual([undefined, 'channel-1', 'channel-2']);
});
