import { z } from 'zod';
import { ExternalError, UserError } from '../../core/errors.ts';
import { failureParts } from '../../core/network.ts';
import { countOf } from '../../core/paper.ts';
import type { Check, Webhook } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';
import { type SlackCall, scopesSchema } from './api.ts';
import { channelIn, fullDestination } from './descriptor.ts';
import { readSocketMessage } from './socket.ts';

/** The scopes of manifest.slack.json, with the purpose of each. */
export const scopes = {
  'app_mentions:read': 'to answer mentions',
  'channels:history': 'to find earlier posts after a crash',
  'channels:read': 'to check whether it is in a channel',
  'chat:write': 'to post',
  commands: 'for /arxiv and the menu on messages',
  'groups:history': 'to find earlier posts in private channels after a crash',
  'groups:read': 'to check whether it is in a private channel',
  'reactions:read': 'to count 👍 and 👎',
} as const;

const isForPrivate = (scope: string): boolean => scope.startsWith('groups:');

const identitySchema = z.intersection(
  z.looseObject({ team: z.string(), team_id: z.string(), user: z.string(), bot_id: z.string().optional() }),
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

export const userTokenFault =
  'SLACK_BOT_TOKEN is the token of a person, not of the bot. Set it to the Bot User OAuth Token at api.slack.com/apps, under OAuth & Permissions; it begins with xoxb-.';

const problem = (name: string, error: unknown, fix = 'Fix this and run doctor again.'): Check => ({
  ...{ name, ok: false },
  ...failureParts(error, fix),
});

/** The page for adding scopes and reinstalling the app. An app-level token contains the app's id. */
const oauthPage = (appToken: Secret | undefined): string => {
  const [, id] = /^xapp-\d+-(A[A-Z0-9]+)-/.exec(appToken?.reveal() ?? '') ?? [];
  return id ? `https://api.slack.com/apps/${id}/oauth` : 'https://api.slack.com/apps, under OAuth & Permissions';
};

const scopeCheck = (granted: readonly string[] | undefined, appToken: Secret | undefined): Check => {
  const name = 'Slack scopes';
  if (!granted) return { name, ok: true, detail: 'not listed by the server' };
  const missing = Object.entries(scopes).filter(([scope]) => !granted.includes(scope));
  const needed = missing.filter(([scope]) => !isForPrivate(scope));
  if (needed.length === 0) {
    const lacks =
      missing.length > 0 ? `; private channels also need ${missing.map(([scope]) => scope).join(', ')}` : '';
    const has = Object.keys(scopes).filter((scope) => granted.includes(scope));
    return { name, ok: true, detail: `${has.join(', ')}${lacks}` };
  }
  return {
    name,
    ok: false,
    detail: `missing: ${missing.map(([scope, purpose]) => `${scope} (${purpose})`).join(', ')}`,
    fix: `Add ${missing.map(([scope]) => scope).join(', ')} at ${oauthPage(appToken)}; then reinstall the app on that page.`,
  };
};

const destinationCheck = async (
  call: SlackCall,
  destination: string,
  bot: { user: string; teamId: string; scopes: readonly string[] | undefined; page: string },
): Promise<Check> => {
  const name = `Slack ${destination}`;
  const invite = `In the channel, type /invite @${bot.user}`;
  try {
    const channel = channelIn(fullDestination(destination, bot.teamId));
    const { channel: found } = await call('conversations.info', { channel }, channelSchema);
    const shown = found.name ? `#${found.name}` : destination;
    const about = { destination, label: shown };
    if (found.is_archived) {
      return {
        name,
        about,
        ok: false,
        detail: `${shown} is archived`,
        fix: 'Unarchive it, or remove it from the config.',
      };
    }
    if (!found.is_member && !found.is_im) {
      return { name, about, ok: false, detail: `${bot.user} is not in ${shown}`, fix: invite };
    }
    if (found.is_private && !found.is_im && bot.scopes && !bot.scopes.includes('groups:history')) {
      const detail = `${shown} is private, and the app lacks groups:history`;
      return {
        name,
        about,
        ok: false,
        detail,
        fix: `Add groups:history at ${bot.page}; then reinstall the app on that page.`,
      };
    }
    return { name, about, ok: true, detail: `${bot.user} is in ${shown}` };
  } catch (error) {
    if (error instanceof UserError) {
      const fix = `In the config, write slack: and the id of a channel in ${bot.teamId}; it is at the end of the channel's details in Slack`;
      return problem(name, error, fix);
    }
    return problem(name, error, `${invite}, or correct the id in the config`);
  }
};

const greetingTimeoutMs = 10_000;

/**
 * Opens a socket and waits for Slack's greeting. The socket closes at once, because Slack may send an event to any open
 * one.
 * @returns the number of the app's open connections, if Slack says it.
 * @throws ExternalError if there is no greeting.
 */
const awaitGreeting = async (url: string): Promise<number | undefined> => {
  const socket = new WebSocket(url);
  const greeting = Promise.withResolvers<number | undefined>();
  const fail = (message: string) => () => greeting.reject(new ExternalError({ service: 'Slack', message }));
  const timer = setTimeout(fail('Slack sent no greeting on the connection.'), greetingTimeoutMs);
  socket.addEventListener('message', ({ data }) => {
    const read = readSocketMessage(data);
    if (read?.type === 'hello') greeting.resolve(read.connections);
    else if (read?.failure) greeting.reject(read.failure);
  });
  socket.addEventListener('close', fail('Slack closed the connection before its greeting.'));
  socket.addEventListener('error', fail('The connection for events cannot be opened.'));
  try {
    return await greeting.promise;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
};

const socketCheck = async (call: SlackCall): Promise<Check> => {
  const name = 'Slack app token';
  try {
    const { url } = await call('apps.connections.open', {}, z.looseObject({ url: z.string() }));
    const others = ((await awaitGreeting(url)) ?? 1) - 1;
    const shown = others > 0 ? `; ${countOf(others, 'other connection')}` : '';
    return { name, ok: true, detail: `Socket Mode delivers commands and votes${shown}` };
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
  app: { call: SlackCall; token: Secret } | undefined;
  webhook: Webhook | undefined;
  destinations: readonly string[];
}): Promise<Check[]> => {
  const { call, app, webhook, destinations } = setup;
  const listening = async (): Promise<Check> => {
    if (app) return socketCheck(app.call);
    return webhook ? webhookCheck(webhook) : notListening;
  };

  try {
    const { team, team_id: teamId, user, bot_id, response_metadata } = await call('auth.test', {}, identitySchema);
    if (bot_id === undefined) return [problem('Slack', new UserError(userTokenFault))];
    const granted = response_metadata?.scopes;
    const bot = { user, teamId, scopes: granted, page: oauthPage(app?.token) };
    return [
      { name: 'Slack', ok: true, detail: `${user} in ${team}` },
      scopeCheck(granted, app?.token),
      await listening(),
      ...(await Promise.all(destinations.map((one) => destinationCheck(call, one, bot)))),
    ];
  } catch (error) {
    return [problem('Slack', error)];
  }
};
