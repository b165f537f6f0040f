import { afterEach, describe, expect, it } from 'vitest';
import { date, day } from '../../end-to-end/day.ts';
import { closedAddress, configOf, createHome, stop, toArxiv, waitForOutput } from '../../end-to-end/harness.ts';
import { startFakeArxiv } from '../../fakes/arxiv.ts';
import { localSlackAvailable, startLocalSlack } from '../../fakes/local-slack.ts';
import { shownText } from './shown.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const opened = <T extends { close(): Promise<void> }>(one: T): T => {
  open.unshift(one);
  return one;
};

describe.skipIf(!localSlackAvailable())('the bot in HTTP mode', () => {
  it('posts the day and answers a command over its own web server', async () => {
    const web = await closedAddress();
    const slack = opened(await startLocalSlack({ requestUrl: `${web}/slack/events` }));
    const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
    const home = opened(
      await createHome({
        config: configOf({ post: [`slack:${slack.channels.general}`] }),
        env: {
          ...toArxiv(arxiv),
          SLACK_BOT_TOKEN: slack.botToken,
          SLACK_SIGNING_SECRET: slack.signingSecret,
          SLACK_API_URL: slack.apiUrl,
          PAPERBOY_HTTP: new URL(web).host,
        },
      }),
    );
    const bot = home.start(['start']);
    await waitForOutput(bot, /listening on Slack/);
    await waitForOutput(bot, /"status":"posted"/);
    const answers = async () => (await slack.messages()).filter(({ subtype }) => subtype === 'ephemeral');
    await slack.command('help');
    await expect.poll(async () => (await answers()).map(({ blocks }) => shownText(blocks)).join('')).toMatch(/top/);
    expect((await fetch(`${web}/slack/events`, { method: 'POST', body: '{}' })).status).toBe(401);
    const ended = await stop(bot);
    expect(ended.code).toBe(0);
    expect(ended.stdout + ended.stderr).not.toContain(slack.signingSecret);
  });
});

describe('the bot without a way to listen on Slack', () => {
  it.each([
    ['without app token and signing secret', {}, /SLACK_APP_TOKEN .*SLACK_SIGNING_SECRET/],
    ['in HTTP mode without web server', { SLACK_SIGNING_SECRET: 'hush', PAPERBOY_HTTP: 'off' }, /PAPERBOY_HTTP is off/],
  ])('does not start %s, and says what to set', async (_, env, sentence) => {
    const api = await closedAddress();
    const home = opened(
      await createHome({
        config: configOf({ post: ['slack:C01GEN'] }),
        env: { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_API_URL: api, ...env },
      }),
    );
    const ended = await home.run(['start']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).not.toContain('hush');
  });
});
