import { z } from 'zod';
import { ExternalError } from '../../core/errors.ts';

const metadata = z.looseObject({ messages: z.array(z.string()).optional() }).optional();

/** The errors of @slack/web-api, by their `code`, so that the package need not be loaded to read them. */
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

/** Slack's error codes that people can do something about, as a sentence that says what. */
const advice: Readonly<Record<string, string>> = {
  not_in_channel: 'The bot is not in the Slack channel. Type /invite @ and its name there.',
  channel_not_found:
    'Slack shows the bot no such channel. Check its id in the config; in a private channel type /invite @ and its name.',
  is_archived: 'The Slack channel is archived. Unarchive it or take it out of the config.',
  invalid_auth: 'Slack refuses the token. Copy it again from api.slack.com/apps: SLACK_BOT_TOKEN begins with xoxb-.',
  not_authed: 'Slack saw no token. Set SLACK_BOT_TOKEN.',
  account_inactive: 'The Slack app was removed from the workspace. Install it again and copy the new SLACK_BOT_TOKEN.',
  token_revoked: 'The Slack token was revoked. Install the app again and copy the new SLACK_BOT_TOKEN.',
  token_expired: 'The Slack token has expired. Install the app again and copy the new SLACK_BOT_TOKEN.',
  not_allowed_token_type:
    'This is the wrong kind of Slack token. SLACK_BOT_TOKEN begins with xoxb-, SLACK_APP_TOKEN with xapp-.',
  restricted_action: 'The Slack workspace does not let the bot post in this channel. Ask its admin, or choose another.',
  msg_blocks_too_long: 'Slack finds the message too long. Post fewer papers a day, or report this as a bug.',
  thread_not_found: 'Slack has the thread no more: somebody deleted it.',
  message_not_found: 'Slack has the message no more: somebody deleted it.',
  cant_update_message: 'Slack lets a bot change only its own messages; this one was posted by another app or token.',
  cant_delete_message: 'Slack lets a bot take away only its own messages; this one was posted by another app or token.',
  edit_window_closed: 'The Slack workspace does not let messages be changed so late. Ask its admin.',
  msg_too_long: 'Slack finds the message too long. Post fewer papers a day, or report this as a bug.',
};

/** Codes of failures on Slack's side: https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const passing = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'rate_limited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** Codes that refuse what is in one message, and nothing else. */
const aboutMessage = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
]);

const platformFailure = (data: z.infer<(typeof failureSchema)['options'][0]>['data'], cause: unknown) => {
  // Something between here and Slack answered with a page of its own; that passes.
  if (!/^[a-z0-9_]+$/.test(data.error)) {
    return new ExternalError({ service: 'Slack', message: 'Slack gave an answer that is not its own.', cause });
  }
  const details = data.response_metadata?.messages?.join('; ');
  const message =
    data.error === 'missing_scope'
      ? `The Slack app lacks the scope ${data.needed ?? 'for this'}. Add it at api.slack.com/apps and reinstall the app.`
      : (advice[data.error] ?? `Slack refuses: ${data.error}${details ? ` (${details})` : ''}.`);
  const isAboutMessage = aboutMessage.has(data.error);
  return new ExternalError({ service: 'Slack', message, retryable: passing.has(data.error), isAboutMessage, cause });
};

/** Why a request got no answer, from the innermost cause that says so. */
const networkReason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' && !error.code.startsWith('slack') ? error.code : '';
  return error.cause ? networkReason(error.cause) : code || error.message;
};

/**
 * What an SDK call threw, as ExternalError: what Slack refuses is not retryable; rate limits (with Slack's waiting
 * time), server errors and network failures are. Errors of this project pass unchanged.
 */
export const slackFailure = (error: unknown): ExternalError => {
  if (error instanceof ExternalError) return error;
  const failure = failureSchema.safeParse(error).data;
  switch (failure?.code) {
    case 'slack_webapi_platform_error':
      return platformFailure(failure.data, error);
    case 'slack_webapi_rate_limited_error':
      return new ExternalError({
        service: 'Slack',
        message: `Slack asks for a pause of ${failure.retryAfter} seconds.`,
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
        retryable: status >= 500 || status === 408 || status === 429,
        cause: error,
      });
    }
    default:
      return new ExternalError({
        service: 'Slack',
        message: `Slack cannot be reached: ${networkReason(error)}.`,
        cause: error,
      });
  }
};

/** True where Slack says that the thread or message is not there, such as after it was deleted. */
export const isGone = (error: unknown): boolean => {
  const failure = failureSchema.safeParse(error instanceof ExternalError ? error.cause : error).data;
  if (failure?.code !== 'slack_webapi_platform_error') return false;
  return failure.data.error === 'thread_not_found' || failure.data.error === 'message_not_found';
};
