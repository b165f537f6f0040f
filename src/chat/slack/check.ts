import { z } from 'zod';
import { errorText, UserError } from '../../core/errors.ts';
import type { Check, Webhook } from '../../core/platform.ts';
import { channelIn, fullDestination } from './address.ts';
import { type SlackCall, scopesSchema } from './api.ts';

/** What each scope is for. A private channel's history needs `groups:history`, which is asked for where it is read. */
const scopes = {
  'chat:write': 'to post',
  commands: 'for /arxiv and the menu on messages',
  'app_mentions:read': 'to answer where it is mentioned',
  'reactions:read': 'to count 👍 and 👎',
  'channels:history': 'to find what was posted before a crash',
  'channels:read': 'to see whether it is in a channel',
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
  return { name, ok: false, detail, fix: fix ?? 'Put that right and run doctor again.' };
};

const scopeCheck = (granted: readonly string[] | undefined): Check => {
  const name = 'Slack scopes';
  if (!granted) return { name, ok: true, detail: 'not told by the server' };
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
      return { name, ok: false, detail: `${shown} is archived`, fix: 'Unarchive it, or take it out of the config.' };
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
      const where = `the id at the foot of the channel's details in Slack, of a channel in ${bot.teamId}`;
      return problem(name, error, `In the config, write slack: and ${where}`);
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
    const token = 'Make a token with connections:write at api.slack.com/apps and set SLACK_APP_TOKEN';
    return problem(name, error, `Turn on Socket Mode there too. ${token}`);
  }
};

/** Whether Slack reaches the address cannot be seen from here; what to enter at Slack can be told. */
const webhookCheck = ({ path }: Webhook): Check => ({
  name: 'Slack over HTTP',
  ok: true,
  detail: `the Request URL to enter at Slack, for events, for interactivity and for /arxiv, is https://YOUR-HOST${path}; the address in PAPERBOY_HTTP must be reachable from Slack as that, such as behind a reverse proxy`,
});

const unheard: Check = {
  name: 'Slack listening',
  ok: false,
  detail: 'neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: the bot can post but not hear',
  fix: 'For Socket Mode, make a token with connections:write at api.slack.com/apps and set SLACK_APP_TOKEN; for HTTP mode, set SLACK_SIGNING_SECRET',
};

/**
 * What `doctor` shows: who the bot is, its scopes (a server that names none, such as a local one, passes), how it hears,
 * and whether it is in each destination. Never rejects.
 */
export const checkSlack = async (setup: {
  call: SlackCall;
  /** Calls with the app token, in Socket Mode. */
  appCall: SlackCall | undefined;
  /** In HTTP mode. */
  webhook: Webhook | undefined;
  destinations: readonly string[];
}): Promise<Check[]> => {
  const { call, appCall, webhook, destinations } = setup;
  const hearing = async (): Promise<Check> => {
    if (appCall) return socketCheck(appCall);
    return webhook ? webhookCheck(webhook) : unheard;
  };

  try {
    const { team, team_id: teamId, user, response_metadata } = await call('auth.test', {}, identitySchema);
    const granted = response_metadata?.scopes;
    return [
      { name: 'Slack', ok: true, detail: `${user} in ${team}` },
      scopeCheck(granted),
      await hearing(),
      ...(await Promise.all(destinations.map((one) => destinationCheck(call, one, { user, teamId, scopes: granted })))),
    ];
  } catch (error) {
    return [problem('Slack', error)];
  }
};
