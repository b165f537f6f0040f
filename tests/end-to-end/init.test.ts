import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { type LocalSlack, localSlackAvailable, startLocalSlack } from '../fakes/local-slack.ts';
import { date, day } from './day.ts';
import { createHome, type Home, toArxiv, toSlack } from './harness.ts';
import { closeAfterEach } from './setup.ts';

const opened = closeAfterEach();

let arxiv: FakeArxiv;
beforeAll(async () => {
  arxiv = await startFakeArxiv({ days: { [date]: day } });
});
afterAll(() => arxiv.close());

const openHome = async (env: Record<string, string> = {}): Promise<Home> =>
  opened(await createHome({ env: { ...toArxiv(arxiv), ARXIV_API_URL: arxiv.url, ...env } }));

const configIn = ({ folder }: Home): Promise<string> => readFile(join(folder, 'config', 'paperboy.yaml'), 'utf8');

describe('init with flags', () => {
  it('writes settings with which the next run posts', async () => {
    const home = await openHome();
    const { code, stdout } = await home.run(['init', '--read', 'gear trains, not surveys', '--yes']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Preview of Tuesday, 8 July 2025/);
    expect(await configIn(home)).toContain('categories: [cs.LG');
    const requests = arxiv.requests.length;
    const run = await home.run(['run']);
    // The announcement of the preview is stored.
    expect(arxiv.requests.slice(requests)).toEqual([]);
    expect(run).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/gear-trains: \d+ papers? of 2025-07-08 posted/),
    });
  });

  it('changes one thing the second time', async () => {
    const home = await openHome();
    const first = ['--like', '2507.00001', '2507.00004', '--channel', 'gears', '--timezone', 'Europe/Berlin', '--yes'];
    expect(await home.run(['init', ...first])).toMatchObject({ code: 0 });
    const before = await configIn(home);
    expect(before).toContain('timezone: Europe/Berlin');
    expect(await home.run(['init', '--categories', 'cs.AI,cs.CL', '--yes'])).toMatchObject({ code: 0 });
    expect(await configIn(home)).toBe(before.replace('[cs.LG]', '[cs.AI, cs.CL]'));
  });

  it('prints the first digest if asked, and posts nothing', async () => {
    const home = await openHome();
    const { code, stdout } = await home.run(['init', '--read', 'gear trains', '--first', 'print', '--yes']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/would be posted/) });
  });

  it('names the flags that it needs without a terminal, and writes nothing', async () => {
    const home = await openHome();
    const before = await readdir(home.folder);
    for (const args of [[], ['--yes'], ['--read', 'gears']]) {
      const { code, stderr } = await home.run(['init', ...args]);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(/Add --read "WORDS" or --like LINK.*--yes/),
      });
    }
    expect(await home.run(['init', '--reed', 'gears', '--yes'])).toMatchObject({ code: 2 });
    for (const [flag, value, problem] of [
      ['--categories', 'cs.LQG', /"cs\.LQG" is not an arXiv category; did you mean "cs\.LG"/],
      ['--timezone', 'Europe/Berlim', /did you mean "Europe\/Berlin"/],
      ['--schedule', '0 25 * * *', /--schedule/],
      ['--papers-per-day', '99', /from 1 to 20/],
    ] as const) {
      const { code, stderr } = await home.run(['init', '--read', 'gears', flag, value, '--yes']);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(problem) });
    }
    expect(await readdir(home.folder)).toEqual(before);
  });
});

describe.runIf(localSlackAvailable())('init with Slack', () => {
  let slack: LocalSlack;
  beforeAll(async () => {
    slack = await startLocalSlack();
  });
  afterAll(() => slack.close());

  it('posts the first digest into the chosen channel', async () => {
    const home = await openHome({ SLACK_API_URL: slack.apiUrl });
    const tokens = ['--slack-bot-token', slack.botToken, '--slack-app-token', slack.appToken];
    const flags = ['--slack', '#papers', '--admin', 'slack:U01ALICE', '--first', 'post', '--yes'];
    const { code, stdout } = await home.run(['init', '--read', 'gear trains', ...tokens, ...flags]);
    expect(code).toBe(0);
    expect(stdout).not.toContain(slack.botToken);
    const [header] = await slack.messages(slack.channels.papers);
    expect(header?.text).toContain('8 July 2025');
    expect(await configIn(home)).toContain('admins: [slack:U01ALICE]');
    // Later runs read the tokens from .env.
    expect(await home.run(['run'])).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing new') });
  });

  it('reads the tokens from the environment, and names the channels that the bot sees', async () => {
    const home = await openHome(toSlack(slack));
    const wrong = await home.run(['init', '--read', 'gear trains', '--slack', '#nowhere', '--yes']);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('#general (slack:C01GEN)') });
    expect(await home.run(['init', '--read', 'gear trains', '--slack', 'C01GEN', '--yes'])).toMatchObject({ code: 0 });
    expect(await readdir(home.folder)).not.toContain('.env');
    expect(await configIn(home)).toContain('post: [slack:C01GEN, web]');
  });
});
