import { startSlackApi } from '../../tests/fakes/slack-api.ts';

/** Slack's limit for messages to one channel. */
export const messageMs = 1_000;

/**
 * A Slack server that refuses a message less than a second after the last one to the same channel. Its address is not that of
 * loopback, because Paperboy keeps no pace on loopback.
 * @param now Milliseconds.
 */
export const startLimitedSlack = async (now = () => performance.now()) => {
  const lastAt = new Map<string, number>();
  const posted = new Map<string, number>();
  let refused = 0;
  const server = await startSlackApi(({ method, args }) => {
    if (method !== 'chat.postMessage') return undefined;
    const { channel = '' } = args;
    const at = now();
    if (at - (lastAt.get(channel) ?? Number.NEGATIVE_INFINITY) < messageMs) {
      refused += 1;
      return { status: 429, headers: { 'retry-after': '1' }, body: { ok: false, error: 'ratelimited' } };
    }
    lastAt.set(channel, at);
    const count = (posted.get(channel) ?? 0) + 1;
    posted.set(channel, count);
    return { body: { ok: true, channel, ts: `${1_700_000_000 + count}.000100` } };
  });
  return {
    env: {
      SLACK_API_URL: server.apiUrl.replace('127.0.0.1', '0.0.0.0'),
      SLACK_BOT_TOKEN: 'xoxb-bench',
    },
    state: () => ({ posted: [...posted.values()], refused }),
    close: server.close,
  };
};
