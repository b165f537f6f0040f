import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startFakeArxiv } from '../fakes/arxiv.ts';
import { localSlackAvailable, startLocalSlack } from '../fakes/local-slack.ts';
import { date, day, verdictOf } from './day.ts';
import { closedAddress, configOf, createHome, type Home, toArxiv, toSlack } from './harness.ts';
import { startModel } from './model.ts';
import { closeAfterEach } from './setup.ts';

const opened = closeAfterEach();

const openHome = async (setup: Parameters<typeof createHome>[0]): Promise<Home> => opened(await createHome(setup));

describe('wrong settings', () => {
  it('lists every problem with what to write instead, and exits with 1', async () => {
    const config = `
scorer: { batchSize: 0 }
chanels: []
channels:
  - name: gears
    post: [slack:C01GEN]
    categories: [cs.LQG, cs.LG]
    topics: nowhere.md
    cutoffs: { relevance: 11 }
`;
    const home = await openHome({
      config,
      env: { PAPERBOY_NOW: 'yesterday', PAPERBOY_HTP: 'off', DATABASE_URL: 'here' },
    });
    for (const args of [['run'], ['start'], ['doctor']]) {
      const { code, stdout, stderr } = await home.run(args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      for (const part of [
        /PAPERBOY_NOW: "yesterday" is not a time/,
        /PAPERBOY_HTP is not known; did you mean "PAPERBOY_HTTP"/,
        /DATABASE_URL is not valid\. This is not a database/,
        /chanels.*channels/,
        /scorer\.batchSize: .*1 to 50.*\(line 2\)/,
        /channels\[0\]\.categories\[0\]: "cs\.LQG" is not an arXiv category/,
        /channels\[0\]\.topics: there is no file .*nowhere\.md/,
        /channels\[0\]\.cutoffs\.relevance: .*1 to 10/,
        /SLACK_BOT_TOKEN/,
      ])
        expect(stderr).toMatch(part);
      expect(stderr).not.toMatch(/\bat .*\.ts:\d+/);
    }
  });

  it('reports problems before it creates a database', async () => {
    const home = await openHome({ config: 'channels: []\n' });
    expect(await home.run(['run'])).toMatchObject({ code: 1 });
    await writeFile(join(home.folder, 'paperboy.yaml'), configOf({ post: ['console'] }));
    const { stdout } = await home.run(['doctor'], toArxiv({ url: await closedAddress() }));
    expect(stdout).toContain('no digest yet');
  });
});

describe('a broken environment', () => {
  it('names a file that is not a database in one line', async () => {
    const home = await openHome({});
    await writeFile(join(home.folder, 'notes.txt'), 'These are notes, not a database.\n');
    const { code, stdout, stderr } = await home.run(['say', 'top'], { DATABASE_URL: 'file:./notes.txt' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^The file is not a database, or its start is damaged \(.*\)\. Restore a backup of it, or set DATABASE_URL to file: followed by another path\.\n$/,
    );
  });

  it('finishes a command whose reader closes the pipe early', async () => {
    const home = await openHome({});
    const command = home.start(['say', 'help']);
    command.leave();
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('wrong usage', () => {
  it.each([
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['status'], /status is a chat command; in the terminal, type: npm run -s paperboy -- say status\n/],
    [['top', '5'], /top is a chat command; .* say "top 5"\n/],
    [['run', '--jsn'], /unknown option '--jsn'[\s\S]*Did you mean --json/],
    [['run', '--date', '2025-02-30'], /Write a date as year-month-day/],
    [['say'], /missing required argument 'text'/],
    [[], /Usage: paperboy/],
  ])('%j exits with 2 and says what is meant', async (args, message) => {
    const home = await openHome({});
    const { code, stdout, stderr } = await home.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('does not apply to --help and --version', async () => {
    const home = await openHome({});
    const help = await home.run(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const command of ['start', 'run', 'say', 'page', 'doctor']) expect(help.stdout).toContain(`  ${command} `);
    expect((await home.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe.skipIf(!localSlackAvailable())('doctor', () => {
  it('exits with 0 if every check passes, and with 1 and a fix if one fails', async () => {
    const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
    const slack = opened(await startLocalSlack());
    const model = opened(await startModel(verdictOf));
    const home = await openHome({
      config: configOf({ post: [`slack:${slack.channels.general}`, 'console'] }),
      env: { ...toArxiv(arxiv), ...toSlack(slack), ...model.env },
    });
    const well = await home.run(['doctor']);
    expect(well).toMatchObject({ code: 0 });
    expect(well.stdout).not.toContain('✗');
    for (const name of ['config', 'channel gears', 'database', 'arXiv pages', 'scorer', 'Slack slack:C01GEN'])
      expect(well.stdout).toContain(`✓ ${name}: `);

    const asked = await home.run(['doctor', '--ask']);
    expect(asked.stdout).toMatch(/✓ scoring: gpt-4o-mini gave ".+" relevance \d+, novelty \d+ in \S+ s, for \$0\.\d+/);
    expect(model.calls).toHaveLength(1);

    const closed = await closedAddress();
    const unwell = await home.run(['doctor'], { ARXIV_WEB_URL: closed, SLACK_API_URL: closed });
    expect(unwell).toMatchObject({ code: 1 });
    expect(unwell.stdout).toMatch(/✗ arXiv pages: .* cannot be reached\n {2}→ check the network/);
    expect(unwell.stdout).toMatch(/✗ Slack: .*\n {2}→ /);
    for (const { stdout, stderr } of [well, unwell])
      expect(stdout + stderr).not.toMatch(/xoxb-local|xapp-local|sk-local/);
  });
});
