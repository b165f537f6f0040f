import { describe, expect, it } from 'vitest';
import { type DiscordApiFault, type DiscordServer, startDiscordServer } from '../../fakes/discord-server.ts';
import { connect, open, platformOn } from './connect.ts';

const link =
  /https:\/\/discord\.com\/oauth2\/authorize\?client_id=700000000000000002&scope=bot\+applications\.commands&permissions=309237730304$/;
const everyone = '100000000000000001';
const role = '100000000000000008';

const overwrite = (id: string, allow: bigint, deny: bigint) => ({ id, type: 0, allow: `${allow}`, deny: `${deny}` });
const [view, write, embed] = [1n << 10n, 1n << 11n, 1n << 14n];
const threads = (1n << 35n) | (1n << 38n);

const generalOf = (server: DiscordServer) => {
  const channel = server.state.channels.get(server.state.general);
  if (!channel) throw new Error('no channel');
  return channel;
};

describe('the set-up check of Discord', () => {
  it('passes if everything is set up', async () => {
    const { server, platform, destination } = await connect();
    expect(await platform.check([`discord:${server.state.general}`, destination])).toEqual([
      { name: 'Discord', ok: true, detail: expect.stringMatching(/^paperboy; invite it with https/) },
      { name: 'Discord servers', ok: true, detail: 'Reading Group' },
      { name: 'Discord listening', ok: true, detail: 'Discord delivers commands and votes' },
      ...[`discord:${server.state.general}`, destination].map((one) => ({
        ...{ name: `Discord ${one}`, ok: true, detail: 'paperboy may post in #general of Reading Group' },
        about: { destination: one, label: '#general of Reading Group' },
      })),
    ]);
  });

  it.each<[string, ReturnType<typeof overwrite>[], string[]]>([
    ['everybody is denied writing', [overwrite(everyone, 0n, write)], ['Send Messages']],
    [
      'a role of the bot allows what everybody is denied',
      [overwrite(everyone, 0n, write), overwrite(role, write, 0n)],
      [],
    ],
    [
      'the bot itself is denied what its role allows',
      [overwrite('700000000000000001', 0n, embed | threads), overwrite(role, embed, 0n)],
      ['Embed Links', 'Create Public Threads', 'Send Messages in Threads'],
    ],
    [
      'the bot may not see the channel',
      [overwrite(everyone, write, view)],
      [
        'View Channel',
        'Send Messages',
        'Embed Links',
        'Read Message History',
        'Create Public Threads',
        'Send Messages in Threads',
      ],
    ],
  ])('names the permissions that the bot lacks if %s', async (_, overwrites, missing) => {
    const { server, platform, destination } = await connect();
    generalOf(server).permission_overwrites = overwrites;
    const check = (await platform.check([destination])).at(-1);
    if (missing.length === 0) return expect(check?.ok).toBe(true);
    expect(check).toMatchObject({
      ok: false,
      detail: `in #general of Reading Group, paperboy lacks ${missing.join(', ')}`,
    });
    expect(check?.fix).toMatch(link);
  });

  it('passes for an administrator', async () => {
    const { server, platform, destination } = await connect();
    generalOf(server).permission_overwrites = [overwrite(everyone, 0n, view)];
    const mine = server.state.guild.roles.find(({ id }) => id === role);
    if (mine) mine.permissions = '8';
    expect((await platform.check([destination])).at(-1)?.ok).toBe(true);
  });

  it('gives the invite link if the bot is in no server', async () => {
    const { platform } = await connect(({ path }) => (path === '/users/@me/guilds' ? { body: [] } : undefined));
    const check = (await platform.check([])).find(({ name }) => name === 'Discord servers');
    expect(check).toMatchObject({ ok: false, detail: 'the bot is in no server', fix: expect.stringMatching(link) });
  });

  it.each([
    ['discord:200000000000000404', /no such channel/],
    ['discord:general', /no Discord channel/],
    ['discord:500000000000000001:200000000000000001', /in the server 100000000000000001, not in 500000000000000001/],
  ])('says what is wrong with %s, and goes on', async (written, says) => {
    const { platform, destination } = await connect();
    const [wrong, right] = (await platform.check([written, destination])).slice(3);
    expect(wrong).toMatchObject({
      name: `Discord ${written}`,
      ok: false,
      fix: expect.stringMatching(/in the config/i),
    });
    expect(wrong?.detail).toMatch(says);
    expect(right?.ok).toBe(true);
  });

  it('says what to do if the bot was removed, and does not refer to doctor', async () => {
    const { platform, destination } = await connect(({ path }) =>
      path.startsWith('/channels/') ? { status: 403, body: { code: 50_001, message: 'Missing Access' } } : undefined,
    );
    const check = (await platform.check([destination])).at(-1);
    expect(check).toMatchObject({ ok: false, detail: 'paperboy cannot see the channel' });
    expect(check?.fix).toMatch(link);
    expect(JSON.stringify(check)).not.toContain('doctor');
  });

  it.each<[string, DiscordApiFault]>([
    ['asks for a pause', { status: 429, headers: { 'retry-after': '60' }, body: { retry_after: 60 } }],
    ['fails', { status: 503, body: 'no' }],
  ])('does not mention ids and permissions if Discord %s', async (_, fault) => {
    const { platform, destination } = await connect(({ path }) => (path.startsWith('/guilds/') ? fault : undefined));
    const check = (await platform.check([destination])).at(-1);
    expect(check).toMatchObject({
      ok: false,
      fix: expect.stringMatching(/doctor again (after that|in a few minutes)/),
    });
    expect(check?.fix).not.toMatch(/config|oauth2/);
  });

  it('checks the destinations even if the servers cannot be listed', async () => {
    const answers: [DiscordApiFault, object][] = [
      [{ status: 404, body: { message: '404: Not Found', code: 0 } }, { ok: true }],
      [
        { status: 500, body: '' },
        { ok: false, fix: expect.any(String) },
      ],
    ];
    for (const [fault, shown] of answers) {
      const { platform, destination } = await connect(({ path }) => (path === '/users/@me/guilds' ? fault : undefined));
      const [bot, servers, , channel] = await platform.check([destination]);
      expect([bot, channel]).toMatchObject([{ ok: true }, { ok: true }]);
      expect(servers).toMatchObject({ name: 'Discord servers', ...shown });
    }
  });

  it.each([4004, 4014])('fails if Discord takes the token but closes the connection with %i', async (code) => {
    const { server, platform } = await connect();
    server.gateway.faults.push({ closesWith: code });
    const check = (await platform.check([])).find(({ name }) => name === 'Discord listening');
    expect(check).toMatchObject({ ok: false, detail: expect.stringMatching(/Discord/), fix: expect.any(String) });
  });

  it('fails if no session is left today, says until when, and starts none', async () => {
    const limit = { total: 1000, remaining: 0, reset_after: 7_200_000, max_concurrency: 1 };
    const { server, platform } = await connect(({ path }) =>
      path === '/gateway/bot'
        ? { body: { url: 'ws://127.0.0.1:1', shards: 1, session_start_limit: limit } }
        : undefined,
    );
    const check = (await platform.check([])).find(({ name }) => name === 'Discord listening');
    expect(check).toMatchObject({ ok: false, detail: expect.stringMatching(/daily limit .* in 2 hours/) });
    expect(server.gateway.starts).toEqual([]);
  });

  it('closes the session that it starts', async () => {
    const { server, platform } = await connect();
    await platform.check([]);
    expect(server.gateway.starts).toHaveLength(1);
    await expect.poll(server.gateway.open).toBe(0);
  });

  it('does not reject if Discord rejects the token', async () => {
    const server = await startDiscordServer();
    open.push(server);
    const checks = await platformOn(server, { token: 'wrong' }).check(['discord:1']);
    expect(checks).toEqual([expect.objectContaining({ name: 'Discord', ok: false, fix: expect.any(String) })]);
    expect(checks[0]?.detail).toMatch(/DISCORD_TOKEN/);
  });
});
