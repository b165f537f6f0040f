import type { PlatformDescriptor } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';
import { parseAddress } from './address.ts';

type DiscordSettings = { token: Secret; apiUrl: string | undefined };

export const discord: PlatformDescriptor<DiscordSettings> = {
  name: 'discord',
  label: 'Discord',
  example: 'discord:1098765432101234567',
  parseAddress,
  hasOneListener: true,
  keepsReactions: true,
  variables: {
    DISCORD_TOKEN: 'Discord: the bot token',
    DISCORD_API_URL: 'Discord: another API base URL, for tests',
  },
  requiredVariable: 'DISCORD_TOKEN',
  readEnvironment({ secret, baseUrl, problem }) {
    const token = secret('DISCORD_TOKEN');
    const apiUrl = baseUrl('DISCORD_API_URL');
    if (token && /^Bot\s/i.test(token.reveal()))
      problem('DISCORD_TOKEN', 'contains more than the token; leave out "Bot" before it');
    return token && { token, apiUrl };
  },
  remotes: ({ apiUrl }) => (apiUrl ? [apiUrl] : ['https://discord.com', 'https://gateway.discord.gg']),
  async setUp(parts) {
    const { createDiscordSetup } = await import('./setup.ts');
    return createDiscordSetup(parts);
  },
  async create(settings, { clock, logger, commands, memory }) {
    const { prepareGatewaySockets } = await import('./gateway-socket.ts');
    prepareGatewaySockets();
    const { createDiscordPlatform } = await import('./index.ts');
    return createDiscordPlatform({ ...settings, clock, logger, commands, memory });
  },
};
