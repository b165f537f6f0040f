import { afterEach } from 'vitest';
import { createDiscordPlatform } from '../../../src/chat/discord/index.ts';
import { type Clock, createClock } from '../../../src/core/clock.ts';
import { textMessage } from '../../../src/core/message.ts';
import type { PlatformHandlers } from '../../../src/core/platform.ts';
import { Secret } from '../../../src/core/secret.ts';
import { commandText, everyKind } from '../../fakes/commands.ts';
import { type DiscordServer, startDiscordServer } from '../../fakes/discord-server.ts';
import { keepingLogger, quietLogger } from '../../fakes/logger.ts';

export const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

export const platformOn = (
  server: { token: string; apiUrl: string },
  { logger = quietLogger, token = server.token, commands = everyKind, clock = createClock() } = {},
) =>
  createDiscordPlatform({
    token: new Secret(token),
    apiUrl: server.apiUrl,
    clock,
    logger,
    commands,
  });

/** A clock that records waits, and shortens them except for timeouts of half a minute and more. */
export const createRecordingClock = (): Clock & { slept: number[] } => {
  const clock = createClock();
  const slept: number[] = [];
  return {
    ...clock,
    slept,
    sleep(ms, signal) {
      slept.push(ms);
      return clock.sleep(ms < 30_000 ? Math.min(ms, 5) : ms, signal);
    },
  };
};

/** A platform connected to a server with the given faults. */
export const connect = async (fault?: Parameters<typeof startDiscordServer>[0], { logger = quietLogger } = {}) => {
  const server = await startDiscordServer(fault);
  const platform = platformOn(server, { logger });
  open.push(platform, server);
  await platform.connect();
  const destination = `discord:${server.state.guild.id}:${server.state.general}`;
  return { server, platform, destination };
};

export const listenOn = async (
  server: DiscordServer,
  handlers: Partial<PlatformHandlers> = {},
  clock: Clock = createClock(),
) => {
  const { lines, logger } = keepingLogger();
  const platform = platformOn(server, { logger, clock });
  open.unshift(platform);
  await platform.connect();
  const ignore = async () => {};
  await platform.listen({
    command: async (request) => textMessage(`You typed ${commandText(request)}.`),
    paperOf: async () => undefined,
    card: async () => undefined,
    suggest: async () => [],
    reactionAdded: ignore,
    reactionRemoved: ignore,
    ...handlers,
  });
  const warnings = () => lines.filter(({ level }) => level === 'warn' || level === 'error');
  return { platform, lines, warnings };
};
