import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scopes } from '../../../src/chat/slack/check.ts';
import { createSlackPlatform } from '../../../src/chat/slack/index.ts';
import { createClock } from '../../../src/core/clock.ts';
import { Secret } from '../../../src/core/secret.ts';
import { quietLogger } from '../../fakes/logger.ts';
import { startSlackApi } from '../../fakes/slack-api.ts';
import { type SlackGreeting, startSlackSocket } from '../../fakes/slack-socket.ts';
import { connect, open } from './connect.ts';

describe('the set-up check of Slack', () => {
  let socket: Awaited<ReturnType<typeof startSlackSocket>>;
  beforeEach(async () => {
    socket = await startSlackSocket();
  });
  afterEach(() => socket.close());

  const identity = {
    ok: true,
    team: 'Reading Group',
    team_id: 'T01',
    user: 'paperboy',
    user_id: 'U0BOT',
    bot_id: 'B0BOT',
  };
  const channels: Record<string, object> = {
    C01: { name: 'general', is_member: true },
    C02: { name: 'papers', is_member: false },
    C03: { name: 'secret', is_member: true, is_private: true },
  };
  const answer = (scopes: string) => (call: { method: string; args: Record<string, string>; token: string }) => {
    if (call.method === 'auth.test') return { headers: { 'x-oauth-scopes': scopes }, body: identity };
    if (call.method === 'apps.connections.open') {
      const body = call.token !== 'xapp-wrong' ? { ok: true, url: socket.url } : { ok: false, error: 'invalid_auth' };
      return { body };
    }
    const channel = channels[call.args.channel ?? ''];
    return { body: channel ? { ok: true, channel } : { ok: false, error: 'channel_not_found' } };
  };
  const all = 'chat:write,commands,app_mentions:read,reactions:read,channels:history,channels:read';

  it('passes if everything is set up', async () => {
    const { platform } = await connect(answer(all), { appToken: 'xapp-1' });
    const checks = await platform.check(['slack:C01']);
    expect(checks.map((check) => [check.name, check.ok])).toEqual([
      ['Slack', true],
      ['Slack scopes', true],
      ['Slack app token', true],
      ['Slack slack:C01', true],
    ]);
    expect(checks[0]?.detail).toBe('paperboy in Reading Group');
  });

  it('names each missing scope and says what to do', async () => {
    const { platform } = await connect(answer('chat:write,commands,channels:read,app_mentions:read'), {
      appToken: 'xapp-1',
    });
    const scopes = (await platform.check([])).find((check) => check.name === 'Slack scopes');
    expect(scopes).toMatchObject({
      ok: false,
      fix: expect.stringMatching(/^Add channels:history, .*reactions:read at .*; then reinstall/),
    });
  });

  it('knows the scopes of manifest.slack.json', () => {
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../../manifest.slack.json'), 'utf8'));
    expect(Object.keys(scopes)).toEqual(manifest.oauth_config.scopes.bot);
  });

  it('links to the page that adds a scope and reinstalls the app', async () => {
    const { platform } = await connect(answer('chat:write'), { appToken: 'xapp-1-A0GEARS-123-abc' });
    const check = (await platform.check([])).find(({ name }) => name === 'Slack scopes');
    expect(check?.fix).toContain('https://api.slack.com/apps/A0GEARS/oauth');
    expect(JSON.stringify(check)).not.toContain('123-abc');
  });

  it('mentions scopes for private channels without complaining about them', async () => {
    const { platform } = await connect(answer(all), { appToken: 'xapp-1' });
    const check = (await platform.check([])).find(({ name }) => name === 'Slack scopes');
    expect(check).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/private channels also need groups:history, groups:read$/),
    });
  });

  it.each<[string, SlackGreeting, RegExp]>([
    ['has too many connections', { disconnect: 'too_many_websockets' }, /too many open connections/],
    ['has Socket Mode turned off', { disconnect: 'link_disabled' }, /Socket Mode is off/],
    ['has its connection closed without a greeting', { disconnect: 'warning' }, /closes|cannot be opened/],
  ])('fails if the app can open a connection but %s', async (_, greeting, reason) => {
    socket.greetings.push(greeting);
    const { platform } = await connect(answer(all), { appToken: 'xapp-1' });
    const checking = platform.check([]);
    if (typeof greeting === 'object' && greeting.disconnect === 'warning') {
      await expect.poll(socket.connections).toBe(1);
      socket.drop();
    }
    const check = (await checking).find(({ name }) => name === 'Slack app token');
    expect(check).toMatchObject({ ok: false, detail: expect.stringMatching(reason), fix: expect.any(String) });
    await expect.poll(socket.connections).toBe(0);
  });

  it('names the token of a person, which cannot post as the bot', async () => {
    const api = await startSlackApi(() => ({ body: { ...identity, bot_id: undefined } }));
    open.push(api);
    const setup = { botToken: new Secret('xoxp-1'), apiUrl: api.apiUrl, clock: createClock(), logger: quietLogger };
    const platform = createSlackPlatform(setup);
    expect(await platform.check([])).toMatchObject([
      { name: 'Slack', ok: false, detail: expect.stringMatching(/token of a person.*xoxb-/) },
    ]);
    await expect(platform.connect()).rejects.toMatchObject({
      retryable: false,
      message: expect.stringMatching(/token of a person/),
    });
  });

  it('says which token Slack rejects', async () => {
    const { platform } = await connect(answer(all), { appToken: 'xapp-wrong' });
    const check = (await platform.check([])).find(({ name }) => name === 'Slack app token');
    expect(check?.detail).toMatch(/rejects SLACK_APP_TOKEN.*xapp-/);
    expect(check?.detail).not.toContain('SLACK_BOT_TOKEN');
  });

  it('says what to do about each destination and a refused token', async () => {
    const { platform } = await connect(answer(all), { appToken: 'xapp-wrong' });
    const checks = await platform.check(['slack:C02', 'slack:T01:C03', 'slack:C404']);
    expect(checks.find(({ name }) => name === 'Slack app token')?.detail).toMatch(/^Slack rejects SLACK_APP_TOKEN\./);
    const fixes = Object.fromEntries(checks.map((check) => [check.name, check.fix]));
    expect(fixes).toMatchObject({
      'Slack app token': expect.stringContaining('connections:write'),
      'Slack slack:C02': 'In the channel, type /invite @paperboy',
      'Slack slack:T01:C03': expect.stringContaining('groups:history'),
      'Slack slack:C404': expect.stringContaining('/invite @paperboy'),
    });
  });

  it('says what to enter at Slack in HTTP mode, and what to set in neither mode', async () => {
    const modeCheck = async (tokens: { signingSecret?: string }) => {
      const { platform, calls } = await connect(answer(all), tokens);
      const checks = await platform.check(['slack:C01']);
      expect(calls('apps.connections.open')).toEqual([]);
      return checks[2];
    };
    const http = await modeCheck({ signingSecret: 'x' });
    expect(http).toMatchObject({ name: 'Slack over HTTP', ok: true });
    expect(http?.detail).toMatch(/https:\/\/YOUR-HOST\/slack\/events.*PAPERBOY_HTTP.*reverse proxy/);
    expect(await modeCheck({})).toMatchObject({
      ok: false,
      fix: expect.stringMatching(/SLACK_APP_TOKEN; .*SLACK_SIGNING_SECRET/),
    });
  });

  it('finds wrong addresses without a request, and says what to write', async () => {
    const { platform, calls } = await connect(answer(all), { appToken: 'xapp-1' });
    const checks = await platform.check(['slack:general', 'slack:T02:C01', 'slack:T01:C01']);
    expect(checks.slice(3)).toEqual([
      {
        name: 'Slack slack:general',
        ok: false,
        detail: expect.stringContaining('"slack:general" names no Slack channel'),
        fix: expect.stringContaining('the id of a channel in T01'),
      },
      {
        name: 'Slack slack:T02:C01',
        ok: false,
        detail: expect.stringContaining('is not in the bot’s Slack workspace'),
        fix: expect.stringContaining('in T01'),
      },
      expect.objectContaining({ name: 'Slack slack:T01:C01', ok: true }),
    ]);
    expect(calls('conversations.info').map(({ args }) => args.channel)).toEqual(['C01']);
  });

  it('does not reject if Slack rejects the token', async () => {
    const api = await startSlackApi(() => ({ body: { ok: false, error: 'invalid_auth' } }));
    open.push(api);
    const setup = { botToken: new Secret('xoxb-1'), apiUrl: api.apiUrl, clock: createClock(), logger: quietLogger };
    const checks = await createSlackPlatform(setup).check(['slack:C01']);
    expect(checks).toEqual([expect.objectContaining({ name: 'Slack', ok: false, fix: expect.any(String) })]);
  });
});
