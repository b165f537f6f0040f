import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createSlackSetup } from '../../../src/chat/slack/setup.ts';
import { createClock } from '../../../src/core/clock.ts';
import { localSlackAvailable, startLocalSlack } from '../../fakes/local-slack.ts';
import { quietLogger } from '../../fakes/logger.ts';
import { type SlackApiAnswer, startSlackApi } from '../../fakes/slack-api.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const setupAt = (apiUrl: string) => createSlackSetup({ apiUrl, clock: createClock(), logger: quietLogger });

const scripted = async (answers: Record<string, SlackApiAnswer>) => {
  const api = await startSlackApi(({ method }) => answers[method]);
  open.push(api);
  return { api, setup: await setupAt(api.apiUrl) };
};

const rejected = { body: { ok: false, error: 'invalid_auth' } };
const tokens = { SLACK_BOT_TOKEN: 'xoxb-1' };

describe('creating the app', () => {
  it('links to a page with the manifest filled in', async () => {
    const { setup } = await scripted({});
    const manifest = new URL(setup.createUrl).searchParams.get('manifest_json') ?? '';
    const file = join(import.meta.dirname, '../../../manifest.slack.json');
    expect(JSON.parse(manifest)).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    expect(new URL(setup.createUrl).searchParams.get('new_app')).toBe('1');
  });
});

describe('checking tokens', () => {
  it('accepts a bot token and an app-level token', async () => {
    const { setup } = await scripted({ 'apps.connections.open': { body: { ok: true, url: 'ws://x' } } });
    expect(await setup.tokenFault('SLACK_BOT_TOKEN', 'xoxb-1')).toBeUndefined();
    expect(await setup.tokenFault('SLACK_APP_TOKEN', 'xapp-1')).toBeUndefined();
  });

  it('says which of the two is wrong, and how the right one begins', async () => {
    const { setup, api } = await scripted({ 'apps.connections.open': rejected, 'auth.test': rejected });
    expect(await setup.tokenFault('SLACK_BOT_TOKEN', 'xapp-1')).toMatch(
      /^This is the app-level token\..*begins with xoxb-\.$/,
    );
    expect(await setup.tokenFault('SLACK_APP_TOKEN', 'xoxb-1')).toMatch(
      /^This is the bot token\..*begins with xapp-\.$/,
    );
    expect(await setup.tokenFault('SLACK_APP_TOKEN', 'abc')).toMatch(/^This is another kind of token/);
    expect(api.calls).toEqual([]);
    expect(await setup.tokenFault('SLACK_BOT_TOKEN', 'xoxb-1')).toMatch(/rejects the bot token.*OAuth & Permissions/);
    expect(await setup.tokenFault('SLACK_APP_TOKEN', 'xapp-1')).toMatch(
      /rejects the app-level token.*Basic Information/,
    );
  });

  it('refuses the token of a person', async () => {
    const body = { ok: true, team: 'Reading Group', user: 'alice' };
    const { setup } = await scripted({ 'auth.test': { body } });
    expect(await setup.tokenFault('SLACK_BOT_TOKEN', 'xoxb-1')).toMatch(/token of a person/);
  });

  it('says so if Slack cannot be reached', async () => {
    const setup = await setupAt('http://127.0.0.1:9/api/');
    await expect(setup.tokenFault('SLACK_BOT_TOKEN', 'xoxb-1')).rejects.toThrow(/^Cannot reach Slack/);
  });
});

describe('choosing a channel', () => {
  const listed = [
    { id: 'C02', name: 'papers', is_member: false },
    { id: 'C01', name: 'general', is_member: true },
    { id: 'C03', name: 'secret', is_member: true, is_private: true },
  ];

  it('lists the channels, those with the bot first', async () => {
    const { setup } = await scripted({ 'conversations.list': { body: { ok: true, channels: listed } } });
    const access = await setup.open(tokens);
    expect(access.identity).toBe('paperboy in Reading Group');
    expect(await access.channels()).toEqual([
      { destination: 'slack:C01', label: '#general', obstacle: undefined },
      { destination: 'slack:C03', label: '#secret (private)', obstacle: undefined },
      {
        ...{ destination: 'slack:C02', label: '#papers' },
        obstacle: 'The bot is not in #papers. In that channel, type /invite @paperboy',
      },
    ]);
  });

  it('lists public channels if the app may not list private ones, and reads all pages', async () => {
    const api = await startSlackApi(({ method, args }) => {
      if (method !== 'conversations.list') return undefined;
      if (args.types !== 'public_channel')
        return { body: { ok: false, error: 'missing_scope', needed: 'groups:read' } };
      const more = { response_metadata: { next_cursor: 'two' } };
      return { body: { ok: true, channels: args.cursor ? [listed[0]] : [listed[1]], ...(args.cursor ? {} : more) } };
    });
    open.push(api);
    const access = await (await setupAt(api.apiUrl)).open(tokens);
    expect((await access.channels()).map(({ label }) => label)).toEqual(['#general', '#papers']);
  });

  it('joins a public channel if the app may, and otherwise says to invite the bot', async () => {
    const [papers] = [{ destination: 'slack:C02', label: '#papers', obstacle: 'type /invite @paperboy' }];
    const may = await scripted({ 'conversations.join': { body: { ok: true } } });
    expect(await (await may.setup.open(tokens)).enter(papers)).toBeUndefined();
    const mayNot = await scripted({ 'conversations.join': { body: { ok: false, error: 'missing_scope' } } });
    expect(await (await mayNot.setup.open(tokens)).enter(papers)).toBe('type /invite @paperboy');
  });

  it('lists people only if the app may', async () => {
    const { setup } = await scripted({});
    expect(await (await setup.open(tokens)).people()).toEqual([]);
    expect(setup.personOf(' U01ALICE ')).toBe('slack:U01ALICE');
    expect(setup.personOf('alice')).toBeUndefined();
  });
});

describe.runIf(localSlackAvailable())('a workspace', () => {
  it('has channels and people to choose from', async () => {
    const slack = await startLocalSlack();
    open.push(slack);
    const setup = await setupAt(slack.apiUrl);
    expect(await setup.tokenFault('SLACK_BOT_TOKEN', slack.botToken)).toBeUndefined();
    expect(await setup.tokenFault('SLACK_APP_TOKEN', slack.appToken)).toBeUndefined();
    const access = await setup.open({ SLACK_BOT_TOKEN: slack.botToken });
    expect(await access.channels()).toEqual([
      { destination: 'slack:C01GEN', label: '#general', obstacle: undefined },
      { destination: 'slack:C02PAPERS', label: '#papers', obstacle: undefined },
    ]);
    expect(await access.people()).toEqual([
      { person: 'slack:U01ALICE', label: 'alice' },
      { person: 'slack:U02BOB', label: 'bob' },
    ]);
  });
});
