import type { Destination } from '../../core/addresses.ts';
import { UserError } from '../../core/errors.ts';
import type { AddressFault, EnvironmentReader, ParsedAddress, PlatformDescriptor } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';

/** `slack:CHANNEL` or `slack:TEAM:CHANNEL`. Workspace ids start with T or E, channel ids with C, G or D. */
const parseAddress = (written: string): ParsedAddress | AddressFault => {
  const [, tenant, id] = /^slack:(?:([TE][A-Z0-9]+):)?([CGD][A-Z0-9]+)$/.exec(written) ?? [];
  if (id) return { tenant, id };
  return {
    fault: 'names no Slack channel; write its id, such as slack:C01GEN (in Slack: channel name, About, Channel ID)',
  };
};

/** @throws UserError if the address names no channel of the bot's workspace. */
export const fullDestination = (written: string, team: string): Destination => {
  const parsed = parseAddress(written);
  if ('fault' in parsed) throw new UserError(`"${written}" ${parsed.fault}.`);
  if (parsed.tenant && parsed.tenant !== team)
    throw new UserError(`"${written}" is not in the bot’s Slack workspace (${team}).`);
  return `slack:${team}:${parsed.id}`;
};

export const channelIn = (destination: Destination): string => destination.split(':').at(-1) ?? '';

export type SlackSettings = {
  botToken: Secret;
  /** Starts with `xapp-`. If set, the bot listens in Socket Mode. */
  appToken?: Secret | undefined;
  /** If set without an app token, the bot listens in HTTP mode. Without either, it only posts. */
  signingSecret?: Secret | undefined;
  apiUrl?: string | undefined;
};

const swappedTokens = (bot: string | undefined, app: string | undefined): [name: string, text: string] | undefined => {
  const botIsApp = bot?.startsWith('xapp-') ?? false;
  const appIsBot = app?.startsWith('xoxb-') ?? false;
  if (botIsApp && appIsBot) return ['SLACK_BOT_TOKEN', 'and SLACK_APP_TOKEN are swapped; exchange their values'];
  if (botIsApp) return ['SLACK_BOT_TOKEN', 'contains an app-level token (xapp-…); use the bot token (xoxb-…)'];
  if (appIsBot) return ['SLACK_APP_TOKEN', 'contains a bot token (xoxb-…); use the app-level token (xapp-…)'];
  return undefined;
};

const readEnvironment = ({ secret, baseUrl, problem }: EnvironmentReader): SlackSettings | undefined => {
  const botToken = secret('SLACK_BOT_TOKEN');
  const appToken = secret('SLACK_APP_TOKEN');
  const signingSecret = secret('SLACK_SIGNING_SECRET');
  const apiUrl = baseUrl('SLACK_API_URL');
  const swapped = swappedTokens(botToken?.reveal(), appToken?.reveal());
  const unused = appToken ? 'SLACK_APP_TOKEN' : signingSecret && 'SLACK_SIGNING_SECRET';
  if (swapped) problem(...swapped);
  else if (unused && !botToken)
    problem('SLACK_BOT_TOKEN', `is missing, but ${unused} is set; write the bot token, xoxb-…`);
  return botToken && { botToken, appToken, signingSecret, apiUrl };
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
    SLACK_API_URL: 'Slack: another API base URL, for tests',
  },
  requiredVariable: 'SLACK_BOT_TOKEN',
  readEnvironment,
  remotes: ({ apiUrl }) => [apiUrl ?? 'https://slack.com'],
  listeningFault({ appToken, signingSecret }) {
    if (appToken || signingSecret) return undefined;
    return 'The bot cannot receive commands or reactions on Slack. Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode.';
  },
  async setUp(parts) {
    const { createSlackSetup } = await import('./setup.ts');
    return createSlackSetup(parts);
  },
  async create(settings, { clock, logger, memory }) {
    const { createSlackPlatform } = await import('./index.ts');
    return createSlackPlatform({ ...settings, clock, logger, memory });
  },
};
