import { z } from 'zod';
import { ExternalError } from '../../core/errors.ts';
import { unreached } from '../../core/network.ts';
import { capitalized, countOf } from '../../core/paper.ts';
import { isPassing } from '../kit/network.ts';

const metadata = z.looseObject({ messages: z.array(z.string()).optional() }).optional();

/** The errors of @slack/web-api, recognized by `code`, so that the package need not be loaded. */
const failureSchema = z.discriminatedUnion('code', [
  z.looseObject({
    code: z.literal('slack_webapi_platform_error'),
    data: z.looseObject({ error: z.string(), needed: z.string().optional(), response_metadata: metadata }),
  }),
  z.looseObject({ code: z.literal('slack_webapi_rate_limited_error'), retryAfter: z.number() }),
  z.looseObject({
    code: z.literal('slack_webapi_http_error'),
    statusCode: z.number(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
]);

const advice: Readonly<Record<string, string>> = {
  not_in_channel: 'The bot is not in the Slack channel. Type /invite @ and the bot’s name there.',
  channel_not_found:
    'Slack has no such channel. Check its id in the config; in a private channel type /invite @ and the bot’s name.',
  is_archived: 'The Slack channel is archived. Unarchive it, or remove it from the config.',
  not_allowed_token_type:
    'This is the wrong kind of Slack token. SLACK_BOT_TOKEN begins with xoxb-, SLACK_APP_TOKEN with xapp-.',
  restricted_action:
    'The Slack workspace does not let the bot post in this channel. Ask its admin, or choose another channel.',
  messages_tab_disabled:
    'The Slack app cannot send private messages. Turn on its Messages Tab at api.slack.com/apps, under App Home.',
  msg_blocks_too_long: 'The message is too long for Slack. Post fewer papers a day, or report this as a bug.',
  thread_not_found: 'Somebody deleted the thread in Slack.',
  message_not_found: 'Somebody deleted the message in Slack.',
  cant_update_message: 'Another app or token posted this message, so the bot cannot edit it.',
  cant_delete_message: 'Another app or token posted this message, so the bot cannot delete it.',
  edit_window_closed: 'The Slack workspace no longer allows this message to be edited. Ask its admin.',
  msg_too_long: 'The message is too long for Slack. Post fewer papers a day, or report this as a bug.',
};

/** The token that a call uses, by its variable or, in the set-up, by its field. */
export type TokenName = 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN' | 'the bot token' | 'the app-level token';

const newBotToken = 'Copy it again from api.slack.com/apps, under OAuth & Permissions; it begins with xoxb-';
const newAppToken =
  'Make a new one with connections:write at api.slack.com/apps, under Basic Information; it begins with xapp-';

const newToken: Readonly<Record<TokenName, string>> = {
  ...{ SLACK_BOT_TOKEN: newBotToken, 'the bot token': newBotToken },
  ...{ SLACK_APP_TOKEN: newAppToken, 'the app-level token': newAppToken },
};

const tokenAdvice = (error: string, token: TokenName): string | undefined => {
  switch (error) {
    case 'invalid_auth':
      return `Slack rejects ${token}. ${newToken[token]}.`;
    case 'not_authed':
      return `Slack received no token. Set ${token}.`;
    case 'account_inactive':
      return `The Slack app was removed from the workspace. Install it again and replace ${token}.`;
    case 'token_revoked':
      return `${capitalized(token)} was revoked. Install the app again and replace it.`;
    case 'token_expired':
      return `${capitalized(token)} has expired. Install the app again and replace it.`;
    default:
      return undefined;
  }
};

/** Failures on Slack's side: https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const passing = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'rate_limited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** Errors about one message, after which others may succeed. */
const aboutMessage = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
  'invalid_attachments',
  'markdown_text_conflict',
  'metadata_too_large',
  'too_many_attachments',
]);

type PlatformError = z.infer<(typeof failureSchema)['options'][0]>['data'];

const platformFailure = (data: PlatformError, token: TokenName, cause: unknown) => {
  // A proxy answered instead of Slack. Another attempt may get through.
  if (!/^[a-z0-9_]+$/.test(data.error)) {
    return new ExternalError({ service: 'Slack', message: 'The answer did not come from Slack.', cause });
  }
  const details = data.response_metadata?.messages?.join('; ');
  const message =
    data.error === 'missing_scope'
      ? `The Slack app lacks the scope ${data.needed ?? 'for this'}. Add it at api.slack.com/apps and reinstall the app.`
      : (tokenAdvice(data.error, token) ??
        advice[data.error] ??
        `Slack rejects the request: ${data.error}${details ? ` (${details})` : ''}.`);
  const isAboutMessage = aboutMessage.has(data.error);
  return new ExternalError({ service: 'Slack', message, retryable: passing.has(data.error), isAboutMessage, cause });
};

/**
 * Converts any error of an SDK call to an ExternalError. Rate limits (with Slack's waiting time), server errors and
 * network failures are retryable; rejections are not. ExternalErrors pass unchanged.
 */
export const slackFailure = (
  error: unknown,
  token: TokenName = 'SLACK_BOT_TOKEN',
  timeoutMs?: number,
): ExternalError => {
  if (error instanceof ExternalError) return error;
  // The SDK wraps errors of the request.
  if (error instanceof Error && 'original' in error && error.original instanceof ExternalError) return error.original;
  const failure = failureSchema.safeParse(error).data;
  switch (failure?.code) {
    case 'slack_webapi_platform_error':
      return platformFailure(failure.data, token, error);
    case 'slack_webapi_rate_limited_error':
      return new ExternalError({
        service: 'Slack',
        message: `Slack rate-limits the bot for ${countOf(failure.retryAfter, 'second')}.`,
        status: 429,
        retryAfterMs: failure.retryAfter * 1000,
        cause: error,
      });
    case 'slack_webapi_http_error': {
      const status = failure.statusCode;
      const pause = Number(failure.headers?.['retry-after']);
      return new ExternalError({
        service: 'Slack',
        message: `Slack answers with HTTP ${status}.`,
        status,
        retryAfterMs: pause > 0 ? pause * 1000 : undefined,
        retryable: isPassing(status),
        cause: error,
      });
    }
    default:
      return unreached('Slack', error, { timeoutMs });
  }
};

/** True if Slack reports that the thread or message does not exist, for example after somebody deleted it. */
export const isGone = (error: unknown): boolean => {
  const failure = failureSchema.safeParse(error instanceof ExternalError ? error.cause : error).data;
  if (failure?.code !== 'slack_webapi_platform_error') return false;
  return failure.data.error === 'thread_not_found' || failure.data.error === 'message_not_found';
};
