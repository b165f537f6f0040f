import { expect, it } from 'vitest';
import { createDiscordSetup } from '../../../src/chat/discord/setup.ts';
import { createClock } from '../../../src/core/clock.ts';
import { startDiscordServer } from '../../fakes/discord-server.ts';
import { quietLogger } from '../../fakes/logger.ts';
import { open } from './connect.ts';

const setupAt = (apiUrl: string) => createDiscordSetup({ apiUrl, clock: createClock(), logger: quietLogger });

it('checks the token and says where to find the right one', async () => {
  const server = await startDiscordServer();
  open.push(server);
  const setup = setupAt(server.apiUrl);
  expect(await setup.tokenFault('DISCORD_TOKEN', server.token)).toBeUndefined();
  expect(await setup.tokenFault('DISCORD_TOKEN', 'Bot abc')).toMatch(/Leave out "Bot"/);
  expect(await setup.tokenFault('DISCORD_TOKEN', 'wrong')).toMatch(/rejects the token. Under Bot/);
  await expect(setupAt('http://127.0.0.1:9/api').tokenFault('DISCORD_TOKEN', 'x')).rejects.toThrow(
    /^Cannot reach Discord/,
  );
  await expect(setup.open({ DISCORD_TOKEN: 'wrong' })).rejects.toThrow(/rejects the token/);
});

it('lists text channels with what keeps the bot from posting, and the owner of the application', async () => {
  const server = await startDiscordServer();
  open.push(server);
  const { state } = server;
  state.addChannel({ id: '200000000000000009', type: 2, name: 'voice' });
  const denied = { id: '200000000000000008', type: 0, name: 'closed' };
  const overwrite = { id: state.guild.id, type: 0, allow: '0', deny: String(1n << 11n) };
  Object.assign(state.addChannel(denied), { permission_overwrites: [overwrite] });
  const access = await setupAt(server.apiUrl).open({ DISCORD_TOKEN: server.token });
  try {
    expect(access.inviteUrl).toContain(`client_id=${state.application}`);
    const channels = await access.channels();
    expect(channels.map(({ destination, obstacle }) => [destination, obstacle === undefined])).toEqual([
      [`discord:${state.general}`, true],
      [`discord:${state.papers}`, true],
      [`discord:${denied.id}`, false],
    ]);
    expect(channels.at(-1)?.obstacle).toMatch(/lacks Send Messages/);
    const [closed] = channels.slice(-1);
    expect(closed && (await access.enter(closed))).toBe(closed?.obstacle);
    expect(await access.people()).toEqual([{ person: `discord:${state.people.alice}`, label: 'alice' }]);
  } finally {
    access.close();
  }
});
