import { createHash } from 'node:crypto';
import { type Destination, type Person, type PlatformName, platformOf } from '../core/addresses.ts';
import type { Channel } from '../core/channel.ts';
import { ExternalError, UserError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Message } from '../core/message.ts';
import type { Platform } from '../core/platform.ts';

type NoticeParts = {
  admins: readonly Person[];
  connected: ReadonlyMap<PlatformName, Platform>;
  logger: Pick<Logger, 'warn'>;
};

/** `about` identifies the notice, so that a repeated one is found. Resolves to false if nobody could be reached. */
export type Notify = (message: Message, channels: readonly Pick<Channel, 'post'>[], about: string) => Promise<boolean>;

const keyOf = (about: string, to: string): string =>
  `notice-${createHash('sha256').update(`${about} ${to}`).digest('hex').slice(0, 24)}`;

/**
 * Sends notices to the admins in private messages. If no admin can be reached, posts them to the destinations of the
 * channels that they are about. Never rejects.
 */
export const createNotices = ({ admins, connected, logger }: NoticeParts): Notify => {
  /** True if it was sent. */
  const attempt = async (to: string, send: (platform: Platform) => Promise<unknown>): Promise<boolean> => {
    const platform = connected.get(platformOf(to));
    if (!platform) return false;
    try {
      return (await send(platform)) !== false;
    } catch (error) {
      if (!(error instanceof ExternalError || error instanceof UserError)) throw error;
      logger.warn({ to, reason: error.message }, 'notice not sent');
      return false;
    }
  };

  const toAdmin = (person: Person, message: Message, about: string): Promise<boolean> =>
    attempt(person, async ({ sendPrivately }) => {
      if (!sendPrivately) return false;
      await sendPrivately(person, { message, key: keyOf(about, person) });
      return true;
    });

  const toDestination = (written: Destination, message: Message, about: string): Promise<boolean> =>
    attempt(written, async (platform) => {
      const destination = await platform.resolve(written);
      await platform.send({ destination, message, key: keyOf(about, destination) });
      return true;
    });

  return async (message, channels, about) => {
    const reached = await Promise.all([...new Set(admins)].map((person) => toAdmin(person, message, about)));
    if (reached.includes(true)) return true;
    const destinations = new Set(channels.flatMap(({ post }) => post));
    const posted = await Promise.all(
      [...destinations].map((destination) => toDestination(destination, message, about)),
    );
    return posted.includes(true);
  };
};
