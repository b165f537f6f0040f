import { expect, it } from 'vitest';
import { startLimitedSlack } from '../../../tools/bench/slack-limit.ts';

it('refuses a second message to a channel within a second, but none to another channel', async () => {
  let now = 0;
  const slack = await startLimitedSlack(() => now);
  try {
    const post = async (channel: string): Promise<number> => {
      const body = new URLSearchParams({ channel, text: 'A paper' });
      return (await fetch(`${slack.env.SLACK_API_URL}/chat.postMessage`, { method: 'POST', body })).status;
    };
    expect(await post('C01')).toBe(200);
    now = 999;
    expect(await post('C01')).toBe(429);
    expect(await post('C02')).toBe(200);
    now = 1_000;
    expect(await post('C01')).toBe(200);
    expect(slack.state()).toEqual({ posted: [2, 1], refused: 1 });
  } finally {
    await slack.close();
  }
});
