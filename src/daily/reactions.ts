import { platformOf } from '../core/address.ts';
import type { Clock } from '../core/clock.ts';
import { errorText } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Platform } from '../core/platform.ts';
import type { Stores } from '../core/stores.ts';

/** How far back reactions are read again, in milliseconds: what was missed while the bot was off. */
const catchUpMs = 14 * 86_400_000;

/** Reads the reactions that stand on the threads of the last 14 days. A thread that cannot be read is left as it was. */
export const readReactions = async (parts: {
  platforms: ReadonlyMap<string, Platform>;
  stores: Pick<Stores, 'outbox' | 'reactions'>;
  clock: Clock;
  logger: Logger;
}): Promise<void> => {
  const { platforms, stores, clock, logger } = parts;
  for (const thread of await stores.outbox.threads(clock.realNow() - catchUpMs)) {
    const platform = platforms.get(platformOf(thread.destination));
    if (!platform) continue;
    try {
      const standing = await platform.reactions(thread);
      await stores.reactions.replaceThread(thread, standing, clock.now().toISOString());
    } catch (error) {
      logger.warn({ thread, reason: errorText(error) }, 'reactions could not be read');
    }
  }
};
