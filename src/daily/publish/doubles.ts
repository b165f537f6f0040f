import type { Destination, MessageRef } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import type { Digest } from '../../core/digest.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Outbox } from '../../core/outbox.ts';
import type { Platform } from '../../core/platform.ts';
import { retry } from '../../core/retry.ts';
import { postedSince } from './find.ts';

export type DoubleParts = {
  outbox: Outbox;
  clock: Clock;
  logger: Pick<Logger, 'warn'>;
  /** Called for each message that was posted twice and removed. */
  onDouble?: ((platform: string) => void) | undefined;
};

const removeDouble = async (
  double: MessageRef,
  thread: MessageRef | undefined,
  key: string,
  platform: Platform,
  { clock, logger, onDouble }: DoubleParts,
): Promise<void> => {
  const { destination, messageId } = double;
  try {
    // Not stopped by the signal of the run: it may be aborted because the lease was lost, which is why there is a double.
    await retry(() => platform.remove(double, thread), { maxAttempts: 4, minDelayMs: 500, maxDelayMs: 4_000, clock });
    logger.warn({ destination, key, message: messageId }, 'message posted twice, removed the second');
    onDouble?.(platform.name);
  } catch (error) {
    if (!(error instanceof ExternalError)) throw error;
    logger.warn(
      { destination, key, message: messageId, reason: errorText(error) },
      'message posted twice, not removed',
    );
  }
};

/** How long to wait for the message of the process that has the lease now. */
const otherMs = 30_000;
const pollMs = 1_000;

/** A message that was sent although the lease was lost in the last moment. */
export type LateMessage = {
  destination: Destination;
  key: string;
  thread: MessageRef | undefined;
  /** Undefined if the answer was lost. */
  message: MessageRef | undefined;
  /** What the process that has the lease now has sent in its place. Undefined if it may still do so. */
  standing(): Promise<{ message: MessageRef | undefined } | undefined>;
  /** See `SentQuery`. */
  since: number;
  /** How long to wait until the platform surely shows it, in milliseconds. */
  settledMs: number;
};

/**
 * Removes a late message if the process that has the lease now sent it too. If that process finds the message, it keeps
 * it.
 */
export const removeIfDouble = async (late: LateMessage, platform: Platform, parts: DoubleParts): Promise<void> => {
  const { clock, logger } = parts;
  const { destination, key, thread, since } = late;
  try {
    if (!late.message) await clock.sleep(late.settledMs);
    for (let waited = 0; waited <= otherMs; waited += pollMs) {
      const standing = await late.standing();
      if (standing) {
        const own = late.message
          ? [late.message]
          : (await platform.sent({ destination, thread, since })).flatMap((one) =>
              one.key === key ? one.message : [],
            );
        for (const one of own)
          if (one.messageId !== standing.message?.messageId) await removeDouble(one, thread, key, platform, parts);
        return;
      }
      await clock.sleep(pollMs);
    }
  } catch (error) {
    if (!(error instanceof ExternalError)) throw error;
    logger.warn({ destination, key, reason: error.message }, 'not searched for a message posted twice');
  }
};

/** Removes the messages of a digest at a destination that are there twice, apart from those that the outbox has. */
export const removeDoubles = async (
  digest: Digest,
  destination: Destination,
  thread: MessageRef,
  platform: Platform,
  parts: DoubleParts,
): Promise<void> => {
  const { outbox, clock, logger } = parts;
  try {
    const right = new Map<string, string | undefined>();
    for (const { key, message } of await outbox.list(digest.digestId, destination)) right.set(key, message?.messageId);
    for (const inside of [thread, undefined])
      for (const { key, message } of await platform.sent({
        ...{ destination, thread: inside, since: postedSince(digest.date, clock) },
      })) {
        const kept = right.get(key);
        if (kept !== undefined && kept !== message.messageId) await removeDouble(message, inside, key, platform, parts);
      }
  } catch (error) {
    if (!(error instanceof ExternalError)) throw error;
    logger.warn({ destination, reason: error.message }, 'not searched for messages posted twice');
  }
};
