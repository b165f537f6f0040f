import type { Clock } from '../../core/clock.ts';
import { isLoopback } from '../../core/http.ts';

/** Slack takes about one message a second and channel: https://docs.slack.dev/apis/web-api/rate-limits */
const spacing = 1050;

/** Waits until a channel may be sent the next message. Not for a server on this machine. */
export const createPace = (clock: Clock, apiUrl: string | undefined, signal: AbortSignal) => {
  if (apiUrl && isLoopback(new URL(apiUrl))) return async () => {};
  const free = new Map<string, number>();
  return async (channel: string): Promise<void> => {
    const now = clock.monotonic();
    const turn = Math.max(now, free.get(channel) ?? 0);
    free.set(channel, turn + spacing);
    if (turn > now) await clock.sleep(turn - now, signal);
  };
};
