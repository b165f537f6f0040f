import { z } from 'zod';
import { ExternalError } from '../../core/errors.ts';
import { missingPermissionAdvice } from './permissions.ts';

/** The errors of @discordjs/rest, by their names, so that the package need not be loaded to read them. */
const apiFailure = z.looseObject({
  name: z.string().startsWith('DiscordAPIError'),
  status: z.number(),
  code: z.unknown(),
  message: z.string(),
});
const httpFailure = z.looseObject({ name: z.literal('HTTPError'), status: z.number() });
/** `retryAfter` in milliseconds; thrown before anything is sent, where a limit is known to be used up. */
const limitFailure = z.looseObject({ name: z.string().startsWith('RateLimitError'), retryAfter: z.number() });

/** Discord's error codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
export const codes = {
  unknownChannel: 10_003,
  unknownGuild: 10_004,
  unknownMember: 10_007,
  unknownMessage: 10_008,
  unknownInteraction: 10_062,
  missingAccess: 50_001,
  invalidBody: 50_035,
  threadArchived: 50_083,
  threadExists: 160_004,
  threadLocked: 160_005,
} as const;

const howToInvite = 'npm run -s paperboy -- doctor prints the link that invites it';

/** What people can do something about, as a sentence that says what. */
const advice: Readonly<Record<number, string>> = {
  [codes.unknownChannel]: 'Discord has no such channel. Check its id in the config.',
  [codes.unknownGuild]: `The bot is in no such Discord server: ${howToInvite}.`,
  [codes.unknownMember]: `The bot is not in the Discord server: ${howToInvite}.`,
  [codes.unknownMessage]: 'Discord has the message no more: somebody deleted it.',
  [codes.unknownInteraction]: 'Discord waited three seconds for an answer to the command and gave up.',
  40002: 'Discord wants the account of the bot verified first.',
  [codes.missingAccess]: `The bot cannot see the Discord channel. Give it View Channel there; if it is not in the server, ${howToInvite}.`,
  50008: 'The bot can post only to a text or announcement channel of Discord. Choose another.',
  50013: missingPermissionAdvice,
  50024: 'The bot can post only to a text or announcement channel of Discord. Choose another.',
  50027: 'Discord takes an answer to a command for 15 minutes; this one took longer.',
  [codes.threadArchived]: 'The Discord thread is archived and cannot be opened again by the bot. Unarchive it there.',
  [codes.threadLocked]:
    'The Discord thread is locked. Let somebody with Manage Threads unlock it, so that the bot can post the rest.',
  160006: 'The Discord server has as many active threads as Discord allows. Close some of them.',
  160007: 'The Discord server has as many active announcement threads as Discord allows. Close some of them.',
  200000: 'The AutoMod of the Discord server blocked the message. Let the bot’s role pass its rules.',
  240000: 'Discord blocked the message for a link in it.',
};

/** Codes that refuse what is in one message, and nothing else: empty, malformed, too long, or blocked for its words. */
const aboutMessage = new Set<number>([codes.invalidBody, 50_006, 200_000, 240_000]);

/** Codes of limits and overload that come without status 429 or 5xx too. */
const passing = new Set([20_016, 20_028, 20_029, 40_004, 40_062, 130_000]);

const tokenAdvice =
  'Discord refuses the token. At discord.com/developers/applications, under Bot, make a new one for DISCORD_TOKEN.';

const fromApi = ({ status, code, message }: z.infer<typeof apiFailure>, cause: unknown): ExternalError => {
  const external = (text: string, retryable: boolean, isAboutMessage = false) =>
    new ExternalError({ service: 'Discord', message: text, status, retryable, isAboutMessage, cause });
  if (status === 401) return external(tokenAdvice, false);
  // Something between here and Discord answered with a page of its own; that passes.
  if (typeof code !== 'number') return external('Discord gave an answer that is not its own.', true);
  // Discord's own words run over several lines for a malformed body.
  const details = message.replace(/\s+/g, ' ').slice(0, 300);
  return external(
    advice[code] ?? `Discord refuses (${code}): ${details}.`,
    passing.has(code) || status === 408,
    aboutMessage.has(code),
  );
};

/** Why a request got no answer, from the innermost cause that says so. */
const networkReason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.cause) return networkReason(error.cause);
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'it did not answer in time';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
};

/** Discord asked to be left alone for a while. `pause` in milliseconds. */
export const pauseAsked = (pause: number | undefined, cause?: unknown): ExternalError =>
  new ExternalError({
    service: 'Discord',
    message:
      pause === undefined
        ? 'Discord asks for a pause.'
        : `Discord asks for a pause of ${Math.ceil(pause / 1000)} seconds.`,
    status: 429,
    retryAfterMs: pause,
    cause,
  });

/**
 * What a call threw, as ExternalError: what Discord refuses is not retryable; rate limits (with Discord's waiting time),
 * server errors and network failures are. Errors of this project pass unchanged.
 */
export const discordFailure = (error: unknown): ExternalError => {
  if (error instanceof ExternalError) return error;
  const refused = apiFailure.safeParse(error).data;
  if (refused) return fromApi(refused, error);
  const limited = limitFailure.safeParse(error).data;
  if (limited) return pauseAsked(limited.retryAfter, error);
  const failed = httpFailure.safeParse(error).data;
  if (failed) {
    const { status } = failed;
    return new ExternalError({
      service: 'Discord',
      message: `Discord answers with HTTP ${status}.`,
      status,
      cause: error,
    });
  }
  if (error instanceof SyntaxError) {
    return new ExternalError({
      service: 'Discord',
      message: 'Discord gave an answer that is not its own.',
      cause: error,
    });
  }
  const message = `Discord cannot be reached: ${networkReason(error)}.`;
  return new ExternalError({ service: 'Discord', message, cause: error });
};

/** True where Discord refused with one of these codes. */
export const isRefusal = (error: unknown, ...wanted: number[]): boolean => {
  if (error instanceof ExternalError) return isRefusal(error.cause, ...wanted);
  const code = apiFailure.safeParse(error).data?.code;
  return typeof code === 'number' && wanted.includes(code);
};
