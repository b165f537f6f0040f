import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { closedAddress } from '../../end-to-end/harness.ts';
import { startDiscordServer } from '../../fakes/discord-server.ts';
import { type SlackApiAnswer, startSlackApi } from '../../fakes/slack-api.ts';
import { useSetupPages, words } from './served.ts';

const { at, serve, read } = useSetupPages();

const tokens = { SLACK_APP_TOKEN: 'xapp-secret-1', SLACK_BOT_TOKEN: 'xoxb-secret-2' };

/** Slack with the scopes of the manifest and one channel. */
const startSlack = (isMember: () => boolean, more: Readonly<Record<string, SlackApiAnswer>> = {}) =>
  startSlackApi(({ method, token }): SlackApiAnswer | undefined => {
    if (!Object.values(tokens).includes(token)) return { body: { ok: false, error: 'invalid_auth' } };
    if (more[method]) return more[method];
    if (method === 'apps.connections.open') return { body: { ok: true, url: 'ws://127.0.0.1:9' } };
    if (method === 'auth.test') return undefined;
    const channel = { id: 'C01GEN', name: 'general', is_member: isMember() };
    if (method === 'conversations.list') return { body: { ok: true, channels: [channel] } };
    if (method === 'conversations.info') return { body: { ok: true, channel } };
    return { body: { ok: false, error: 'missing_scope', needed: 'more' } };
  });

it('connects Slack: wrong tokens, an invitation that is missing, and the own id', async () => {
  let isMember = false;
  const slack = await startSlack(() => isMember);
  try {
    const { person, restarted, stores } = await serve({ env: { SLACK_API_URL: slack.apiUrl } });
    const { get, send } = await person();
    await get('');
    await send('papers', words('gear trains'));
    const empty = await get('/chat/slack');
    expect(empty.html).toMatch(/href="https:\/\/api\.slack\.com\/apps\?new_app=1[^"]*manifest_json=/);
    const nothing = await send('chat/slack', { action: 'tokens', SLACK_APP_TOKEN: '', SLACK_BOT_TOKEN: '' });
    expect(nothing.text).toContain('Paste the app-level token (xapp-…) and the bot token (xoxb-…). ');
    const swapped = await send('chat/slack', { action: 'tokens', SLACK_APP_TOKEN: tokens.SLACK_BOT_TOKEN });
    expect(swapped.text).toMatch(/This is the bot token\. The one needed here begins with xapp-\./);
    expect(swapped.html).not.toContain('Kept.');
    const wrong = await send('chat/slack', { action: 'tokens', ...tokens, SLACK_BOT_TOKEN: 'xoxb-wrong-token' });
    expect([wrong.status, wrong.text]).toEqual([
      400,
      expect.stringMatching(/A token was not accepted\. .* Slack rejects the bot token\. Copy it again from/),
    ]);
    expect(wrong.text).not.toContain('SLACK_BOT_TOKEN');
    expect(wrong.html.match(/(?:Accepted|Kept)\. Paste another one/g)).toEqual(['Accepted. Paste another one']);
    // The app-level token was accepted, so only the other one is pasted again.
    const right = await send('chat/slack', { action: 'tokens', SLACK_BOT_TOKEN: ` "${tokens.SLACK_BOT_TOKEN}" ` });
    expect(right.location).toBe('/-/setup/chat/slack');
    const channels = await get('/chat/slack');
    expect(channels.html).toMatch(/<optgroup label="The bot is not there yet"><option value="slack:C01GEN">#general/);

    const chosen = { action: 'channel', destination: 'slack:C01GEN', personId: 'alice' };
    expect((await send('chat/slack', chosen)).text).toContain('"alice" is not an id in Slack. In Slack, click');
    const waiting = await send('chat/slack', { ...chosen, personId: 'U01ALICE' });
    expect([waiting.status, waiting.text]).toEqual([
      400,
      expect.stringMatching(/type \/invite @paperboy\. Then press Check again\..* Check again Do it later/),
    ]);
    expect(waiting.html).toContain('value="U01ALICE"');
    isMember = true;
    expect((await send('chat/slack', { ...chosen, personId: 'U01ALICE' })).location).toBe('/-/setup/chat');
    const check = await get('/finish');
    expect(check.text).toMatch(/#general on Slack, the web page .* New admin slack:U01ALICE .* The first digest/);
    const saved = await send('finish', { first: 'preview' });
    expect(saved.text).toMatch(/Saved .* You also get this preview as a private message\. .* Gears of kind/);
    expect(saved.html).toMatch(/data-then="Paperboy runs\. It posts the first digest [^"]*on weekdays at 09:00/);

    const first = await restarted();
    expect(first).toMatchObject({ channel: 'gear-trains', preview: { people: ['slack:U01ALICE'] } });
    expect(first?.preview?.message.summary).toBe('Preview of gear-trains');
    // The first digest waits, also if the bot starts once more.
    expect(await stores.changes.list('gear-trains', 'postpone')).toHaveLength(1);
    expect(await read('config/paperboy.yaml')).toMatch(/admins: \[slack:U01ALICE\][\s\S]*post: \[slack:C01GEN, web\]/);
    expect(await read('.env')).toContain(`SLACK_APP_TOKEN=${tokens.SLACK_APP_TOKEN}\n`);
    expect((await stat(join(at.folder, '.env'))).mode & 0o777).toBe(0o600);
    for (const { html } of [swapped, wrong, channels, waiting, check]) expect(html).not.toMatch(/secret-|wrong-token/);
    // Slack allows this call about once a minute.
    expect(slack.calls.filter(({ method }) => method === 'apps.connections.open')).toHaveLength(1);
  } finally {
    await slack.close();
  }
});

it('presets neither a channel nor an admin if there are several', async () => {
  const channels = ['general', 'papers'].map((name, index) => ({ id: `C0${index}`, name, is_member: true }));
  const members = ['alice', 'bob'].map((name) => ({ id: `U0${name.toUpperCase()}`, name }));
  const slack = await startSlack(() => true, {
    'conversations.list': { body: { ok: true, channels } },
    'users.list': { body: { ok: true, members } },
  });
  try {
    const { get, send } = await (await serve({ env: { SLACK_API_URL: slack.apiUrl, ...tokens } })).person();
    await get('');
    await send('papers', words('gear trains'));
    const { html } = await get('/chat/slack');
    expect(html).toMatch(/name="destination" required><option value="">Choose the channel<\/option><optgroup/);
    expect(html).toMatch(
      /name="person" required><option value="">Choose yourself<\/option><option value="slack:U0ALICE">/,
    );
    expect(html).not.toContain('selected');
    const none = await send('chat/slack', { action: 'channel', destination: '', person: '', personId: '' });
    expect([none.status, none.text]).toEqual([
      400,
      expect.stringMatching(/not chosen yet.* Choose the channel that the bot posts to\. .* Choose yourself, or/),
    ]);
    const chosen = { action: 'channel', destination: 'slack:C01', personId: '' };
    expect((await send('chat/slack', { ...chosen, person: 'slack:U0BOB' })).location).toBe('/-/setup/chat');
    expect((await get('/finish')).text).toMatch(/#papers on Slack.* New admin bob \(slack:U0BOB\)/);
    await send('chat/slack', { ...chosen, person: 'other' });
    expect((await get('/finish')).text).not.toContain('New admin');
    expect((await get('/chat/slack')).html).toContain('<option value="other" selected>');
  } finally {
    await slack.close();
  }
});

it('lets people do the invitation later, and skip Slack while it cannot be reached', async () => {
  const slack = await startSlack(() => false);
  const { person } = await serve({ env: { SLACK_API_URL: slack.apiUrl, ...tokens } });
  const { get, send } = await person();
  await get('');
  await send('papers', words('gear trains'));
  expect((await get('/chat/slack')).text).toContain('Connected as paperboy in Reading Group.');
  const chosen = { destination: 'slack:C01GEN', personId: '' };
  expect((await send('chat/slack', { ...chosen, action: 'later' })).location).toBe('/-/setup/chat');
  const left =
    'The bot cannot post to #general yet. The bot is not in #general. In that channel, type /invite @paperboy.';
  expect((await get('/chat')).text).toMatch(`Will post to #general ${left}`);
  const check = await get('/finish');
  expect(check.text).toContain(left);
  expect(check.html).toMatch(/value="preview" checked/);
  await send('finish', { first: 'post' });
  // Tokens of the environment are not copied.
  await expect(read('.env')).rejects.toThrow('ENOENT');

  const away = await (await serve({ env: { SLACK_API_URL: `${await closedAddress()}/api/` } })).person();
  await away.get('');
  const failed = await away.send('chat/slack', { action: 'tokens', ...tokens });
  expect(failed.text).toMatch(/Cannot reach Slack.* What you pasted is kept: press Check to try again/);
  expect(failed.text).not.toContain('not accepted');
  expect(failed.html).toContain('Kept. Paste another one');
  expect(failed.text).toContain('Skip Slack');
  await slack.close();
});

it('names the channels that were chosen before, if the platform can say their names', async () => {
  const [slack, discord] = [await startSlack(() => true), await startDiscordServer()];
  try {
    await mkdir(join(at.folder, 'config'));
    const posts = `[slack:T1:C01GEN, discord:${[...discord.state.channels.keys()][0]}, web]`;
    await writeFile(
      join(at.folder, 'config', 'paperboy.yaml'),
      `channels:\n  - { name: gears, post: ${posts}, categories: [cs.LG], topics: gears.md }\n`,
    );
    await writeFile(join(at.folder, 'config', 'gears.md'), '# Gears\n\n- worm drives\n');
    const env = {
      SLACK_API_URL: slack.apiUrl,
      ...tokens,
      DISCORD_API_URL: discord.apiUrl,
      DISCORD_TOKEN: discord.token,
    };
    const named = await (await serve({ env, isNew: false })).person();
    await named.get('');
    expect((await named.get('/finish')).text).toContain('#general on Slack, #general in Reading Group on Discord');
    expect((await named.get('/chat')).text).toContain('✓ Posts to #general');

    const away = { ...env, SLACK_API_URL: `${await closedAddress()}/api/` };
    const unnamed = await (await serve({ env: away, isNew: false })).person();
    await unnamed.get('');
    expect((await unnamed.get('/finish')).text).toContain('slack:T1:C01GEN on Slack, #general in Reading Group');
  } finally {
    await Promise.all([slack.close(), discord.close()]);
  }
});

it('hides a token that a platform repeats', async () => {
  const discord = await startDiscordServer(({ path, authorization }) =>
    path === '/users/@me/guilds' ? { status: 403, body: { message: `not for ${authorization}`, code: 0 } } : undefined,
  );
  try {
    const { get, send } = await (await serve({ env: { DISCORD_API_URL: discord.apiUrl } })).person();
    await get('');
    await send('chat/discord', { action: 'tokens', DISCORD_TOKEN: discord.token });
    const { html, text } = await get('/chat/discord');
    expect(text).toContain('not for Bot [secret]');
    expect(html).not.toContain(discord.token);
  } finally {
    await discord.close();
  }
});

it('connects Discord by an invitation, and makes the owner an admin', async () => {
  let isInvited = false;
  const discord = await startDiscordServer(({ path }) =>
    path === '/users/@me/guilds' && !isInvited ? { body: [] } : undefined,
  );
  try {
    const { get, send } = await (await serve({ env: { DISCORD_API_URL: discord.apiUrl } })).person();
    await get('');
    await send('papers', words('gear trains'));
    expect((await send('chat/discord', { action: 'tokens', DISCORD_TOKEN: 'wrong' })).text).toContain(
      'Discord rejects',
    );
    expect((await get('/chat/discord')).text).toContain('Create the app, and paste its token ');
    await send('chat/discord', { action: 'tokens', DISCORD_TOKEN: `Bot ${discord.token}` });
    const alone = await get('/chat/discord');
    expect(alone.text).toContain('The bot sees no channel in Discord yet.');
    expect(alone.html).toMatch(/href="https:\/\/discord\.com\/oauth2\/authorize\?[^"]*"/);
    isInvited = true;
    const { html } = await get('/chat/discord');
    const [, owner = ''] = /<select id="person"[^>]*><option value="(discord:\d+)">alice/.exec(html) ?? [];
    const [, destination = ''] = /<option value="(discord:\d+)">#papers/.exec(html) ?? [];
    await send('chat/discord', { action: 'channel', destination, person: owner, personId: '' });
    expect((await get('/finish')).text).toMatch(/#papers in Reading Group on Discord.* New admin alice/);
    const gone = await send('chat/discord', { action: 'channel', destination: 'discord:1', person: owner });
    expect(gone.text).toContain('The bot no longer sees this channel. Choose another one');
    expect(html).not.toContain(discord.token);
  } finally {
    await discord.close();
  }
});
