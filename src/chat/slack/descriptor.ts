import type { EnvironmentReader, PlatformDescriptor } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';
import { parseAddress } from './address.ts';

export type SlackSettings = {
  /** Begins with `xoxb-`. */
  botToken: Secret;
  /** Begins with `xapp-`. If set, the bot listens in Socket Mode. */
  appToken: Secret | undefined;
  /** If set without an app token, the bot listens in HTTP mode. With neither it only posts. */
  signingSecret: Secret | undefined;
  apiUrl: string | undefined;
};

const swappedTokens = (bot: string | undefined, app: string | undefined): [name: string, text: string] | undefined => {
  const botIsApp = bot?.startsWith('xapp-') ?? false;
  const appIsBot = app?.startsWith('xoxb-') ?? false;
  if (botIsApp && appIsBot) return ['SLACK_BOT_TOKEN', 'and SLACK_APP_TOKEN are swapped; exchange their values'];
  if (botIsApp) return ['SLACK_BOT_TOKEN', 'holds an app-level token (xapp-…); write the bot token, xoxb-…'];
  if (appIsBot) return ['SLACK_APP_TOKEN', 'holds a bot token (xoxb-…); write the app-level token, xapp-…'];
  return undefined;
};

const readEnvironment = ({ read, secret, baseUrl, problem }: EnvironmentReader): SlackSettings | undefined => {
  const [bot, app] = [read('SLACK_BOT_TOKEN'), read('SLACK_APP_TOKEN')];
  const apiUrl = baseUrl('SLACK_API_URL');
  const swapped = swappedTokens(bot, app);
  const [unused] = ['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'].filter((name) => read(name) && !bot);
  if (swapped) problem(...swapped);
  else if (unused) problem('SLACK_BOT_TOKEN', `is missing beside ${unused}; write the bot token, xoxb-…`);
  const botToken = secret('SLACK_BOT_TOKEN');
  if (!botToken) return undefined;
  return { botToken, appToken: secret('SLACK_APP_TOKEN'), signingSecret: secret('SLACK_SIGNING_SECRET'), apiUrl };
};

export const slack: PlatformDescriptor<SlackSettings> = {
  name: 'slack',
  label: 'Slack',
  example: 'slack:C01GEN',
  bareAddress: /^[#C]/,
  parseAddress,
  keepsReactions: true,
  variables: {
    SLACK_BOT_TOKEN: 'Slack: the bot token, xoxb-…',
    SLACK_APP_TOKEN: 'Slack: the app-level token of Socket Mode, xapp-…',
    SLACK_SIGNING_SECRET: 'Slack: the signing secret, for HTTP mode instead of Socket Mode',
    SLACK_API_URL: 'Slack: another API base, for tests',
  },
  requiredVariable: 'SLACK_BOT_TOKEN',
  readEnvironment,
  listeningFault({ appToken, signingSecret }) {
    if (appToken || signingSecret) return undefined;
    return 'The bot cannot receive commands and reactions on Slack. Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode.';
  },
  async create(settings, { clock, logger }) {
    const { createSlackPlatform } = await import('./index.ts');
    return createSlackPlatform({ ...settings, clock, logger });
  },
};
