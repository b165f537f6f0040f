import { RESTJSONErrorCodes as codes, DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { ExternalError } from '../../core/errors.ts';
import { unreached } from '../../core/network.ts';
import { countOf } from '../../core/paper.ts';
import { missingPermissionAdvice } from './permissions.ts';

const howToInvite = 'npm run -s paperboy -- doctor prints the link that invites it';

/**
 * What to do about a refusal, by error code: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
 */
const advice: Readonly<Record<number, string>> = {
  [codes.UnknownChannel]: 'Discord has no such channel. Check its id in the config.',
  [codes.UnknownGuild]: `The bot is not in this Discord server: ${howToInvite}.`,
  [codes.UnknownMember]: `The bot is not in the Discord server: ${howToInvite}.`,
  [codes.UnknownMessage]: 'The Discord message no longer exists: somebody deleted it.',
  [codes.UnknownInteraction]: 'Discord got no answer to the command within three seconds.',
  [codes.VerifyYourAccount]: 'Verify the bot’s account with Discord first.',
  [codes.MissingAccess]: `The bot cannot see the Discord channel. Give it View Channel there; if it is not in the server, ${howToInvite}.`,
  [codes.CannotSendMessagesInNonTextChannel]:
    'The bot can post only to text and announcement channels of Discord. Choose another channel.',
  [codes.MissingPermissions]: missingPermissionAdvice,
  [codes.CannotExecuteActionOnThisChannelType]:
    'The bot can post only to text and announcement channels of Discord. Choose another channel.',
  [codes.InvalidWebhookToken]: 'The command took longer than the 15 minutes in which Discord accepts an answer.',
  [codes.InvalidActionOnArchivedThread]: 'The bot cannot unarchive the Discord thread. Unarchive it in Discord.',
  [codes.ThreadLocked]:
    'The Discord thread is locked. Ask somebody with Manage Threads to unlock it, so that the bot can post the rest.',
  [codes.MaximumActiveThreads]: 'The Discord server has the maximum number of active threads. Close some of them.',
  [codes.MaximumActiveAnnouncementThreads]:
    'The Discord server has the maximum number of active announcement threads. Close some of them.',
  [codes.MessageWasBlockedByAutomaticModeration]:
    'The Discord server’s AutoMod blocked the message. Exempt the bot’s role from its rules.',
  [codes.MessageBlockedByHarmfulLinksFilter]: 'Discord blocked the message because of a link in it.',
  [codes.ExplicitContentCannotBeSentToTheDesiredRecipient]: 'Discord blocked the message as explicit content.',
  [codes.TitleWasBlockedByAutomaticModeration]:
    'The Discord server’s AutoMod blocked the thread’s title. Exempt the bot’s role from its rules.',
};

/** Codes for the content of one message: empty, malformed, too long, or blocked because of its words. */
const aboutMessage = new Set<number>([
  codes.InvalidFormBodyOrContentType,
  codes.CannotSendAnEmptyMessage,
  codes.MessageWasBlockedByAutomaticModeration,
  codes.MessageBlockedByHarmfulLinksFilter,
  codes.ExplicitContentCannotBeSentToTheDesiredRecipient,
  codes.TitleWasBlockedByAutomaticModeration,
  codes.RequestEntityTooLarge,
]);

/** Codes for limits and overload that also occur without status 429 or 5xx. */
const temporary = new Set<number>([
  codes.ActionCannotBePerformedDueToSlowmodeRateLimit,
  codes.ChannelSendRateLimit,
  codes.ServerSendRateLimit,
  codes.SendMessagesHasBeenTemporarilyDisabled,
  codes.ServiceResourceIsBeingRateLimited,
  codes.APIResourceOverloaded,
]);

const tokenAdvice =
  'Discord rejects the token. At discord.com/developers/applications, under Bot, create a new one for DISCORD_TOKEN.';

const unreadable = 'Discord’s answer could not be read.';

const fromApi = (cause: DiscordAPIError): ExternalError => {
  const { status, code, message } = cause;
  const external = (text: string, retryable: boolean, isAboutMessage = false) =>
    new ExternalError({ service: 'Discord', message: text, status, retryable, isAboutMessage, cause });
  if (status === 401) return external(tokenAdvice, false);
  // A proxy or gateway in between answered with its own page.
  if (typeof code !== 'number') return external(unreadable, true);
  // Discord's text spans several lines for a malformed body.
  const details = message.replace(/\s+/g, ' ').slice(0, 300);
  return external(
    advice[code] ?? `Discord refuses the request (${code}): ${details}.`,
    temporary.has(code) || status === 408,
    aboutMessage.has(code),
  );
};

export const rateLimited = (retryAfterMs: number | undefined, cause?: unknown): ExternalError => {
  const pause = retryAfterMs === undefined ? '' : ` for ${countOf(Math.ceil(retryAfterMs / 1000), 'second')}`;
  const message = `Discord rate-limits the bot${pause}.`;
  return new ExternalError({ service: 'Discord', message, status: 429, retryAfterMs, cause });
};

/**
 * Converts any error of a call to an ExternalError. Rate limits (with Discord's waiting time), server errors and
 * network failures are retryable; refusals are not.
 */
export const discordFailure = (error: unknown, timeoutMs?: number): ExternalError => {
  if (error instanceof ExternalError) return error;
  if (error instanceof DiscordAPIError) return fromApi(error);
  // Thrown before anything is sent, if a limit is known to be used up.
  if (error instanceof RateLimitError) return rateLimited(error.retryAfter, error);
  const external = (message: string, status?: number) =>
    new ExternalError({ service: 'Discord', message, status, cause: error });
  if (error instanceof HTTPError) return external(`Discord answers with HTTP ${error.status}.`, error.status);
  if (error instanceof SyntaxError) return external(unreadable);
  return unreached('Discord', error, { timeoutMs });
};

export const isRefusal = (error: unknown, ...wanted: number[]): boolean => {
  if (error instanceof ExternalError) return isRefusal(error.cause, ...wanted);
  return error instanceof DiscordAPIError && typeof error.code === 'number' && wanted.includes(error.code);
};
