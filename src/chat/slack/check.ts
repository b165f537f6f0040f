import { z } from 'zod';
import { errorText, UserError } from '../../core/errors.ts';
import type { Check, Webhook } from '../../core/platform.ts';
import { type SlackCall, scopesSchema } from './api.ts';
import { channelIn, fullDestination } from './descriptor.ts';

/** Purpose of each scope. Private channels also need `groups:history`; see `destinationCheck`. */
const scopes = {
  'chat:write': 'to post',
  commands: 'for /arxiv and the menu on messages',
  'app_mentions:read': 'to answer mentions',
  'reactions:read': 'to count 👍 and 👎',
  'channels:history': 'to find earlier posts after a crash',
  'channels:read': 'to check whether it is in a channel',
} as const;

const identitySchema = z.intersection(
  z.looseObject({ team: z.string(), team_id: z.string(), user: z.string() }),
  scopesSchema,
);
const channelSchema = z.looseObject({
  channel: z.looseObject({
    name: z.string().optional(),
    is_member: z.boolean().optional(),
    is_im: z.boolean().optional(),
    is_private: z.boolean().optional(),
    is_archived: z.boolean().optional(),
  }),
});

const problem = (name: string, error: unknown, fix?: string): Check => {
  const detail = errorText(error);
  return { name, ok: false, detail, fix: fix ?? 'Fix this and run doctor again.' };
};

const scopeCheck = (granted: readonly string[] | undefined): Check => {
  const name = 'Slack scopes';
  if (!granted) return { name, ok: true, detail: 'not listed by the server' };
  const missing = Object.entries(scopes).filter(([scope]) => !granted.includes(scope));
  if (missing.length === 0) return { name, ok: true, detail: Object.keys(scopes).join(', ') };
  return {
    name,
    ok: false,
    detail: `missing: ${missing.map(([scope, purpose]) => `${scope} (${purpose})`).join(', ')}`,
    fix: `At api.slack.com/apps, under OAuth & Permissions, add ${missing.map(([scope]) => scope).join(', ')}; then reinstall the app.`,
  };
};

const destinationCheck = async (
  call: SlackCall,
  destination: string,
  bot: { user: string; teamId: string; scopes: readonly string[] | undefined },
): Promise<Check> => {
  const name = `Slack ${destination}`;
  const invite = `In the channel, type /invite @${bot.user}`;
  try {
    const channel = channelIn(fullDestination(destination, bot.teamId));
    const { channel: found } = await call('conversations.info', { channel }, channelSchema);
    const shown = found.name ? `#${found.name}` : destination;
    if (found.is_archived) {
      return { name, ok: false, detail: `${shown} is archived`, fix: 'Unarchive it, or remove it from the config.' };
    }
    if (!found.is_member && !found.is_im) {
      return { name, ok: false, detail: `${bot.user} is not in ${shown}`, fix: invite };
    }
    if (found.is_private && !found.is_im && bot.scopes && !bot.scopes.includes('groups:history')) {
      const detail = `${shown} is private, and the app lacks groups:history`;
      return { name, ok: false, detail, fix: 'Add groups:history at api.slack.com/apps, then reinstall the app.' };
    }
    return { name, ok: true, detail: `${bot.user} is in ${shown}` };
  } catch (error) {
    if (error instanceof UserError) {
      const fix = `In the config, write slack: and the id of a channel in ${bot.teamId}; it is at the end of the channel's details in Slack`;
      return problem(name, error, fix);
    }
    return problem(name, error, `${invite}, or correct the id in the config`);
  }
};

const socketCheck = async (appCall: SlackCall): Promise<Check> => {
  const name = 'Slack app token';
  try {
    await appCall('apps.connections.open', {}, z.looseObject({ url: z.string() }));
    return { name, ok: true, detail: 'Socket Mode is open' };
  } catch (error) {
    const fix =
      'At api.slack.com/apps, turn on Socket Mode, make a token with connections:write, and set SLACK_APP_TOKEN';
    return problem(name, error, fix);
  }
};

/** Always `ok`: Paperboy cannot check whether Slack reaches the address. */
const webhookCheck = ({ path }: Webhook): Check => ({
  name: 'Slack over HTTP',
  ok: true,
  detail: `enter https://YOUR-HOST${path} in Slack as the Request URL for events, interactivity and /arxiv; Slack must be able to reach PAPERBOY_HTTP there, for example through a reverse proxy`,
});

const notListening: Check = {
  name: 'Slack listening',
  ok: false,
  detail:
    'neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: the bot can post but not receive commands or reactions',
  fix: 'For Socket Mode, make a token with connections:write at api.slack.com/apps and set SLACK_APP_TOKEN; for HTTP mode, set SLACK_SIGNING_SECRET',
};

/** Checks the token, the scopes, how the bot listens, and its membership in each destination. Never rejects. */
export const checkSlack = async (setup: {
  call: SlackCall;
  appCall: SlackCall | undefined;
  webhook: Webhook | undefined;
  destinations: readonly string[];
}): Promise<Check[]> => {
  const { call, appCall, webhook, destinations } = setup;
  const listening = async (): Promise<Check> => {
    if (appCall) return socketCheck(appCall);
    return webhook ? webhookCheck(webhook) : notListening;
  };

  try {
    const { team, team_id: teamId, user, response_metadata } = await call('auth.test', {}, identitySchema);
    const granted = response_metadata?.scopes;
    return [
      { name: 'Slack', ok: true, detail: `${user} in ${team}` },
      scopeCheck(granted),
      await listening(),
      ...(await Promise.all(destinations.map((one) => destinationCheck(call, one, { user, teamId, scopes: granted })))),
    ];
  } catch (error) {
    return [problem('Slack', error)];
  }
};
